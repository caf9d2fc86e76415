"""The archive: what a worker process reads into it, again and again, and what a purge takes out."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import func, select, text
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.workers.document_outcome import Outcome
from inkfield.flows.workers.read_into_archive import ArchiveReader
from inkfield.flows.workers.reader_process import NO_FORM, ReaderSetup
from inkfield.recognizers.recognizer import WEIGHTS
from inkfield.schemas.archive.search import search
from inkfield.schemas.database.archive_tables import ArchiveLineRow
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.store.documents import begin_batch
from inkfield.schemas.store.retention import purge_before
from tests.support.checkout import ROOT


def letter(path: Path, words: str) -> Path:
    image = np.full((300, 1400), 250, np.uint8)
    cv2.putText(image, words, (80, 180), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    cv2.imwrite(str(path), image)
    return path


def read(reader: ArchiveReader, url: str, *paths: Path) -> list[Outcome]:
    with transaction(open_database(url)) as session:
        batch = begin_batch(session, "letters")
    return [reader.read(path, batch) for path in paths]


def found(url: str, words: str) -> list[str]:
    with transaction(open_database(url)) as session:
        return [hit.file_name for hit in search(session, words).hits]


def test_an_archive_is_read_searched_changed_and_purged(database_url: str, tmp_path: Path) -> None:
    thanks = letter(tmp_path / "a.png", "Received with thanks")
    paid = letter(tmp_path / "b.png", "Paid in full")
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 and no more")
    reader = ArchiveReader(ReaderSetup(database_url, NO_FORM, language="english"))

    first = read(reader, database_url, thanks, bad, paid)
    assert [(outcome.status, outcome.error_code) for outcome in first] == [
        ("done", None), ("failed", "truncated"), ("done", None),
    ]  # fmt: skip
    assert found(database_url, "thanks") == ["a.png"] and found(database_url, '"in full"') == ["b.png"]
    words = run_query(open_database(database_url), "SELECT text FROM archive_words WHERE file_name = 'b.png'")
    assert [word for (word,) in words[1]] == ["Paid", "in", "full"]

    again = read(reader, database_url, thanks, paid)
    assert [outcome.already_read for outcome in again] == [True, True]

    letter(thanks, "Returned to sender")
    assert not read(reader, database_url, thanks)[0].already_read
    assert found(database_url, "sender") == ["a.png"] and found(database_url, "thanks") == []

    with transaction(open_database(database_url)) as session:
        purge_before(session, datetime.now(UTC) + timedelta(seconds=1))
        assert session.scalar(select(func.count(ArchiveLineRow.id))) == 0
        assert session.scalar(text("SELECT count(*) FROM archive_index")) == 0
    assert read(reader, database_url, paid)[0].already_read
    assert found(database_url, "paid") == []


def test_other_weights_read_an_archive_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    paid = letter(tmp_path / "a.png", "Paid in full")
    ours = tmp_path / "ours.safetensors"
    shutil.copy(WEIGHTS / "default.safetensors", ours)
    shipped = ArchiveReader(ReaderSetup(url, NO_FORM, language="english"))
    tuned = ArchiveReader(ReaderSetup(url, NO_FORM, str(ours), language="english"))
    assert not read(shipped, url, paid)[0].already_read
    assert not read(tuned, url, paid)[0].already_read
    assert read(tuned, url, paid)[0].already_read
    assert found(url, '"in full"') == ["a.png"]


def test_weights_that_are_not_there_are_named(tmp_path: Path) -> None:
    letter(tmp_path / "a.png", "Paid in full")
    command = [
        "archive",
        str(tmp_path),
        "--db",
        f"sqlite:///{tmp_path / 'rows.db'}",
        "--weights",
        "gone.safetensors",
    ]
    ended = CliRunner().invoke(app, command)
    assert ended.exit_code not in (0, 1)
    assert "gone.safetensors" in ended.output + ended.stderr


def test_a_kill_in_the_middle_loses_nothing_and_leaves_nothing_twice(tmp_path: Path) -> None:
    """The whole command with its worker is killed once a letter is in the archive; what it was to do is done anew."""
    words = ("harbour", "children", "invoice")
    letters = [letter(tmp_path / f"{number}.png", f"The {word} here") for number, word in enumerate(words)]
    database = tmp_path / "rows.db"
    url = f"sqlite:///{database}"
    command = ["-m", "inkfield.flows.commands.cli", "archive", str(tmp_path), "--db", url, "--workers", "1"]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    killed = subprocess.Popen(
        [sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    end = time.monotonic() + 120
    while not archived(database):
        assert killed.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait(30)
    before = archived(database)
    assert 1 <= before < len(words)

    reader = ArchiveReader(ReaderSetup(url, NO_FORM, language="detect"))
    again = read(reader, url, *letters)
    assert [outcome.status for outcome in again] == ["done"] * len(words)
    assert sum(outcome.already_read for outcome in again) == before
    assert [found(url, word) for word in words] == [[f"{number}.png"] for number in range(len(words))]
    with transaction(open_database(url)) as session:
        for table in ("archived", "archive_pages", "archive_lines", "archive_index", "documents"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == len(words), table


def archived(database: Path) -> int:
    """How many documents another process has put into the archive up to now."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM archived").fetchone()[0])
        except sqlite3.OperationalError:  # its tables are being made
            return 0
