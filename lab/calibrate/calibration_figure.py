"""The picture of a calibration: per field kind a reliability diagram, and read rate against error rate.

Three kinds stand side by side, so that the picture can be seen whole on a screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from inkfield.lab.calibrate.reliability import Reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FIRM = 20
"""Readings that a bin needs for a full dot; of fewer the share says little."""
_BESIDE = 3
_INCHES = 3.2
"""Side of one diagram with its labels."""
_BLUE, _RED, _BAR = "#1f5fa8", "#b23b2e", "#c9dcf0"


def write_calibration_figure(path: Path, by_kind: Mapping[str, Reliability], title: str) -> None:
    """Writes one PNG with two diagrams for each kind.

    Raises OSError where it cannot be written, ModuleNotFoundError without the extra ``train``.
    """
    from matplotlib.figure import Figure

    beside = min(_BESIDE, max(1, len(by_kind)))
    rows = -(-max(1, len(by_kind)) // beside)
    size = (2 * beside * _INCHES, rows * _INCHES + 0.4)
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(title)
    places = figure.subplots(rows, 2 * beside, squeeze=False)
    for place in places.flat:
        place.set_axis_off()
    for number, (kind, found) in enumerate(by_kind.items()):
        row, column = number // beside, 2 * (number % beside)
        _reliability(places[row, column], kind, found)
        _rates(places[row, column + 1], found)
    figure.savefig(path, format="png", dpi=100)


def _reliability(axes: Axes, kind: str, found: Reliability) -> None:
    """Share right over confidence; the bars say how many readings a bin has."""
    _label(axes, "confidence", "share right", f"{kind}: {len(found.right)} readings, {found.right.mean():.1%} right\n"
           f"calibration error {found.expected_calibration_error:.3f}, Brier {found.brier:.3f}")  # fmt: skip
    most = max(b.count for b in found.bins)
    for b in found.bins:
        height = 0.3 * b.count / most
        axes.bar(b.low, height, b.high - b.low, align="edge", color=_BAR, edgecolor="white")
        axes.text(b.low + 0.005, height + 0.01, str(b.count), color="#7a94ad", size=7)
        axes.vlines(b.confidence, *b.interval, color=_BLUE, linewidth=1)
        dot = "full" if b.count >= _FIRM else "none"
        axes.plot(b.confidence, b.right, "o", color=_BLUE, markersize=5, fillstyle=dot)
    firm = [b for b in found.bins if b.count >= _FIRM]
    axes.plot([b.confidence for b in firm], [b.right for b in firm], color=_BLUE)
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=0.8)
    axes.set(xlim=(0, 1), ylim=(0, 1.02))


def _rates(axes: Axes, found: Reliability) -> None:
    """Share of accepted readings that is wrong over the share accepted."""
    at = found.at(0.9)
    within = found.read_rate_within(0.01)
    _label(axes, "read rate", "error rate", f"at 0.9: {at.read_rate:.0%} accepted, {at.error_rate:.1%} of these wrong\n"
           + (f"with at most 1 % wrong: {within.read_rate:.0%}" if within else "1 % wrong is not reached"))  # fmt: skip
    worst = max(point.error_rate for point in found.curve)
    axes.step(
        [p.read_rate for p in found.curve], [p.error_rate for p in found.curve], where="pre", color=_RED
    )
    axes.plot(at.read_rate, at.error_rate, "o", color="black", fillstyle="none")
    axes.annotate("0.9", (at.read_rate, at.error_rate), (4, 4), textcoords="offset points", size=8)
    axes.set(
        xlim=(0, 1), ylim=(0, next(limit for limit in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if worst <= limit))
    )


def _label(axes: Axes, across: str, up: str, heading: str) -> None:
    axes.set_axis_on()
    axes.set_title(heading, size=8, loc="left")
    axes.set_xlabel(across, size=8)
    axes.set_ylabel(up, size=8)
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.tick_params(labelsize=7)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
