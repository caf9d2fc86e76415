"""Which runs are labels, which were filled in: by the look of their strokes, by what they say, and by where they stand.

A label is printed, names something that people write on forms or ends in a colon, stands first in its box, and is of
the size of the other labels. What is filled in was written, or typed in another size, or stands behind or below a
label.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.pairs.runs import Run, is_bar, is_upright_text, on_line, walled, walls
from inkfield.pipeline.pairs.sheet import Sheet
from inkfield.pipeline.pairs.texts import Reading, read_runs
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.pipeline.proposal.guess import kind_of_label
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class LabelLimits:
    """How much rather a run is a label than filled in, in nats; added up."""

    written: float = limit(
        0.9, "nats", "guess", "Of a run's look, from which it was written and is no label whatever it says"
    )
    look: float = limit(1.5, "times", "guess", "The look of a run counts so much, up to one nat of it")
    colon: float = limit(3.0, "nats", "guess", "For a colon or a question mark at its end")
    words: float = limit(2.0, "nats", "guess", "For words that labels are made of")
    item: float = limit(1.0, "nats", "guess", "For the number of an item before it")
    figures: float = limit(-4.0, "nats", "guess", "Where half of it is figures")
    first: float = limit(1.5, "nats", "guess", "Where it stands first in its box")
    size: tuple[float, float] = limit(
        (1.0, -2.5), "nats", "guess", "Of the size of the other labels, and larger"
    )
    larger: float = limit(
        1.22, "times", "guess", "The height of the other labels, from which a run is larger"
    )
    below: float = limit(-3.0, "nats", "guess", "Below a label in its box, in another size")
    behind: float = limit(-4.0, "nats", "guess", "Behind a label that ends in a colon")
    on_line: float = limit(-3.5, "nats", "guess", "Where it stands on a line to write on")
    first_mm: float = limit(5.0, "mm", "guess", "Under the rule above, within which a run stands first")
    below_mm: float = limit(9.0, "mm", "guess", "From a label to what is filled in below it in its box")
    other_size: float = limit(
        1.12, "times", "guess", "The height of the label in the box before, from which it is another size"
    )
    behind_mm: float = limit(60.0, "mm", "guess", "From a label to what is filled in behind it")
    next_line: float = limit(0.9, "heights", "guess", "Gap between two lines of one label")
    same_size: float = limit(1.2, "times", "guess", "Height of two lines of one label")
    indent_mm: float = limit(
        8.0, "mm", "guess", "That something filled in begins behind the end of the label above it"
    )
    same_line: float = limit(1.3, "heights", "guess", "Gap between two parts of a label on one line")
    mark_mm: float = limit(
        3.0, "mm", "guess", "Between a checkbox and its caption: that goes on from nothing"
    )
    aligned_mm: float = limit(6.0, "mm", "guess", "Between the left edges of two lines of one label")
    lowest_mm: float = limit(1.0, "mm", "guess", "Height of a run that is read")
    prose: int = limit(13, "words", "guess", "Of a text that is there to be read, unless it ends in a colon")


LIMITS = LabelLimits()
_ITEM = re.compile(r"^\W*(?:\d{1,2}\s?[a-z]?|[a-z])[.)]\s*\S")
_NUMBER = re.compile(r"^(?:\d{1,2}[.)]|[a-z][.)])$")
_DATE_PART = re.compile(r"^\W*(?:(?:mm|dd|yy|yyyy|tt|jj|jjjj)\W*)+$", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A run and what it says. ``role`` is label, value, prose (a text to be read) or guide (the MM of a date)."""

    run: Run
    reading: Reading
    role: str
    nats: float
    joined: int | None = None
    """The piece that a line of a label goes on from."""

    @property
    def text(self) -> str:
        return self.reading.text


