"""One run of a nightly schedule, from the inbox to its figures; what hour it is, it is told.

A run stands for every due time since the last run that was done: after missed nights the first one catches up,
and those that come late find nothing left to do. A lease in the database keeps two from running at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from inkfield.flows.nightly.due_times import due_times
from inkfield.flows.nightly.fresh_files import fresh_files
from inkfield.flows.nightly.known_failures import leave_known_failures
from inkfield.flows.nightly.night_checks import MAX_FAILED, Check, check_night, rates
from inkfield.flows.nightly.totals import batch_totals, waiting_by_form
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.hold_lease import LeaseTaken, held
from inkfield.flows.workers.inputs import find_documents
from inkfield.flows.workers.storage import DocumentPath
from inkfield.flows.workers.wait_for_database import patiently
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.store.batch_counts import batch_counts
from inkfield.schemas.store.nights import (
    begin_run,
    earlier_figures,
    failures,
    finish_run,
    last_done,
    review_queue,
)

LEASE_SECONDS = 90.0
"""After so long a silence a run is taken for dead."""

ReadBatch = Callable[[list[DocumentPath]], int]
"""Reads documents into the database and returns the id of their batch."""


@dataclass(frozen=True)
class Plan:
    """What a schedule does. ``since`` is when it was set up: nothing was missed before.

    ``max_failed`` is the share of failed documents above which a night is not good.
    """

    schedule: str
    inbox: str
    cron: str
    timezone: str
    since: datetime
    form: str | None = None
    max_failed: float = MAX_FAILED

    def clock(self, moment: datetime) -> datetime:
        """A moment in the zone of the schedule."""
        return moment.astimezone(ZoneInfo(self.timezone))


@dataclass(frozen=True)
class Night:
    """What a run did. ``nights`` counts the due times it stands for: 0 where it was started by hand.

    ``figures`` are numbers, codes, names of forms and of their fields; ``earlier`` those of the last nights, the
    newest first; ``failed`` are pairs of file name and code.
    """

    plan: Plan
    due_at: datetime
    nights: int
    batch_id: int
    figures: dict[str, Any]
    checks: tuple[Check, ...]
    failed: tuple[tuple[str, str], ...]
    earlier: tuple[dict[str, Any], ...] = ()

    @property
    def good(self) -> bool:
        return not self.problems

    @property
    def problems(self) -> list[Check]:
        return [check for check in self.checks if not check.good]


class NothingDue(Exception):
    """Every due time has had its run."""


def run_night(
    url: str, plan: Plan, now: datetime, by_hand: bool, read: ReadBatch, lease_seconds: float = LEASE_SECONDS
) -> Night:
    """Reads what is in the inbox into the database, and counts.

    Raises NothingDue unless it is run ``by_hand``, LeaseTaken where another run of this schedule is going on.
    """
    with _alone(url, plan.schedule, lease_seconds) as lost:
        due = _due(url, plan, now)
        if not due and not by_hand:
            raise NothingDue(f"every night of {plan.schedule} up to now has had its run")
        run_id, due_at = _begin(url, plan.schedule, due, now)
        try:
            night = _read(url, plan, run_id, due_at, len(due), now, read)
            if lost.is_set():
                raise LeaseTaken(f"another run of {plan.schedule} took over: the database was out of reach")
        except BaseException:
            _finish(url, run_id, "failed", None, {})
            raise
        _finish(url, run_id, "done", night.batch_id, night.figures)
    return night


def missed(url: str, plan: Plan, now: datetime) -> list[datetime]:
    """The due times that have had no run."""
    return _due(url, plan, now)


@contextmanager
def _alone(url: str, schedule: str, seconds: float) -> Iterator[Event]:
    """Holds the lease of the schedule. One of a run that died is waited for until it runs out."""
    deadline = time.monotonic() + 1.2 * seconds
    with ExitStack() as stack:
        while True:
            try:
                lease = held(batch_rows.engine(url), f"schedule-{schedule}", seconds)
                lost = stack.enter_context(lease)
                break
            except LeaseTaken:
                if time.monotonic() > deadline:
                    raise
                time.sleep(seconds / 20)
        yield lost


@patiently
def _due(url: str, plan: Plan, now: datetime) -> list[datetime]:
    with transaction(batch_rows.engine(url)) as session:
        last = last_done(session, plan.schedule)
    return due_times(plan.cron, plan.timezone, max(plan.since, last or plan.since), now)


@patiently
def _begin(url: str, schedule: str, due: list[datetime], now: datetime) -> tuple[int, datetime]:
    due_at = due[-1] if due else now
    with transaction(batch_rows.engine(url)) as session:
        return begin_run(session, schedule, due_at, len(due)), due_at


def _read(
    url: str, plan: Plan, run_id: int, due_at: datetime, nights: int, now: datetime, read: ReadBatch
) -> Night:
    key = batch_rows.form_version_key(plan.form)
    fresh = fresh_files(batch_rows.engine(url), find_documents([plan.inbox]), key, now)
    documents, known = leave_known_failures(batch_rows.engine(url), plan.schedule, fresh.documents, now)
    batch_id = read(documents)
    left = {"left_for_next_run": fresh.left, "known_failures": known}
    return _count(url, plan, run_id, due_at, nights, batch_id, len(documents), left)


@patiently
def _count(
    url: str, plan: Plan, run_id: int, due_at: datetime, nights: int, batch_id: int, documents: int,
    left: dict[str, int],
) -> Night:  # fmt: skip
    with transaction(batch_rows.engine(url)) as session:
        counts = batch_counts(session, batch_id, documents)
        waiting, oldest = review_queue(session)
        figures: dict[str, Any] = {
            "due_at": plan.clock(due_at).isoformat(),
            **counts.as_dict(),
            "rates": rates(counts),
            "totals": batch_totals(session, batch_id, load_forms()),
            **left,
            "review_queue": waiting,
            "review_queue_since": oldest and plan.clock(oldest).isoformat(),
            "review_forms": waiting_by_form(session),
        }
        earlier = earlier_figures(session, plan.schedule, run_id)
        failed = tuple(failures(session, batch_id))
    checks = check_night(counts, nights, earlier, plan.max_failed)
    return Night(plan, due_at, nights, batch_id, figures, tuple(checks), failed, tuple(earlier))


@patiently
def _finish(url: str, run_id: int, status: str, batch_id: int | None, figures: dict[str, Any]) -> None:
    with transaction(batch_rows.engine(url)) as session:
        finish_run(session, run_id, status, batch_id, figures)
