"""Small charts for the report, as SVG inside of its HTML: no script, no picture from elsewhere, sharp on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from markupsafe import Markup, escape

PARTS = {"done": "#3f7d58", "review": "#e3a72f", "failed": "#c0392b"}
"""What became of the documents, and its colour; so stacked from below."""
WIDTH, HEIGHT = 720, 130
SPARK_WIDTH, SPARK_HEIGHT = 150, 28
MARGIN = 3
CUT = 4
"""Bars of more than so many times the usual number of documents are cut."""


def nights_chart(nights: Sequence[Mapping[str, Any]]) -> Markup:
    """A bar a night, the oldest first: documents done, to review, failed.

    A bar of far more documents than usual is cut, with its number on it: it would make all others invisible.
    """
    usual = [number for number in map(_documents, nights) if number]
    top = min(max(usual, default=1), CUT * median(usual or [1]))
    step = WIDTH / max(len(nights), 10)
    bars = "".join(_bar(number, night, step, top) for number, night in enumerate(nights))
    axis = f'<line x1="0" x2="{WIDTH}" y1="{HEIGHT}" y2="{HEIGHT}" stroke="#8a93a3"/>'
    ends = [(0.0, nights[0], "start"), (step * len(nights), nights[-1], "end")] if nights else []
    dates = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT + 14}" text-anchor="{anchor}">{escape(day(night))}</text>'
        for x, night, anchor in ends[-1 if len(nights) < 4 else 0 :]
    )
    return Markup(
        f'<svg class="nights" viewBox="0 -14 {WIDTH} {HEIGHT + 32}" role="img" aria-label="Documents a night">'
        f"{axis}{bars}{dates}</svg>"
    )


def _bar(number: int, night: Mapping[str, Any], step: float, top: float) -> str:
    """The rectangles of a night, its number above, and a title that is shown where the pointer rests."""
    documents, base = _documents(night), float(HEIGHT)
    scale = HEIGHT / max(top, documents)
    pieces = []
    for part, colour in PARTS.items():
        height = scale * int(night.get(part, 0))
        base -= height
        pieces.append(
            f'<rect x="{number * step + 1:.1f}" y="{base:.1f}" width="{step - 2:.1f}" height="{height:.1f}"'
            f' fill="{colour}"/>'
        )
    if documents > top:  # a white line across: cut
        pieces.append(f'<rect x="{number * step:.1f}" y="12" width="{step:.1f}" height="3" fill="#fff"/>')
    if documents:
        middle = (number + 0.5) * step
        pieces.append(
            f'<text x="{middle:.1f}" y="{base - 3:.1f}" text-anchor="middle">{_short(documents)}</text>'
        )
    told = ", ".join(f"{int(night.get(part, 0)):,} {part}" for part in PARTS)
    return f"<g><title>{escape(day(night))}: {told}</title>{''.join(pieces)}</g>"


def sparkline(before: Sequence[float], tonight: float, good: bool) -> Markup:
    """The earlier values as a line over a band from their least to their greatest; tonight's as a dot."""
    values = [*before, tonight]
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def at(value: float) -> float:
        return SPARK_HEIGHT - MARGIN - (SPARK_HEIGHT - 2 * MARGIN) * (value - low) / span

    step = (SPARK_WIDTH - 2 * MARGIN) / max(1, len(values) - 1)
    points = [(MARGIN + number * step, at(value)) for number, value in enumerate(values)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    band = ""
    if before:
        top = at(max(before))
        band = (
            f'<rect x="0" y="{top:.1f}" width="{SPARK_WIDTH}" height="{max(1.0, at(min(before)) - top):.1f}"'
            ' fill="#e8ecf2"/>'
        )
    x, y = points[-1]
    colour = "#3f7d58" if good else "#c0392b"
    return Markup(
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" aria-hidden="true">{band}'
        f'<polyline points="{line}" fill="none" stroke="#6b7688" stroke-width="1.2"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/></svg>'
    )


def day(night: Mapping[str, Any]) -> str:
    """The date of a night, as 7 Mar; nothing for one of before dates were kept."""
    due = night.get("due_at")
    return f"{datetime.fromisoformat(due):%d %b}".lstrip("0") if due else ""


def _short(number: int) -> str:
    """At most four signs, as wide as a bar: 999, 1.4k, 12k."""
    if number < 1000:
        return str(number)
    return f"{number / 1000:.1f}k" if number < 9950 else f"{number / 1000:.0f}k"


def _documents(night: Mapping[str, Any]) -> int:
    return sum(int(night.get(part, 0)) for part in PARTS)
