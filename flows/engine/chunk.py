"""A chunk of a large batch: one task of the engine, read by one reader process, document after document.

Run twice, or killed and run again, it leaves each document with one set of rows: what is read is skipped. A document
whose reading was begun before and never came to an end may be what killed its worker: it is left for a later chunk.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from inkfield.flows.database_url import database_url
from inkfield.flows.engine.kept_readers import KeptReaders
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.document_outcome import KILLS_WORKER
from inkfield.flows.workers.read_in_worker import BUSY, BUSY_DELAYS
from inkfield.flows.workers.reader_process import DocumentLost, Job, ReaderProcess, ReaderSetup
from inkfield.flows.workers.storage import to_path

WORKER_DIED = "worker_died"
READERS = KeptReaders()
"""Of this process, if it is a worker of the engine."""
MOST_DEATHS = 10
"""Deaths of reader processes that one chunk puts up with at one document, should they come before it is counted."""


class WrongDatabase(Exception):
    """A worker was set up with another database than the batch."""


@dataclass(frozen=True)
class Chunk:
    """``batch`` is the random key of the batch, which the worker finds in its database: the URL, which may hold a
    password, does not travel. ``most_begun`` is how often a document may have been begun before: 0 for all that are
    read among others."""

    batch: str
    paths: tuple[str, ...]
    form: str | None
    time_limit: float
    most_begun: int = 0


@dataclass(frozen=True)
class ChunkRead:
    """``left`` are documents that were left, and why: kills_worker or database_busy. All others have their rows."""

    left: dict[str, str]


def read_chunk(chunk: Chunk) -> ChunkRead:
    """Reads the documents of a chunk into the database of this machine's environment.

    Raises WrongDatabase, and ReaderBroken where no reader process can start.
    """
    url = database_url()
    batch_id = batch_rows.batch_of(url, chunk.batch)
    if batch_id is None:
        raise WrongDatabase("INKFIELD_DATABASE_URL of this worker is not the database of the batch")
    with READERS.reader(ReaderSetup(url, chunk.form)) as reader:
        found = {path: _read(reader, url, batch_id, path, chunk) for path in chunk.paths}
    return ChunkRead({path: code for path, code in found.items() if code is not None})


def _read(reader: ReaderProcess, url: str, batch_id: int, path: str, chunk: Chunk) -> str | None:
    """Reads one document; why it was left, or None where it has its rows."""
    job = Job(to_path(path), batch_id, chunk.most_begun)
    delays, deaths = list(BUSY_DELAYS), 0
    while deaths < MOST_DEATHS:
        try:
            outcome = reader.read(job, chunk.time_limit)
        except DocumentLost as lost:
            if lost.code == WORKER_DIED:  # the database has counted it
                deaths += 1
                continue
            try:
                split = batch_rows.mark_failed(url, batch_id, job.path, chunk.form, lost.code, str(lost))
            except DBAPIError:
                return BUSY
            if split:  # the parts behind the one that failed
                continue
            return None
        if outcome.error_code == KILLS_WORKER:
            return KILLS_WORKER
        if outcome.error_code != BUSY:
            return None
        if not delays:
            return BUSY
        time.sleep(delays.pop(0))
    return WORKER_DIED
