"""Searching the archive: the same hits on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inkfield.schemas.archive.folding import fold
from inkfield.schemas.archive.query import SearchError, parse_query
from inkfield.schemas.archive.search import MOST_SURE, search
from inkfield.schemas.database.archive_tables import ArchiveLineRow
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine, Word, WordReading
from inkfield.schemas.store.archive import NO_FORMS, lies_at, write_archive
from inkfield.schemas.store.documents import begin_batch, register_document, save_document


def line(row: int, *words: str) -> TextLine:
    """A line of words, each as ``best`` or ``best=0.6|other=0.3``; a reading may be several words, joined by _."""
    made = []
    for place, said in enumerate(words):
        parts = [part.split("=") for part in said.replace("_", " ").split("|")]
        readings = tuple(WordReading(part[0], float(part[1]) if part[1:] else 1.0) for part in parts)
        made.append(Word((100 * place, 50 * row, 90, 40), parts[0][0], 0.9, readings))
    text = " ".join(word.text for word in made)
    return TextLine((0, 50 * row, 100 * len(words), 40), text, 0.9, tuple(made))


SURE = round(MOST_SURE, 4)

PAGES = (
    (
        line(0, "L'Évêque", "Jean=0.7|Jeau=0.3", "Martim=0.6|Martin=0.3|Martine=0.1"),
        line(1, "du", "village", "de", "Saint"),
        line(2, "Étienne", "le", "3", "mai"),
    ),
    (line(0, "Herr", "Müller-Weiß", "aus", "Lübeck"), line(1, "tobe=0.8|to_be=0.2", "or", "not")),
)


def write(session: Session, path: str, sha256: str, pages: tuple[tuple[TextLine, ...], ...] = PAGES) -> int:
    batch = begin_batch(session, "letters")
    document = register_document(session, batch, path, sha256, NO_FORMS).document_id
    read = [PageReading(n, 900, 400, 200.0, None, None, "done", lines=p) for n, p in enumerate(pages, 1)]
    reading = DocumentReading(path, sha256, "done", tuple(read))
    save_document(session, document, reading, {}, NO_FORMS)
    write_archive(session, document, reading, "default detect")
    lies_at(session, document, path)
    return document


SEARCHES = {
    "martin": [(1, 1, 0.3)],
    "MARTIN*": [(1, 1, 0.4)],
    '"jean martin"': [(1, 1, 0.21)],
    "jean mai": [(1, 1, 0.7)],
    "jean du": [(1, 1, 0.7)],
    "mai etienne jean": [(1, 3, 0.7)],
    '"saint etienne le"': [(1, 2, SURE)],
    '"village Étienne"': [],
    "eveque": [(1, 1, SURE)],
    "muller": [(2, 1, SURE)],
    '"Muller-Weiss aus"': [(2, 1, SURE)],
    '"to be or"': [(2, 2, 0.2)],
    '"tobe or not"': [(2, 2, 0.8)],
    '"l\'eveque jean mar"*': [(1, 1, 0.7)],
    "lubeck martin": [],
    "nobody": [],
}
"""Page, line and probability of the hits."""


def test_what_is_found(database_url: str) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:
        write(session, "/letters/a.jpg", "ab" * 32)
        for asked, wanted in SEARCHES.items():
            hits = search(session, asked).hits
            assert [(hit.page, hit.line, hit.probability) for hit in hits] == wanted, asked
        hit = search(session, "martin").hits[0]
        assert (hit.file_name, hit.text) == ("a.jpg", "L'Évêque Jean Martim")
        assert [(word.number, word.text, word.box) for word in hit.words] == [(2, "Martim", (200, 0, 90, 40))]
        assert not search(session, "martin", least=0.31).hits


def test_a_file_that_has_changed_is_found_by_its_new_text_only(database_url: str) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:
        write(session, "/letters/a.jpg", "ab" * 32)
        write(session, "/letters/b.jpg", "cd" * 32, ((line(0, "Müller"),),))
        write(session, "/letters/a.jpg", "ef" * 32, ((line(0, "neuer", "Text"),),))
    with transaction(engine) as session:
        assert [hit.file_name for hit in search(session, "text").hits] == ["a.jpg"]
        assert [hit.file_name for hit in search(session, "muller").hits] == ["b.jpg"]
        assert session.scalar(select(func.count(ArchiveLineRow.id))) == 2


def test_words_are_compared_without_accents_and_capitals() -> None:
    assert fold("Œuvre d'ÉTÉ, naïve; Straße № 7 ﬁn") == (
        "oeuvre",
        "d",
        "ete",
        "naive",
        "strasse",
        "no",
        "7",
        "fin",
    )


def test_a_search_without_words_is_refused() -> None:
    with pytest.raises(SearchError, match="Name a word"):
        parse_query(' "" - * ')
