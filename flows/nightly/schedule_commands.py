"""The commands `inkfield schedule ...`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from flows.command_line import stop

schedule_app = typer.Typer(
    no_args_is_help=True, help="Runs that come by the clock. They need a Prefect server."
)


@schedule_app.command("nightly-claims")
def nightly_claims(
    inbox: Annotated[str, typer.Option("--inbox", help="Folder, or s3://BUCKET/PREFIX, that is read.")],
    cron: Annotated[str, typer.Option("--cron", help="When: minute hour day month weekday.")] = "0 2 * * *",
    timezone: Annotated[str, typer.Option("--timezone", help="Whose clock.")] = "UTC",
    name: Annotated[str, typer.Option("--name", help="Name of the schedule.")] = "nightly-claims",
    form: Annotated[str | None, typer.Option("--form", help="Take every page for this form.")] = None,
    spread: Annotated[bool, typer.Option("--spread", help="Have all workers of the pool read.")] = False,
    db: Annotated[
        str | None,
        typer.Option("--db", help="Database URL without a password. Default: that of the worker."),
    ] = None,
) -> None:
    """Read what has come into a folder every night, and write a report. The same name again changes it.

    What was read is not read again; after a missed night the next run catches up; two never run at once.
    Mail and webhook: set INKFIELD_SMTP_HOST or INKFIELD_WEBHOOK_URL for the worker.

    Example: `inkfield schedule nightly-claims --cron "0 2 * * *" --timezone Europe/Zurich --inbox /data/claims`
    """
    with _told():
        from flows.nightly.schedules import set_schedule

        set_schedule(name, cron, timezone, inbox, form, spread, db)
    print(f"{name}: {cron} ({timezone}), reads {inbox}")


@schedule_app.command("list")
def list_() -> None:
    """List the schedules."""
    with _told():
        from flows.nightly.schedules import schedules

        for schedule in schedules():
            plan = schedule.plan()
            word = " (paused)" if schedule.paused else ""
            print(f"{plan.schedule}: {plan.cron} ({plan.timezone}), reads {plan.inbox}{word}")


@schedule_app.command()
def remove(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Remove a schedule. What it has read stays."""
    with _told():
        from flows.nightly.schedules import remove_schedule

        remove_schedule(name)
    print(f"{name} is removed")


@schedule_app.command("catch-up")
def catch_up() -> None:
    """Start a run for each schedule that has missed nights. scripts/start_worker.sh does so when it starts."""
    with _told():
        from flows.nightly.schedules import catch_up

        for name, nights in catch_up(datetime.now(UTC)):
            print(f"{name}: {nights} missed, a run is started")


@contextmanager
def _told() -> Iterator[None]:
    """What the user can put right ends with exit code 2 and a message."""
    from flows.nightly.due_times import BadSchedule
    from flows.nightly.schedules import ScheduleError
    from flows.storage import StoreMissing
    from schemas.database import DatabaseError

    try:
        yield
    except (BadSchedule, ScheduleError, StoreMissing, DatabaseError) as error:
        stop(str(error))
