"""The flow `read_chunk`: a worker, on whichever machine, reads one chunk of a large batch.

Run twice, or killed and run again, it leaves each document with one set of rows: what is read is skipped, what
was half done is done again. Prefect hears of the chunk as a whole; at millions of documents a day a task run for
each would cost the server more than the reading costs the workers.
"""

from __future__ import annotations

from threading import Event

from inkfield.flows.prefect_settings import set_up_prefect

set_up_prefect()  # before Prefect is imported: it reads its environment then

from prefect import flow  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402
from prefect.runtime import flow_run  # noqa: E402

from inkfield.flows.batch.summary import sentence  # noqa: E402
from inkfield.flows.database_url import database_url  # noqa: E402
from inkfield.flows.workers import batch_rows  # noqa: E402
from inkfield.flows.workers.document_outcome import Outcome  # noqa: E402
from inkfield.flows.workers.hold_lease import held  # noqa: E402
from inkfield.flows.workers.read_in_worker import BUSY, TIME_LIMIT, read_all  # noqa: E402
from inkfield.flows.workers.reader_pool import open_pool, pool_size  # noqa: E402
from inkfield.flows.workers.reader_process import Job, ReaderSetup  # noqa: E402
from inkfield.flows.workers.storage import to_path  # noqa: E402
from inkfield.flows.workers.wait_for_database import patiently  # noqa: E402
from inkfield.schemas.database.connection import transaction  # noqa: E402
from inkfield.schemas.store.chunks import Chunk, finish_chunk, load_chunk, suspects  # noqa: E402

LEASE_SECONDS = 90.0
"""How long a worker may be silent before its chunk is handed to another."""


class ChunkUnfinished(Exception):
    """Not every document of the chunk could be read or marked: it needs another attempt."""


def lease_name(chunk_id: str) -> str:
    return f"chunk-{chunk_id}"


@flow(name="read-chunk", persist_result=False)
def read_chunk(
    chunk_id: str,
    workers: int | None = None,
    time_limit: float = TIME_LIMIT,
    lease_seconds: float = LEASE_SECONDS,
) -> None:
    """Reads the documents of a chunk into the database.

    ``workers`` is the number of worker processes (default: one a core). Raises LookupError where the worker's
    database is not that of the batch, LeaseTaken where another worker reads the chunk, ChunkUnfinished where it
    lost the lease or the database stayed busy, ReaderBroken where no worker process can start.
    """
    url, log = database_url(), get_run_logger()
    engine = patiently(batch_rows.engine)(url)
    with held(engine, lease_name(chunk_id), lease_seconds, who=str(flow_run.id)) as lost:
        chunk, order = _load(url, chunk_id)
        if chunk.status != "waiting":
            log.info("Chunk %d of batch %d is %s already", chunk.number, chunk.batch_id, chunk.status)
            return
        log.info("Chunk %d of batch %d: %d documents", chunk.number, chunk.batch_id, len(order))
        outcomes = _read(url, chunk, order, workers, time_limit, lost)
        if len(outcomes) < len(order) or any(outcome.error_code == BUSY for outcome in outcomes):
            raise ChunkUnfinished(f"{len(outcomes)} of {len(order)} documents were read")
        _finish(url, chunk_id)
    log.info("Chunk %d of batch %d: %s", chunk.number, chunk.batch_id, sentence(outcomes))


@patiently
def _load(url: str, chunk_id: str) -> tuple[Chunk, list[str]]:
    """The chunk, and its documents in the order of reading.

    Those that were being read when an earlier attempt died come last: if one of them kills its worker, machine
    and all, it does so when the others are safe.
    """
    with transaction(batch_rows.engine(url)) as session:
        chunk = load_chunk(session, chunk_id)
        last = suspects(session, chunk.batch_id, chunk.paths)
    return chunk, sorted(chunk.paths, key=lambda path: path in last)


def _read(
    url: str, chunk: Chunk, order: list[str], workers: int | None, time_limit: float, lost: Event
) -> list[Outcome]:
    size = pool_size(workers, len(order))
    jobs = [Job(to_path(path), chunk.batch_id) for path in order]
    with open_pool(ReaderSetup(url, chunk.form), size) as pool:
        return list(read_all(pool, jobs, size, time_limit, stop=lost))


@patiently
def _finish(url: str, chunk_id: str) -> None:
    with transaction(batch_rows.engine(url)) as session:
        finish_chunk(session, chunk_id, "done")
