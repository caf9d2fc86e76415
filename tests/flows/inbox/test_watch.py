"""The watcher as a whole: whatever is dropped, however it is ended, every document comes to rest once."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.soak_watch import Dropped, Made, check, make_document, soak
from inkfield.flows.commands.retry_command import retry_command
from inkfield.flows.inbox.claim import Claim, claim_drop
from inkfield.flows.inbox.folder import Inbox, open_inbox
from inkfield.flows.inbox.watch import Watcher, WatchSettings
from inkfield.flows.inbox.watch_document import TRIES
from inkfield.flows.workers.reader_process import ReaderSetup
from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query
from tests.support.footprint import grows, megabytes, open_files


def documents(count: int, seed: int, bad_share: float = 0.0) -> list[Made]:
    chance = random.Random(seed)
    return [make_document(1000 * seed + number, chance, bad_share) for number in range(count)]


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    engine = open_database(url)
    try:
        return run_query(engine, sql)[1]
    finally:
        engine.dispose()


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    (tmp_path / "inbox").mkdir()
    return open_inbox(tmp_path / "inbox")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'rows.db'}"


@contextmanager
def watching(inbox: Inbox, url: str, **more: Any) -> Iterator[Watcher]:
    """A watcher in a thread, ended with the block."""
    settings = WatchSettings(**{"settle": 0.2, "time_limit": 60.0, **more})
    watcher = Watcher(inbox, ReaderSetup(url), 1, settings)
    thread = threading.Thread(target=watcher.run)
    thread.start()
    try:
        yield watcher
    finally:
        watcher.stop.set()
        thread.join()


def read_all(inbox: Inbox, url: str, **more: Any) -> Watcher:
    """Reads what is there and ends."""
    watcher = Watcher(inbox, ReaderSetup(url), 1, WatchSettings(**{"settle": 0.1, "once": True, **more}))
    watcher.run()
    return watcher


def wait_for(what: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.05)


def resting(folder: Path) -> list[str]:
    """Paths below the day's folder, without the notes."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted("/".join(path.parts[3:]) for path in found if not path.name.endswith(".txt"))


def command(inbox: Inbox, url: str, *more: str) -> subprocess.Popen[str]:
    arguments = [
        sys.executable,
        "-m",
        "inkfield.flows.commands.cli",
        "watch",
        str(inbox.root),
        "--db",
        url,
        "--workers",
        "1",
    ]
    return subprocess.Popen(
        [*arguments, "--settle", "0.2", "--log", "json", *more], stderr=subprocess.PIPE, text=True
    )


def test_whatever_is_dropped_comes_to_rest_with_a_reason(inbox: Inbox, url: str, tmp_path: Path) -> None:
    good, word, *_ = documents(3, 1)
    (inbox.root / good.name).write_bytes(good.content)  # was there before the start
    (inbox.root / "bad.pdf").write_bytes(b"%PDF-1.4 startxref and no more")
    batch = inbox.root / "monday"
    (batch / "deep").mkdir(parents=True)
    (batch / "deep" / word.name).write_bytes(word.content)
    (batch / "copy.png").write_bytes(good.content)
    (batch / ".DS_Store").write_bytes(b"x")
    (batch / "link.pdf").symlink_to(tmp_path)
    (inbox.root / "half.pdf.part").write_bytes(b"half")
    os.mkfifo(inbox.root / "pipe")
    with zipfile.ZipFile(inbox.root / "evil.zip", "w") as archive:
        archive.writestr("../evil.pdf", b"x")
    watcher = read_all(inbox, url)
    assert resting(inbox.done) == sorted(
        [good.name, f"monday/deep/{word.name}", "monday/copy.png", "monday/.DS_Store"]
    )
    assert resting(inbox.failed) == ["bad.pdf", "evil.zip", "monday/link.pdf", "pipe"]
    assert (inbox.root / "half.pdf.part").exists()
    assert [path.name for path in inbox.processing.iterdir()] == [".watchers"]
    stored = dict(rows(url, "SELECT file_name, error_code FROM documents"))
    assert stored.pop("bad.pdf") == "truncated"
    assert stored.pop("evil.zip") == "unsafe_archive"
    assert stored.pop("pipe") == stored.pop("link.pdf") == "not_a_file"
    assert set(stored.values()) == {None} and len(stored) == 2
    batches = Counter(rows(url, "SELECT name, status FROM batches"))
    assert batches["monday", "failed"] == batches[good.name, "done"] == 1
    (reason,) = inbox.failed.rglob("bad.pdf.reason.txt")
    assert "code: truncated" in reason.read_text() and "what to do: " in reason.read_text()
    (note,) = inbox.done.rglob("copy.png.duplicate.txt")
    assert good.name in note.read_text()
    paths = [Path(path) for (path,) in rows(url, "SELECT path FROM documents")]
    assert all(path.is_symlink() or path.exists() for path in paths)
    sample = watcher.metrics.registry.get_sample_value
    assert sample("inkfield_documents_total", {"result": "duplicate"}) == 1
    assert sample("inkfield_failures_total", {"code": "truncated"}) == 1


