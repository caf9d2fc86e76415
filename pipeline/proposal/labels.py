"""The printed label of a place to write: in its box, beside it, above or below it. All in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inkfield.pipeline.proposal.words import PrintedWord, text_lines
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.boxes import MmBox


@dataclass(frozen=True)
class LabelsLimits:
    """Which print is the label of a place."""

    title_mm: float = limit(5.4, "mm", "guess", "Height of print that is a title, no label")
    next_line: float = limit(0.75, "heights", "guess", "Of a line: widest gap between two lines of one text")
    beside_mm: float = limit(14.0, "mm", "guess", "Between a label and the field beside it")
    above_mm: float = limit(4.5, "mm", "guess", "Between a label and the field under it")
    below_mm: float = limit(4.5, "mm", "guess", "Between a label and the field over it")
    caption_mm: float = limit(
        9.0, "mm", "guess", "Height of a box in which a caption stands over the writing"
    )
    number_letters: int = limit(2, "letters", "guess", "That may stand beside the number of a line: 5a, 17b")


LIMITS = LabelsLimits()


@dataclass(frozen=True)
class Label:
    """``place`` is in, left, above, below or right. ``lines`` and ``words`` count what the text that it belongs to
    has: many make a paragraph."""

    text: str
    place: str
    lines: int
    words: int
    right: float = 0.0
    """Where its line ends, in mm."""
    middle: float = 0.0
    """How far down the middle of its line is, in mm."""


@dataclass(frozen=True)
class TextBlock:
    """Lines that follow each other closely and begin or stand at one edge."""

    lines: tuple[PrintedWord, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)


class Print:
    """What is printed on a page, as lines and blocks of lines."""

    def __init__(
        self, words: Sequence[PrintedWord], rules: Sequence[MmBox] = (), walls: Sequence[MmBox] = ()
    ) -> None:
        """``rules`` are level rules: text above one and text below it are two. ``walls`` are upright rules: a label
        does not reach through one."""
        self._walls = walls
        self.lines = [line for line in text_lines(words) if line.height < LIMITS.title_mm]
        self._block = {line: block for block in _blocks(self.lines, rules) for line in block.lines}

    def inside(self, box: MmBox) -> list[PrintedWord]:
        """The lines whose middle lies in a box (x, y, width, height)."""
        x, y, width, height = box
        return [
            line
            for line in self.lines
            if x <= line.middle[0] <= x + width and y - 0.3 <= line.middle[1] <= y + height
        ]

    def label(self, line: PrintedWord, place: str) -> Label:
        block = self._block[line]
        text = self._to(line) if place == "left" else block.text
        return Label(text, place, len(block.lines), len(block.text.split()), line.right, line.middle[1])

    def _to(self, line: PrintedWord) -> str:
        """A line with those before it that it goes on with: it begins with a small letter, or all is short."""
        block = self._block[line]
        before = block.lines[: block.lines.index(line)]
        goes_on = line.text[:1].islower() or len(block.text.split()) <= 5
        return " ".join(part.text for part in (*before, line)) if goes_on and len(before) < 3 else line.text

    def left_of(self, box: MmBox, reach: float = LIMITS.beside_mm, through: bool = False) -> Label | None:
        """The text that ends before a box, on its line. ``through``: also when an upright rule stands between."""
        x, y, _, height = box
        near = [
            line
            for line in self.lines
            if line.middle[1] > y - 0.5 and line.top < y + height - 0.3 and -1.0 < x - line.right < reach
        ]
        if not near:
            return None
        nearest = max(near, key=lambda line: (line.right, line.bottom))
        if not through and self._walled(nearest.right, x, y + height / 2):
            return None
        return self.label(nearest, "left")

    def before(self, label: Label, reach: float) -> Label | None:
        """The text that stands before a label, on its line: what a bare number counts."""
        near = [
            line
            for line in self.lines
            if abs(line.middle[1] - label.middle) < 1.2
            and -0.5 < label.right - line.right < reach
            and sum(map(str.isalpha, line.text)) > LIMITS.number_letters
        ]
        return self.label(max(near, key=lambda line: line.right), "left") if near else None

    def _walled(self, left: float, right: float, height: float) -> bool:
        """Whether an upright rule stands between, at this height."""
        return any(
            left - 0.5 < wall[0] < right + 0.5 and wall[1] < height < wall[1] + wall[3]
            for wall in self._walls
        )

    def right_of(self, box: MmBox) -> Label | None:
        """The text that begins after a small box, on its line."""
        x, y, width, height = box
        middle = y + height / 2
        near = [
            line
            for line in self.lines
            if line.top - 0.6 < middle < line.bottom + 0.6
            and -0.8 < line.left - (x + width) < LIMITS.caption_mm
            and not self._walled(x + width + 1.0, line.left, middle)
        ]
        if not near:
            return None
        line = min(near, key=lambda line: line.left)
        return Label(line.text, "right", 1, len(line.text.split()), line.right, line.middle[1])

    def above(self, box: MmBox, reach: float = LIMITS.above_mm) -> Label | None:
        """The text right above a box that begins over it or stands over its middle."""
        x, y, width, _ = box
        near = [line for line in self.lines if -1.0 < y - line.bottom < reach and _over(line, x, width)]
        if not near:
            return None
        lowest = max(line.bottom for line in near)
        return self.label(
            min((n for n in near if n.bottom > lowest - 1.0), key=lambda line: line.left), "above"
        )

    def below(self, box: MmBox) -> Label | None:
        """The small text right below a line to write on."""
        x, y, width, height = box
        near = [
            line
            for line in self.lines
            if -0.8 < line.top - (y + height) < LIMITS.below_mm and _over(line, x, width)
        ]
        if not near:
            return None
        return self.label(min(near, key=lambda line: (round(line.top), line.left)), "below")


def _over(line: PrintedWord, x: float, width: float) -> bool:
    begins = x - 3.0 < line.left < x + 0.6 * width
    return begins or abs(line.middle[0] - x - width / 2) < 0.2 * width


def _blocks(lines: Sequence[PrintedWord], rules: Sequence[MmBox]) -> list[TextBlock]:
    blocks: list[list[PrintedWord]] = []
    for line in lines:
        for block in blocks:
            before = block[-1]
            height = max(line.height, before.height)
            common = min(line.right, before.right) - max(line.left, before.left)
            if (
                -0.4 * height < line.top - before.bottom < LIMITS.next_line * height
                and common > 0.5 * min(line.right - line.left, before.right - before.left)
                and abs(line.height - before.height) < 0.2 * height
                and not any(_parts(rule, before, line) for rule in rules)
            ):
                block.append(line)
                break
        else:
            blocks.append([line])
    return [TextBlock(tuple(block)) for block in blocks]


def _parts(rule: MmBox, above: PrintedWord, below: PrintedWord) -> bool:
    x, y, width, height = rule
    middle = y + height / 2
    left, right = max(above.left, below.left), min(above.right, below.right)
    return above.middle[1] < middle < below.middle[1] and min(x + width, right) - max(x, left) > 0.5 * (
        right - left
    )
