"""What the dashboard shows, asked for together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from inkfield.schemas.database.tables import now
from inkfield.schemas.store import figures
from inkfield.schemas.store.spot_checks import Checked, checks_since

ANSWER_DAYS = 30
PACE_DAYS = 7
SPOT_DAYS = 365
"""Errors are rare: of a month there would be too few to say anything."""


@dataclass(frozen=True)
class Figures:
    """How the work stands; each part is described where it is asked for."""

    waiting: Sequence[figures.WaitingForm]
    through: list[figures.Through]
    paces: Sequence[figures.Pace]
    by_day: Sequence[tuple[datetime, int]]
    nights: Mapping[str, Sequence[figures.Night]]
    checks: Sequence[Checked]


def dashboard_figures(session: Session, days: int) -> Figures:
    """The figures as they are now; what goes through without a person over so many days."""
    return Figures(
        waiting=figures.waiting_by_age(session),
        through=figures.straight_through(session, now() - timedelta(days=days)),
        paces=figures.paces(session, now() - timedelta(days=PACE_DAYS)),
        by_day=figures.answers_by_day(session, ANSWER_DAYS),
        nights=figures.nights(session),
        checks=checks_since(session, now() - timedelta(days=SPOT_DAYS)),
    )
