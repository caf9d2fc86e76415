"""The flow `process_large_batch`: one flow run a batch, whose documents the engine reads on any number of machines.

Prefect hears of the batch as a whole. Neither documents nor chunks are task runs: at millions of documents a day these
would cost its server more than the engine costs in all (docs/capacity.md has the figures).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

from inkfield.flows.prefect_settings import set_up_prefect

set_up_prefect()  # before Prefect is imported: it reads its environment then

from prefect import flow  # noqa: E402
from prefect.artifacts import (  # noqa: E402
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from prefect.logging import get_run_logger  # noqa: E402

from inkfield.flows.batch.large_summary import markdown, sentence  # noqa: E402
from inkfield.flows.batch.process_batch import batch_name  # noqa: E402
from inkfield.flows.batch.summary import left_out_lines  # noqa: E402
from inkfield.flows.database_url import database_url  # noqa: E402
from inkfield.flows.engine.no_engine import need_dask  # noqa: E402
from inkfield.flows.workers import batch_rows  # noqa: E402
from inkfield.flows.workers.inputs import find_inputs  # noqa: E402
from inkfield.flows.workers.read_in_worker import TIME_LIMIT  # noqa: E402
from inkfield.flows.workers.storage import to_path  # noqa: E402
from inkfield.schemas.database.connection import transaction  # noqa: E402
from inkfield.schemas.failures import FAILURES  # noqa: E402
from inkfield.schemas.store.batch_counts import BatchCounts, batch_counts  # noqa: E402

CHUNK = 50
"""Documents of a chunk: half a minute of reading, which is what the last chunk of a batch may have a core wait for."""


@dataclass(frozen=True)
class LargeBatch:
    """What became of a large batch, in figures. ``read_alone`` counts documents that were read by themselves, since
    whoever read them had died or the database was busy."""

    batch_id: int
    counts: BatchCounts
    chunks: int
    read_alone: int

    @property
    def failed(self) -> int:
        return self.counts.failed

    def as_dict(self) -> dict[str, Any]:
        return {
            "batch_id": self.batch_id,
            **self.counts.as_dict(),
            "chunks": self.chunks,
            "read_alone": self.read_alone,
        }


@flow(name="process-large-batch", persist_result=False)
def process_large_batch(
    paths: list[Path | str],
    form: str | None = None,
    chunk_size: int = CHUNK,
    time_limit: float = TIME_LIMIT,
) -> LargeBatch:
    """Has the documents under ``paths`` read by the workers of the engine, ``chunk_size`` at a time.

    The workers need to see the paths as they are named here (a shared folder, or an object store) and to have the same
    database. Raises NoSuchPath, NoEngine where there is no engine or no worker, BrokenWorkers where no worker can read.
    The same call again after this process died reads what is missing.
    """
    need_dask()
    from inkfield.flows.engine.hand_out import hand_out  # half a second, and an extra
    from inkfield.flows.engine.machines import check_engine

    url, log = database_url(), get_run_logger()
    inputs = find_inputs(paths)
    documents = [str(path) for path in inputs.documents]
    groups = _cut(documents, chunk_size)
    if groups:
        check_engine()
    key = uuid4().hex
    batch_id = batch_rows.begin(url, batch_name(paths), key)
    log.info("Batch %d: %d documents in %d chunks", batch_id, len(documents), len(groups))
    for line in left_out_lines(inputs.left_out):
        log.warning("Batch %d: %s", batch_id, line)
    found = hand_out(key, groups, form, time_limit, _progress(len(documents)))
    for path, code in found.unread.items():
        message = f"{FAILURES[code].meaning} {FAILURES[code].advice}"
        batch_rows.mark_lost(url, batch_id, to_path(path), form, code, message)
    batch_rows.finish(url, batch_id)
    with transaction(batch_rows.engine(url)) as session:
        counts = batch_counts(session, batch_id, len(documents))
    more = {"chunks": found.chunks, "read_alone": found.alone}
    log.info("Batch %d: %s", batch_id, sentence(counts))
    create_markdown_artifact(
        markdown(batch_id, counts, more), key=f"batch-{batch_id}", description="inkfield batch"
    )
    return LargeBatch(batch_id, counts, **more)


def _cut(documents: Sequence[str], size: int) -> list[Sequence[str]]:
    if size < 1:
        raise ValueError("a chunk needs at least one document: give a chunk_size of 1 or more")
    return [documents[start : start + size] for start in range(0, len(documents), size)]


def _progress(total: int) -> Callable[[int], None]:
    """Tells Prefect and the log how far the batch is, in twenty steps whatever its size."""
    artifact = create_progress_artifact(0.0, key="process-batch-progress", description=f"{total} documents")
    log, told = get_run_logger(), 0

    def progress(handled: int) -> None:
        nonlocal told
        percent = 100 * handled // total
        if percent >= told + 5 or (handled == total and told < 100):
            update_progress_artifact(cast(UUID, artifact), progress=float(percent))
            log.info("%d of %d documents", handled, total)
            told = percent

    return progress
