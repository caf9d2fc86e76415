"""Which label each value belongs to: beside it, above it in its box, below the line, in the box before it, or the head
of its column.

Every way costs something, the more the farther away; the cheapest is taken. A value without a label goes on from the
value before it or above it, else it belongs to none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from inkfield.pipeline.pairs.labels import Piece, beside, ruled
from inkfield.pipeline.pairs.runs import Run, apart, walled, walls
from inkfield.pipeline.pairs.sheet import Sheet
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class MatchLimits:
    """What a way from a value to its label costs; a millimetre of way counts as ``per_mm``. Without a unit."""

    per_mm: float = limit(0.04, "cost", "guess", "Of each millimetre between a label and its value")
    no_colon: float = limit(0.3, "cost", "guess", "Beside a label that ends in no colon")
    above: float = limit(0.35, "cost", "guess", "Below a label, in its box")
    below: float = limit(0.5, "cost", "guess", "Above a label: a line with its label under it")
    same_line: float = limit(0.15, "cost", "guess", "Behind another value, on its line")
    next_line: float = limit(0.8, "cost", "guess", "Below another value")
    next_of_block: float = limit(0.25, "cost", "guess", "The same, close below it and at the same left edge")
    block: tuple[float, float] = limit(
        (1.5, 1.2), "mm, heights", "guess", "Between the left edges, and the lines, of such a block"
    )
    carried: float = limit(0.3, "times", "guess", "The cost of the value that another goes on from")
    row: float = limit(1.3, "cost", "guess", "In the box behind that of the label")
    head: float = limit(1.7, "cost", "guess", "Under the head of a column")
    beside_mm: float = limit(45.0, "mm", "guess", "Farthest label beside a value")
    above_mm: float = limit(13.0, "mm", "guess", "Farthest label above a value, in its box")
    below_mm: float = limit(4.5, "mm", "guess", "Farthest label below a value")
    same_line_mm: float = limit(16.0, "mm", "guess", "Widest gap within a value")
    next_line_mm: float = limit(8.0, "mm", "guess", "Widest gap between two lines of a value")
    ground_mm: float = limit(2.5, "mm", "guess", "Between typed text and the rule that it stands on")
    row_mm: float = limit(80.0, "mm", "guess", "Farthest label in the box before")
    head_mm: float = limit(200.0, "mm", "guess", "Farthest head of a column")
    before_mm: float = limit(4.0, "mm", "guess", "That a label begins right of the value below it")


LIMITS = MatchLimits()


@dataclass(frozen=True)
class Way:
    """From a value to the label (its number among the pieces), over ``after``, the value that it goes on from."""

    label: int
    cost: float
    how: str
    after: int | None = None
    row: int | None = None
    """In a table, from 1."""


def match_values(sheet: Sheet, pieces: Sequence[Piece], left_out: frozenset[int]) -> dict[int, Way]:
    """The way of each value that has a label, by its number among the pieces. Pieces ``left_out`` are no labels and no
    values: captions of checkboxes."""
    ways: dict[int, Way] = {}
    labels = [i for i, piece in enumerate(pieces) if piece.role in ("label", "item") and i not in left_out]
    values = [
        i for i, piece in enumerate(pieces)
        if piece.role == "value" and i not in left_out and any(map(str.isalnum, piece.text))
    ]  # fmt: skip
    queue: list[tuple[float, int, int, Way]] = []
    for i in values:
        for way in _to_labels(sheet, pieces, i, labels):
            heappush(queue, (way.cost, i, len(queue), way))
    while queue:
        _, i, _, way = heappop(queue)
        if i in ways:
            continue
        ways[i] = way
        for other in values:
            if other not in ways:
                for on in _going_on(sheet, pieces, i, way, other, labels):
                    heappush(queue, (on.cost, other, len(queue), on))
    return ways


def _to_labels(sheet: Sheet, pieces: Sequence[Piece], value: int, labels: Sequence[int]) -> Iterator[Way]:
    run = pieces[value].run
    before = [i for i in labels if beside(pieces[i].run, run) and pieces[i].run.middle[0] < run.middle[0]]
    for i in sorted(before, key=lambda i: -pieces[i].run.right)[:1]:
        yield from _beside(sheet, pieces[i], i, run)
    over = [i for i in labels if _overlap(pieces[i].run, run) and pieces[i].run.middle[1] < run.middle[1]]
    for i in over:
        other = pieces[i].run
        gap = max(0.0, (run.top - other.bottom) / PX_MM)
        if gap < LIMITS.above_mm and not ruled(sheet, other, run) and not _parted(sheet, other, run):
            yield Way(i, LIMITS.above + LIMITS.per_mm * gap * 1.5, "above")
    if not any(_reaches(sheet, pieces[i].run, run) for i in over):
        yield from _heads(sheet, pieces, run, labels)
    for i in labels:
        other = pieces[i].run
        gap = (other.top - run.bottom) / PX_MM
        if (
            -1.5 < gap < LIMITS.below_mm
            and _overlap(other, run)
            and other.middle[1] > run.middle[1]
            and not _parted(sheet, other, run)
        ):
            yield Way(i, LIMITS.below + LIMITS.per_mm * 3 * max(0.0, gap), "below")


def _reaches(sheet: Sheet, label: Run, run: Run) -> bool:
    near = run.top - label.bottom < LIMITS.above_mm * PX_MM
    return near and not ruled(sheet, label, run) and not _parted(sheet, label, run)


def _beside(sheet: Sheet, piece: Piece, i: int, run: Run) -> Iterator[Way]:
    gap = max(0.0, (run.left - piece.run.right) / PX_MM)
    count = walls(sheet, piece.run.right, run.left, run.middle[1])
    written = run.writing > 0 or _grounded(sheet, run)
    if (
        count == 0
        and gap < LIMITS.beside_mm
        and (written or piece.text.endswith(":") or piece.role == "item")
    ):
        yield Way(i, LIMITS.per_mm * gap + LIMITS.no_colon * (not piece.text.endswith(":")), "left")
    elif count == 1 and gap < LIMITS.row_mm:
        yield Way(i, LIMITS.row + LIMITS.per_mm * 0.2 * gap, "row")


def _heads(sheet: Sheet, pieces: Sequence[Piece], run: Run, labels: Sequence[int]) -> Iterator[Way]:
    """The nearest label above between the walls of a value's box, over rules."""
    left, right = cell(sheet, run)
    if left is None or right is None:
        return
    column = [
        i for i in labels
        if left < pieces[i].run.middle[0] < right and pieces[i].run.middle[1] < run.top
        and pieces[i].role == "label" and pieces[i].run.right - pieces[i].run.left < 1.3 * (right - left)
    ]  # fmt: skip
    if not column:
        return
    nearest = max(column, key=lambda i: pieces[i].run.bottom)
    gap = (run.top - pieces[nearest].run.bottom) / PX_MM
    row = _rules_between(sheet, pieces[nearest].run, run)
    if row and gap < LIMITS.head_mm:
        yield Way(nearest, LIMITS.head + LIMITS.per_mm * 0.05 * gap, "head", row=row)


