"""The flow `process_large_batch`: a batch in chunks, read by Prefect workers on any number of machines.

This flow reads nothing itself. It notes the chunks in the database, hands them to the work pool, and watches
them to the end: a chunk whose worker died is handed out again, and what nobody could read gets its row as
failed. Chunks go through Prefect by their id alone; their lists of documents stay in the database.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inkfield.flows.prefect_settings import set_up_prefect

set_up_prefect()  # before Prefect is imported: it reads its environment then

from httpx import HTTPError  # noqa: E402
from prefect import flow  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402

from inkfield.flows.batch import chunk_runs  # noqa: E402
from inkfield.flows.batch.large_summary import markdown, sentence  # noqa: E402
from inkfield.flows.batch.process_batch import batch_name  # noqa: E402
from inkfield.flows.batch.read_chunk import LEASE_SECONDS, lease_name  # noqa: E402
from inkfield.flows.batch.summary import left_out_lines  # noqa: E402
from inkfield.flows.database_url import database_url  # noqa: E402
from inkfield.flows.workers import batch_rows  # noqa: E402
from inkfield.flows.workers.inputs import find_inputs  # noqa: E402
from inkfield.flows.workers.read_in_worker import TIME_LIMIT  # noqa: E402
from inkfield.flows.workers.storage import to_path  # noqa: E402
from inkfield.flows.workers.wait_for_database import patiently  # noqa: E402
from inkfield.schemas.database.connection import transaction  # noqa: E402
from inkfield.schemas.store import leases  # noqa: E402
from inkfield.schemas.store.batch_counts import BatchCounts, batch_counts  # noqa: E402
from inkfield.schemas.store.chunks import Chunk, add_chunks, finish_chunk, hand_out, waiting_chunks  # noqa: E402

SMALLEST, LARGEST = 50, 500
"""Documents in a chunk: enough that its start (some 14 CPU seconds on two cores, see docs/capacity.md) is little
beside the reading, and no more than a few minutes of reading, which are lost when a machine dies."""
USUAL_CHUNKS = 20
"""Into so many a batch is cut where the sizes above allow: work for that many machines."""
ATTEMPTS = 3
POLL_SECONDS = 3.0


@dataclass(frozen=True)
class LargeBatch:
    """What became of a large batch, in figures. ``handed_out_again`` counts attempts beyond the first."""

    batch_id: int
    counts: BatchCounts
    chunks: int
    handed_out_again: int
    lost: int
    """Documents of chunks that were given up, marked as failed."""

    @property
    def failed(self) -> int:
        return self.counts.failed

    def as_dict(self) -> dict[str, Any]:
        return {
            "batch_id": self.batch_id,
            **self.counts.as_dict(),
            "chunks": self.chunks,
            "handed_out_again": self.handed_out_again,
            "lost": self.lost,
        }


@flow(name="process-large-batch", persist_result=False)
def process_large_batch(
    paths: list[Path | str],
    form: str | None = None,
    chunk_size: int | None = None,
    workers: int | None = None,
    attempts: int = ATTEMPTS,
    time_limit: float = TIME_LIMIT,
    lease_seconds: float = LEASE_SECONDS,
) -> LargeBatch:
    """Has the documents under ``paths`` read by the workers of the pool, ``chunk_size`` (default: 50 to 500) at a
    time.

    Each worker reads with ``workers`` processes (default: one a core of its machine). The workers need to see
    the paths as they are named here (a shared folder, or an object store) and to have the same database.
    ``attempts`` is how often a chunk is handed out before it is given up, ``lease_seconds`` how long a worker
    may be silent. Raises NoSuchPath, and NoWorkers where none was ever set up. The same call again after this
    process died reads what is missing.
    """
    url, log = database_url(), get_run_logger()
    inputs = find_inputs(paths)
    documents = [str(path) for path in inputs.documents]
    for line in left_out_lines(inputs.left_out):
        log.warning("%s", line)
    batch_id, chunks = _begin(url, batch_name(paths), form, _cut(documents, chunk_size))
    log.info("Batch %d: %d documents in %d chunks", batch_id, len(documents), chunks)
    parameters = {"workers": workers, "time_limit": time_limit, "lease_seconds": lease_seconds}
    handed_out, lost = _watch(url, batch_id, attempts, parameters)
    batch_rows.finish(url, batch_id)
    with transaction(batch_rows.engine(url)) as session:
        counts = batch_counts(session, batch_id, len(documents))
    more = {"chunks": chunks, "handed_out_again": handed_out - chunks, "lost": lost}
    log.info("Batch %d: %s", batch_id, sentence(counts))
    create_markdown_artifact(
        markdown(batch_id, counts, more), key=f"batch-{batch_id}", description="inkfield batch"
    )
    return LargeBatch(batch_id, counts, **more)


def _cut(documents: Sequence[str], size: int | None) -> list[Sequence[str]]:
    if size is None:
        size = min(LARGEST, max(SMALLEST, len(documents) // USUAL_CHUNKS))
    if size < 1:
        raise ValueError("a chunk needs at least one document: give a chunk_size of 1 or more")
    return [documents[start : start + size] for start in range(0, len(documents), size)]


def _begin(url: str, name: str, form: str | None, groups: list[Sequence[str]]) -> tuple[int, int]:
    batch_id = batch_rows.begin(url, name)
    _note_chunks(url, batch_id, form, groups)
    return batch_id, len(groups)


@patiently
def _note_chunks(url: str, batch_id: int, form: str | None, groups: list[Sequence[str]]) -> None:
    with transaction(batch_rows.engine(url)) as session:
        add_chunks(session, batch_id, form, groups)


def _watch(url: str, batch_id: int, attempts: int, parameters: dict[str, Any]) -> tuple[int, int]:
    """Sees every chunk to its end; returns how often one was handed out, and how many documents were lost."""
    log, patient = get_run_logger(), chunk_runs.Patient(parameters["lease_seconds"])
    handed_out = lost = 0
    while True:
        try:
            waiting, dead = _look(url, batch_id, patient)
        except HTTPError as error:  # Prefect's server is away for a while: the workers go on without it
            log.warning("The Prefect server does not answer: %s", type(error).__name__)
            time.sleep(POLL_SECONDS)
            continue
        if not waiting:
            return handed_out, lost
        for chunk in dead:
            if chunk.flow_run is not None:
                log.warning("Chunk %d: attempt %d ended unfinished", chunk.number, chunk.attempts)
                _bury(url, chunk)
            if chunk.attempts >= attempts:
                lost += _give_up(url, chunk)
                continue
            flow_run = chunk_runs.submit(chunk.id, chunk.attempts + 1, parameters)
            _note_attempt(url, chunk.id, flow_run)
            handed_out += 1
        time.sleep(POLL_SECONDS)


def _look(url: str, batch_id: int, patient: chunk_runs.Patient) -> tuple[list[Chunk], list[Chunk]]:
    """The chunks that are not done, and of these the ones to be handed out (again).

    Prefect is asked first: a flow run that was completed by then has its chunk done in the database by now.
    """
    before = _waiting(url, batch_id)[0]
    states = chunk_runs.states(chunk.flow_run for chunk in before if chunk.flow_run)
    waiting, owners = _waiting(url, batch_id)
    dead = [
        chunk
        for chunk in waiting
        if chunk.flow_run is None
        or _is_dead(patient, chunk.flow_run, states.get(chunk.flow_run), owners.get(lease_name(chunk.id)))
    ]
    return waiting, dead


def _is_dead(patient: chunk_runs.Patient, flow_run: str, state: str | None, owner: str | None) -> bool:
    """Whether the last attempt is dead and no earlier one, given up too soon, is reading the chunk after all."""
    own = owner is not None and owner.startswith(flow_run)
    return patient.is_dead(flow_run, state, own) and (owner is None or own)


@patiently
def _waiting(url: str, batch_id: int) -> tuple[list[Chunk], dict[str, str]]:
    with transaction(batch_rows.engine(url)) as session:
        chunks = waiting_chunks(session, batch_id)
        return chunks, leases.held(session, [lease_name(chunk.id) for chunk in chunks])


@patiently
def _note_attempt(url: str, chunk_id: str, flow_run: str) -> None:
    with transaction(batch_rows.engine(url)) as session:
        hand_out(session, chunk_id, flow_run)


def _bury(url: str, chunk: Chunk) -> None:
    """Ends what is left of a dead attempt: its flow run in Prefect, its lease in the database."""
    try:
        chunk_runs.end(
            str(chunk.flow_run), "Its worker has not been heard of; the chunk was handed out again."
        )
    except HTTPError:
        get_run_logger().warning("Flow run %s could not be marked as crashed", chunk.flow_run)
    _release(url, lease_name(chunk.id), str(chunk.flow_run))


@patiently
def _release(url: str, name: str, flow_run: str) -> None:
    with transaction(batch_rows.engine(url)) as session:
        owner = leases.held(session, [name]).get(name, "")
        if owner.startswith(flow_run):
            leases.release(session, name, owner)


def _give_up(url: str, chunk: Chunk) -> int:
    """Marks what is unread of a chunk as failed, so that no document is without a row; returns how many."""
    message = f"The workers that read its chunk died {chunk.attempts} times. Read the file by itself: inkfield process"
    marked = [
        batch_rows.mark_lost(url, chunk.batch_id, to_path(path), chunk.form, "chunk_lost", message)
        for path in chunk.paths
    ]
    _finish(url, chunk.id)
    get_run_logger().error("Chunk %d is given up: %d documents unread", chunk.number, sum(marked))
    return sum(marked)


@patiently
def _finish(url: str, chunk_id: str) -> None:
    with transaction(batch_rows.engine(url)) as session:
        finish_chunk(session, chunk_id, "lost")
