"""A worker process that reads documents one after the other, with the model loaded once.

Why not a process pool: when one process of a `ProcessPoolExecutor` dies (out of memory, a crash in a native
library), the whole pool is broken and every document in it is lost. Here each process is held by one thread
that hands it one document at a time, so a death or a document that never ends costs that one document.

A document is hostile until it is read: PDFs are parsed here and nowhere else, under a limit on memory. The
process leads a process group, so that what it started (poppler) ends with it; and it ends with its parent.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from inkfield.flows.workers.document_outcome import Outcome
from inkfield.flows.workers.event_log import set_up_log
from inkfield.flows.workers.limits import limit_memory, max_page_seconds
from inkfield.flows.workers.page_clock import PageClock
from inkfield.flows.workers.storage import DocumentPath

NO_FORM = ""
"""In place of a form's name: none is looked for, and the whole text goes into the archive."""
START_SECONDS = 420.0
"""Longest time that a process may take to start: three minutes for its model, on a machine that is busy, and four
for a database that is locked, after which the process itself says so."""


class ReaderBroken(Exception):
    """A worker process cannot start (weights missing, database unreachable): the batch cannot go on."""


class DocumentLost(Exception):
    """The worker process was lost while it read a document. ``code`` is timed_out, page_timed_out or
    worker_died."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Job:
    """One document to read for one batch; left alone where its reading was begun more than ``most_begun`` times and
    never came to an end."""

    path: DocumentPath
    batch_id: int
    most_begun: int | None = None


@dataclass(frozen=True)
class PageLate:
    """The last word of a worker process: this page takes too long."""

    page: int
    seconds: float


class Setup(Protocol):
    """What a worker process needs to start; is sent there."""

    def open(self, on_page: Callable[[int], None]) -> Callable[[Any], object]:
        """Called in the worker process: loads what is needed and returns what answers a job.

        ``on_page`` is to be told the page that is worked on, and 0 when none is.
        """


@dataclass(frozen=True)
class ReaderSetup:
    """What a worker process needs to start. ``form`` is None to recognise the form of each page, NO_FORM to read the
    whole text into the archive, ``language`` being that of the text (see pipeline/text/read_text.py); ``again`` has
    documents read that were read before. Without ``weights`` each document is read with those in use then (whole texts
    with the shipped ones: what is learned of fields is not judged on them)."""

    database_url: str
    form: str | None = None
    weights: str | None = None
    again: bool = False
    language: str = "detect"

    def open(self, on_page: Callable[[int], None]) -> Callable[[Job], Outcome]:
        from inkfield.flows.workers.read_into_archive import ArchiveReader
        from inkfield.flows.workers.read_into_database import DocumentReader

        reader = ArchiveReader(self, on_page) if self.form == NO_FORM else DocumentReader(self, on_page)
        return lambda job: reader.read(job.path, job.batch_id, job.most_begun)


class ReaderProcess:
    """Starts its process at once, in the background; ``read`` waits for it. Use from one thread."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._broken = ""
        self._start()

    def _start(self) -> None:
        # spawn: a forked copy of a process with threads (Prefect's, torch's) may hang
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, self._setup), daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False

    def read(self, job: Job, time_limit: float) -> Outcome:
        """Reads one document into the database; raises as `ask` does."""
        answer = self.ask(job, time_limit)
        if not isinstance(answer, Outcome):
            raise TypeError(f"a worker process answered with {type(answer).__name__}")
        return answer

    def ask(self, job: object, time_limit: float) -> object:
        """The process's answer to a job. Raises DocumentLost when it takes more than ``time_limit`` seconds, a page
        of it too long, or it kills the process (the next call has a new process), and ReaderBroken when the process
        cannot start."""
        if self._ready and not self._process.is_alive():
            self._end()
            self._start()
        self.await_ready()
        self._connection.send(job)
        try:
            answer = self._receive(time_limit)
        except TimeoutError:
            self._kill()
            self._end()
            self._start()
            message = f"Reading took more than {time_limit:g} s. Raise --time-limit, or split the file."
            raise DocumentLost("timed_out", message) from None
        except EOFError:
            code = self._end()
            self._start()
            message = f"The process that read this document {_how_it_died(code)}"
            raise DocumentLost("worker_died", message) from None
        if isinstance(answer, PageLate):
            self._end()
            self._start()
            message = (
                f"Page {answer.page} took more than {answer.seconds:g} s. Scan it again at 300 dpi, "
                "or raise INKFIELD_MAX_PAGE_SECONDS."
            )
            raise DocumentLost("page_timed_out", message)
        return answer

    def close(self) -> None:
        """Ends the process."""
        self._connection.close()
        wait([self._process.sentinel], timeout=2)
        self._end()

    def restart(self) -> None:
        """Starts a new process in place of one that could not start: what was wrong may be over."""
        self._end()
        self._broken = ""
        self._start()

    def await_ready(self) -> None:
        """Waits until the process has loaded its model. Raises ReaderBroken when it cannot start."""
        if self._ready:
            return
        if self._broken:
            raise ReaderBroken(self._broken)
        try:
            answer = self._receive(START_SECONDS)
        except TimeoutError:
            answer = f"A worker process did not start within {START_SECONDS:g} s."
        except EOFError:
            answer = f"A worker process {_how_it_died(self._end())}"
        if answer != "ready":
            self._end()
            self._broken = str(answer)
            raise ReaderBroken(self._broken)
        self._ready = True

    def _receive(self, time_limit: float) -> object:
        """The next message of the process. Raises TimeoutError after so many seconds, EOFError if it died."""
        if not wait([self._connection, self._process.sentinel], timeout=time_limit):
            raise TimeoutError
        try:
            if self._connection.poll():
                return self._connection.recv()
        except OSError as error:
            raise EOFError from error
        raise EOFError

    def _end(self) -> int | None:
        wait([self._process.sentinel], timeout=0.5)  # one that is dying on its own tells why by its exit code
        self._kill()
        self._process.join()
        self._connection.close()
        return self._process.exitcode

    def _kill(self) -> None:
        """Kills the process with all that it started."""
        assert self._process.pid is not None
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it did not come so far as to lead a group, or nothing of it is left
            self._process.kill()


