"""The text of a document as plain text, JSON, TSV as Tesseract's, ALTO 4 (Library of Congress, alto-4-4.xsd), hOCR 1.2,
PAGE XML (PRImA, 2019-07-15) and TEI P5. Boxes are in pixels of the page as scanned."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from inkfield.flows.templates import templates_of
from inkfield.schemas.readings import Box, DocumentReading, PageReading, TextLine, Word

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class OnePageOnly(Exception):
    """A format that holds one page a file was asked for, for more. The message says so."""


def as_text(reading: DocumentReading) -> str:
    """One line of text a line; a form feed between pages, as pdftotext does."""
    return "\f".join("".join(f"{line.text}\n" for line in page.lines) for page in reading.pages).rstrip("\n")


def as_json(reading: DocumentReading) -> str:
    """``{"pages": [{"width", "height", "lines": [{"text", "box", "confidence", "words"}]}]}``; boxes in
    pixels of the page as scanned."""
    return json.dumps({"pages": [_page(page) for page in reading.pages]}, ensure_ascii=False, indent=1)


def _page(page: PageReading) -> dict[str, Any]:
    return {"width": page.width, "height": page.height, "lines": [_line(line) for line in page.lines]}


def _line(line: TextLine) -> dict[str, Any]:
    return {
        "text": line.text,
        "box": list(line.box),
        "confidence": round(line.confidence, 4),
        "words": [
            {"text": word.text, "box": list(word.box), "confidence": round(word.confidence, 4)}
            for word in line.words
        ],
    }


def as_alto(reading: DocumentReading) -> str:
    """ALTO 4.4: one TextBlock a page, in pixels of the page as scanned.

    A line without words has one String of its whole text.
    """
    return _rendered("alto.xml", reading, reading.pages)


def as_hocr(reading: DocumentReading) -> str:
    """hOCR: a page has one area."""
    return _rendered("hocr.html", reading, reading.pages)


def as_tei(reading: DocumentReading) -> str:
    """TEI: the lines of the text, each with its zone on the facsimile of its page."""
    return _rendered("tei.xml", reading, reading.pages)


def as_page(reading: DocumentReading) -> str:
    """PAGE XML of a document of one page: it knows one page a file. Raises OnePageOnly for any other."""
    if len(reading.pages) != 1:
        raise OnePageOnly(
            f"PAGE XML holds one page a file, and this document has {len(reading.pages)}: use alto."
        )
    return _rendered("page.xml", reading, reading.pages)


def as_tsv(reading: DocumentReading) -> str:
    """A row for each page, block, paragraph, line and word, as `tesseract FILE - tsv` prints them."""
    rows = [list(_TSV)]
    for page in reading.pages:
        lines = _written(page)
        rows.append(_tsv_row(1, (page.number, 0, 0, 0, 0), (0, 0, page.width, page.height)))
        if lines:
            rows.append(_tsv_row(2, (page.number, 1, 0, 0, 0), _around(lines)))
            rows.append(_tsv_row(3, (page.number, 1, 1, 0, 0), _around(lines)))
        for at, (line, words) in enumerate(lines, start=1):
            rows.append(_tsv_row(4, (page.number, 1, 1, at, 0), line.box))
            for place, word in enumerate(words, start=1):
                confidence = f"{100 * _share(word):.6f}"
                text = " ".join(word.text.split())
                rows.append(_tsv_row(5, (page.number, 1, 1, at, place), word.box, confidence, text))
    return "\n".join("\t".join(row) for row in rows)


_TSV = (
    "level", "page_num", "block_num", "par_num", "line_num", "word_num", "left", "top", "width", "height", "conf",
    "text",
)  # fmt: skip


def _tsv_row(
    level: int, place: tuple[int, ...], box: Box, confidence: str = "-1", text: str = ""
) -> list[str]:
    return [*map(str, (level, *place, *box)), confidence, text]


def _rendered(template: str, reading: DocumentReading, pages: Sequence[PageReading]) -> str:
    return _TEMPLATES.get_template(template).render(
        pages=[(page, _written(page)) for page in pages],
        source=reading.source,
        version=version("inkfield"),
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def _written(page: PageReading) -> list[tuple[TextLine, list[Word]]]:
    """The lines of a page that have text, each with its words."""
    return [
        (line, [word for word in line.words if word.text] or [Word(line.box, line.text, line.confidence)])
        for line in page.lines
        if line.text.strip()
    ]


def _around(lines: list[tuple[TextLine, list[Word]]]) -> Box:
    """The smallest box that holds the boxes of all lines."""
    boxes = [line.box for line, _ in lines]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(x + width for x, _, width, _ in boxes)
    bottom = max(y + height for _, y, _, height in boxes)
    return left, top, right - left, bottom - top


def _share(read: TextLine | Word) -> float:
    """How sure it is, from 0 to 1."""
    return max(0.0, min(1.0, read.confidence))


def _corners(box: Box) -> str:
    """The corners of a box as PAGE XML has them."""
    x, y, width, height = box
    return f"{x},{y} {x + width},{y} {x + width},{y + height} {x},{y + height}"


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


_TEMPLATES = templates_of("inkfield.flows.reports")
_TEMPLATES.filters |= {"xml": _clean, "around": _around, "share": _share, "corners": _corners}
FORMATS: dict[str, Callable[[DocumentReading], str]] = {
    "text": as_text, "json": as_json, "tsv": as_tsv, "alto": as_alto, "hocr": as_hocr, "page": as_page, "tei": as_tei,
}  # fmt: skip
