"""Figures of the daily work: what waits and how old it is, how much goes through without a person, what people correct
and how fast, and what each night brought. Counts and times only, no values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.orm import Session

from inkfield.schemas.database.review_tables import AuditRow
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, ReviewRow, RunRow, now

ANSWERS = ("settled", "answered", "skipped", "unreadable", "spot check")
PAUSE = timedelta(minutes=2)
"""After so long without an answer somebody was at something else."""
MOST_TIMES = 20_000
"""Of the last answers so many tell how long one takes; all are counted."""


@dataclass(frozen=True)
class WaitingForm:
    """Fields of a form that wait, by the age of their document; ``form`` is None for pages of no form."""

    form: str | None
    hour: int
    day: int
    three_days: int
    older: int
    oldest: datetime

    @property
    def fields(self) -> int:
        return self.hour + self.day + self.three_days + self.older


@dataclass(frozen=True)
class Through:
    """Of a field of a form: how many were read (something is written), how many of those were accepted and touched by
    nobody, how many people looked at, and how many of these they changed."""

    form: str
    field: str
    read: int
    straight: int
    reviewed: int
    corrected: int


@dataclass(frozen=True)
class Pace:
    """How somebody works: answers, and the seconds of one, in the middle, while they are at it; None for too few."""

    who: str
    answers: int
    seconds: float | None

    @property
    def an_hour(self) -> int | None:
        return None if not self.seconds else round(3600 / self.seconds)


@dataclass(frozen=True)
class Night:
    """A run of a schedule: documents that went through, that wait for people, that failed."""

    due_at: datetime
    done: int
    review: int
    failed: int

    @property
    def documents(self) -> int:
        return self.done + self.review + self.failed


def waiting_by_age(session: Session) -> list[WaitingForm]:
    """What waits, the form with the oldest first."""
    at = now()
    limits = [at - age for age in (timedelta(hours=1), timedelta(days=1), timedelta(days=3))]
    came = DocumentRow.received_at
    parts = (came > limits[0], (came <= limits[0]) & (came > limits[1]), (came <= limits[1]) & (came > limits[2]),
             came <= limits[2])  # fmt: skip
    rows = session.execute(
        select(PageRow.form, *(func.sum(case((part, 1), else_=0)) for part in parts), func.min(came))
        .select_from(FieldRow)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(FieldRow.status == "review", FieldRow.kind != "table", DocumentRow.is_current)
        .group_by(PageRow.form)
        .order_by(func.min(came))
    )
    return [WaitingForm(form, int(a), int(b), int(c), int(d), oldest) for form, a, b, c, d, oldest in rows]


def straight_through(session: Session, since: datetime) -> list[Through]:
    """Each field of each form (of tables each column) in the documents that were read since then."""
    of_field = ReviewRow.field_id == FieldRow.id
    looked = exists().where(of_field)
    changed = exists().where(
        of_field,
        or_(
            ReviewRow.old_value != ReviewRow.new_value,
            ReviewRow.old_value.is_(None) != ReviewRow.new_value.is_(None),
        ),
    )
    written = or_(FieldRow.status != "empty", looked)

    def count(which: Any) -> Any:
        return func.sum(case((which, 1), else_=0))

    rows = session.execute(
        select(
            PageRow.form,
            FieldRow.name,
            count(written),
            count((FieldRow.status == "accepted") & ~looked),
            count(looked),
            count(changed),
        )
        .select_from(FieldRow)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(DocumentRow.is_current, DocumentRow.finished_at > since)
        .where(FieldRow.kind.not_in(["table", "decision"]), PageRow.form.is_not(None))
        .group_by(PageRow.form, FieldRow.name)
    )
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for form, name, *counts in rows:
        mine = sums[form, column_of(name)]
        mine[:] = [before + int(more) for before, more in zip(mine, counts, strict=True)]
    return [Through(form, name, *counts) for (form, name), counts in sorted(sums.items())]


def paces(session: Session, since: datetime) -> list[Pace]:
    """Everybody who answered since then, and all of them together (an empty name) first. How long an answer takes is
    told by the last answers only."""
    mine = (AuditRow.at > since) & AuditRow.action.in_(ANSWERS)
    counted = select(AuditRow.who, func.count()).where(mine).group_by(AuditRow.who).order_by(AuditRow.who)
    counts = session.execute(counted).tuples().all()
    times: dict[str, list[datetime]] = defaultdict(list)
    last = select(AuditRow.who, AuditRow.at).where(mine).order_by(AuditRow.at.desc()).limit(MOST_TIMES)
    for who, at in session.execute(last):
        times[who].append(at)
    gaps = {who: _gaps(sorted(taken)) for who, taken in times.items()}
    everybody = [gap for some in gaps.values() for gap in some]
    return [
        Pace("", sum(count for _, count in counts), _middle(everybody)),
        *(Pace(who, count, _middle(gaps.get(who, []))) for who, count in counts),
    ]


def answers_by_day(session: Session, days: int) -> list[tuple[datetime, int]]:
    """The last days, the oldest first, each with its answers (days of UTC)."""
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [today - timedelta(days=days - 1 - number) for number in range(days)]
    since = [func.count().filter(AuditRow.at >= start) for start in starts]
    counted = session.execute(
        select(*since).where(AuditRow.at >= starts[0], AuditRow.action.in_(ANSWERS))
    ).one()
    return [(start, one - more) for start, (one, more) in zip(starts, pairwise((*counted, 0)), strict=True)]


def nights(session: Session, limit: int = 30) -> dict[str, Sequence[Night]]:
    """Of each schedule its last runs that were done, the oldest first."""
    done = select(RunRow).where(RunRow.status == "done").order_by(RunRow.due_at.desc()).limit(20 * limit)
    found: dict[str, list[Night]] = defaultdict(list)
    for run in session.scalars(done):
        if len(found[run.schedule]) < limit:
            parts = (int(run.figures.get(part, 0)) for part in ("done", "review", "failed"))
            found[run.schedule].append(Night(run.due_at, *parts))
    return {schedule: mine[::-1] for schedule, mine in sorted(found.items())}


def column_of(name: str) -> str:
    """``services.charge`` for ``services.1.charge``."""
    table, dot, cell = name.partition(".")
    return f"{table}.{cell.rpartition('.')[2]}" if dot else name


def _gaps(times: Sequence[datetime]) -> list[float]:
    """Seconds between answers, without the pauses."""
    return [(later - before).total_seconds() for before, later in pairwise(times) if later - before <= PAUSE]


def _middle(gaps: Sequence[float]) -> float | None:
    return median(gaps) if len(gaps) >= 5 else None
