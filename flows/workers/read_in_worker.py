"""Has a worker process of a pool read one document; the death of the process costs that document only."""

from __future__ import annotations

import time

from sqlalchemy.exc import DBAPIError

from inkfield.flows.workers.batch_rows import mark_failed
from inkfield.flows.workers.document_outcome import Outcome, failed
from inkfield.flows.workers.reader_pool import ReaderPool
from inkfield.flows.workers.reader_process import DocumentLost, Job

TIME_LIMIT = 1800.0
"""Seconds that one document may take: 500 pages at 1.5 s each, and as much again for a slow machine."""
BUSY = "database_busy"
"""The error code of an outcome that another try can better; a bad document stays bad."""
BUSY_DELAYS = (2.0, 10.0, 30.0)
"""Seconds before each further try at a document for which the database was busy."""


def read_with(pool: ReaderPool, job: Job, time_limit: float) -> Outcome:
    """The outcome of one document. Raises ReaderBroken when the worker process cannot start."""
    started = time.perf_counter()
    while True:
        with pool.reader() as reader:
            try:
                return reader.read(job, time_limit)
            except DocumentLost as lost:
                code, message = lost.code, str(lost)
        seconds = time.perf_counter() - started
        try:
            split = mark_failed(
                pool.setup.database_url, job.batch_id, job.path, pool.setup.form, code, message
            )
        except DBAPIError:
            return failed(str(job.path), BUSY, f"{message} The database is busy, too.", seconds)
        if not split:  # else the parts behind the one that failed are read
            return failed(str(job.path), code, message, seconds)
