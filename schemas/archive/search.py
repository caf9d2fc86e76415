"""Searching the archive: lines of pages that hold all terms, the likeliest first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Any, NamedTuple

from sqlalchemy import Integer, Text, TextualSelect, text
from sqlalchemy.orm import Session

from inkfield.schemas.archive.index import MOST, candidates
from inkfield.schemas.archive.matching import Place, find_places
from inkfield.schemas.archive.query import Term, parse_query
from inkfield.schemas.database.columns import Json, Key
from inkfield.schemas.readings import Box

PAGES = 100
"""So many pages are looked at: of words that stand on more the first that were read."""
ENOUGH = 50
SURE = 0.95
"""Hits of this probability: others cannot be much likelier."""
TESTED = 484
"""Names on lines of unseen writers that searching was tried on (docs/archive.md)."""
MOST_SURE = (TESTED + 1) / (TESTED + 2)
"""No hit is surer: what was not met in so many tests is not impossible (Laplace's rule of succession)."""
_FEW = 2
"""Lines that are looked at to know how sure it is that a word is on the page."""
_AT_ONCE = 20
"""Pages that are looked at together: of a common word they are enough."""


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
    of its terms, or, where no line holds two, the rarest one. Not more pages are looked at once there are ``enough``
    hits that are sure. Raises SearchError."""
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


def search_page(session: Session, asked: str, document_id: int, page: int) -> tuple[Hit, ...]:
    """The hits of a search on one page, from the top. Raises SearchError."""
    terms = parse_query(asked)
    rows = [_Line(*row) for row in session.execute(_PAGE, {"document": document_id, "page": page})]
    return tuple(_on_page(rows, terms))


def _on_pages(session: Session, pages: dict[int, str], terms: Sequence[Term]) -> list[Hit]:
    wanted = [
        (page, number) for page, readings in pages.items() for number in _where(readings.split("\n"), terms)
    ]
    if not wanted:
        return []
    lines = _lines(session, wanted)
    return [hit for rows in lines.values() for hit in _on_page(rows, terms)]


def _where(lines: Sequence[str], terms: Sequence[Term]) -> list[int]:
    """Numbers of the lines, from 1, that are to be looked at: those in which most terms may stand, and as many as show
    that the others are on the page too."""
    padded = [f" {line} " for line in lines]
    having = [_lines_with(padded, term) for term in terms]
    over = [_lines_over(padded, term) for term in terms]
    counts = Counter(number for found in zip(having, over, strict=True) for number in set().union(*found))
    fullest = max(counts.values(), default=0)
    wanted = {number for number, count in counts.items() if count == fullest}
    if fullest == 1:
        wanted = min((mine | across for mine, across in zip(having, over, strict=True)), key=len)
    for term, mine, across in zip(terms, having, over, strict=True):
        if len(term.words) > 1:
            wanted |= mine | across | {number + 1 for number in across}
        elif not wanted & mine:
            wanted |= set(sorted(mine)[:_FEW])
    return sorted(wanted)


def _lines_with(padded: Sequence[str], term: Term) -> set[int]:
    """Numbers of the lines that have all words of a term."""
    words = _padded(term)
    return {number for number, line in enumerate(padded, start=1) if all(word in line for word in words)}


def _lines_over(padded: Sequence[str], term: Term) -> set[int]:
    """Numbers of the lines that have the first word of a phrase near their end, while the next one has its last word
    near its beginning."""
    words = _padded(term)
    first, last = words[0], words[-1]
    near = MOST * (len(words) - 1)
    found = set()
    for number, (line, following) in enumerate(pairwise(padded) if near else (), start=1):
        if first in line and last in following:
            end, beginning = " ".join(line.split()[-near:]), " ".join(following.split()[:near])
            if first in f" {end} " and last in f" {beginning} ":
                found.add(number)
    return found


def _padded(term: Term) -> list[str]:
    """The words of a term as they stand in a line with a space before and after it."""
    words = [f" {word} " for word in term.words]
    words[-1] = words[-1].rstrip() if term.prefix else words[-1]
    return words


class _Line(NamedTuple):
    page_id: int
    number: int
    text: str
    box: Sequence[int]
    words: Sequence[dict[str, Any]]
    page: int
    document_id: int
    file_name: str
    path: str


def _lines(session: Session, wanted: Sequence[tuple[int, int]]) -> dict[int, list[_Line]]:
    """The lines of these pages and numbers, by page, from the top."""
    found: dict[int, list[_Line]] = {}
    statement = _LINES[session.get_bind().dialect.name]
    for row in session.execute(statement, {"asked": json.dumps(wanted)}):
        found.setdefault(row[0], []).append(_Line(*row))
    return {page: sorted(found[page], key=lambda line: line.number) for page in sorted(found)}


_COLUMNS = "SELECT l.page_id, l.number, l.text, l.box, l.words, p.number AS page, d.id, d.file_name, d.path"
_JOINED = " JOIN archive_pages p ON p.id = l.page_id JOIN documents d ON d.id = p.document_id"


def _lines_of(pairs: str, page: str, number: str) -> TextualSelect:
    # A list to be joined: SQLite would look through all lines for pairs IN a list.
    return _typed(
        f"{_COLUMNS} FROM {pairs} asked JOIN archive_lines l ON l.page_id = {page} AND l.number = {number}{_JOINED}"
    )


def _typed(statement: str) -> TextualSelect:
    return text(statement).columns(
        page_id=Key,
        number=Integer,
        text=Text,
        box=Json,
        words=Json,
        page=Integer,
        id=Key,
        file_name=Text,
        path=Text,
    )


_LINES = {
    "sqlite": _lines_of("json_each(:asked)", "asked.value ->> 0", "asked.value ->> 1"),
    "postgresql": _lines_of(
        "jsonb_array_elements(CAST(:asked AS jsonb))",
        "CAST(asked.value ->> 0 AS bigint)",
        "CAST(asked.value ->> 1 AS integer)",
    ),
}
_PAGE = _typed(
    f"{_COLUMNS} FROM archive_lines l{_JOINED} WHERE d.id = :document AND p.number = :page ORDER BY l.number"
)


def _on_page(rows: Sequence[_Line], terms: Sequence[Term]) -> list[Hit]:
    """The lines of a page that hold most of the terms; none where a term is not on the page. Where each line holds one
    term, those of the term with the fewest."""
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
    rarest = min(range(len(terms)), key=lambda number: len(places[number]))
    hits = []
    for row in rows:
        here = by_line.get(row.number, [])
        if here and sum(map(bool, here)) == fullest and (fullest > 1 or here[rarest]):
            standing = [
                max(mine or [other], key=_probability) for mine, other in zip(here, best, strict=True)
            ]
            probability = min(MOST_SURE, prod(map(_probability, standing)))
            hits.append(_hit(row, [place for mine in here for place in mine], probability))
    return hits


def _probability(place: Place) -> float:
    return place.probability


def percent(probability: float) -> str:
    """As people read it, in whole percent, never rounded up to 100."""
    return f"{int(100 * probability + 1e-9)} %"


def _hit(row: _Line, places: Sequence[Place], probability: float) -> Hit:
    covered = sorted({number for place in places for line, number in place.words if line == row.number})
    words = tuple(FoundWord(n, row.words[n]["text"], _box(row.words[n]["box"])) for n in covered)
    return Hit(
        row.file_name, row.path, row.page, row.number, round(probability, 4), row.text, _box(row.box), words,
        row.document_id,
    )  # fmt: skip


def _box(sides: Sequence[int]) -> Box:
    return sides[0], sides[1], sides[2], sides[3]
