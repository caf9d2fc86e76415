"""Searching the archive: lines of pages that hold all terms, the likeliest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from operator import or_
from typing import Any, NamedTuple

from sqlalchemy import Integer, Text, select, text
from sqlalchemy.orm import Session

from inkfield.schemas.archive.index import candidates
from inkfield.schemas.archive.matching import Place, find_places
from inkfield.schemas.archive.query import Term, parse_query
from inkfield.schemas.database.archive_tables import ArchivePageRow
from inkfield.schemas.database.columns import Json, Key
from inkfield.schemas.database.tables import DocumentRow
from inkfield.schemas.readings import Box

PAGES = 200
"""So many pages are looked at: of words that stand on more the first that were read."""
ENOUGH = 50
SURE = 0.95
"""Hits of this probability: others cannot be much likelier."""
_AT_ONCE = 10
"""Pages that are looked at together."""


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


def search(session: Session, asked: str, least: float = 0.0, enough: int = ENOUGH) -> Found:
    """The lines that hold what is asked for (see `parse_query`), at least so probably; of a page those that hold most
    of its terms. Not more pages are looked at once there are ``enough`` hits that are sure. Raises SearchError."""
    terms = parse_query(asked)
    most = max(PAGES, enough)
    pages = candidates(session, terms, most)
    ids, looked = list(pages), 0
    hits: list[Hit] = []
    while looked < len(ids):
        some = ids[looked : looked + _AT_ONCE]
        hits += _on_pages(session, {page: pages[page] for page in some}, terms)
        looked += len(some)
        if sum(hit.probability >= SURE for hit in hits) >= enough:
            break
    kept = sorted(
        (hit for hit in hits if hit.probability >= least),
        key=lambda hit: (-hit.probability, hit.file_name, hit.document_id, hit.page, hit.line),
    )
    return Found(tuple(kept), more=looked < len(pages) or len(pages) >= most)


def _on_pages(session: Session, pages: dict[int, str], terms: Sequence[Term]) -> list[Hit]:
    wanted = [
        (page, number) for page, readings in pages.items() for number in _where(readings.split("\n"), terms)
    ]
    if not wanted:
        return []
    lines = _lines(session, wanted)
    names = _names(session, list(lines))
    return [hit for page, rows in lines.items() for hit in _on_page(names[page], rows, terms)]


def _where(lines: Sequence[str], terms: Sequence[Term]) -> list[int]:
    """Numbers of the lines, from 1, in which a term may stand: those that have its words, or have them together with
    the next line."""
    found = set()
    padded = [f" {line}" for line in lines]
    for term in terms:
        begins = [f" {word}" for word in term.words]
        have = [[begin in line for begin in begins] for line in padded]
        for number, here in enumerate(have):
            if all(here):
                found.add(number + 1)
            elif any(here) and number + 1 < len(have) and all(map(or_, here, have[number + 1])):
                found |= {number + 1, number + 2}
    return sorted(found)


class _Line(NamedTuple):
    page_id: int
    number: int
    text: str
    box: Sequence[int]
    words: Sequence[dict[str, Any]]


def _lines(session: Session, wanted: Sequence[tuple[int, int]]) -> dict[int, list[_Line]]:
    """The lines of these pages and numbers, by page, from the top."""
    # A list of values to be joined: SQLite would look through all lines for pairs IN a list. Numbers of ours need no
    # parameters, which SQLAlchemy would take longer to write than the database to find the lines.
    listed = ", ".join(f"({int(page)}, {int(number)})" for page, number in wanted)
    query = text(
        f"WITH asked (page_id, number) AS (VALUES {listed}) SELECT page_id, number, l.text, l.box, l.words"
        " FROM asked JOIN archive_lines l USING (page_id, number)"
    ).columns(page_id=Key, number=Integer, text=Text, box=Json, words=Json)
    found: dict[int, list[_Line]] = {}
    for row in session.execute(query):
        found.setdefault(row[0], []).append(_Line(*row))
    return {page: sorted(found[page], key=lambda line: line.number) for page in sorted(found)}


class _Page(NamedTuple):
    document_id: int
    file_name: str
    path: str
    number: int


def _names(session: Session, pages: Sequence[int]) -> dict[int, _Page]:
    query = select(
        ArchivePageRow.id, DocumentRow.id, DocumentRow.file_name, DocumentRow.path, ArchivePageRow.number
    )
    joined = query.join(DocumentRow, DocumentRow.id == ArchivePageRow.document_id)
    return {row[0]: _Page(*row[1:]) for row in session.execute(joined.where(ArchivePageRow.id.in_(pages)))}


def _on_page(page: _Page, rows: Sequence[_Line], terms: Sequence[Term]) -> list[Hit]:
    """The lines of a page that hold most of the terms; none where a term is not on the page."""
    words = [(row.number, [word["readings"] for word in row.words]) for row in rows]
    places = [find_places(words, term) for term in terms]
    if not all(places):
        return []
    best = [max(found, key=_probability) for found in places]
    by_line: dict[int, list[list[Place]]] = {}
    for number, found in enumerate(places):
        for place in found:
            by_line.setdefault(place.line, [[] for _ in terms])[number].append(place)
    fullest = max(sum(map(bool, here)) for here in by_line.values())
    hits = []
    for row in rows:
        here = by_line.get(row.number, [])
        if here and sum(map(bool, here)) == fullest:
            standing = [
                max(mine or [other], key=_probability) for mine, other in zip(here, best, strict=True)
            ]
            probability = prod(map(_probability, standing))
            hits.append(_hit(page, row, [place for mine in here for place in mine], probability))
    return hits


def _probability(place: Place) -> float:
    return place.probability


def _hit(page: _Page, row: _Line, places: Sequence[Place], probability: float) -> Hit:
    covered = sorted({number for place in places for line, number in place.words if line == row.number})
    words = tuple(FoundWord(n, row.words[n]["text"], _box(row.words[n]["box"])) for n in covered)
    return Hit(
        page.file_name, page.path, page.number, row.number, round(probability, 4), row.text, _box(row.box),
        words, page.document_id,
    )  # fmt: skip


def _box(sides: Sequence[int]) -> Box:
    return sides[0], sides[1], sides[2], sides[3]
