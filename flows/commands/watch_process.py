"""`inkfield watch`: sets a watcher up, ends it in order, and sums up."""

from __future__ import annotations

import os
import signal
import sys
from logging import WARNING
from pathlib import Path
from types import FrameType

from inkfield.flows.commands.command_line import SOME_FAILED, WRONG_CALL
from inkfield.flows.database_url import database_url
from inkfield.flows.inbox.folder import InboxError, open_inbox
from inkfield.flows.inbox.watch import Watcher, WatchSettings
from inkfield.flows.inbox.watch_database import can_come_back, first_line
from inkfield.flows.inbox.watch_metrics import Metrics
from inkfield.flows.workers.batch_rows import form_version_key
from inkfield.flows.workers.event_log import event, set_up_log
from inkfield.flows.workers.limits import archive_limits, intake_limits
from inkfield.flows.workers.reader_pool import pool_size
from inkfield.flows.workers.reader_process import ReaderBroken, ReaderSetup
from inkfield.pipeline.templates.check import faults_of_forms
from inkfield.schemas.database.connection import DatabaseError, open_database
from inkfield.schemas.database.views import ViewError
from inkfield.schemas.forms.model import FormError

MANY = 1_000_000


def watch_command(
    folder: Path,
    form: str | None,
    workers: int | None,
    settle: float,
    once: bool,
    time_limit: float,
    log_json: bool | None,
    metrics_at: tuple[int, str] | None,
) -> int:
    """Watches until it is told to end. ``metrics_at``: port and address. Returns the exit code: 0; 2 where the
    call was wrong; with ``once`` 3 where documents failed."""
    os.umask(0o077)
    metrics = Metrics()
    setup = ReaderSetup(database_url(), form)
    try:
        set_up_log(log_json)
        _check(setup)
        inbox = open_inbox(folder)
        if metrics_at is not None:
            metrics.serve(*metrics_at)
        settings = WatchSettings(settle, time_limit, once)
        watcher = Watcher(inbox, setup, pool_size(workers, MANY), settings, metrics)
        _end_on_signals(watcher)
        watcher.run()
    except (InboxError, DatabaseError, FormError, ViewError, ReaderBroken, ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        return WRONG_CALL
    return SOME_FAILED if once and _count(metrics, "failed") else 0


def _check(setup: ReaderSetup) -> None:
    """Raises DatabaseError for a URL that can never work, FormError for a form that there is not, and
    ValueError for a limit that is no number."""
    intake_limits()
    archive_limits()
    for fault in faults_of_forms():
        event("form_not_used", WARNING, reason=fault)
    try:
        form_version_key(setup.form)
    except KeyError:
        raise FormError(f"There is no form {setup.form!r}; see: inkfield forms list") from None
    try:
        open_database(setup.database_url).dispose()
    except DatabaseError as error:
        if not can_come_back(error):
            raise
        event("database_away", reason=first_line(error))


def _end_on_signals(watcher: Watcher) -> None:
    """The first signal ends the watcher after the documents in hand, the second at once."""

    def end(number: int, frame: FrameType | None) -> None:
        event("stopping", signal=signal.Signals(number).name)
        watcher.stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


def _count(metrics: Metrics, result: str) -> float:
    return metrics.registry.get_sample_value("inkfield_documents_total", {"result": result}) or 0.0
