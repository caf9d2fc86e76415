"""A file with separators in it: a document for each, each by itself, once, whatever dies meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from inkfield.flows.commands.separators_command import DPI, sheet
from inkfield.flows.inbox.folder import open_inbox
from inkfield.flows.inbox.watch import Watcher, WatchSettings
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.document_outcome import Outcome
from inkfield.flows.workers.read_in_worker import read_with
from inkfield.flows.workers.read_into_database import DocumentReader
from inkfield.flows.workers.reader_pool import open_pool
from inkfield.flows.workers.reader_process import Job, ReaderSetup
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import DocumentRow, SettledRow
from tests.support.torn_sheet import torn_sheet

PARTS = "SELECT part, label, status, first_page, last_page, page_count FROM documents ORDER BY part"


def letter(words: str) -> np.ndarray:
    image = np.full((500, 1240), 250, np.uint8)
    cv2.putText(image, words, (80, 250), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.0, 20, 3)
    return image


def write_batch(path: Path, pages: list[np.ndarray | str]) -> Path:
    """A PDF or a TIFF of pages; a text is a separator sheet with that label."""
    images = [Image.fromarray(sheet(page) if isinstance(page, str) else page) for page in pages]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=DPI, dpi=(DPI, DPI))
    return path


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'rows.db'}"


@pytest.fixture(autouse=True)
def engines() -> Iterator[None]:
    yield
    batch_rows.engine.cache_clear()


def rows(url: str, sql: str = PARTS) -> list[tuple[Any, ...]]:
    engine = open_database(url)
    try:
        return run_query(engine, sql)[1]
    finally:
        engine.dispose()


def read(url: str, path: Path, again: bool = False) -> Outcome:
    batch = batch_rows.begin(url, path.name)
    outcome = DocumentReader(ReaderSetup(url, weights="default", again=again)).read(path, batch)
    batch_rows.finish(url, batch)
    return outcome


@pytest.mark.parametrize("name", ["batch.pdf", "batch.tiff"])
def test_separators_make_documents_with_labels(url: str, tmp_path: Path, name: str) -> None:
    blank = np.full((1754, 1240), 252, np.uint8)
    pages = [letter("Before"), "A-1", letter("First"), letter("Second"), "B-2", blank, letter("Third")]
    outcome = read(url, write_batch(tmp_path / name, pages))
    assert [part.part for part in outcome.documents] == [1, 2, 3]
    found = [(1, None, 1, 1, 1), (2, "A-1", 3, 4, 2), (3, "B-2", 7, 7, 1)]
    assert [row[:2] + row[3:] for row in rows(url)] == found
    scans = rows(url, "SELECT d.part, p.number, p.scan_number FROM pages p JOIN documents d ON d.id = p.document_id"
                      " ORDER BY p.scan_number")  # fmt: skip
    assert scans == [(1, 1, 1), (2, 1, 3), (2, 2, 4), (3, 1, 7)]


def test_the_same_file_again_is_the_same_rows(url: str, tmp_path: Path) -> None:
    path = write_batch(tmp_path / "batch.pdf", ["A", letter("First"), "B", letter("Second")])
    read(url, path)
    before = rows(
        url, "SELECT d.id, d.label, p.id FROM documents d JOIN pages p ON p.document_id = d.id ORDER BY 1"
    )
    again = read(url, path)
    assert again.already_read and [part.already_read for part in again.documents] == [True, True]
    assert rows(url, "SELECT already_done FROM batches ORDER BY id") == [(0,), (2,)]
    read(url, path, again=True)
    after = rows(
        url, "SELECT d.id, d.label, p.id FROM documents d JOIN pages p ON p.document_id = d.id ORDER BY 1"
    )
    assert before == after


def test_a_label_without_pages_fails_alone(url: str, tmp_path: Path) -> None:
    path = write_batch(tmp_path / "batch.pdf", ["A", "B", letter("First")])
    outcome = read(url, path)
    assert outcome.status == "failed"
    assert [(row[1], row[2]) for row in rows(url)] == [("A", "failed"), ("B", "review")]
    assert outcome.documents[0].error_code == "no_pages" and outcome.documents[1].error_code is None


def test_it_is_split_anew_when_asked_unless_a_person_has_settled_something(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_batch(tmp_path / "batch.pdf", ["A", letter("First"), "B", letter("Second")])
    monkeypatch.setenv("INKFIELD_SEPARATORS", "false")
    read(url, path)
    assert rows(url) == [(1, None, "review", None, None, 4)]
    monkeypatch.delenv("INKFIELD_SEPARATORS")
    read(url, path)
    assert len(rows(url)) == 1, "what was read stays until it is asked for again"
    read(url, path, again=True)
    assert [row[1] for row in rows(url)] == ["A", "B"]
    with transaction(batch_rows.engine(url)) as session:
        session.add(SettledRow(document_id=2, page_number=1, form="", name="", kind="", reviewer="anna"))
    monkeypatch.setenv("INKFIELD_SEPARATORS", "false")
    read(url, path, again=True)
    assert [row[1] for row in rows(url)] == ["A", "B"]


def test_a_sheet_that_cannot_be_read_sends_its_document_to_a_person(url: str, tmp_path: Path) -> None:
    path = write_batch(tmp_path / "batch.pdf", [letter("First"), torn_sheet("A"), letter("Second")])
    read(url, path)
    assert [(row[3], row[4]) for row in rows(url)] == [(1, 1), (2, 3)], (
        "nothing is joined, nothing is dropped"
    )
    assert rows(url, "SELECT split_doubt, status FROM documents ORDER BY part") == [
        (None, "review"), ("separator_unreadable", "review"),
    ]  # fmt: skip


def test_a_death_costs_its_part_and_no_other(url: str, tmp_path: Path) -> None:
    path = write_batch(
        tmp_path / "batch.pdf", ["A", letter("First"), "B", letter("Second"), "C", letter("Third")]
    )
    batch = batch_rows.begin(url, "batch")
    with open_pool(ReaderSetup(url, weights="default"), 1) as pool:
        with pool.reader() as reader:
            reader.await_ready()
            process = reader._process.pid
        assert process is not None
        threading.Thread(target=kill_in_part, args=(url, 2, process), daemon=True).start()
        outcome = read_with(pool, Job(path, batch), 60.0)
    assert [(part.part, part.error_code) for part in outcome.documents] == [
        (1, None),
        (2, "worker_died"),
        (3, None),
    ]
    assert [(row[1], row[2]) for row in rows(url)] == [("A", "review"), ("B", "failed"), ("C", "review")]
    again = read(url, path)
    assert [part.already_read for part in again.documents] == [True, False, True]
    assert [row[2] for row in rows(url)] == ["review"] * 3
    assert rows(url, "SELECT count(*) FROM pages") == [(3,)]


def kill_in_part(url: str, part: int, process: int) -> None:
    """Kills a process when the database says that it reads that part."""
    engine = open_database(url)
    while True:
        with transaction(engine) as session:
            row = session.query(DocumentRow).where(DocumentRow.part == part).one_or_none()
            if row is not None and row.status == "processing":
                os.kill(process, signal.SIGKILL)
                return
        time.sleep(0.01)


def test_a_watched_batch_rests_once_and_says_which_part_failed(url: str, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    inbox = open_inbox(tmp_path / "inbox")
    write_batch(inbox.root / "batch.pdf", ["A", letter("First"), "B", "C", letter("Second")])
    Watcher(inbox, ReaderSetup(url), 1, WatchSettings(settle=0.1, once=True)).run()
    (note,) = inbox.failed.rglob("*.reason.txt")
    assert "Part 2, pages 4 to 3" in note.read_text() and "no_pages" in note.read_text()
    assert [(row[1], row[2]) for row in rows(url)] == [("A", "review"), ("B", "failed"), ("C", "review")]
    (place,) = inbox.failed.rglob("batch.pdf")
    assert rows(url, "SELECT DISTINCT path FROM documents") == [(str(place),)], (
        "each scan is found where it lies"
    )

    good = write_batch(tmp_path / "good.pdf", ["A", letter("Third"), "B", letter("Fourth")])
    for name in ("good.pdf", "copy.pdf"):
        shutil.copy(good, inbox.root / name)
        Watcher(inbox, ReaderSetup(url), 1, WatchSettings(settle=0.1, once=True)).run()
    assert len(list(inbox.done.rglob("copy.pdf.duplicate.txt"))) == 1
    assert rows(url, "SELECT count(*) FROM documents WHERE file_name IN ('good.pdf', 'copy.pdf')") == [(2,)]
