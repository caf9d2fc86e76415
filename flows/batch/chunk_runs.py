"""The flow runs that chunks are handed to: Prefect's word on them, beside that of the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from inspect import isawaitable
from time import monotonic
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    WorkerFilter,
    WorkerFilterStatus,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

DEPLOYMENT = "read-chunk/read-chunk"
AT_ONCE = 200
"""Flow runs asked for in one call: Prefect's server gives no more than that."""
START_SECONDS = 300.0
"""How long a worker may take from taking a flow run to its first line: the imports, on a busy machine."""
ORPHANED = "ORPHANED"
"""In place of PENDING where the worker that took the flow run has died before the first line: nobody says so."""


class NoWorkers(Exception):
    """The Prefect server knows no deployment for chunks: no worker was ever set up there."""


def submit(chunk_id: str, attempt: int, parameters: dict[str, Any]) -> str:
    """Hands a chunk to the work pool; returns the id of the flow run. Raises NoWorkers."""
    try:
        run = run_deployment(
            DEPLOYMENT,
            parameters={"chunk_id": chunk_id, **parameters},
            timeout=0,
            idempotency_key=f"{chunk_id}-{attempt}",
            flow_run_name=f"{chunk_id[:8]}-{attempt}",
        )
    except ObjectNotFound as error:
        raise NoWorkers(
            f"The Prefect server has no deployment {DEPLOYMENT}. "
            "Start a worker: inkfield schedule worker --pool inkfield"
        ) from error
    assert not isawaitable(run)  # within a flow that is no coroutine the call is done
    return str(run.id)


def states(flow_runs: Iterable[str]) -> dict[str, str]:
    """The type of the state of each flow run, or ORPHANED; one that the server does not know is left out."""
    ids = [UUID(flow_run) for flow_run in flow_runs]
    runs: list[FlowRun] = []
    with get_client(sync_client=True) as client:
        for start in range(0, len(ids), AT_ONCE):
            these = FlowRunFilter(id=FlowRunFilterId(any_=ids[start : start + AT_ONCE]))
            runs += client.read_flow_runs(flow_run_filter=these, limit=AT_ONCE)
        pools = {run.work_pool_name for run in runs if run.state_type is StateType.PENDING}
        gone = {name for pool in pools if pool for name in _silent_workers(client, pool)}
    return {str(run.id): _state(run, gone) for run in runs}


def _silent_workers(client: SyncPrefectClient, pool: str) -> set[str]:
    """The workers that have missed three heartbeats (90 s). Those heard of last: a pool keeps its dead for ever."""
    offline = WorkerFilter(status=WorkerFilterStatus(any_=["OFFLINE"]))
    return {worker.name for worker in client.read_workers_for_work_pool(pool, offline, limit=AT_ONCE)}


def _state(run: FlowRun, silent_workers: set[str]) -> str:
    if run.state_type is StateType.PENDING and run.labels.get("prefect.worker.name") in silent_workers:
        return ORPHANED
    return "UNKNOWN" if run.state_type is None else run.state_type.value


def end(flow_run: str, why: str) -> None:
    """Marks a flow run whose worker is dead, unless it has an end: Prefect would show it as running for ever."""
    with get_client(sync_client=True) as client:
        try:
            state = client.read_flow_run(UUID(flow_run)).state
        except ObjectNotFound:
            return
        if state is not None and state.is_final():
            return
        client.set_flow_run_state(UUID(flow_run), Crashed(message=why), force=True)


@dataclass
class Patient:
    """Tells which flow runs are dead although nobody said so: their worker has vanished.

    Time is measured here, from the moment that a silence is first seen: no clock of another machine counts. A
    flow run that was slow to start has as long as any other from its first line to its lease.
    """

    lease_seconds: float
    start_seconds: float = START_SECONDS
    _silent: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Of each silent flow run its state, and since when it has been silent in it."""

    def is_dead(self, flow_run: str, state: str | None, has_lease: bool) -> bool:
        """``state`` is Prefect's, None for a run that the server has forgotten."""
        if state in ("CRASHED", "FAILED", "CANCELLED", "COMPLETED", None):
            return True  # completed, but the chunk is not done: it ended without finishing
        if state == ORPHANED:
            return not has_lease
        if has_lease or state not in ("RUNNING", "PENDING", "CANCELLING"):
            self._silent.pop(flow_run, None)
            return False  # at work, or waiting for a worker, which may take as long as it takes
        before, since = self._silent.get(flow_run, (None, 0.0))
        if before != state:
            since = monotonic()
            self._silent[flow_run] = state, since
        return monotonic() - since > (self.lease_seconds if state == "RUNNING" else self.start_seconds)
