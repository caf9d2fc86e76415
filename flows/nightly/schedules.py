"""`inkfield schedule`: a schedule is a deployment on the Prefect server; this makes, lists and removes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from inspect import isawaitable
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from inkfield.flows.prefect_settings import set_up_prefect

set_up_prefect(quiet=True)  # before Prefect is imported: it reads its environment then

from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.filters import FlowFilter, FlowFilterName  # noqa: E402
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy  # noqa: E402
from prefect.client.schemas.responses import DeploymentResponse  # noqa: E402
from prefect.deployments import run_deployment  # noqa: E402
from prefect.deployments.runner import EntrypointType  # noqa: E402
from prefect.exceptions import ObjectNotFound  # noqa: E402
from prefect.flows import Flow  # noqa: E402
from prefect.schedules import Cron  # noqa: E402

from inkfield.flows.database_url import database_url  # noqa: E402
from inkfield.flows.nightly.due_times import check, next_due  # noqa: E402
from inkfield.flows.nightly.night_checks import MAX_FAILED  # noqa: E402
from inkfield.flows.nightly.nightly_claims import CATCH_UP, MailWhen, nightly_claims  # noqa: E402
from inkfield.flows.nightly.prefect_server import (  # noqa: E402
    POOL,
    asking_server,
    check_server,
    make_pool,
)
from inkfield.flows.nightly.run_night import Plan, missed  # noqa: E402
from inkfield.flows.workers.storage import to_path  # noqa: E402

FLOW = "nightly-claims"


class ScheduleError(Exception):
    """A schedule cannot be made or found. The message says why and what to do."""


@dataclass(frozen=True)
class Options:
    """What a schedule may be told besides when and where; see nightly_claims for what they mean."""

    form: str | None = None
    spread: bool = False
    database: str | None = None
    max_failed: float = MAX_FAILED
    mail: MailWhen = "always"


@dataclass(frozen=True)
class Schedule:
    """A schedule as the Prefect server has it."""

    name: str
    parameters: dict[str, Any]
    paused: bool

    def plan(self) -> Plan:
        told = self.parameters
        since = datetime.fromisoformat(told["since"])
        return Plan(self.name, told["inbox"], told["cron"], told["timezone"], since, told.get("form"))

    def next_due(self, now: datetime) -> datetime:
        """In the zone of the schedule."""
        return next_due(self.parameters["cron"], self.parameters["timezone"], now)


def set_schedule(name: str, cron: str, timezone: str, inbox: str, options: Options) -> Schedule:
    """Makes a schedule, or changes the one of that name; also the work pool, where there is none yet.

    Raises ScheduleError, ServerError, BadSchedule and StoreMissing.
    """
    check(cron, timezone)
    _refuse_password(options.database)
    folder = to_path(inbox)
    if isinstance(folder, Path) and not folder.is_dir():
        raise ScheduleError(f"There is no folder {inbox}.")
    old = {schedule.name: schedule for schedule in schedules()}.get(name)
    parameters = {
        "schedule": name,
        "inbox": str(folder.resolve()) if isinstance(folder, Path) else inbox,
        "cron": cron,
        "timezone": timezone,
        # A schedule that is changed still owes the nights of before.
        "since": old.parameters["since"] if old else datetime.now(UTC).isoformat(),
        **asdict(options),
    }
    make_pool()
    _deploy(
        nightly_claims,
        name=name,
        schedule=Cron(cron, timezone=timezone),
        parameters=parameters,
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE
        ),
    )
    return Schedule(name, parameters, paused=False)


def _deploy(flow: Flow[Any, Any], **settings: Any) -> None:
    # The worker has inkfield installed, wherever that is: so by the name of the module.
    with asking_server():
        deployment = flow.to_deployment(entrypoint_type=EntrypointType.MODULE_PATH, **settings)
        assert not isawaitable(deployment)
        deployment.apply(work_pool_name=POOL)


def schedules() -> list[Schedule]:
    """All schedules of the server, by name. Raises ServerError."""
    return sorted(map(_schedule, _deployments()), key=lambda schedule: schedule.name)


def remove_schedule(name: str) -> None:
    """Raises ScheduleError where there is none of that name."""
    found = [deployment for deployment in _deployments() if deployment.name == name]
    if not found:
        raise ScheduleError(f"There is no schedule {name!r}.")
    with asking_server(), get_client(sync_client=True) as client:
        try:
            client.delete_deployment(found[0].id)
        except ObjectNotFound:
            return


def catch_up(now: datetime) -> Iterator[tuple[str, int]]:
    """Starts a run for each schedule that has missed nights; gives its name and how many."""
    for schedule in schedules():
        url = database_url(schedule.parameters.get("database"))
        due = [] if schedule.paused else missed(url, schedule.plan(), now)
        if due:
            with asking_server():
                run_deployment(
                    f"{FLOW}/{schedule.name}",
                    timeout=0,
                    tags=[CATCH_UP],
                    idempotency_key=f"{schedule.name}-{due[-1].isoformat()}",
                )
            yield schedule.name, len(due)


def _deployments() -> list[DeploymentResponse]:
    check_server()
    with asking_server(), get_client(sync_client=True) as client:
        wanted = FlowFilter(name=FlowFilterName(any_=[FLOW]))
        return list(client.read_deployments(flow_filter=wanted))


def _schedule(deployment: DeploymentResponse) -> Schedule:
    return Schedule(deployment.name, dict(deployment.parameters or {}), bool(deployment.paused))


def _refuse_password(database: str | None) -> None:
    try:
        if database and make_url(database).password:
            raise ScheduleError(
                "Prefect would keep the password of the database: leave --db out and give the URL to the worker "
                "as INKFIELD_DATABASE_URL, or the password as INKFIELD_DATABASE_PASSWORD_FILE."
            )
    except ArgumentError as error:
        raise ScheduleError("--db is no SQLAlchemy URL.") from error
