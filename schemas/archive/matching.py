"""Where on a page a term stands, and how probably: the sum over the readings of the ink that match it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inkfield.schemas.archive.folding import fold
from inkfield.schemas.archive.query import Term

Readings = Sequence[tuple[str, float]]
"""What a word may be, and how probably."""


@dataclass(frozen=True)
class Place:
    """A term on a page: the words (number of the line, number in the line) that it covers, and its probability."""

    words: tuple[tuple[int, int], ...]
    probability: float

    @property
    def line(self) -> int:
        return self.words[0][0]


def find_places(lines: Sequence[tuple[int, Sequence[Readings]]], term: Term) -> list[Place]:
    """Everywhere on a page where the term stands, from the top.

    ``lines`` are the numbers of lines and their words. A phrase may go on from a line to the next.
    """
    places = []
    for at, (number, words) in enumerate(lines):
        if len(term.words) == 1:
            for place, readings in enumerate(words):
                share = sum(p for text, p in readings if _holds(fold(text), term))
                if share > 0:
                    places.append(Place(((number, place),), min(1.0, share)))
            continue
        row = [((number, place), readings) for place, readings in enumerate(words)]
        if at + 1 < len(lines) and lines[at + 1][0] == number + 1:
            row += [((number + 1, place), readings) for place, readings in enumerate(lines[at + 1][1])]
        for start, readings in enumerate(words):
            if any(term.words[0] in fold(text) for text, _ in readings):
                found = _from(row[start:], term)
                places += [] if found is None else [found]
    return places


def _holds(words: tuple[str, ...], term: Term) -> bool:
    """Whether the only word of a term is among these."""
    if term.prefix:
        return any(word.startswith(term.words[0]) for word in words)
    return term.words[0] in words


def _from(row: Sequence[tuple[tuple[int, int], Readings]], term: Term) -> Place | None:
    """The term where it begins in the first of these words: within its readings, or at their end and on in the next."""
    share = {0: 1.0}
    """How probably so many of the term's words stand up to here."""
    total, last = 0.0, 0
    for position, (_, readings) in enumerate(row):
        after: dict[int, float] = {}
        for text, probability in readings:
            words = fold(text)
            for before, so_far in share.items():
                have = _first(words, term) if position == 0 else _more(words, term, before)
                if have:
                    after[have] = after.get(have, 0.0) + so_far * probability
        found = after.pop(len(term.words), 0.0)
        if found:
            total, last = total + found, position
        share = after
        if not share:
            break
    covered = tuple(name for name, _ in row[: last + 1])
    return Place(covered, min(1.0, total)) if total > 0 else None


def _first(words: Sequence[str], term: Term) -> int:
    """How many of the term's words a reading has: all of them somewhere, or the first ones at its end; else 0."""
    needed = len(term.words)
    for start in range(len(words)):
        here = words[start : start + needed]
        if all(term.matches(number, word) for number, word in enumerate(here)) and (
            len(here) == needed or start + len(here) == len(words)
        ):
            return len(here)
    return 0


def _more(words: Sequence[str], term: Term, have: int) -> int:
    """How many of the term's words stand up to the end of a reading that follows so many of them; 0 where it is
    another word. A reading without words (a dash) parts no phrase."""
    here = words[: len(term.words) - have]
    return have + len(here) if all(term.matches(have + n, word) for n, word in enumerate(here)) else 0
