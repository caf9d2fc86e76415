"""Small charts for the report, as SVG inside of its HTML: no script, no picture from elsewhere, sharp on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

PARTS = {"done": "#3f7d58", "review": "#e3a72f", "failed": "#c0392b"}
"""What became of the documents, and its colour; so stacked from below."""
WIDTH, HEIGHT = 720, 130
SPARK_WIDTH, SPARK_HEIGHT = 150, 28
MARGIN = 3


def nights_chart(nights: Sequence[Mapping[str, Any]]) -> Markup:
    """A bar a night, the oldest first: documents done, to review, failed."""
    highest = max((_documents(night) for night in nights), default=0) or 1
    step = WIDTH / max(len(nights), 10)
    bars = [_bar(number, night, step, highest) for number, night in enumerate(nights)]
    axis = f'<line x1="0" x2="{WIDTH}" y1="{HEIGHT}" y2="{HEIGHT}" stroke="#8a93a3"/>'
    ends = [(0.0, nights[0], "start"), (step * len(nights), nights[-1], "end")] if nights else []
    dates = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT + 14}" text-anchor="{anchor}">{escape(day(night))}</text>'
        for x, night, anchor in ends[-1 if len(nights) < 4 else 0 :]
    )
    return Markup(
        f'<svg class="nights" viewBox="0 -14 {WIDTH} {HEIGHT + 32}" role="img" aria-label="Documents a night">'
        f'<text x="0" y="-3">{highest:,} documents</text>{axis}{"".join(bars)}{dates}</svg>'
    )


def _bar(number: int, night: Mapping[str, Any], step: float, highest: int) -> str:
    """The rectangles of a night, with a title that is shown where the pointer rests."""
    base, pieces = float(HEIGHT), []
    for part, colour in PARTS.items():
        height = HEIGHT * int(night.get(part, 0)) / highest
        base -= height
        pieces.append(
            f'<rect x="{number * step + 1:.1f}" y="{base:.1f}" width="{step - 2:.1f}" height="{height:.1f}"'
            f' fill="{colour}"/>'
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


def _documents(night: Mapping[str, Any]) -> int:
    return sum(int(night.get(part, 0)) for part in PARTS)