def tell_pieces(sheet: Sheet, runs: Sequence[Run], reader: FieldReader) -> list[Piece]:
    """All runs of a page, read, from top to bottom, with their roles."""
    high = [run for run in runs if run.height > LIMITS.lowest_mm * PX_MM]
    runs = [run for run in high if not is_upright_text(high, run) and not is_bar(sheet, run)]
    read = list(zip(runs, read_runs(sheet, runs, reader), strict=True))
    read.sort(key=lambda pair: (pair[0].top + pair[0].bottom, pair[0].left))
    usual = _usual_height(read)
    pieces: list[Piece] = []
    for run, reading in read:
        pieces.append(_told(sheet, run, reading, usual, pieces))
    return pieces


def _usual_height(read: Sequence[tuple[Run, Reading]]) -> float:
    """The height of most labels, in pixels."""
    sure = [(run.height, len(reading.text)) for run, reading in read if _speaks(run, reading.text)]
    some = sure or [(run.height, len(reading.text)) for run, reading in read if run.writing < 0]
    if not some:
        return 2.0 * PX_MM
    heights, weights = np.array(sorted(some), float).T
    return float(heights[np.searchsorted(np.cumsum(weights), weights.sum() / 2)])


def _speaks(run: Run, text: str) -> bool:
    return run.writing < 0 and (text.endswith(":") or kind_of_label(text) is not None)


def _told(sheet: Sheet, run: Run, reading: Reading, usual: float, before: Sequence[Piece]) -> Piece:
    text = reading.text
    alike = run.height < LIMITS.larger * usual
    if _DATE_PART.match(text) and alike:
        return Piece(run, reading, "guide", 0.0)
    if run.writing > LIMITS.written or not any(map(str.isalnum, text)):
        return Piece(run, reading, "value", -9.0)
    if _NUMBER.match(text) and alike:
        return Piece(run, reading, "item", 0.0)
    above = _above(sheet, run, before)
    if (left := _left(sheet, run, before)) is not None and not text.endswith(":"):
        return Piece(run, reading, before[left].role, before[left].nats, left)
    if above is not None and _goes_on(before[above], run, text) and not _has_mark(sheet, run):
        return Piece(run, reading, before[above].role, before[above].nats, above)
    nats = _own_nats(run, text, usual) + LIMITS.on_line * on_line(sheet, run)
    if above is not None and before[above].role == "label":
        nats += LIMITS.below
    elif above is None and _is_first(sheet, run) and not _mostly_figures(text):
        nats += LIMITS.first
    if not text.endswith(":") and _behind_label(sheet, run, text, before):
        nats += LIMITS.behind
    if run.writing < 0 and len(text.split()) >= LIMITS.prose and not text.endswith((":", "?")):
        return Piece(run, reading, "prose", nats)
    return Piece(run, reading, "label" if nats > 0 else "value", nats)


def _own_nats(run: Run, text: str, usual: float) -> float:
    nats = -LIMITS.look * float(np.clip(run.writing, -1, 1))
    nats += LIMITS.colon * text.endswith((":", "?"))
    nats += LIMITS.words * (kind_of_label(text) is not None)
    nats += LIMITS.item * (_ITEM.match(text) is not None)
    nats += LIMITS.figures * _mostly_figures(text)
    nats += LIMITS.size[1] if run.height > LIMITS.larger * usual else LIMITS.size[0]
    return nats


def _mostly_figures(text: str) -> bool:
    marks = [c for c in text if not c.isspace()]
    return 2 * sum(map(str.isdigit, marks)) >= len(marks)


def _above(sheet: Sheet, run: Run, before: Sequence[Piece]) -> int | None:
    """The piece right above a run in its box."""
    best = None
    for i, piece in enumerate(before):
        other = piece.run
        gap = run.top - other.bottom
        indent = max(run.left - other.right, other.left - run.right) / PX_MM
        if gap < -0.5 * run.height or gap > LIMITS.below_mm * PX_MM or piece.role in ("guide", "item"):
            continue
        if indent > (LIMITS.indent_mm if run.left > other.left and piece.role == "label" else 0):
            continue
        if indent > 0 and walled(sheet, other.right, run.left, run.middle[1]):
            continue
        if ruled(sheet, other, run):
            continue
        if best is None or other.bottom > before[best].run.bottom:
            best = i
    return best


