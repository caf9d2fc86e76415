"""Curves for the dashboard, as SVG made here: no script, readable without colours, and by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT = 640, 150
LEFT, BELOW, ABOVE = 44, 22, 10


def curve(title: str, days: Sequence[str], values: Sequence[float | None], percent: bool = False) -> Markup:
    """One value a day, the oldest first; None where there is none. With ``percent`` the values are shares of 1."""
    known = [value for value in values if value is not None]
    top = 1.0 if percent else _top(max(known, default=0))
    step = (WIDTH - LEFT - 8) / max(1, len(values) - 1)
    points = [
        (LEFT + number * step, _height(value / top), day, value)
        for number, (day, value) in enumerate(zip(days, values, strict=True))
        if value is not None
    ]
    lines = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 8}" y1="{_height(part):.1f}" y2="{_height(part):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{_height(part) + 4:.1f}" text-anchor="end">{_shown(part * top, percent)}</text>'
        for part in (0.0, 0.5, 1.0)
    )
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{escape(day)}: {_shown(value, percent)}</title></circle>'
        for x, y, day, value in points
    )
    ends = "".join(
        f'<text x="{x:.1f}" y="{HEIGHT + BELOW - 4}" text-anchor="{anchor}">{escape(day)}</text>'
        for x, day, anchor in ((LEFT, days[0], "start"), (WIDTH - 8, days[-1], "end"))
    ) if len(days) > 1 else ""  # fmt: skip
    last = _shown(known[-1], percent) if known else "nothing yet"
    return Markup(
        f'<svg class="curve" viewBox="0 0 {WIDTH} {HEIGHT + BELOW}" role="img" '
        f'aria-label="{escape(title)}: last {last}">{lines}<polyline points="{line}"/>{dots}{ends}</svg>'
    )


def _height(part: float) -> float:
    return ABOVE + (HEIGHT - ABOVE) * (1 - part)


def _top(most: float) -> float:
    """The next round number: 1, 2, 5, 10, 20 …"""
    top = 1
    while True:
        for factor in (1, 2, 5):
            if most <= factor * top:
                return float(factor * top)
        top *= 10


def _shown(value: float, percent: bool) -> str:
    return (
        f"{100 * value:.0f} %"
        if percent
        else f"{value:,.0f}"
        if value >= 2 or value == round(value)
        else f"{value:.1f}"
    )
