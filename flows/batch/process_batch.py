"""The flow `process_batch`: one flow run a batch, one task run a document, rows in SQL at the end.

The tasks are threads of the flow; each hands its document to a worker process (see reader_process.py). Only
paths and ids pass through Prefect, no image and no content of a field. Where the rows go is told by the
environment variable INKFIELD_DATABASE_URL, not by a parameter: Prefect stores the parameters of a flow run,
and the URL has a password.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, cast
from uuid import UUID

from inkfield.flows.prefect_settings import set_up_prefect

set_up_prefect()  # before Prefect is imported: it reads its environment then

from prefect import flow, task  # noqa: E402
from prefect.artifacts import (  # noqa: E402
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.futures import PrefectFuture, as_completed  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402
from prefect.states import Completed, Failed, State  # noqa: E402
from prefect.task_runners import ThreadPoolTaskRunner  # noqa: E402

from inkfield.flows.batch.summary import left_out_lines, markdown, sentence  # noqa: E402
from inkfield.flows.database_url import database_url  # noqa: E402
from inkfield.flows.workers.batch_rows import begin, finish  # noqa: E402
from inkfield.flows.workers.document_outcome import Outcome, count_failed  # noqa: E402
from inkfield.flows.workers.inputs import find_inputs  # noqa: E402
from inkfield.flows.workers.progress import tell  # noqa: E402
from inkfield.flows.workers.read_in_worker import BUSY, BUSY_DELAYS, TIME_LIMIT, read_with  # noqa: E402
from inkfield.flows.workers.reader_pool import ReaderPool, open_pool, pool_size  # noqa: E402
from inkfield.flows.workers.reader_process import Job, ReaderSetup  # noqa: E402
from inkfield.pipeline.templates.check import faults_of_forms  # noqa: E402


@dataclass(frozen=True)
class BatchResult:
    """The outcomes in the order of the documents named."""

    batch_id: int
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> int:
        return count_failed(self.outcomes)

    def as_dict(self) -> dict[str, Any]:
        return {"batch_id": self.batch_id, "documents": [outcome.as_dict() for outcome in self.outcomes]}


def _can_get_better(task: Any, task_run: Any, state: State[Any]) -> bool:
    """Only a busy database is worth another try: a bad document stays bad."""
    return isinstance(state.data, Outcome) and state.data.error_code == BUSY


@task(
    name="read-document",
    task_run_name="{job.path.name}",
    retries=len(BUSY_DELAYS),
    retry_delay_seconds=list(BUSY_DELAYS),
    retry_condition_fn=_can_get_better,
    cache_policy=NO_CACHE,
    persist_result=False,
)
def read_one(job: Job, pool: ReaderPool, time_limit: float) -> State[Any]:
    """Has a worker process read one document. A document that fails is a failed task run with its outcome as
    data."""
    outcome = read_with(pool, job, time_limit)
    if outcome.status == "failed":
        return Failed(data=outcome, message=f"{outcome.error_code}: {outcome.error_message}")
    return Completed(data=outcome, name="Completed" if outcome.status == "done" else "To review")


@flow(name="process-batch", persist_result=False, validate_parameters=True)
def process_batch(
    paths: list[Path | str],
    form: str | None = None,
    workers: int | None = None,
    time_limit: float = TIME_LIMIT,
    again: bool = False,
    language: str = "detect",
    weights: str | None = None,
) -> BatchResult:
    """Reads the documents under ``paths``, local ones or of an object store (see storage.py), into the database.

    ``form`` names the form that every page is taken for (default: each page is recognised; NO_FORM: none is, and the
    whole text, in that ``language``, goes into the archive), ``workers`` the number of worker processes (default: one a
    core), ``time_limit`` the seconds that one document may take. ``again`` reads documents that were read before, too;
    what people settled in them stays. ``weights`` are a name or a path, by default those in use.
    Raises NoSuchPath for a path that is not there, ReaderBroken where no worker process can start.
    """
    log = get_run_logger()
    for fault in faults_of_forms():
        log.warning("This form is not used: %s", fault)
    inputs = find_inputs(paths)
    documents = inputs.documents
    size = pool_size(workers, len(documents))
    url = database_url()
    batch_id = begin(url, batch_name(paths))
    setup = ReaderSetup(url, form, weights, again, language)
    with open_pool(setup, size) as pool, _threads(size) as threads:
        log.info("Batch %d: %d documents, %d worker processes", batch_id, len(documents), size)
        for line in left_out_lines(inputs.left_out):
            log.warning("Batch %d: %s", batch_id, line)
        jobs = [Job(path, batch_id) for path in documents]
        futures: list[PrefectFuture[Any]] = [
            threads.submit(read_one, {"job": job, "pool": pool, "time_limit": time_limit}) for job in jobs
        ]
        by_path = {outcome.path: outcome for outcome in _watch(futures)}
        outcomes = tuple(outcome for path in documents for outcome in by_path[str(path)].documents)
        finish(url, batch_id)
    log.info("Batch %d: %s", batch_id, sentence(outcomes))
    create_markdown_artifact(
        markdown(batch_id, outcomes), key=f"batch-{batch_id}", description="inkfield batch"
    )
    return BatchResult(batch_id, outcomes)


def batch_name(paths: Sequence[Path | str]) -> str:
    """What a batch is called in SQL: the last parts of the paths that were named."""
    return ", ".join(PurePath(path).name for path in paths)[:200]


def _threads(size: int) -> ThreadPoolTaskRunner[Any]:
    """One thread a worker process: a task run is running only while its document is being read."""
    return ThreadPoolTaskRunner(max_workers=size)


def _watch(futures: list[PrefectFuture[Any]]) -> Iterator[Outcome]:
    """The outcomes as they come in; progress goes to Prefect and to whoever watches in this process.

    Raises ReaderBroken when the worker processes cannot start: then no document can be read.
    """
    total = len(futures)
    progress = create_progress_artifact(0.0, key="process-batch-progress", description=f"{total} documents")
    log = get_run_logger()
    told = 0
    for done, future in enumerate(as_completed(futures), start=1):
        outcome = future.result(raise_on_failure=False)
        if isinstance(outcome, BaseException):
            raise outcome
        percent = 100 * done // total
        if percent >= told + 5 or done == total:  # twenty calls to the server, whatever the size of the batch
            update_progress_artifact(cast(UUID, progress), progress=float(percent))
            told = percent
        log.info("%d of %d: %s %s", done, total, Path(outcome.path).name, outcome.status)
        tell(outcome, done, total)
        yield outcome
