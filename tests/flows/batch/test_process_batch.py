"""The flow `process_batch`: whatever a batch holds, each document gets its rows or its reason."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.flows.batch.process_batch import BatchResult, process_batch
from inkfield.flows.batch.summary import markdown, sentence
from inkfield.flows.workers.document_outcome import Outcome, failed
from inkfield.flows.workers.inputs import NoSuchPath, find_documents
from inkfield.flows.workers.progress import watched_by
from inkfield.flows.workers.reader_pool import pool_size
from inkfield.flows.workers.reader_process import DocumentLost, Job, ReaderBroken, ReaderProcess, ReaderSetup
from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query


def draw_letter(path: Path, words: str = "Received with thanks") -> Path:
    """A page of writing that is no known form."""
    image = np.full((700, 1400), 250, np.uint8)
    for row in range(2):
        cv2.putText(image, words, (80, 200 + 200 * row), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    cv2.imwrite(str(path), image)
    return path


@pytest.fixture(scope="module", autouse=True)
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Prefect with a server of its own for these tests: none configured, nothing left behind."""
    from prefect.server.api.server import SubprocessASGIServer
    from prefect.settings import (
        PREFECT_API_URL,
        PREFECT_HOME,
        PREFECT_SERVER_ALLOW_EPHEMERAL_MODE,
        temporary_settings,
    )

    with temporary_settings(
        {PREFECT_HOME: tmp_path_factory.mktemp("prefect"), PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: True},
        restore_defaults={PREFECT_API_URL},
    ):
        yield
        for server in list(SubprocessASGIServer._instances.values()):
            server.stop()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Three pages of writing (two of them the same), one of no use, one empty."""
    folder = tmp_path / "inbox"
    (folder / "deep").mkdir(parents=True)
    draw_letter(folder / "a.png")
    draw_letter(folder / "deep" / "b.png", "Paid in full")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    (folder / "empty.tif").write_bytes(b"")
    return folder


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    return run_query(open_database(url), sql)[1]


def read(url: str, paths: list[Path], monkeypatch: pytest.MonkeyPatch, **more: Any) -> BatchResult:
    monkeypatch.setenv("INKFIELD_DATABASE_URL", url)
    return process_batch(paths, **more)


def test_a_bad_document_never_sinks_its_batch(
    database_url: str, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched: list[tuple[str, int, int]] = []
    with watched_by(lambda outcome, done, total: watched.append((outcome.status, done, total))):
        result = read(database_url, [inbox], monkeypatch, workers=2)
    outcomes = {Path(outcome.path).name: outcome for outcome in result.outcomes}
    assert outcomes["a.png"].status == outcomes["b.png"].status == "review"
    assert outcomes["bad.pdf"].error_code == "truncated"
    assert outcomes["empty.tif"].error_code == "empty_file"
    assert result.failed == 2
    assert sorted(done for _, done, _ in watched) == [1, 2, 3, 4]
    stored = dict(rows(database_url, "SELECT file_name, error_code FROM documents"))
    assert stored == {"a.png": None, "b.png": None, "bad.pdf": "truncated", "empty.tif": "empty_file"}
    assert rows(database_url, "SELECT status FROM batches") == [("failed",)]


def test_the_same_file_twice_is_the_same_rows(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    first = read(url, [inbox / "a.png"], monkeypatch)
    (inbox / "copy.png").write_bytes((inbox / "a.png").read_bytes())
    second = read(url, [inbox / "a.png", inbox / "copy.png"], monkeypatch)
    assert not first.outcomes[0].already_read
    assert all(outcome.already_read for outcome in second.outcomes)
    assert second.outcomes[0].status == first.outcomes[0].status
    assert rows(url, "SELECT count(*) FROM documents") == [(1,)]
    assert "(2 already read)" in sentence(second.outcomes)


def test_a_process_that_dies_costs_its_document_and_no_other(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    started = ReaderProcess.read
    killed: list[Path] = []

    def read_and_kill_once(self: ReaderProcess, job: Job, time_limit: float) -> Outcome:
        if job.path.name == "a.png" and not killed:
            killed.append(job.path)
            self.await_ready()
            process = self._process.pid
            assert process is not None
            # stopped first, so that it cannot be done before it is killed
            os.kill(process, signal.SIGSTOP)
            threading.Timer(0.3, os.kill, (process, signal.SIGKILL)).start()
        return started(self, job, time_limit)

    monkeypatch.setattr(ReaderProcess, "read", read_and_kill_once)
    result = read(url, [inbox / "a.png", inbox / "deep" / "b.png"], monkeypatch, workers=1)
    assert [outcome.error_code for outcome in result.outcomes] == ["worker_died", None]
    assert "memory" in (result.outcomes[0].error_message or "")
    stored = rows(url, "SELECT file_name, status, error_code FROM documents ORDER BY file_name")
    assert stored == [("a.png", "failed", "worker_died"), ("b.png", "review", None)]
    again = read(url, [inbox / "a.png"], monkeypatch)
    assert again.outcomes[0].status == "review"


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Somebody else is writing, or changing the tables: nobody can write meanwhile."""
    with open_database(url).connect() as connection, connection.begin():  # on SQLite this alone locks
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("LOCK TABLE documents IN ACCESS EXCLUSIVE MODE")
        yield


