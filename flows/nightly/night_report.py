"""The report of a night: as HTML for a file and a mail, as text for mail, as Markdown for Prefect, as JSON.

Figures and codes only. Only the HTML file, which stays on this machine, names the files that failed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import median, median_low
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from inkfield.flows.batch.summary import many, markdown_cell
from inkfield.flows.nightly.night_charts import PARTS, nights_chart, sparkline
from inkfield.flows.nightly.night_checks import RATE_NAMES, new_documents, percent
from inkfield.flows.nightly.run_night import Night
from inkfield.schemas.failures import advice

COUNTS = {
    "documents": "files that came",
    "already_read": "of these read before, under this name or another",
    "known_failures": "left alone: failed in an earlier night and unchanged",
    "left_for_next_run": "left for the next night: still being written",
    "pages": "pages",
    "fields_accepted": "fields accepted",
    "fields_review": "fields for review",
    "fields_empty": "fields empty",
    "reading_seconds": "seconds of reading",
}
SHOWN = 5
"""So many file names of one error code are shown at once; the others are folded away."""


@dataclass(frozen=True)
class Change:
    """A figure beside those of the earlier nights."""

    name: str
    tonight: str
    usual: str
    least: str
    most: str
    chart: Markup
    good: bool


@dataclass(frozen=True)
class Failures:
    """The files of one error code, and what to do about them."""

    code: str
    count: int
    advice: str
    files: tuple[str, ...]


def title(night: Night) -> str:
    """One line: what ran, when it was due, and whether all is well."""
    due = night.plan.clock(night.due_at)
    return f"{night.plan.schedule}, {due:%Y-%m-%d %H:%M %Z}: {verdict(night)}"


def verdict(night: Night) -> str:
    documents = new_documents(night.figures)
    if night.good and documents:
        return f"GREEN: {many(documents, 'new document')}, all is well"
    if night.good:
        return "GREEN: no new document came"
    return "RED: " + "; ".join(f"{check.name}: {check.detail.partition(';')[0]}" for check in night.problems)


def as_html(night: Night, names: bool = True) -> str:
    """The page that people open. Without ``names`` no file is named: that one may leave the machine."""
    return _render("night.html", night, names)


def as_text(night: Night) -> str:
    return _render("night.txt", night, names=False)


def as_markdown(night: Night) -> str:
    return _render("night.md", night, names=False)


def as_json(night: Night) -> dict[str, Any]:
    return {
        "schedule": night.plan.schedule,
        "due_at": night.plan.clock(night.due_at).isoformat(),
        "nights": night.nights,
        "batch_id": night.batch_id,
        "good": night.good,
        "verdict": verdict(night),
        "checks": [
            {"name": c.name, "good": c.good, "judged": c.judged, "detail": c.detail} for c in night.checks
        ],
        **{name: value for name, value in night.figures.items() if name != "due_at"},
    }


def write_html(night: Night, folder: Path) -> Path:
    """Writes the report for its owner only; one of the same due time is replaced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    due = night.plan.clock(night.due_at)
    path = folder / f"{night.plan.schedule}-{due:%Y-%m-%dT%H%M%z}.html"  # in autumn an hour comes twice
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(as_html(night))
    return path


def _render(template: str, night: Night, names: bool) -> str:
    figures = night.figures
    return _templates().get_template(template).render(
        night=night,
        title=title(night),
        verdict=verdict(night),
        due=night.plan.clock(night.due_at),
        figures=figures,
        documents=new_documents(figures),
        parts={"done": "read to the end", "review": "for people to review", "failed": "failed"},
        colours=PARTS,
        changes=changes(night),
        chart=nights_chart([*reversed(night.earlier), figures]),
        failures=failures(night, names),
        shown=SHOWN,
        counts=[(text, number(figures[name])) for name, text in COUNTS.items() if name in figures],
    )  # fmt: skip


def failures(night: Night, names: bool) -> list[Failures]:
    """The commonest first. Of many files not all are named."""
    by_code: dict[str, list[str]] = {}
    for name, code in night.failed if names else ():
        by_code.setdefault(code, []).append(name)
    codes: Mapping[str, int] = night.figures.get("codes", {})
    return [
        Failures(code, count, advice(code), tuple(by_code.get(code, ())))
        for code, count in sorted(codes.items(), key=lambda item: (-item[1], item[0]))
    ]


def changes(night: Night) -> list[Change]:
    """What can be set beside earlier nights; nothing where there are none."""
    good = {check.name: check.good for check in night.checks}
    found = [_change(night, "documents", new_documents, number, True)]
    for key, name in RATE_NAMES.items():
        rate = lambda figures, key=key: figures.get("rates", {}).get(key)  # noqa: E731
        found.append(_change(night, name, rate, percent, good.get(name, True)))
    found.append(_change(night, "seconds a page", _seconds, lambda value: f"{value:.2f}", True))
    return [change for change in found if change is not None]


def _change(
    night: Night,
    name: str,
    figure: Callable[[Mapping[str, Any]], float | None],
    shown: Callable[[float], str],
    good: bool,
) -> Change | None:
    before = [value for value in map(figure, reversed(night.earlier)) if value is not None]
    tonight = figure(night.figures)
    if tonight is None or not before:
        return None
    usual = median_low(before) if isinstance(tonight, int) else median(before)
    chart = sparkline(before, tonight, good)
    return Change(name, shown(tonight), shown(usual), shown(min(before)), shown(max(before)), chart, good)


def _seconds(figures: Mapping[str, Any]) -> float | None:
    pages = figures.get("pages")
    return figures["reading_seconds"] / pages if pages else None


def number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def money(exact: str) -> str:
    """``1234567.80`` as 1,234,567.80."""
    return f"{Decimal(exact):,}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": number, "money": money, "cell": markdown_cell}
    return environment
