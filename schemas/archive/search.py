"""Searching the archive: lines of pages that hold all terms, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from inkfield.schemas.archive.index import candidates
from inkfield.schemas.archive.matching import Place, find_places
from inkfield.schemas.archive.query import Term, parse_query
from inkfield.schemas.database.archive_tables import ArchiveLineRow, ArchivePageRow
from inkfield.schemas.database.tables import DocumentRow
from inkfield.schemas.readings import Box

PAGES = 200
"""So many pages are looked at: of words that stand on more the first that were read."""


@dataclass(frozen=True)
class FoundWord:
    """A word of the line that matches, as it was read best: not always as what was asked for."""

    number: int
    """In the line, from 0."""
    text: str
    box: Box


@dataclass(frozen=True)
class Hit:
    """A line that holds what was asked for. ``page`` counts from 1, ``line`` too; boxes are in pixels of the scan.

    ``probability``: that all terms stand there (on the page, for those that are not on the line).
    """

    file_name: str
    path: str
    page: int
    line: int
    probability: float
    text: str
    box: Box
    words: tuple[FoundWord, ...]
    document_id: int


@dataclass(frozen=True)
class Found:
    """Hits, likeliest first. ``more``: the words stand on more pages than were looked at."""

    hits: tuple[Hit, ...]
    more: bool


def search(session: Session, asked: str, least: float = 0.0) -> Found:
    """The lines that hold what is asked for (see `parse_query`), at least so probably; of a page those that hold most
    of its terms. Raises SearchError."""
    terms = parse_query(asked)
    pages = candidates(session, terms, PAGES)
    lines = _lines(session, pages, terms)
    names = _names(session, lines)
    hits = [hit for page_id, rows in lines.items() for hit in _on_page(names[page_id], rows, terms)]
    kept = sorted(
        (hit for hit in hits if hit.probability >= least),
        key=lambda hit: (-hit.probability, hit.file_name, hit.document_id, hit.page, hit.line),
    )
    return Found(tuple(kept), more=len(pages) >= PAGES)


def _lines(session: Session, pages: dict[int, str], terms: Sequence[Term]) -> dict[int, list[ArchiveLineRow]]:
    """The lines of these pages in which a word of the terms may stand."""
    begins = [f" {word}" for term in terms for word in term.words]
    wanted = [
        (page, number)
        for page, readings in pages.items()
        for number, line in enumerate(readings.split("\n"), start=1)
        if any(begin in f" {line}" for begin in begins)
    ]
    found: dict[int, list[ArchiveLineRow]] = {}
    for start in range(0, len(wanted), 500):
        asked = tuple_(ArchiveLineRow.page_id, ArchiveLineRow.number).in_(wanted[start : start + 500])
        for row in session.scalars(select(ArchiveLineRow).where(asked)):
            found.setdefault(row.page_id, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row.number)
    return found


@dataclass(frozen=True)
class _Page:
    document_id: int
    file_name: str
    path: str
    number: int


def _names(session: Session, lines: dict[int, list[ArchiveLineRow]]) -> dict[int, _Page]:
    query = select(
        ArchivePageRow.id, DocumentRow.id, DocumentRow.file_name, DocumentRow.path, ArchivePageRow.number
    )
    joined = query.join(DocumentRow, DocumentRow.id == ArchivePageRow.document_id)
    return {row[0]: _Page(*row[1:]) for row in session.execute(joined.where(ArchivePageRow.id.in_(lines)))}


def _on_page(page: _Page, rows: Sequence[ArchiveLineRow], terms: Sequence[Term]) -> list[Hit]:
    """The lines of a page that hold most of the terms; none where a term is not on the page."""
    words = [(row.number, [word["readings"] for word in row.words]) for row in rows]
    places = [find_places(words, term) for term in terms]
    if not all(places):
        return []
    by_line = {row.number: [[p for p in found if p.line == row.number] for found in places] for row in rows}
    fullest = max(sum(map(bool, here)) for here in by_line.values())
    hits = []
    for row in rows:
        here = by_line[row.number]
        if sum(map(bool, here)) == fullest:
            best = [max(mine or every, key=_probability) for mine, every in zip(here, places, strict=True)]
            hits.append(
                _hit(page, row, [place for mine in here for place in mine], prod(map(_probability, best)))
            )
    return hits


def _probability(place: Place) -> float:
    return place.probability


def _hit(page: _Page, row: ArchiveLineRow, places: Sequence[Place], probability: float) -> Hit:
    covered = sorted({number for place in places for line, number in place.words if line == row.number})
    words = tuple(FoundWord(n, row.words[n]["text"], _box(row.words[n]["box"])) for n in covered)
    return Hit(
        page.file_name, page.path, page.number, row.number, round(probability, 4), row.text, _box(row.box),
        words, page.document_id,
    )  # fmt: skip


def _box(sides: Sequence[int]) -> Box:
    return sides[0], sides[1], sides[2], sides[3]
