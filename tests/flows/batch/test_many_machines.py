"""A large batch that Prefect workers share, over PostgreSQL; one worker dies in the middle, with its machine."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from inkfield.flows.batch import chunk_runs
from inkfield.flows.batch.process_large_batch import LargeBatch, _is_dead, _release, process_large_batch
from inkfield.flows.batch.read_chunk import read_chunk
from inkfield.flows.workers import batch_rows
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.store import leases
from inkfield.schemas.store.chunks import add_chunks, load_chunk, suspects
from inkfield.schemas.store.documents import begin_batch, register_document, start_document
from tests.support.prefect_processes import Environment, kill_tree, listed, running_worker


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """An empty PostgreSQL database."""
    engine = open_database(postgres_server, migrate=False)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    batch_rows.engine.cache_clear()
    return postgres_server


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Six pages of writing, a copy of one of them, and one file of no use."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for number in range(6):
        image = np.full((300, 900), 250, np.uint8)
        cv2.putText(image, f"Paid {number}", (60, 180), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
        cv2.imwrite(str(folder / f"{number}.png"), image)
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    return folder


@pytest.fixture
def in_this_process(deployed: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Flows that run in this process talk to the server of the tests."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: deployed}):
        yield


@pytest.fixture
def worker_environment(
    prefect_environment: Environment, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> Environment:
    """The environment of workers that read into the database that this process has, too."""
    open_database(postgres)
    monkeypatch.setenv("INKFIELD_DATABASE_URL", postgres)
    monkeypatch.setattr("inkfield.flows.batch.process_large_batch.POLL_SECONDS", 0.5)
    return {**prefect_environment, "INKFIELD_DATABASE_URL": postgres}


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    engine = open_database(url)
    try:
        return run_query(engine, sql)[1]
    finally:
        engine.dispose()


@pytest.mark.timeout(900)  # some 25 s of CPU, with the start of a server: on a busy machine that is minutes
def test_workers_share_a_batch_and_one_that_is_killed_loses_nothing(
    in_this_process: None, deployed: str, worker_environment: Environment, inbox: Path, tmp_path: Path
) -> None:
    url = worker_environment["INKFIELD_DATABASE_URL"]
    with ExitStack() as stack:
        workers = {
            log: stack.enter_context(running_worker(worker_environment, log, "--only"))
            for log in (tmp_path / "first.log", tmp_path / "second.log")
        }
        killer = threading.Thread(target=_kill_at_work, args=(workers, deployed, url), daemon=True)
        killer.start()
        result = process_large_batch([inbox], chunk_size=4, workers=1, attempts=10, lease_seconds=10.0)
        killer.join(timeout=60)
    assert isinstance(result, LargeBatch)
    assert result.handed_out_again >= 1  # the chunk that the killed worker had
    assert (result.chunks, result.lost) == (2, 0)
    assert (result.counts.documents, result.counts.unsettled) == (8, 0)
    assert (result.counts.review, result.counts.failed, result.counts.already_read) == (6, 1, 1)
    twice = (
        "SELECT count(*) FROM (SELECT document_id, number FROM pages GROUP BY 1, 2 HAVING count(*) > 1) AS t"
    )
    assert rows(url, twice) == [(0,)]
    assert rows(url, "SELECT count(*) FROM pages") == [(6,)]
    assert rows(url, "SELECT DISTINCT status, paths::text FROM chunks") == [("done", "[]")]
    assert rows(url, "SELECT count(*) FROM leases") == [(0,)]
    mine = [one for one in listed(deployed, "artifacts") if one["key"] == f"batch-{result.batch_id}"]
    summary = max(mine, key=lambda one: one["created"])  # other tests may have had a batch of that number
    assert "truncated" in summary["data"] and "Paid" not in summary["data"]


def _kill_at_work(workers: dict[Path, subprocess.Popen[bytes]], server: str, url: str) -> None:
    """Kills the worker that is the first to read a chunk, with all that it has started."""
    reading = "SELECT flow_run FROM chunks JOIN leases ON leases.name = 'chunk-' || chunks.id"
    while not (found := rows(url, reading)):
        time.sleep(0.1)
    name = _flow_run(server, found[0][0])["labels"]["prefect.worker.name"]
    (worker,) = (worker for log, worker in workers.items() if name in log.read_text())
    kill_tree(worker.pid)


@pytest.mark.timeout(900)
def test_a_worker_that_dies_before_the_first_line_of_a_chunk_is_replaced(
    in_this_process: None,
    deployed: str,
    worker_environment: Environment,
    inbox: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It has taken the flow run and imports what reading needs: Prefect shows the run as pending for ever."""
    url = worker_environment["INKFIELD_DATABASE_URL"]
    # The heartbeats are to tell, not our patience: that would take longer than this test may.
    monkeypatch.setattr(chunk_runs, "Patient", partial(chunk_runs.Patient, start_seconds=3600.0))
    with ExitStack() as stack:
        first = stack.enter_context(running_worker(worker_environment, tmp_path / "first.log", "--only"))

        def replace() -> None:
            _kill_at_start(first, deployed, url)
            stack.enter_context(running_worker(worker_environment, tmp_path / "second.log", "--only"))

        replacer = threading.Thread(target=replace, daemon=True)
        replacer.start()
        result = process_large_batch([inbox / "0.png"], workers=1, attempts=10)
        replacer.join(timeout=60)
    assert isinstance(result, LargeBatch)
    assert (result.counts.review, result.lost) == (1, 0)
    assert result.handed_out_again >= 1


