"""The picture of a calibration: per field kind a reliability diagram, and read rate against error rate.

Three kinds stand side by side, so that the picture can be seen whole on a screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from inkfield.lab.calibrate.reliability import Reliability
from inkfield.lab.evaluate.contact_sheet import LABEL_FONT

_SIZE = 240
"""Side of one diagram, in px."""
_LEFT, _TOP, _BOTTOM = 60, 62, 52
_FIRM = 20
"""Readings that a bin needs for a full dot; of fewer the share says little."""
_BESIDE = 3
_PAIR = 2 * (_SIZE + _LEFT + 20)
"""Width of the two diagrams of a kind, in px."""
_INK, _FAINT, _BLUE, _RED, _BAR = "#222222", "#dddddd", "#1f5fa8", "#b23b2e", "#c9dcf0"

ToPixel = Callable[[float, float], tuple[float, float]]


def write_calibration_figure(path: Path, by_kind: Mapping[str, Reliability], title: str) -> None:
    """Writes one PNG with two diagrams for each kind. Raises OSError where it cannot be written."""
    row = _TOP + _SIZE + _BOTTOM
    beside = min(_BESIDE, max(1, len(by_kind)))
    rows = -(-max(1, len(by_kind)) // beside)
    sheet = Image.new("RGB", (_PAIR * beside, 40 + row * rows), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((_LEFT, 12), title, _INK, _font(18))
    for number, (kind, found) in enumerate(by_kind.items()):
        left, top = _PAIR * (number % beside), 40 + row * (number // beside)
        _reliability(draw, left + _LEFT, top, kind, found)
        _rates(draw, left + 2 * _LEFT + _SIZE + 20, top, found)
    sheet.save(path, "PNG")


def _reliability(draw: ImageDraw.ImageDraw, left: int, top: int, kind: str, found: Reliability) -> None:
    heading = (
        f"{kind}: {len(found.right)} readings, {found.right.mean():.1%} right",
        f"calibration error {found.expected_calibration_error:.3f}, Brier {found.brier:.3f}",
    )
    place = _frame(draw, left, top, heading, ("confidence", "share right"), 1.0)
    most = max(b.count for b in found.bins)
    for b in found.bins:
        bar = 0.3 * b.count / most
        draw.rectangle((*place(b.low, bar), *place(b.high, 0)), fill=_BAR, outline="white")
    for b in found.bins:
        draw.text(place(b.low + 0.005, 0.3 * b.count / most + 0.05), str(b.count), "#7a94ad", _font(11))
    draw.line((*place(0, 0), *place(1, 1)), "#999999", 1)
    firm = [xy for b in found.bins if b.count >= _FIRM for xy in place(b.confidence, b.right)]
    if len(firm) > 2:
        draw.line(firm, _BLUE, 2)
    for b in found.bins:
        draw.line((*place(b.confidence, b.interval[0]), *place(b.confidence, b.interval[1])), _BLUE, 1)
        x, y = place(b.confidence, b.right)
        draw.ellipse((x - 4, y - 4, x + 4, y + 4), _BLUE if b.count >= _FIRM else "white", _BLUE)


def _rates(draw: ImageDraw.ImageDraw, left: int, top: int, found: Reliability) -> None:
    at = found.at(0.9)
    within = found.read_rate_within(0.01)
    heading = (
        f"at 0.9: {at.read_rate:.0%} accepted, {at.error_rate:.1%} of these wrong",
        f"with at most 1 % wrong: {within.read_rate:.0%}" if within else "1 % wrong is not reached",
    )
    worst = max(point.error_rate for point in found.curve)
    top_error = next(limit for limit in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if worst <= limit)
    place = _frame(draw, left, top, heading, ("read rate", "error rate"), top_error)
    corners = []
    for before, after in zip([found.curve[0], *found.curve], found.curve, strict=False):
        corners += [place(after.read_rate, before.error_rate), place(after.read_rate, after.error_rate)]
    if len(corners) > 1:
        draw.line([xy for point in corners for xy in point], _RED, 2)
    x, y = place(at.read_rate, at.error_rate)
    draw.ellipse((x - 5, y - 5, x + 5, y + 5), outline=_INK, width=2)
    draw.text((x + 8 if x < left + _SIZE / 2 else x - 26, y - 20), "0.9", _INK, _font(12))


def _frame(
    draw: ImageDraw.ImageDraw,
    left: int,
    top: int,
    heading: tuple[str, str],
    axes: tuple[str, str],
    highest: float,
) -> ToPixel:
    """Draws the axes (0..1 to the right, 0..``highest`` up); gives the way from values to pixels."""

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x * _SIZE, top + _TOP + (1 - y / highest) * _SIZE

    for line, text in enumerate(heading):
        draw.text((left, top + 14 + 20 * line), text, _INK, _font(13))
    for step in range(6):
        share = step / 5
        draw.line((*place(share, 0), *place(share, highest)), _FAINT)
        draw.line((*place(0, share * highest), *place(1, share * highest)), _FAINT)
        x, y = place(share, 0)
        draw.text((x - 9, y + 5), f"{share:.1f}", _INK, _font(12))
        label = f"{share * highest:.3g}"
        y = place(0, share * highest)[1]
        draw.text((left - 8 - draw.textlength(label, _font(12)), y - 8), label, _INK, _font(12))
    draw.rectangle((*place(0, highest), *place(1, 0)), outline=_INK)
    draw.text((left + _SIZE / 2 - 30, top + _TOP + _SIZE + 22), axes[0], _INK, _font(13))
    draw.text((left + 6, top + _TOP + 4), axes[1], "#777777", _font(12))
    return place


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(LABEL_FONT), size)
