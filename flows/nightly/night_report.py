"""The report of a night: as Markdown for Prefect, as HTML for a file, as text for mail, as JSON for a webhook.

Figures and codes only. Only the HTML file, which stays on this machine, names the files that failed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from flows.nightly.night import Night
from flows.summary import markdown_cell

COUNTS = (
    "documents",
    "done",
    "review",
    "failed",
    "already_read",
    "left_for_next_run",
    "pages",
    "fields_accepted",
    "fields_review",
    "fields_empty",
    "reading_seconds",
    "review_queue",
    "review_queue_since",
)
Section = tuple[str, list[tuple[str, str]]]
"""A heading and its rows of two cells."""


def title(night: Night) -> str:
    """One line: what ran, when it was due, and whether all is well."""
    word = "all checks passed" if night.good else "look at the checks"
    return f"{night.plan.schedule}, {night.due_at:%Y-%m-%d %H:%M} UTC: {word}"


def sections(night: Night) -> Iterator[Section]:
    """What every form of the report shows."""
    figures = night.figures
    yield (
        "Checks",
        [(check.name, f"{'ok' if check.good else 'LOOK'}: {check.detail}") for check in night.checks],
    )
    yield "Counts", [(name.replace("_", " "), _shown(figures.get(name))) for name in COUNTS]
    if figures["codes"]:
        yield "Why documents failed", [(code, str(n)) for code, n in sorted(figures["codes"].items())]
    totals = [
        (f"{form}: {name}", f"{total['sum'] or 'too few to tell'} ({total['count']} accepted)")
        for form, fields in figures["totals"].items()
        for name, total in fields.items()
    ]
    if totals:
        yield "Totals of accepted amounts", totals


def as_markdown(night: Night) -> str:
    lines = [f"# {markdown_cell(title(night))}"]
    for heading, rows in sections(night):
        lines += ["", f"## {heading}", "", "| | |", "|---|---|"]
        lines += [f"| {markdown_cell(name)} | {markdown_cell(value)} |" for name, value in rows]
    return "\n".join(lines) + "\n"


def as_text(night: Night) -> str:
    lines = [title(night)]
    for heading, rows in sections(night):
        lines += ["", heading, *(f"  {name}: {value}" for name, value in rows)]
    return "\n".join(lines) + "\n"


def as_json(night: Night) -> dict[str, Any]:
    return {
        "schedule": night.plan.schedule,
        "due_at": night.due_at.isoformat(),
        "nights": night.nights,
        "batch_id": night.batch_id,
        "good": night.good,
        "checks": [{"name": c.name, "good": c.good, "detail": c.detail} for c in night.checks],
        **night.figures,
    }


def as_html(night: Night) -> str:
    parts = [_HEAD.format(title=escape(title(night)))]
    for heading, rows in [*sections(night), ("Files that failed", list(night.failed))]:
        cells = "".join(f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in rows)
        parts.append(f"<h2>{escape(heading)}</h2><table>{cells}</table>" if rows else "")
    return "\n".join(parts) + "\n</body></html>\n"


def write_html(night: Night, folder: Path) -> Path:
    """Writes the report for its owner only; one of the same due time is replaced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{night.plan.schedule}-{night.due_at:%Y-%m-%dT%H%M}.html"
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(as_html(night))
    return path


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int | float) else str(value)


_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; color: #1d2433; }}
table {{ border-collapse: collapse; }} td {{ border-bottom: 1px solid #e3e6ec; padding: .2rem 1.5rem .2rem 0; }}
</style></head><body>
<h1>{title}</h1>"""
