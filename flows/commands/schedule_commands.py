"""The commands `inkfield schedule ...`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NoReturn

import typer

from inkfield.flows.commands.command_line import stop

schedule_app = typer.Typer(no_args_is_help=True, help="Runs at fixed times. They need a Prefect server.")


class MailChoice(StrEnum):
    always = "always"
    problems = "problems"


@schedule_app.command("nightly-claims")
def nightly_claims(
    inbox: Annotated[str, typer.Option("--inbox", help="Folder, or s3://BUCKET/PREFIX, that is read.")],
    cron: Annotated[str, typer.Option("--cron", help="When: minute hour day month weekday.")] = "0 2 * * *",
    timezone: Annotated[str, typer.Option("--timezone", help="Whose clock.")] = "UTC",
    name: Annotated[str, typer.Option("--name", help="Name of the schedule.")] = "nightly-claims",
    form: Annotated[str | None, typer.Option("--form", help="Take every page for this form.")] = None,
    spread: Annotated[bool, typer.Option("--spread", help="Have the workers of the engine read.")] = False,
    db: Annotated[
        str | None,
        typer.Option("--db", help="Database URL without a password. Default: that of the worker."),
    ] = None,
    max_failed: Annotated[
        float,
        typer.Option(
            "--max-failed", min=0, max=100, help="Per cent of failed documents above which a night is red."
        ),
    ] = 5.0,
    mail: Annotated[
        MailChoice, typer.Option("--mail", help="When to send mail: always, or only for problems.")
    ] = MailChoice.always,
) -> None:
    """Read what has come into a folder every night, and write a report. The same name again changes it.

    What was read is not read again; after a missed night the next run catches up; two never run at once.
    Mail and webhook: set INKFIELD_SMTP_HOST or INKFIELD_WEBHOOK_URL for the worker, try it with
    `inkfield schedule test-mail`.

    Example: `inkfield schedule nightly-claims --cron "0 2 * * *" --timezone Europe/Zurich --inbox /data/claims`
    """
    with _told():
        from inkfield.flows.nightly.schedules import Options, set_schedule

        options = Options(form, spread, db, max_failed / 100, mail.value)
        schedule = set_schedule(name, cron, timezone, inbox, options)
        print(
            f"{name}: {cron} ({timezone}), reads {inbox}; next {_next(schedule.next_due(datetime.now(UTC)))}"
        )
        _tell_of_workers(spread)


@schedule_app.command("list")
def list_() -> None:
    """List the schedules, when each is due next, and whether a worker is there to run them."""
    with _told():
        from inkfield.flows.nightly.schedules import schedules

        found = schedules()
        for schedule in found:
            plan = schedule.plan()
            word = "paused" if schedule.paused else f"next {_next(schedule.next_due(datetime.now(UTC)))}"
            print(f"{plan.schedule}: {plan.cron} ({plan.timezone}), reads {plan.inbox}; {word}")
        if found:
            _tell_of_workers(any(schedule.parameters.get("spread") for schedule in found))


@schedule_app.command()
def remove(name: Annotated[str, typer.Argument(help="Name of the schedule.")]) -> None:
    """Remove a schedule. What it has read stays."""
    with _told():
        from inkfield.flows.nightly.schedules import remove_schedule

        remove_schedule(name)
    print(f"{name} is removed")


@schedule_app.command("catch-up")
def catch_up() -> None:
    """Start a run for each schedule that has missed nights. `inkfield schedule worker` does so when it starts."""
    with _told():
        _catch_up()


@schedule_app.command()
def worker() -> None:
    """Run the schedules: a worker that goes on until it is ended (SIGTERM, Ctrl-C).

    With INKFIELD_WORKER_HEALTH set it answers health checks on port 8080. As a service: docs/operations.md.

    Example: `PREFECT_API_URL=http://localhost:4200/api inkfield schedule worker`
    """
    from inkfield.flows.prefect_settings import set_up_prefect

    set_up_prefect()
    environment = dict(os.environ)  # before the imports below make Prefect quiet
    with _told():
        from inkfield.flows.nightly.prefect_server import check_server, make_pool

        check_server()
        make_pool()
        _catch_up()
    _become_worker(environment)


@schedule_app.command("test-mail")
def test_mail() -> None:
    """Send a mail as a night would, to see whether the settings are right. They are those of the worker."""
    from smtplib import SMTPException

    from inkfield.flows.nightly.notify import BadSettings, send_mail

    text = "This is a test of inkfield. Reports of the nights will come from the same address.\n"
    try:
        reader = send_mail("inkfield: test mail", text)
    except (BadSettings, SMTPException, OSError) as error:
        stop(
            f"The mail was not sent: {type(error).__name__}: {error}. See to the variables INKFIELD_SMTP_..."
        )
    if reader is None:
        stop("No mail server is set: INKFIELD_SMTP_HOST, INKFIELD_MAIL_FROM and INKFIELD_MAIL_TO.")
    print(f"The mail server took a mail for {reader}")


def _catch_up() -> None:
    from inkfield.flows.nightly.schedules import catch_up

    for name, nights in catch_up(datetime.now(UTC)):
        print(f"{name}: {nights} missed, a run is started", flush=True)


def _become_worker(environment: dict[str, str]) -> NoReturn:
    from inkfield.flows.nightly.prefect_server import POOL

    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    command += ["--limit", "20"]
    command += ["--with-healthcheck"] if os.environ.get("INKFIELD_WORKER_HEALTH") else []
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)


def _tell_of_workers(spread: bool) -> None:
    """Says how to start the workers that are missing: without them nothing is ever read."""
    from inkfield.flows.nightly.prefect_server import workers_online
    from inkfield.flows.settings import EngineSettings, settings

    if not workers_online():
        print("No worker runs it yet. Start one, and keep it running: inkfield schedule worker")
    if spread and not settings(EngineSettings).engine:
        print(
            "Its worker needs to know the engine: start `inkfield engine head` and `inkfield engine worker`, and name "
            "the head to it in INKFIELD_ENGINE."
        )


def _next(moment: datetime) -> str:
    return f"{moment:%a %d %b %H:%M %Z}"


@contextmanager
def _told() -> Iterator[None]:
    """What the user can put right ends with exit code 2 and a message."""
    from inkfield.flows.nightly.due_times import BadSchedule
    from inkfield.flows.nightly.prefect_server import ServerError
    from inkfield.flows.nightly.schedules import ScheduleError
    from inkfield.flows.workers.storage import StoreMissing
    from inkfield.schemas.database.connection import DatabaseError

    try:
        yield
    except (BadSchedule, ScheduleError, ServerError, StoreMissing, DatabaseError) as error:
        stop(str(error))
