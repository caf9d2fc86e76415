"""The dashboard: how the work stands, for everybody; how fast each person works, for supervisors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from inkfield.flows.server.access import needs
from inkfield.flows.server.charts import curve
from inkfield.flows.server.desk import desk
from inkfield.flows.server.error_rate import error_rates
from inkfield.flows.server.html import page
from inkfield.schemas.database.tables import now
from inkfield.schemas.store import figures
from inkfield.schemas.store.dashboard_figures import Figures, dashboard_figures
from inkfield.schemas.store.people import SignedIn

routes = APIRouter()


@routes.get("/dashboard")
def dashboard(
    request: Request,
    who: Annotated[SignedIn, Depends(needs("reader"))],
    days: Annotated[int, Query(ge=1, le=366)] = 30,
) -> HTMLResponse:
    """What waits, what goes through, what is wrong, who works how fast, and the nights; some seconds old."""
    at = desk(request)

    def asked() -> Figures:
        with at.reading() as session:
            return dashboard_figures(session, days)

    found = at.figures.get(days, asked)
    rates = error_rates(found.checks, at.settings.serve_promised_errors)
    return page(
        "dashboard.html", who,
        days=days,
        waiting=found.waiting,
        ages=[(one, age(now() - one.oldest)) for one in found.waiting],
        through=found.through,
        totals=_totals(found.through),
        paces=found.paces if who.person.may("supervisor") else found.paces[:1],
        answers=curve(
            "Answers a day", [short(day) for day, _ in found.by_day], [count for _, count in found.by_day]
        ),
        nights=[(schedule, mine, *_curves(schedule, mine)) for schedule, mine in found.nights.items()],
        rates=rates, promised=at.settings.serve_promised_errors, share=at.settings.serve_spot_share,
        takes_files=at.settings.serve_inbox is not None,
    )  # fmt: skip


def age(since: timedelta) -> str:
    """As people say it: 5 minutes, 3 hours, 2 days."""
    minutes = since.total_seconds() / 60
    for size, name in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            number = int(minutes // size)
            return f"{number} {name}{'' if number == 1 else 's'}"
    return "less than a minute"


def short(day: datetime) -> str:
    return f"{day:%d %b}".lstrip("0")


def _totals(through: list[figures.Through]) -> list[figures.Through]:
    """A line a form, with all of its fields."""
    forms = dict.fromkeys(one.form for one in through)
    return [
        figures.Through(
            form,
            "",
            *(
                sum(getattr(one, part) for one in through if one.form == form)
                for part in ("read", "straight", "reviewed", "corrected")
            ),
        )
        for form in forms
    ]


def _curves(schedule: str, nights: Sequence[figures.Night]) -> tuple[str, str]:
    names = [short(night.due_at) for night in nights]
    shares = [night.done / night.documents if night.documents else None for night in nights]
    return (
        curve(f"{schedule}: documents a night", names, [night.documents for night in nights]),
        curve(f"{schedule}: share that no person had to look at", names, shares, percent=True),
    )