def cell(sheet: Sheet, run: Run) -> tuple[float | None, float | None]:
    """The upright rules to the left and to the right of a run; None where there is none."""
    if not len(sheet.upright):
        return None, None
    x, top, bottom = sheet.upright.T
    x = x[(top < run.middle[1]) & (bottom > run.middle[1])]
    before, behind = x[x < run.middle[0]], x[x > run.middle[0]]
    return (float(before.max()) if len(before) else None), (float(behind.min()) if len(behind) else None)


def _going_on(
    sheet: Sheet, pieces: Sequence[Piece], before: int, way: Way, value: int, labels: Sequence[int]
) -> Iterator[Way]:
    """The ways of a value that goes on from one that has a label: on its line, or on the next."""
    other, run = pieces[before].run, pieces[value].run
    carried = LIMITS.carried * way.cost
    gap = (run.left - other.right) / PX_MM
    if beside(other, run) and run.middle[0] > other.middle[0] and gap < LIMITS.same_line_mm:
        between = any(
            beside(pieces[k].run, run) and other.middle[0] < pieces[k].run.middle[0] < run.middle[0]
            for k in labels
        )
        if not between and not walled(sheet, other.right - 2, run.left + 2, run.middle[1]):
            cost = LIMITS.same_line + LIMITS.per_mm * max(0.0, gap) + carried
            yield Way(way.label, cost, way.how, before, way.row)
    down = (run.top - other.bottom) / PX_MM
    if (
        -2 < down < LIMITS.next_line_mm and run.middle[1] > other.middle[1] and not beside(other, run)
        and _overlap(other, run, 25.0) and way.how in ("left", "above")
        and not _parted(sheet, other, run)
        and not (ruled(sheet, other, run) and (_boxed(sheet, run) or _boxed(sheet, other)))
    ):  # fmt: skip
        block = (
            abs(other.left - run.left) < LIMITS.block[0] * PX_MM
            and down * PX_MM < LIMITS.block[1] * run.height
        )
        cost = (
            (LIMITS.next_line if not block else LIMITS.next_of_block)
            + LIMITS.per_mm * max(0.0, down)
            + carried
        )
        yield Way(way.label, cost, way.how, before, way.row)


def _boxed(sheet: Sheet, run: Run) -> bool:
    """Whether a run stands in a box: upright rules at both sides."""
    return None not in cell(sheet, run)


def _grounded(sheet: Sheet, run: Run) -> bool:
    """Whether a run stands on a rule, or in a box."""
    if _boxed(sheet, run):
        return True
    if not len(sheet.level):
        return False
    left, right, y = sheet.level.T
    near = (y > run.bottom - 0.4 * run.height) & (y < run.bottom + LIMITS.ground_mm * PX_MM)
    return bool((near & (left < run.middle[0]) & (right > run.middle[0])).any())


def _overlap(label: Run, run: Run, before_mm: float = LIMITS.before_mm) -> bool:
    """Whether a label stands over a value, or begins before it."""
    return (label.left < run.right - 2 and label.right > run.left + 2) or (
        label.left <= run.left + before_mm * PX_MM and label.right > run.left - before_mm * PX_MM
    )


def _parted(sheet: Sheet, one: Run, other: Run) -> bool:
    """Whether an upright rule at the height of one of two runs stands between them."""
    if min(one.right, other.right) > max(one.left, other.left):
        middle = (max(one.left, other.left) + min(one.right, other.right)) / 2
        left, right = min(middle, other.middle[0]), max(middle, other.middle[0])
    else:
        left, right = sorted((one.middle[0], other.middle[0]))
    return walled(sheet, left, right, other.middle[1])


def _rules_between(sheet: Sheet, upper: Run, lower: Run) -> int:
    if not len(sheet.level):
        return 0
    left, right, y = sheet.level.T
    x = lower.middle[0]
    return apart(y[(y > upper.middle[1]) & (y < lower.middle[1]) & (left < x) & (right > x)])
