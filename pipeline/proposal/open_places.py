"""Places to write for which nothing is drawn: free room beside the numbers of items, under labels, and after a colon.

Forms that are filled in on a screen often have no boxes in print. Where such a place ends cannot be seen: the box goes
to the next print, rule or place. Only room that belongs to no other place is looked at, and of a single label none is
believed: it takes several in a column or a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.pipeline.proposal.found import MmBox
from inkfield.pipeline.proposal.guess import kind_of_label, short_label
from inkfield.pipeline.proposal.labels import Print
from inkfield.pipeline.proposal.words import PrintedWord
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class OpenPlaceLimits:
    """Which free room is a place to write."""

    aligned_mm: float = limit(2.5, "mm", "rendered", "By which numbers of one column are moved")
    pitch_mm: tuple[float, float] = limit(
        (5.0, 22.0), "mm", "rendered", "Between the numbers of two items that follow each other"
    )
    items: int = limit(3, "items", "rendered", "Of a column that are believed")
    gap_mm: float = limit(3.0, "mm", "rendered", "From a number to the place that it counts")
    high_mm: tuple[float, float] = limit((4.5, 8.0), "mm", "rendered", "Least and most height of a place")
    share: float = limit(0.9, "share", "rendered", "Of the pitch that a place is high")
    wide_mm: float = limit(8.0, "mm", "rendered", "Least width of a place")
    words: int = limit(7, "words", "rendered", "Most that a label over free room has")
    row_mm: float = limit(1.2, "mm", "rendered", "By which labels of one row are moved")
    below_mm: float = limit(14.0, "mm", "rendered", "Room under a label over which no form goes on")
    labels: int = limit(4, "labels", "rendered", "Over free room on a page that are believed")
    colon_mm: float = limit(20.0, "mm", "rendered", "Least width of a place after a colon")
    reach_mm: float = limit(
        35.0, "mm", "rendered", "From a label to the drawn place that it belongs to, on its line"
    )


LIMITS = OpenPlaceLimits()
OF_THE_PAGE = re.compile(r"\b(page|seite)\s*\d|\bform\b.*\d|\brev\.|formular\b.*\d|\bcat\. no")
"""Print at the head and the foot of pages."""
_NUMBER = re.compile(r"^\(?\d{1,2}\s?[a-z]?[.)]?$|^[a-z][.)]$")


@dataclass(frozen=True)
class OpenPlace:
    """``box`` in mm, with the line of print that it belongs to. ``item``: that is a number that counts it."""

    box: MmBox
    line: PrintedWord
    item: bool


def open_places(ink: np.ndarray, printed: Print, taken: Sequence[MmBox]) -> list[OpenPlace]:
    """The open places of a page. ``ink`` is bool at PX_MM; ``taken`` are places and checkboxes that were found."""
    room = _Room(ink, printed, taken)
    found = list(_beside_numbers(printed, room))
    for place in found:
        room.take(place.box, counted=True)
    found += _under_labels(printed, room)
    return found


class _Room:
    """What is free on a page, in mm."""

    def __init__(self, ink: np.ndarray, printed: Print, taken: Sequence[MmBox]) -> None:
        self.blocked = ink.copy()
        self.taken: list[MmBox] = []
        self.counted: list[MmBox] = []
        for box in taken:
            self.take(box)
        self.right = max((line.right for line in printed.lines), default=0.0)
        levels = np.flatnonzero(ink.sum(axis=0) > 0)
        self.right = max(self.right, levels[-1] / PX_MM if len(levels) else 0.0)

    def take(self, box: MmBox, counted: bool = False) -> None:
        """Nothing else goes there. ``counted``: all print before it on its line belongs to it."""
        x, y, width, height = (round(number * PX_MM) for number in box)
        self.blocked[max(0, y) : y + height, max(0, x) : x + width] = True
        (self.counted if counted else self.taken).append(box)

    def to_right(self, x: float, top: float, bottom: float) -> float:
        """Where something stands to the right of ``x`` between two heights."""
        band = self.blocked[round(top * PX_MM) : round(bottom * PX_MM), round(x * PX_MM) :].any(axis=0)
        return min(self.right, x + int(band.argmax()) / PX_MM) if band.any() else self.right

    def down(self, y: float, left: float, right: float) -> float:
        """Where something stands under ``y`` between two edges; the foot of the page where nothing does."""
        band = self.blocked[round(y * PX_MM) :, round(left * PX_MM) : round(right * PX_MM)].any(axis=1)
        return y + (int(band.argmax()) if band.any() else len(band)) / PX_MM

    def up(self, y: float, left: float, right: float) -> float:
        """Where something stands over ``y`` between two edges."""
        band = self.blocked[: round(y * PX_MM), round(left * PX_MM) : round(right * PX_MM)].any(axis=1)[::-1]
        return y - (int(band.argmax()) if band.any() else len(band)) / PX_MM

    def serves(self, line: PrintedWord) -> bool:
        """Whether a place that was found belongs to the line, or the line stands in it."""
        if any(y < line.middle[1] < y + height and line.left < x for x, y, _, height in self.counted):
            return True
        for x, y, width, height in self.taken:
            beside = y - 1 < line.middle[1] < y + height + 1 and line.left < x + width
            if beside and x - line.right < LIMITS.reach_mm:
                return True
            over = min(line.right, x + width) - max(line.left, x) > 0
            if over and -1 < y - line.bottom < 3.5:
                return True
            if over and -1 < line.top - y - height < 3.0:
                return True
        return False


def _beside_numbers(printed: Print, room: _Room) -> Iterator[OpenPlace]:
    numbers = [line for line in printed.lines if _NUMBER.match(line.text)]
    for column in _columns(numbers):
        pitch = float(np.median([b.middle[1] - a.middle[1] for a, b in pairwise(column)]))
        high = min(LIMITS.high_mm[1], LIMITS.share * pitch)
        places = [place for line in column if (place := _beside(line, high, room)) is not None]
        if len(places) >= max(LIMITS.items, len(column) // 2):
            yield from places


def _columns(numbers: Sequence[PrintedWord]) -> list[list[PrintedWord]]:
    columns: list[list[PrintedWord]] = []
    for line in sorted(numbers, key=lambda line: line.middle[1]):
        for column in columns:
            step = line.middle[1] - column[-1].middle[1]
            near = min(abs(line.right - column[-1].right), abs(line.left - column[-1].left))
            if near < LIMITS.aligned_mm and LIMITS.pitch_mm[0] < step < LIMITS.pitch_mm[1]:
                column.append(line)
                break
        else:
            columns.append([line])
    return [column for column in columns if len(column) >= LIMITS.items]


def _beside(line: PrintedWord, high: float, room: _Room) -> OpenPlace | None:
    left, middle = line.right + LIMITS.gap_mm, line.middle[1]
    right = room.to_right(left - 1.0, middle - 1.5, middle + 1.5) - 0.5
    if right - left < LIMITS.wide_mm:
        return None
    top = max(middle - high / 2, room.up(middle, left, right) + 0.3)
    bottom = min(middle + high / 2, room.down(middle, left, right) - 0.3)
    if bottom - top < LIMITS.high_mm[0]:
        return None
    return OpenPlace((left, top, right - left, bottom - top), line, True)


def _under_labels(printed: Print, room: _Room) -> list[OpenPlace]:
    """Places under labels, where several of these stand in a row or on a page; and places after a colon."""
    asking = [line for line in printed.lines if _may_ask(line, printed) and not room.serves(line)]
    sure = [line for line in asking if kind_of_label(line.text) is not None]
    labels = [line for line in asking if any(_in_row(line, s) for s in sure)]
    after = [place for line in sure if (place := _after_colon(line, room)) is not None]
    under = []
    for line in labels:
        if any(place.line is line for place in after):
            continue
        beside = [o for o in printed.lines if abs(o.middle[1] - line.middle[1]) < 2.0 and o.left > line.right]
        end = min((other.left for other in beside), default=room.right + 2.0) - 2.0
        row = [o for o in labels if _in_row(o, line)]
        place = _under(line, row, end, room)
        under += [place] if place is not None else []
    if len(under) < LIMITS.labels:
        under = [u for u in under if any(o is not u and _in_row(o.line, u.line) for o in under)]
    return [*after, *under]


def _in_row(line: PrintedWord, other: PrintedWord) -> bool:
    return abs(line.middle[1] - other.middle[1]) < LIMITS.row_mm


def _may_ask(line: PrintedWord, printed: Print) -> bool:
    label = printed.label(line, "above")
    return not OF_THE_PAGE.search(line.text.lower()) and (
        label.lines <= 1 and len(short_label(line.text).split()) <= LIMITS.words and any(map(str.isalpha, line.text))
        and not line.text.rstrip().endswith(".") and line.text[:1].isalnum() and line.text[:1] == line.text[:1].upper()
    )  # fmt: skip


def _after_colon(line: PrintedWord, room: _Room) -> OpenPlace | None:
    if not line.text.rstrip().endswith(":"):
        return None
    left, middle = line.right + 1.5, line.middle[1]
    right = room.to_right(left, middle - 2.0, middle + 2.0) - 1.0
    if right - left < LIMITS.colon_mm:
        return None
    top = max(middle - LIMITS.high_mm[1] / 2, room.up(middle, left, right) + 0.3)
    bottom = min(middle + LIMITS.high_mm[1] / 2, room.down(middle, left, right) - 0.3)
    if bottom - top < LIMITS.high_mm[0]:
        return None
    return OpenPlace((left, top, right - left, bottom - top), line, False)


def _under(line: PrintedWord, row: Sequence[PrintedWord], end: float, room: _Room) -> OpenPlace | None:
    """The place under one of the labels of a ``row``, none of which has more room than the others."""
    left, top = line.left, line.bottom + 0.5
    foot = min(room.down(top, other.left, max(other.right, other.left + LIMITS.wide_mm)) for other in row)
    at_foot = foot >= len(room.blocked) / PX_MM - 0.5  # nothing below: the page ends
    if at_foot or not LIMITS.high_mm[0] <= foot - top <= LIMITS.below_mm:
        return None
    bottom = min(top + LIMITS.high_mm[1] + 1.0, foot - 0.5)
    right = min(end, room.to_right(left, top, bottom))
    if right - left < LIMITS.wide_mm:
        return None
    return OpenPlace((left, top, right - left, bottom - top), line, False)
