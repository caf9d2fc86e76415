"""The index of the archive: a row a page, of folded words, in what each database searches text with.

Both find pages that may hold all terms; whether they do, and how probably, is told by `matching` for all databases
alike. ``readings`` has a line of text for each line of the page: of each of its words all that it may be. On SQLite
(FTS5) readings of one word are neighbours, and a phrase is words near each other; ``best`` has the best readings
alone, so that an exact phrase comes first. On PostgreSQL they stand at the same place in a tsvector; beside them are
pairs of neighbours (``jean_martin``) of the best readings, for places are not in its index: a phrase of common words
would be sought page by page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from inkfield.schemas.archive.folding import fold
from inkfield.schemas.archive.query import Term

Line = Sequence[Sequence[str]]
"""The words of a line, each as its readings, the best first."""

MOST = 16
"""Folded words that all readings of one word come to, at most."""
_LAST_PLACE = 16383
"""PostgreSQL knows no place beyond."""
_LONGEST = 200
"""Letters of a folded word that are indexed: PostgreSQL takes no longer ones than 2 kB."""


def index_page(session: Session, page_id: int, lines: Sequence[Line]) -> None:
    """Puts a page into the index."""
    folded = [[_folded(readings) for readings in line] for line in lines]
    best = [word[:_LONGEST] for line in lines for readings in line if readings for word in fold(readings[0])]
    told = "\n".join(" ".join(" ".join(word) for word in line) for line in folded)
    if session.get_bind().dialect.name == "sqlite":
        statement = text("INSERT INTO archive_index (rowid, best, readings) VALUES (:page, :best, :told)")
        session.execute(statement, {"page": page_id, "best": " ".join(best), "told": told})
    else:
        statement = text(
            "INSERT INTO archive_index (page_id, readings, places) VALUES (:page, :told, CAST(:places AS tsvector))"
        )
        pairs = {f"'{pair}'" for pair in map("_".join, pairwise(best))}
        places = " ".join([_places(folded), *sorted(pairs)])
        session.execute(statement, {"page": page_id, "told": told, "places": places})


def forget_page(session: Session, page_id: int) -> None:
    """Takes a page out of the index."""
    key = "rowid" if session.get_bind().dialect.name == "sqlite" else "page_id"
    session.execute(text(f"DELETE FROM archive_index WHERE {key} = :page"), {"page": page_id})


def candidates(session: Session, terms: Sequence[Term], most: int) -> dict[int, str]:
    """Pages that may hold all terms, by id, with their ``readings``: where there are more than ``most``, first those
    that hold phrases in the best readings. PostgreSQL looks for phrases in other readings on the first thousand pages
    that have their words."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    if not sqlite:
        # One plan for all words would be to look through all pages: some words stand on most of them.
        session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    asked = {"query": " AND ".join(map(_exact, terms)) if sqlite else " & ".join(map(_pairs, terms))}
    found = _ask(session, _SQLITE if sqlite else _POSTGRES, {**asked, "most": most})
    if len(found) >= most:
        return found
    if sqlite:
        found |= _ask(session, _SQLITE, {"query": " AND ".join(map(_near, terms)), "most": most})
    elif any(len(term.words) > 1 for term in terms):
        words, phrases = (" & ".join(map(write, terms)) for write in (_words, _phrase))
        found |= _ask(session, _POSTGRES_PHRASES, {"words": words, "phrases": phrases, "most": most})
    return dict(list(found.items())[:most])


def _folded(readings: Sequence[str]) -> list[str]:
    """All folded words of a word's readings, each once."""
    every = dict.fromkeys(word[:_LONGEST] for reading in readings for word in fold(reading))
    return list(every)[:MOST]


def _places(folded: Sequence[Sequence[Sequence[str]]]) -> str:
    """The words with their places as PostgreSQL writes a tsvector; all readings of a word have one place."""
    places: dict[str, list[int]] = {}
    at = 0
    for line in folded:
        for word in line:
            at += bool(word)
            for reading in word:
                places.setdefault(reading, []).append(min(at, _LAST_PLACE))
    return " ".join(f"'{word}':{','.join(map(str, found))}" for word, found in places.items())


_SQLITE = text(
    "SELECT rowid, readings FROM archive_index WHERE archive_index MATCH :query ORDER BY rowid LIMIT :most"
)
_POSTGRES = text(
    "SELECT page_id, readings FROM archive_index WHERE places @@ CAST(:query AS tsquery) LIMIT :most"
)
_POSTGRES_PHRASES = text(
    "WITH those AS MATERIALIZED (SELECT page_id, readings, places FROM archive_index"
    " WHERE places @@ CAST(:words AS tsquery) LIMIT 1000)"
    " SELECT page_id, readings FROM those WHERE places @@ CAST(:phrases AS tsquery) LIMIT :most"
)


def _ask(session: Session, statement: TextClause, asked: Mapping[str, str | int]) -> dict[int, str]:
    return {page: readings for page, readings in session.execute(statement, asked)}


def _exact(term: Term) -> str:
    """The term in the best readings, in FTS5's language."""
    return f'(best : "{" ".join(term.words)}"{"*" if term.prefix else ""})'


def _near(term: Term) -> str:
    """The term's words in any readings, near each other."""
    words = [f'"{word}"' for word in term.words]
    words[-1] += "*" if term.prefix else ""
    if len(words) == 1:
        return f"(readings : {words[0]})"
    return f"(readings : NEAR({' '.join(words)}, {MOST * len(words)}))"


_FOLLOW = 6
"""So many words of a phrase are sought in their order: each more doubles the query. The others, if any, anywhere."""


def _pairs(term: Term) -> str:
    """The term in the best readings, in PostgreSQL's language: a word, or each word with its neighbour."""
    pairs = [f"'{a}_{b}'" for a, b in pairwise(term.words)] or [f"'{term.words[0]}'"]
    pairs[-1] += ":*" if term.prefix else ""
    return " & ".join(pairs)


def _words(term: Term) -> str:
    """The term's words in any readings, anywhere on the page."""
    words = [f"'{word}'" for word in term.words]
    words[-1] += ":*" if term.prefix else ""
    return " & ".join(words)


def _phrase(term: Term) -> str:
    """The term's words in any readings: each at the place of the one before (parts of one word, as ``d'un``), or at the
    next."""
    words = [f"'{word}'" for word in term.words]
    words[-1] += ":*" if term.prefix else ""
    first, *others = words[:_FOLLOW]
    asked = first
    for word in others:
        asked = f"(({asked} <0> {word}) | ({asked} <1> {word}))"
    return " & ".join([asked, *words[_FOLLOW:]])