def _kill_at_start(worker: subprocess.Popen[bytes], server: str, url: str) -> None:
    """Kills a worker between its taking a chunk and the first line of the flow that reads it."""
    while True:
        for (flow_run,) in rows(url, "SELECT flow_run FROM chunks WHERE flow_run IS NOT NULL"):
            run = _flow_run(server, flow_run)
            if run["state_type"] == "PENDING" and "prefect.worker.name" in run["labels"]:
                kill_tree(worker.pid)
                return
        time.sleep(0.1)


def _flow_run(server: str, number: str) -> dict[str, Any]:
    return dict(httpx.get(f"{server}/flow_runs/{number}", timeout=30).json())


def test_a_chunk_that_nobody_finishes_leaves_no_document_without_a_row(
    in_this_process: None, postgres: str, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no worker here: each attempt is found dead by its state, as those of a broken worker are."""
    monkeypatch.setenv("INKFIELD_DATABASE_URL", postgres)
    monkeypatch.setattr("inkfield.flows.batch.process_large_batch.POLL_SECONDS", 0.05)
    submit = chunk_runs.submit

    def submit_and_crash(*arguments: Any) -> str:
        flow_run = submit(*arguments)
        chunk_runs.end(flow_run, "a worker without weights")
        return flow_run

    monkeypatch.setattr(chunk_runs, "submit", submit_and_crash)
    result = process_large_batch([inbox], chunk_size=5, attempts=2)
    assert (result.handed_out_again, result.lost, result.failed) == (
        2,
        7,
        7,
    )  # a copy has the row of its original
    assert result.counts.codes == {"chunk_lost": 7}
    assert result.counts.unsettled == 0
    assert rows(postgres, "SELECT DISTINCT status FROM chunks") == [("lost",)]


def test_a_chunk_twice_is_the_same_rows(
    in_this_process: None, postgres: str, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKFIELD_DATABASE_URL", postgres)
    engine = open_database(postgres)
    with transaction(engine) as session:
        batch = begin_batch(session, "batch")
        first, again = add_chunks(session, batch, None, [[str(inbox / "0.png")], [str(inbox / "0.png")]])
    for chunk in (first, first, again):
        read_chunk(chunk, workers=1)
    assert rows(postgres, "SELECT status FROM chunks") == [("done",), ("done",)]
    assert rows(postgres, "SELECT status FROM documents") == [("review",)]
    assert rows(postgres, "SELECT count(*) FROM pages") == [(1,)]
    with pytest.raises(LookupError, match="no chunk"):
        read_chunk("of another database")


def test_what_was_being_read_when_a_worker_died_is_read_last(database_url: str) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:
        batch = begin_batch(session, "batch")
        (chunk_id,) = add_chunks(session, batch, "claim", [["a.pdf", "b.pdf", "c.pdf"]])
        noted = register_document(session, batch, "a.pdf", "aa" * 32, "claim:1")
        start_document(session, noted.document_id)
        chunk = load_chunk(session, chunk_id)
        assert suspects(session, batch, chunk.paths) == {"a.pdf"}
    assert (chunk.form, chunk.status, chunk.attempts) == ("claim", "waiting", 0)


@pytest.mark.parametrize(
    ("state", "has_lease", "dead"),
    [
        ("SCHEDULED", False, False),  # waits for a worker, for as long as it takes
        ("RUNNING", True, False),
        ("RUNNING", False, True),
        ("PENDING", False, True),
        (chunk_runs.ORPHANED, True, False),  # its first line came after all
        ("CRASHED", True, True),
        ("COMPLETED", False, True),  # and yet the chunk is not done
        (None, False, True),
    ],
)
def test_a_silent_attempt_is_dead_after_a_while(state: str | None, has_lease: bool, dead: bool) -> None:
    patient = chunk_runs.Patient(lease_seconds=0.05, start_seconds=0.05)
    patient.is_dead("run", state, has_lease)
    time.sleep(0.1)
    assert patient.is_dead("run", state, has_lease) == dead


def test_a_slow_start_after_a_silence_is_forgiven() -> None:
    patient = chunk_runs.Patient(lease_seconds=0.05)
    assert not patient.is_dead("run", "RUNNING", False)
    time.sleep(0.1)
    assert not patient.is_dead("run", "RUNNING", True)
    assert not patient.is_dead("run", "RUNNING", False)


def test_a_slow_start_takes_nothing_from_the_time_that_a_running_chunk_has() -> None:
    patient = chunk_runs.Patient(lease_seconds=0.05)
    assert not patient.is_dead("run", "PENDING", False)
    time.sleep(0.1)
    assert not patient.is_dead("run", "RUNNING", False)
    time.sleep(0.1)
    assert patient.is_dead("run", "RUNNING", False)


def test_while_an_earlier_attempt_reads_after_all_a_failed_one_is_not_replaced() -> None:
    """Else each new attempt would fail on the lease, until a chunk that is being read were given up."""
    patient = chunk_runs.Patient(lease_seconds=60)
    assert not _is_dead(patient, "second", "FAILED", "first-5f3")
    assert _is_dead(patient, "second", "FAILED", None)
    assert _is_dead(patient, "second", "CRASHED", "second-a41")  # its lease has not run out yet


def test_of_a_dead_attempt_only_its_own_lease_is_taken(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"
    engine = open_database(url)
    for owner, left in (("first-5f3", {"chunk-x": "first-5f3"}), ("second-a41", {})):
        with transaction(engine) as session:
            leases.take(session, "chunk-x", owner, 60)
        _release(url, "chunk-x", "second")
        with transaction(engine) as session:
            assert leases.held(session, ["chunk-x"]) == left
            leases.release(session, "chunk-x", owner)


def test_an_orphan_is_dead_at_once() -> None:
    assert chunk_runs.Patient(lease_seconds=60).is_dead("run", chunk_runs.ORPHANED, False)