def _left(sheet: Sheet, run: Run, before: Sequence[Piece]) -> int | None:
    """The part of a label right before a run that is the next part of it."""
    for i, piece in enumerate(before):
        other = piece.run
        if (
            piece.role in ("label", "prose") and not piece.text.endswith(":") and beside(other, run)
            and abs(other.bottom - run.bottom) < 0.4 * run.height
            and -3 < run.left - other.right < LIMITS.same_line * max(run.height, other.height)
            and 1 / LIMITS.same_size < run.height / other.height < LIMITS.same_size
            and not walled(sheet, other.right - 2, run.left + 2, run.middle[1]) and not on_line(sheet, run)
        ):  # fmt: skip
            return i
    return None


def _has_mark(sheet: Sheet, run: Run) -> bool:
    """Whether a checkbox stands right before or behind a run."""
    return any(
        box[1] < run.middle[1] < box[1] + box[3]
        and max(run.left - box[0] - box[2], box[0] - run.right) < LIMITS.mark_mm * PX_MM
        for box in (mark.box for mark in sheet.marks)
    )


def ruled(sheet: Sheet, upper: Run, lower: Run) -> bool:
    """Whether a level rule stands between two runs, over what they have in common."""
    if not len(sheet.level):
        return False
    left, right, y = sheet.level.T
    low, high = max(upper.left, lower.left), min(upper.right, lower.right)
    if high <= low:
        low, high = min(upper.left, lower.left), max(upper.right, lower.right)
    over = np.minimum(right, high) - np.maximum(left, low)
    return bool(((y > upper.middle[1]) & (y < lower.middle[1]) & (over > 0.5 * (high - low))).any())


def _goes_on(above: Piece, run: Run, text: str) -> bool:
    """Whether a run is the next line of a label, or of a text to be read."""
    other = above.run
    if above.text.endswith(":") or text.endswith(":") or above.role not in ("label", "prose", "value"):
        return False
    if above.role == "value" and above.run.writing > LIMITS.written:
        return False
    ratio = run.height / other.height
    return (
        run.top - other.bottom < LIMITS.next_line * max(run.height, other.height)
        and 1 / LIMITS.same_size < ratio < LIMITS.same_size
        and abs(run.left - other.left) < LIMITS.aligned_mm * PX_MM
        and _ITEM.match(text) is None
    )


def _is_first(sheet: Sheet, run: Run) -> bool:
    """Whether a rule stands closely above a run."""
    if not len(sheet.level):
        return False
    left, right, y = sheet.level.T
    near = (y < run.top + 0.3 * run.height) & (run.top - y < LIMITS.first_mm * PX_MM)
    return bool((near & (left < run.middle[0]) & (right > run.middle[0])).any())


def _behind_label(sheet: Sheet, run: Run, text: str, before: Sequence[Piece]) -> bool:
    """Whether a run stands behind a label with a colon, or in another size in the box behind that of a label."""
    for piece in before:
        gap = run.left - piece.run.right
        if piece.role != "label" or not beside(piece.run, run) or not -5 < gap < LIMITS.behind_mm * PX_MM:
            continue
        between = walls(sheet, piece.run.right - 2, run.left + 2, run.middle[1])
        sized = run.height / piece.run.height > LIMITS.other_size and kind_of_label(text) is None
        if between <= 1 and (
            piece.text.endswith(":") or (between and sized and kind_of_label(piece.text) is not None)
        ):
            return True
    return False


def beside(one: Run, other: Run) -> bool:
    """Whether two runs stand on one line."""
    common = min(one.bottom, other.bottom) - max(one.top, other.top)
    return common > 0.3 * min(one.bottom - one.top, other.bottom - other.top)
