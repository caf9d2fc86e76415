"""Lines of the archive that people correct: what they typed holds, also when the document is read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inkfield.schemas.archive.index import forget_page, index_page
from inkfield.schemas.database.archive_tables import (
    ArchiveLineRow,
    ArchivePageRow,
    CorrectionRow,
)
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.tables import DocumentRow
from inkfield.schemas.readings import Box, PageReading, TextLine, Word, WordReading
from inkfield.schemas.store.answers import Changed

SURE = 0.99
"""Of a word that a person typed: people err, too."""
SAME_PLACE = 0.5
"""Share of the area that two boxes have in common, of what they cover together, from which they are one line."""


def correct_line(
    session: Session, page: ArchivePageRow, number: int, read: str, typed: str, who: str
) -> ArchiveLineRow:
    """Writes what a person typed for a line, and notes who and when; an empty text for what is no writing.

    ``read`` is the text that the person saw. Raises LookupError for a line that is not there, Changed where somebody
    else corrected it meanwhile.
    """
    lines = session.scalars(
        select(ArchiveLineRow).where(ArchiveLineRow.page_id == page.id).order_by(ArchiveLineRow.number)
    ).all()
    line = next((one for one in lines if one.number == number), None)
    if line is None:
        raise LookupError(f"there is no line {number} on this page")
    if line.text != read:
        raise Changed("The line was changed meanwhile: load the page again.")
    box = as_box(line.box)
    corrected = " ".join(clean(typed).split())
    session.add(
        CorrectionRow(
            document_id=page.document_id, page_number=page.number, box=list(box), read=read, text=corrected,
            who=clean(who),
        )
    )  # fmt: skip
    old = [Word(as_box(word["box"]), word["text"], word["confidence"]) for word in line.words]
    line.text, line.confidence = corrected, SURE
    line.words = [stored_word(word) for word in typed_words(box, old, corrected)]
    forget_page(session, page.id)
    index_page(session, page.id, to_index(lines))
    return line


def corrections(session: Session, document_id: int) -> Sequence[CorrectionRow]:
    """All corrections of a document, the last ones first."""
    mine = select(CorrectionRow).where(CorrectionRow.document_id == document_id)
    return session.scalars(mine.order_by(CorrectionRow.id.desc())).all()


def corrected_pages(session: Session) -> Iterator[tuple[DocumentRow, ArchivePageRow, list[ArchiveLineRow]]]:
    """The pages of the archive on which people corrected or confirmed lines, with those lines in reading order: only
    lines that a person vouches for, and that have a text."""
    documents = session.scalars(
        select(CorrectionRow.document_id).distinct().order_by(CorrectionRow.document_id)
    )
    for number in documents.all():
        typed = corrections(session, number)
        places = {row.page_number for row in typed}
        mine = ArchivePageRow.document_id == number, ArchivePageRow.number.in_(places)
        document = session.get_one(DocumentRow, number)
        for page in session.scalars(
            select(ArchivePageRow).where(*mine).order_by(ArchivePageRow.number)
        ).all():
            here = [row for row in typed if row.page_number == page.number]
            on_page = select(ArchiveLineRow).where(ArchiveLineRow.page_id == page.id)
            lines = session.scalars(on_page.order_by(ArchiveLineRow.number)).all()
            vouched = [line for line in lines if line.text and _typed(line, here)]
            if vouched:
                yield document, page, vouched


def with_corrections(page: PageReading, corrected: Sequence[CorrectionRow]) -> PageReading:
    """A page that was read again, with what people typed for its lines."""
    mine = [row for row in corrected if row.page_number == page.number]
    if not mine:
        return page
    return replace(page, lines=tuple(_with_correction(line, mine) for line in page.lines))


def typed_words(box: Box, old: Sequence[Word], typed: str) -> list[Word]:
    """The words that a person typed for a line: at the places of those that were read where they are as many, else
    parted by their letters."""
    words = typed.split()
    if len(words) == len(old):
        boxes = [word.box for word in old]
    else:
        ends = list(accumulate(len(word) + 1 for word in words))
        step = box[2] / ends[-1] if ends else 0.0
        starts = [end - len(word) - 1 for end, word in zip(ends, words, strict=True)]
        boxes = [
            (box[0] + round(start * step), box[1], max(1, round(len(word) * step)), box[3])
            for start, word in zip(starts, words, strict=True)
        ]
    return [
        Word(place, word, SURE, (WordReading(word, SURE),)) for place, word in zip(boxes, words, strict=True)
    ]


def stored_word(word: Word) -> dict[str, Any]:
    """A word as the rows of lines hold it."""
    readings = [[clean(reading.text), reading.probability] for reading in word.readings]
    return {
        "text": clean(word.text),
        "box": list(word.box),
        "confidence": word.confidence,
        "readings": readings,
    }


def to_index(lines: Sequence[ArchiveLineRow]) -> list[list[list[str]]]:
    """All that each word of the lines may be, the best reading first, as `index_page` takes it."""
    return [
        [
            list(dict.fromkeys([word["text"], *(reading for reading, _ in word["readings"])]))
            for word in line.words
        ]
        for line in lines
    ]


def as_box(sides: Sequence[int]) -> Box:
    return sides[0], sides[1], sides[2], sides[3]


def _with_correction(line: TextLine, mine: Sequence[CorrectionRow]) -> TextLine:
    row = _last_at(line.box, mine)
    if row is None:
        return line
    words = tuple(typed_words(line.box, line.words, row.text))
    return replace(line, text=row.text, confidence=SURE, words=words)


def _typed(line: ArchiveLineRow, mine: Sequence[CorrectionRow]) -> bool:
    """Whether a line stands as a person typed it."""
    row = _last_at(as_box(line.box), mine)
    return row is not None and row.text == line.text


def _last_at(box: Box, mine: Sequence[CorrectionRow]) -> CorrectionRow | None:
    """The last correction of a place, of those of its page, the last ones first; None for none."""
    return next((row for row in mine if _in_common(box, as_box(row.box)) >= SAME_PLACE), None)


def _in_common(one: Box, other: Box) -> float:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    common = max(0, width) * max(0, height)
    return common / max(1, one[2] * one[3] + other[2] * other[3] - common)