def test_a_document_is_tried_again_when_the_database_was_busy(
    database_url: str, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = "timeout=0.2" if database_url.startswith("sqlite") else "options=-c%20lock_timeout%3D200"
    url = f"{database_url}{'&' if '?' in database_url else '?'}{impatient}"
    started = ReaderProcess.read
    tries: list[Outcome] = []

    def read_while_locked_once(self: ReaderProcess, job: Job, time_limit: float) -> Outcome:
        self.await_ready()  # it opens the database before it reads
        with nullcontext() if tries else locked(database_url):
            tries.append(started(self, job, time_limit))
        return tries[-1]

    monkeypatch.setattr(ReaderProcess, "read", read_while_locked_once)
    result = read(url, [inbox / "a.png"], monkeypatch, workers=1)
    assert [outcome.error_code for outcome in tries] == ["database_busy", None]
    assert [outcome.status for outcome in result.outcomes] == ["review"]
    assert rows(database_url, "SELECT status, error_code FROM documents") == [("review", None)]
    assert rows(database_url, "SELECT count(*) FROM pages") == [(1,)]


def test_a_document_that_takes_too_long_is_given_up(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = ReaderSetup(f"sqlite:///{tmp_path / 'rows.db'}")
    reader = ReaderProcess(setup)
    try:
        with pytest.raises(DocumentLost) as lost:
            reader.read(Job(inbox / "a.png", 1), time_limit=0.001)
        assert lost.value.code == "timed_out"
    finally:
        reader.close()


def test_workers_that_cannot_start_stop_the_batch_with_the_reason(tmp_path: Path) -> None:
    reader = ReaderProcess(ReaderSetup(f"sqlite:///{tmp_path / 'rows.db'}", weights="none-such"))
    try:
        for _ in range(2):
            with pytest.raises(ReaderBroken, match="none-such"):
                reader.read(Job(tmp_path / "a.png", 1), time_limit=10)
    finally:
        reader.close()


def test_a_file_that_vanished_is_a_failed_document(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    with pytest.raises(NoSuchPath, match="gone"):
        read(url, [inbox / "gone.pdf"], monkeypatch)


def test_folders_are_searched_and_each_file_is_taken_once(inbox: Path) -> None:
    (inbox / "notes.txt").write_text("no document")
    (inbox / ".hidden").mkdir()
    draw_letter(inbox / ".hidden" / "c.png")
    found = find_documents([inbox, inbox / "a.png", inbox / "notes.txt"])
    assert [path.name for path in found] == ["a.png", "bad.pdf", "b.png", "empty.tif", "notes.txt"]


def test_no_more_processes_than_documents() -> None:
    assert pool_size(8, 3) == 3
    assert pool_size(2, 3) == 2
    assert pool_size(None, 0) == 1


NAME = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20)


@given(st.lists(NAME, max_size=5))
@settings(max_examples=50, deadline=None)
def test_no_file_name_breaks_the_summary(names: list[str]) -> None:
    text = markdown(1, [failed(f"/x/{name}", "bad", f"what | is `{name}`?") for name in names])
    lines = [line for line in text.split("\n") if line.startswith("|")]
    assert len(lines) == 2 + len(names)
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_nothing_that_stood_in_a_document_is_in_the_results(
    tmp_path: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    result = read(url, [inbox / "a.png"], monkeypatch)
    (text,) = rows(url, "SELECT text FROM pages")[0]
    assert text.strip()
    for line in text.split("\n"):
        assert line not in caplog.text
        assert line not in markdown(result.batch_id, result.outcomes)
