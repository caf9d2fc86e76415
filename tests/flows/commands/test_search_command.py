"""`inkfield search` as a person and as a program see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inkfield.flows.commands.search_command import print_hits
from inkfield.schemas.database.connection import DatabaseError, open_database, transaction
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine, Word, WordReading
from inkfield.schemas.store.archive import NO_FORMS, write_archive
from inkfield.schemas.store.documents import begin_batch, register_document, save_document


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A letter of one line, whose last word is probably not what it was read as."""
    url = f"sqlite:///{tmp_path / 'letters.db'}"
    words = (
        Word((10, 20, 60, 30), "[Dear]", 0.9, (WordReading("[Dear]", 1.0),)),
        Word((80, 20, 70, 30), "Mitler,", 0.4, (WordReading("Mitler,", 0.6), WordReading("Miller", 0.36))),
    )
    line = TextLine((10, 20, 140, 30), "[Dear] Mitler,", 0.5, words)
    page = PageReading(1, 200, 300, 200.0, None, None, "done", lines=(line,))
    reading = DocumentReading("letter.jpg", "ab" * 32, "done", (page,))
    with transaction(open_database(url)) as session:
        batch = begin_batch(session, "letters")
        noted = register_document(session, batch, "/in/letter.jpg", "ab" * 32, NO_FORMS)
        save_document(session, noted.document_id, reading, {}, NO_FORMS)
        write_archive(session, noted.document_id, reading, "default detect")
    return url


def test_a_person_sees_file_page_line_probability_and_the_word(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_hits(url, "miller", 0.0, 50, as_json=False)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["36 %  letter.jpg, page 1, line 1", "[Dear] [Mitler,]", "1 hit"]


def test_a_program_gets_boxes_too(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_hits(url, "mil*", 0.2, 50, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["more"] is False
    (hit,) = found["hits"]
    assert (hit["path"], hit["page"], hit["line"], hit["probability"]) == ("/in/letter.jpg", 1, 1, 0.36)
    assert hit["words"] == [{"number": 1, "text": "Mitler,", "box": [80, 20, 70, 30]}]
    assert hit["snippet"] == "[Dear] [Mitler,]"


def test_a_database_without_an_archive_says_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'older.db'}"
    with open_database(url).begin() as connection:  # as inkfield left it before there was an archive
        connection.exec_driver_sql("DROP VIEW archive_words")
        for table in ("archive_index", "archive_lines", "archive_pages", "archived"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    with pytest.raises(DatabaseError, match="inkfield archive"):
        print_hits(url, "miller", 0.0, 50, as_json=False)
