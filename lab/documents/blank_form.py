"""What the blanks of our own forms are drawn with, in millimetres, and how their form files are written.

The typeface is the one that Pillow carries (Aileron, CC0), so that a picture is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from PIL import Image, ImageDraw, ImageFont

MM_PER_INCH = 25.4
Keys = dict[str, Any]


class Blank:
    """White paper of ``width_mm`` x ``height_mm``, grey, on which a form is printed at ``dpi``."""

    def __init__(self, width_mm: float, height_mm: float, dpi: int, ink: int = 60) -> None:
        self.scale, self.ink = dpi / MM_PER_INCH, ink
        self.image = Image.new("L", (self._px(width_mm), self._px(height_mm)), 255)
        self._draw = ImageDraw.Draw(self.image)

    def text(
        self, x: float, y: float, text: str, size_mm: float, fill: int | None = None, anchor: str = "la"
    ) -> None:
        """``text`` with its top left corner, or what Pillow's ``anchor`` says, at ``x``, ``y``; ``size_mm`` is its
        em."""
        font = ImageFont.load_default(size=size_mm * self.scale)
        place = (self._px(x), self._px(y))
        self._draw.text(place, text, fill=self.ink if fill is None else fill, font=font, anchor=anchor)

    def line(self, x0: float, y0: float, x1: float, y1: float, width_mm: float = 0.2) -> None:
        """A straight line."""
        ends = (self._px(x0), self._px(y0), self._px(x1), self._px(y1))
        self._draw.line(ends, fill=self.ink, width=max(1, self._px(width_mm)))

    def dashes(self, x: float, y0: float, y1: float, dash_mm: float = 0.8) -> None:
        """A vertical line of dashes."""
        at = y0
        while at < y1:
            self.line(x, at, x, min(y1, at + dash_mm))
            at += 1.8 * dash_mm

    def frame(self, box: Sequence[float], width_mm: float = 0.2) -> None:
        """The four sides of a box ``[x, y, width, height]``."""
        x, y, width, height = box
        self.line(x, y, x + width, y, width_mm)
        self.line(x, y + height, x + width, y + height, width_mm)
        self.line(x, y, x, y + height, width_mm)
        self.line(x + width, y, x + width, y + height, width_mm)

    def shade(self, box: Sequence[float], grey: int = 222) -> None:
        """A box filled with a tint."""
        x, y, width, height = box
        corners = (self._px(x), self._px(y), self._px(x + width), self._px(y + height))
        self._draw.rectangle(corners, fill=grey)

    def polygon(self, points: Sequence[tuple[float, float]]) -> None:
        """A filled polygon."""
        self._draw.polygon([(self._px(x), self._px(y)) for x, y in points], fill=self.ink)

    def _px(self, mm: float) -> int:
        return round(mm * self.scale)


def options(values: Sequence[str], x: float, y: float, step: float) -> list[Keys]:
    """The boxes of a choice side by side, ``step`` mm apart."""
    return [{"value": value, "box": [round(x + step * i, 2), y, 4.5, 4.5]} for i, value in enumerate(values)]


def draw_field(paper: Blank, field: Keys, title: str) -> None:
    """A field's frame, cells and dotted lines with its title above, or its boxes with their captions beside them."""
    if field["kind"] == "choice":
        x, y = field["options"][0]["box"][:2]
        paper.text(x, y - 3.9, title, 2.6)
        for option in field["options"]:
            _check(paper, option["box"], option["value"])
        return
    if field["kind"] == "checkbox":
        _check(paper, field["box"], title)
        return
    x, y, width, height = field["box"]
    paper.frame(field["box"], 0.25)
    paper.text(x, y - 3.6, title, 2.6)
    for i in range(1, field.get("cells", 1)):
        at = x + width * i / field["cells"]
        paper.line(at, y, at, y + height)
    for i in range(1, field.get("lines", 1)):
        at = y + height * i / field["lines"]
        for dot in range(int(x) + 2, int(x + width) - 1, 2):
            paper.line(dot, at, dot + 0.7, at)


def _check(paper: Blank, box: Sequence[float], caption: str) -> None:
    paper.frame(box, 0.25)
    paper.text(box[0] + box[2] + 1.2, box[1] + box[3] / 2, caption, 2.8, anchor="lm")


def form_file(
    comment: str,
    head: Mapping[str, Any],
    fields: Sequence[Keys],
    rules: Sequence[Keys],
    quality: Sequence[str],
) -> str:
    """The text of a form file: each field in one line, a table's columns in lines of their own."""
    parts = [
        *(f"# {line}" for line in comment.splitlines()),
        *(one_line({key: value}) for key, value in head.items()),
        "\nfields:",
        *(_field_text(field) for field in fields),
        *(["\nrules:"] if rules else []),
        *(f"  - {one_line(rule)}" for rule in rules),
        "\nquality:",
        *(f"  {line}" for line in quality),
    ]
    return "\n".join(parts) + "\n"


def _field_text(field: Keys) -> str:
    if "columns" not in field:
        return f"  - {one_line(field)}"
    plain = {key: value for key, value in field.items() if key != "columns"}
    lines = [f"    {one_line({key: value})}" for key, value in plain.items()]
    columns = [f"      - {one_line(column)}" for column in field["columns"]]
    return "\n".join(["  - " + lines[0].lstrip(), *lines[1:], "    columns:", *columns])


def one_line(value: Keys) -> str:
    """A mapping on one line: in braces, unless it has a single key."""
    text = str(yaml.safe_dump(value, sort_keys=False, default_flow_style=True, width=10_000)).strip()
    return text[1:-1] if len(value) == 1 else text
