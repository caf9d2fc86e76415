"""A worker process that starts while the database is locked waits for it, and says so where it waits in vain."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inkfield.flows.workers import wait_for_database as patience
from inkfield.flows.workers.read_into_database import DocumentReader
from inkfield.flows.workers.reader_process import ReaderBroken, ReaderProcess, ReaderSetup
from inkfield.schemas.database.connection import DatabaseError, open_database


@pytest.fixture
def setup(tmp_path: Path) -> ReaderSetup:
    open_database(f"sqlite:///{tmp_path}/rows.db").dispose()
    return ReaderSetup(f"sqlite:///{tmp_path}/rows.db?timeout=0.1")


@contextmanager
def locked(folder: Path, seconds: float) -> Iterator[None]:
    """Another program writes to the database for so long, or until the block ends."""
    begun, over = threading.Event(), threading.Event()

    def write() -> None:
        connection = sqlite3.connect(folder / "rows.db", isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
        begun.set()
        over.wait(seconds)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        writer.join()


def test_a_locked_database_is_waited_for(setup: ReaderSetup, tmp_path: Path) -> None:
    started = time.monotonic()
    with locked(tmp_path, 1.5):
        DocumentReader(setup)
    assert time.monotonic() - started > 1.5


def test_a_database_that_stays_locked_is_told(
    setup: ReaderSetup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with (
        locked(tmp_path, 60),
        pytest.raises(DatabaseError, match=r"locked\. Another program is writing"),
    ):
        DocumentReader(setup)


def test_a_database_that_is_none_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "rows.db").write_bytes(b"no database " * 100)
    started = time.monotonic()
    with pytest.raises(DatabaseError, match="not a database"):
        DocumentReader(ReaderSetup(f"sqlite:///{tmp_path}/rows.db"))
    assert time.monotonic() - started < sum(patience.DELAYS)


def test_a_worker_process_waits_as_well(setup: ReaderSetup, tmp_path: Path) -> None:
    reader = ReaderProcess(setup)
    try:
        with locked(tmp_path, 6):  # on a quiet machine: until its model is loaded, and a try or two more
            reader.await_ready()
    except ReaderBroken as broken:
        pytest.fail(str(broken))
    finally:
        reader.close()
