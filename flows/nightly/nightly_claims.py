"""The flow `nightly_claims`: what `inkfield schedule nightly-claims` has Prefect run every night."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from smtplib import SMTPException
from typing import Any, Literal

from inkfield.flows.prefect_settings import data_folder, set_up_prefect

set_up_prefect()  # before Prefect is imported: it reads its environment then

from httpx import HTTPError  # noqa: E402
from prefect import flow  # noqa: E402
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.context import FlowRunContext  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402
from prefect.states import Completed, State  # noqa: E402

from inkfield.flows.batch.process_batch import process_batch  # noqa: E402
from inkfield.flows.batch.process_large_batch import process_large_batch  # noqa: E402
from inkfield.flows.database_url import VARIABLE, database_url  # noqa: E402
from inkfield.flows.engine.no_engine import BrokenWorkers, NoEngine  # noqa: E402
from inkfield.flows.nightly.night_checks import MAX_FAILED  # noqa: E402
from inkfield.flows.nightly.night_report import (  # noqa: E402
    as_html,
    as_json,
    as_markdown,
    as_text,
    title,
    write_html,
)
from inkfield.flows.nightly.notify import BadSettings, call_webhook, send_mail  # noqa: E402
from inkfield.flows.nightly.run_night import Night, NothingDue, Plan, run_night  # noqa: E402
from inkfield.flows.settings import ReportSettings, settings  # noqa: E402
from inkfield.flows.workers.hold_lease import LeaseTaken  # noqa: E402
from inkfield.flows.workers.inputs import NoSuchPath  # noqa: E402
from inkfield.flows.workers.reader_process import ReaderBroken  # noqa: E402
from inkfield.flows.workers.storage import DocumentPath  # noqa: E402
from inkfield.schemas.database.connection import DatabaseError  # noqa: E402
from inkfield.schemas.database.views import ViewError  # noqa: E402
from inkfield.schemas.forms.model import FormError  # noqa: E402

CATCH_UP = "catch-up"
"""The tag of a run that makes good for missed nights."""
MailWhen = Literal["always", "problems"]
OURS = (NoSuchPath, NoEngine, BrokenWorkers, ReaderBroken, DatabaseError, FormError, ViewError)
"""Errors whose messages say what to do, and hold nothing of a document."""


@flow(name="nightly-claims", persist_result=False)
def nightly_claims(
    schedule: str,
    inbox: str,
    cron: str,
    timezone: str,
    since: datetime,
    form: str | None = None,
    spread: bool = False,
    database: str | None = None,
    max_failed: float = MAX_FAILED,
    mail: MailWhen = "always",
) -> State[None]:
    """Reads what has come into the inbox, checks and counts it, and tells people.

    ``since`` is when the schedule was set up; ``spread`` has the workers of the engine read. ``database`` holds no
    password, since Prefect keeps the parameters; by default it is the worker's INKFIELD_DATABASE_URL.
    ``max_failed`` is the share of failed documents above which the night is red; ``mail`` says when one is sent.
    """
    if database:
        os.environ[VARIABLE] = database
    plan = Plan(schedule, inbox, cron, timezone, since, form, max_failed)
    log = get_run_logger()
    try:
        night = run_night(database_url(), plan, datetime.now(UTC), _by_hand(), _reader(form, spread))
    except (NothingDue, LeaseTaken) as reason:
        return Completed(name="Skipped", message=str(reason))
    except Exception as error:  # whatever it is, people have to hear of it
        for word in _tell_of_end(schedule, error):
            log.warning(word)
        raise
    log.info("Report: %s", write_html(night, reports_folder()))
    create_markdown_artifact(as_markdown(night), key=f"nightly-{_key(schedule)}", description=title(night))
    for word in _tell(night, mail):
        log.warning(word)
    return Completed(message=title(night))


def reports_folder() -> Path:
    return Path(settings(ReportSettings).reports or data_folder() / "reports")


def _by_hand() -> bool:
    """Whether a person started this run, rather than the schedule or its catching up."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    return run is None or not (run.auto_scheduled or CATCH_UP in run.tags)


def _reader(form: str | None, spread: bool) -> Callable[[list[DocumentPath]], int]:
    def read(documents: list[DocumentPath]) -> int:
        names: list[Path | str] = [str(path) for path in documents]
        if spread:
            return process_large_batch(names, form=form).batch_id
        return process_batch(names, form=form).batch_id

    return read


def _tell(night: Night, mail: MailWhen) -> list[str]:
    """Mails and posts the report. What goes wrong is told, not raised: the night itself is done."""
    wanted = mail == "always" or not night.good
    text = (title(night), as_text(night), as_html(night, names=False)) if wanted else None
    return _send(text, as_json(night))


def _tell_of_end(schedule: str, error: Exception) -> list[str]:
    """A night that ended before its report: told whatever ``mail`` says."""
    why = f"{type(error).__name__}: {error}" if isinstance(error, OURS) else type(error).__name__
    subject = f"{schedule}: RED: the night ended before its report"
    text = (
        f"{subject}\n\n{why}\n\nThe log of the worker tells more. The next night reads what this one has not; "
        f"to read it now: prefect deployment run 'nightly-claims/{schedule}'\n"
    )
    return _send((subject, text, None), {"schedule": schedule, "good": False, "verdict": why})


def _send(mail: tuple[str, str, str | None] | None, report: dict[str, Any]) -> list[str]:
    problems = []
    try:
        if mail:
            send_mail(*mail)
    except (BadSettings, SMTPException, OSError) as error:
        problems.append(f"The mail was not sent: {type(error).__name__}: {error}")
    try:
        call_webhook(report)
    except BadSettings as error:
        problems.append(f"The webhook was not called: {error}")
    except HTTPError as error:  # its message may hold the URL, which may hold a key
        problems.append(f"The webhook was not called: {type(error).__name__}")
    return problems


def _key(schedule: str) -> str:
    """Prefect's artifact keys have small letters, digits and dashes only."""
    return "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in schedule.lower())