def _how_it_died(exit_code: int | None) -> str:
    if exit_code == -signal.SIGKILL:
        return "was killed, most likely because memory ran out. Use fewer --workers, or a lower resolution."
    if exit_code is not None and exit_code < 0:
        return f"crashed with signal {signal.Signals(-exit_code).name}. Please report the file."
    return f"ended unexpectedly with exit code {exit_code}. Please report the file."


def serve(connection: Connection, setup: Setup) -> None:
    """The main function of a worker process: loads the model, then answers job by job."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the parent ends its processes in order
    os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.umask(0o077)
    set_up_log()
    os.environ["OMP_NUM_THREADS"] = "1"  # two threads in torch collapse as soon as a neighbour is busy
    answering = threading.Lock()

    def give_up(page: int) -> None:
        if answering.acquire(blocking=False):  # else the answer is on its way
            connection.send(PageLate(page, seconds))
            os.killpg(0, signal.SIGKILL)

    try:
        limit_memory()
        seconds = max_page_seconds()
        clock = PageClock(seconds, give_up)
        answer = setup.open(clock.on_page)
    except Exception as error:
        connection.send(f"A worker process could not start: {type(error).__name__}: {error}")
        return
    connection.send("ready")
    while True:
        try:
            job = connection.recv()
        except (EOFError, OSError):  # the parent is gone or done
            os._exit(0)  # there is nothing to put in order: torch takes seconds to
        result = answer(job)
        clock.on_page(0)
        with answering:
            connection.send(result)


def _end_with_parent() -> None:
    """One whose parent was killed must not go on writing beside the process that does its work anew."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL)
