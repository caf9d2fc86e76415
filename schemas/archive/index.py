"""The index of the archive: a row a page, of folded words, in what each database searches text with.

Both find pages that may hold all terms; whether they do, and how probably, is told by `matching` for all databases
alike. ``readings`` has a line of text for each line of the page: of each of its words all that it may be. On SQLite
(FTS5) readings of one word are neighbours, and a phrase is words near each other; ``best`` has the best readings alone,
so that an exact phrase comes first. On PostgreSQL they stand at the same place in a tsvector.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    told = "\n".join(" ".join(" ".join(word) for word in line) for line in folded)
    if session.get_bind().dialect.name == "sqlite":
        best = " ".join(" ".join(fold(readings[0])) for line in lines for readings in line if readings)
        statement = text("INSERT INTO archive_index (rowid, best, readings) VALUES (:page, :best, :told)")
        session.execute(statement, {"page": page_id, "best": best, "told": told})
    else:
        statement = text(
            "INSERT INTO archive_index (page_id, readings, places) VALUES (:page, :told, CAST(:places AS tsvector))"
        )
        session.execute(statement, {"page": page_id, "told": told, "places": _places(folded)})


def candidates(session: Session, terms: Sequence[Term], most: int) -> dict[int, str]:
    """The first pages, by id, that may hold all terms, with their ``readings``; where there are more than ``most`` on
    SQLite those that hold them in the best readings come before the others."""
    if session.get_bind().dialect.name == "postgresql":
        return _ask(session, _POSTGRES, " & ".join(_tsquery(term) for term in terms), most)
    found = _ask(session, _SQLITE, " AND ".join(_exact(term) for term in terms), most)
    if len(found) < most:
        found |= _ask(session, _SQLITE, " AND ".join(_near(term) for term in terms), most)
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
    "SELECT page_id, readings FROM archive_index WHERE places @@ CAST(:query AS tsquery)"
    " ORDER BY page_id LIMIT :most"
)


def _ask(session: Session, statement: TextClause, query: str, most: int) -> dict[int, str]:
    return {page: readings for page, readings in session.execute(statement, {"query": query, "most": most})}


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


def _tsquery(term: Term) -> str:
    """The term in PostgreSQL's language: each word at the place of the one before (parts of one word, as ``d'un``),
    or at the next."""
    words = [f"'{word}'" for word in term.words]
    words[-1] += ":*" if term.prefix else ""
    first, *others = words[:_FOLLOW]
    asked = first
    for word in others:
        asked = f"(({asked} <0> {word}) | ({asked} <1> {word}))"
    return " & ".join([asked, *words[_FOLLOW:]])