def test_the_same_content_again_is_told_and_not_read_again(inbox: Inbox, url: str) -> None:
    (made,) = documents(1, 2)
    for name in ("a.png", "b.png"):
        (inbox.root / name).write_bytes(made.content)
    read_all(inbox, url)
    first = rows(url, "SELECT id, started_at, finished_at FROM documents")
    (inbox.root / "a.png").write_bytes(made.content)
    read_all(inbox, url)
    assert rows(url, "SELECT id, started_at, finished_at FROM documents") == first
    assert resting(inbox.done) == ["a (2).png", "a.png", "b.png"]
    assert len(list(inbox.done.rglob("*.duplicate.txt"))) == 2


def test_a_slow_copy_is_read_once_and_whole(inbox: Inbox, url: str) -> None:
    (made,) = documents(1, 3)
    with watching(inbox, url):
        with open(inbox.root / "slow.png", "wb") as file:
            for start in range(0, len(made.content), 60):
                file.write(made.content[start : start + 60])
                file.flush()
                time.sleep(0.25)
        wait_for(lambda: resting(inbox.done) == ["slow.png"])
    assert rows(url, "SELECT sha256 FROM documents") == [(made.sha256,)]


def test_a_file_that_changes_while_it_is_read_is_read_anew(
    inbox: Inbox, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inkfield.flows.workers.reader_process import Job, ReaderProcess

    (made,) = documents(1, 4)
    read = ReaderProcess.read
    changed: list[Path] = []

    def read_and_change(self: ReaderProcess, job: Job, time_limit: float) -> Any:
        outcome = read(self, job, time_limit)
        if not changed:
            changed.append(job.path)
            job.path.write_bytes(made.content)
        return outcome

    monkeypatch.setattr(ReaderProcess, "read", read_and_change)
    (inbox.root / "a.png").write_bytes(made.content[:100])
    read_all(inbox, url)
    assert rows(url, "SELECT sha256, status FROM documents") == [(made.sha256, "review")]
    assert resting(inbox.done) == ["a.png"] and resting(inbox.failed) == []


def test_a_locked_database_only_makes_it_wait(inbox: Inbox, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}?timeout=0.2"
    made = documents(3, 5)
    open_database(url).dispose()
    with watching(inbox, url) as watcher, sqlite3.connect(tmp_path / "rows.db") as connection:
        connection.execute("BEGIN EXCLUSIVE")
        for document in made:
            (inbox.root / document.name).write_bytes(document.content)
        up = watcher.metrics.registry.get_sample_value
        wait_for(lambda: up("inkfield_database_up") == 0 and up("inkfield_in_hand") is not None)
        connection.rollback()
        wait_for(lambda: len(resting(inbox.done)) == 3)
    assert rows(url, "SELECT count(*) FROM documents WHERE status = 'review'") == [(3,)]


def test_a_stopped_postgresql_only_makes_it_wait(inbox: Inbox) -> None:
    from tests.support.postgres import NOT_INSTALLED, find_programs, started_server

    programs = find_programs()
    if programs is None:
        pytest.skip(NOT_INSTALLED)
    made = documents(4, 6, bad_share=0.3)
    dropped = Dropped()
    with started_server(programs) as server:
        with watching(inbox, server.url) as watcher:
            for number, document in enumerate(made):
                if number == 2:
                    wait_for(lambda: len(resting(inbox.done)) + len(resting(inbox.failed)) == 2)
                    server.stop()
                dropped.note(document)
                (inbox.root / document.name).write_bytes(document.content)
            up = watcher.metrics.registry.get_sample_value
            wait_for(lambda: up("inkfield_database_up") == 0)
            server.start()
            wait_for(lambda: len(resting(inbox.done)) + len(resting(inbox.failed)) == 4)
        assert check(inbox.root, server.url, dropped).wrong == ()


def test_watchers_that_share_a_folder_share_the_work(inbox: Inbox, url: str) -> None:
    made = documents(12, 7)
    open_database(url).dispose()
    dropped = Dropped()
    with watching(inbox, url) as one, watching(inbox, url) as two:
        for document in made:
            dropped.note(document)
            (inbox.root / document.name).write_bytes(document.content)
        wait_for(lambda: len(resting(inbox.done)) == 12 and not any(inbox.processing.glob("[!.]*")))
    found = check(inbox.root, url, dropped)
    assert found.wrong == () and found.left_in_processing == 0
    read = [
        w.metrics.registry.get_sample_value("inkfield_documents_total", {"result": "review"})
        for w in (one, two)
    ]
    assert sum(count or 0 for count in read) == 12


@pytest.mark.timeout(1200)  # seven starts, on a machine that may be busy
def test_killed_again_and_again_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    found = soak(tmp_path, documents=30, kills=6, database_restarts=1, seconds=14)
    assert found.wrong == ()
    assert (found.left_in_inbox, found.left_in_processing) == (0, 0)
    assert found.rows == found.documents == 30
    assert found.in_done + found.in_failed == found.copies


@pytest.mark.timeout(600)
def test_killed_before_any_step_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    for links in ("links", "nolinks"):
        (tmp_path / links).mkdir()
        done = subprocess.run(
            [sys.executable, "-m", "tests.support.kill_points", str(tmp_path / links), "13", links],
            capture_output=True,
            text=True,
            timeout=500,
        )
        found = json.loads(done.stdout)
        assert found["wrong"] == [] and found["runs"] > 5, done.stderr


def test_a_document_that_takes_too_long_is_marked_and_can_be_taken_again(
    inbox: Inbox, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKFIELD_DATABASE_URL", url)
    slow, fatal = documents(2, 11)
    (inbox.root / "slow.png").write_bytes(slow.content)
    read_all(inbox, url, time_limit=0.001)
    assert rows(url, "SELECT status, error_code FROM documents") == [("failed", "timed_out")]
    assert retry_command("timed_out", None) == 0
    (inbox.root / "fatal.png").write_bytes(fatal.content)
    claim = Claim(claim_drop(inbox, "killed", inbox.root / "fatal.png", datetime.now(UTC)))
    list(claim.lay_out())
    for document in claim.documents() * TRIES:
        claim.note_try(document)
    read_all(inbox, url)
    stored = rows(url, "SELECT file_name, status, error_code FROM documents ORDER BY id")
    assert stored == [("slow.png", "review", None), ("fatal.png", "failed", "gave_up")]
    assert resting(inbox.done) == ["slow.png"] and resting(inbox.failed) == ["fatal.png"]
    assert not list(inbox.failed.rglob("slow.png*"))


def test_sigterm_finishes_the_document_in_hand(inbox: Inbox, url: str, unused_port: int) -> None:
    for document in documents(6, 8):
        (inbox.root / document.name).write_bytes(document.content)
    process = command(inbox, url, "--metrics-port", str(unused_port))
    assert process.stderr is not None
    events = []
    figures = ""
    for line in process.stderr:
        events.append(json.loads(line))
        if events[-1]["event"] == "document" and not figures:
            with urllib.request.urlopen(f"http://127.0.0.1:{unused_port}/metrics", timeout=30) as answer:
                figures = answer.read().decode()
            process.terminate()
    assert process.wait() == 0
    assert 'inkfield_documents_total{result="review"}' in figures and "inkfield_database_up 1.0" in figures
    assert {"time", "level", "event", "result", "file", "document", "batch", "at"} <= next(
        e.keys() for e in events if e["event"] == "document"
    )
    unfinished = rows(url, "SELECT count(*) FROM documents WHERE status NOT IN ('done', 'review')")
    assert unfinished == [(0,)]
    (inbox.root / "bad.pdf").write_bytes(b"no document")
    process = command(inbox, url, "--once")  # the next one goes on
    process.communicate()
    assert process.returncode == 3
    assert len(resting(inbox.done)) == 6 and resting(inbox.failed) == ["bad.pdf"]


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class FastClock:
    """A day in seconds: each wait takes a moment, and lets the time go by as asked. It stands still while a document is
    read, which takes real time: on a slow machine the day has as many documents."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)
        self.on_wait: Callable[[], None] = lambda: None
        self.stands: Callable[[], bool] = lambda: False

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        if not self.stands():
            self.at += timedelta(seconds=seconds * 60)
        self.on_wait()
        return stop.wait(0.002)


def test_a_day_leaves_no_open_file_no_memory_and_nothing_stuck(inbox: Inbox, url: str) -> None:
    clock, chance = FastClock(), random.Random(3)
    made = documents(48, 9, bad_share=0.1)
    left, dropped = list(made), Dropped()
    handles: list[float] = []
    memory: list[float] = []
    watcher = Watcher(inbox, ReaderSetup(url), 1, WatchSettings(settle=1.0), clock=clock)
    start = clock.at

    def on_wait() -> None:
        hours = (clock.at - start).total_seconds() / 3600
        if hours >= 24 or (
            not left and len(resting(inbox.done)) + len(resting(inbox.failed)) == 48 and hours > 24
        ):
            watcher.stop.set()
        if left and len(made) - len(left) < 2 * hours and not any(inbox.processing.glob("[!.]*")):
            document = left.pop()
            dropped.note(document)
            folder = inbox.root / f"batch-{len(left)}"
            folder.mkdir()
            target = folder if chance.random() < 0.5 else inbox.root
            (target / document.name).write_bytes(document.content)
            if target != folder:
                folder.rmdir()
            handles.append(open_files())
            memory.append(megabytes())

    clock.on_wait = on_wait
    clock.stands = lambda: any(inbox.processing.glob("[!.]*"))
    watcher.run()
    assert (clock.at - start) >= timedelta(hours=24)
    read_all(inbox, url)  # what was in hand at midnight
    assert check(inbox.root, url, dropped).wrong == ()
    assert len(dropped.documents) >= 40
    assert not grows(handles, by=2), handles
    assert not grows(memory, by=40), memory  # a page held for each of two dozen documents would be more
    days = {path.relative_to(inbox.done).parts[:3] for path in inbox.done.rglob("*") if path.is_file()}
    assert ("2026", "03", "01") in days
