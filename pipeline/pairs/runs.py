"""Runs: strokes that stand together on one line, all printed or all written. No run goes through an upright rule.

Strokes that touch or nearly do are a word. A word of which it is not clear whether it was printed takes after the words
beside it; words of one look side by side are a run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.pairs.sheet import Sheet
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class RunLimits:
    """What stands together. Heights are those of letters."""

    letters_mm: tuple[float, float] = limit(
        (1.2, 4.0), "mm", "guess", "Between which a letter's height is taken, for gaps"
    )
    letter_gap: float = limit(0.27, "heights", "guess", "Within a word: spaces of print are 0.4 and more")
    beside: float = limit(
        0.5, "heights", "guess", "By which the middles of two strokes of one word differ upwards"
    )
    word_gap: tuple[float, float] = limit(
        (0.95, 1.5), "heights", "guess", "Between two words of a run, printed and written"
    )
    alike: float = limit(1.75, "times", "guess", "Height of two printed words of one run")
    common: float = limit(
        0.4, "share", "guess", "Of the lower word, that two words of a line overlap upwards"
    )
    influence: tuple[float, float] = limit(
        (0.8, 0.3),
        "weight",
        "guess",
        "Of a word close by on whether a word was printed, and of one a space away",
    )
    most_nats: float = limit(3.0, "nats", "guess", "That one stroke says at most")
    dot_mm: float = limit(0.75, "mm", "guess", "Of the dots of a colon, at most")
    letters_before_mm: float = limit(5.0, "mm", "guess", "Before a colon, whose letters say how high it is")
    colon: tuple[float, float] = limit(
        (0.35, 1.1), "heights", "guess", "From the upper dot of a colon to the lower"
    )
    foot: float = limit(0.45, "heights", "guess", "Between the feet of a colon and of the letter before it")
    small_mm: float = limit(2.2, "mm", "guess", "Of a run that may be the dot or the tail of a written one")
    dot_reach_mm: float = limit(2.2, "mm", "guess", "From such a dot to the run")
    upright_mm: float = limit(3.0, "mm", "guess", "Width of the letters of a text that runs up the page")
    upright_gap_mm: float = limit(1.6, "mm", "guess", "Gap between two such letters")
    upright: int = limit(6, "letters", "guess", "Closely over each other, from which they are such a text")
    bar: tuple[float, float] = limit(
        (4.5, 0.8),
        "times, share",
        "guess",
        "Height of a piece of an upright rule by its width, and how full it is",
    )
    foot_mm: float = limit(1.2, "mm", "guess", "From the foot of a run to the line that it stands on")
    wall_mm: float = limit(
        1.5, "mm", "guess", "From the end of a level rule to the upright rule that it meets"
    )
    rounds: int = limit(3, "times", "guess", "That words take after their neighbours")


LIMITS = RunLimits()


@dataclass(frozen=True)
class Run:
    """``left`` to ``bottom`` in pixels, ``strokes`` their numbers, ``writing`` in nats, above 0 where it was written;
    ``height`` is that of its letters in pixels."""

    left: int
    top: int
    right: int
    bottom: int
    strokes: tuple[int, ...]
    writing: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def find_runs(sheet: Sheet) -> list[Run]:
    """All runs of a sheet, from top to bottom."""
    words = [part for group in _words(sheet) for part in _cut_at_colons(sheet, _run(sheet, group))]
    looks = _looks(words, sheet)
    runs = [_run(sheet, group) for group in _joined(words, looks, sheet)]
    return sorted(_with_dots(sheet, runs), key=lambda run: (run.top, run.left))


def cut_run(sheet: Sheet, run: Run, columns: list[int]) -> list[Run]:
    """The run parted at these columns (pixels of the sheet); parts without a stroke are left out."""
    middles = sheet.edges[list(run.strokes), 0::2].mean(axis=1)
    part = np.searchsorted(np.array(columns), middles)
    groups = [[s for s, p in zip(run.strokes, part, strict=True) if p == k] for k in range(len(columns) + 1)]
    return [_run(sheet, group) for group in groups if group]


def colons(sheet: Sheet, run: Run) -> list[int]:
    """Columns (pixels of the sheet) right behind the colons of a run: two dots, one over the other, alone in their
    column, the lower one on the line."""
    edges = sheet.edges[list(run.strokes)]
    width, height = edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1]
    small = np.flatnonzero((np.maximum(width, height) < LIMITS.dot_mm * PX_MM) & (height > 1))
    found = []
    for lower in small:
        for upper in small:
            rise = edges[lower, 1] - edges[upper, 1]
            if rise > 0 and abs(edges[lower, 0] - edges[upper, 0]) <= 2 and _is_colon(edges, lower, rise):
                found.append(int(max(edges[lower, 2], edges[upper, 2])))
    return sorted(found)


def _is_colon(edges: np.ndarray, lower: int, rise: float) -> bool:
    """Whether a dot at the foot of the letters before it is the lower one of a colon, of this rise."""
    left, right = edges[lower, 0], edges[lower, 2]
    before = edges[(edges[:, 2] <= left + 1) & (edges[:, 2] > left - LIMITS.letters_before_mm * PX_MM)]
    before = before[before[:, 3] - before[:, 1] > 1.5 * (edges[lower, 3] - edges[lower, 1])]
    if not len(before):
        return False
    high, foot = np.median(before[:, 3] - before[:, 1]), np.median(before[:, 3])
    over = edges[(edges[:, 0] < right) & (edges[:, 2] > left)]
    return bool(
        LIMITS.colon[0] < rise / high < LIMITS.colon[1]
        and abs(edges[lower, 3] - foot) < LIMITS.foot * high
        and (over[:, 3] - over[:, 1] < 1.5 * high).sum() == 2
    )


def _cut_at_colons(sheet: Sheet, word: Run) -> list[Run]:
    columns = colons(sheet, word) if word.right - word.left > word.height else []
    return cut_run(sheet, word, columns) if columns else [word]


def _with_dots(sheet: Sheet, runs: list[Run]) -> list[Run]:
    """The runs, small ones joined to the written one that they stand over, under or in."""
    small = [
        run for run in runs
        if run.writing > 0 and max(run.bottom - run.top, run.right - run.left) < LIMITS.small_mm * PX_MM
    ]  # fmt: skip
    large = [run for run in runs if run not in small]
    owned: dict[int, list[Run]] = {}
    for dot in small:
        x, y = dot.middle
        near = [
            (max(run.top - y, y - run.bottom, 0), i) for i, run in enumerate(large)
            if run.left - 3 <= x <= run.right + 6 and run.writing > 0 and not _stands_alone(run, dot)
        ]  # fmt: skip
        if near and min(near)[0] < LIMITS.dot_reach_mm * PX_MM:
            owned.setdefault(min(near)[1], []).append(dot)
    taken = {id(dot) for dots in owned.values() for dot in dots}
    whole = [joined_run(sheet, [run, *owned.get(i, ())]) for i, run in enumerate(large)]
    return whole + [dot for dot in small if id(dot) not in taken]


def _stands_alone(run: Run, dot: Run) -> bool:
    """Whether a small run stands in the middle of a line of its own: no tail, but something short."""
    return dot.height > 0.7 * run.height and min(run.bottom, dot.bottom) < max(run.top, dot.top)


def joined_run(sheet: Sheet, runs: list[Run]) -> Run:
    """One run of several."""
    return _run(sheet, [stroke for run in runs for stroke in run.strokes])


def is_upright_text(runs: list[Run], run: Run) -> bool:
    """Whether a narrow run is a letter of a text that runs up or down the page: many stand closely over each other."""
    most = LIMITS.upright_mm * PX_MM
    column = [
        r for r in runs
        if r.right - r.left < most and r.bottom - r.top < 2 * most and abs(r.middle[0] - run.middle[0]) < 0.5 * most
    ]  # fmt: skip
    column.sort(key=lambda r: r.top)
    if run not in column:
        return False
    at = first = last = column.index(run)
    while first > 0 and column[first].top - column[first - 1].bottom < LIMITS.upright_gap_mm * PX_MM:
        first -= 1
    while (
        last + 1 < len(column) and column[last + 1].top - column[last].bottom < LIMITS.upright_gap_mm * PX_MM
    ):
        last += 1
    return last - first + 1 >= LIMITS.upright and first <= at <= last


def walls(sheet: Sheet, left: float, right: float, y: float) -> int:
    """How many upright rules stand between two columns at a height."""
    if not len(sheet.upright):
        return 0
    x, top, bottom = sheet.upright.T
    return apart(x[(x > left - 2) & (x < right + 2) & (top < y) & (bottom > y)])


def apart(places: np.ndarray) -> int:
    """How many rules there are at these places: those closer than 1.2 mm are one."""
    places = np.sort(places)
    return int(len(places) and 1 + (np.diff(places) > 1.2 * PX_MM).sum())


def on_line(sheet: Sheet, run: Run) -> bool:
    """Whether a run stands on a line to write on: a level rule at its foot at which no upright rule ends."""
    if not len(sheet.level):
        return False
    left, right, y = sheet.level.T
    foot = LIMITS.foot_mm * PX_MM
    near = (y > run.bottom - max(foot, 0.4 * run.height)) & (y < run.bottom + foot)
    near &= (left < run.middle[0]) & (right > run.middle[0])
    return any(not _meets_wall(sheet, *sheet.level[i]) for i in np.flatnonzero(near))


def _meets_wall(sheet: Sheet, left: float, right: float, y: float) -> bool:
    """Whether a level rule is the edge of a box."""
    if not len(sheet.upright):
        return False
    x, top, bottom = sheet.upright.T
    reach = LIMITS.wall_mm * PX_MM
    at = (top < y + reach) & (bottom > y - reach)
    return bool((at & ((np.abs(x - left) < reach) | (np.abs(x - right) < reach))).any())


def is_bar(sheet: Sheet, run: Run) -> bool:
    """Whether a run is nothing but a straight upright line: a piece of a rule."""
    if len(run.strokes) != 1:
        return False
    width, height = run.right - run.left, run.bottom - run.top
    full = float(sheet.pixels[run.strokes[0]]) / max(1, width * height)
    return height > LIMITS.bar[0] * width and full > LIMITS.bar[1]


def walled(sheet: Sheet, left: float, right: float, y: float) -> bool:
    """Whether an upright rule stands between two columns at a height; pixels."""
    x, top, bottom = sheet.upright.T if len(sheet.upright) else np.zeros((3, 0))
    return bool(((x > left) & (x < right) & (top < y) & (bottom > y)).any())


def _run(sheet: Sheet, strokes: list[int]) -> Run:
    edges = sheet.edges[strokes]
    weight = sheet.pixels[strokes]
    nats = np.clip(sheet.logits[strokes], -LIMITS.most_nats, LIMITS.most_nats)
    heights = edges[:, 3] - edges[:, 1]
    tall = heights[heights > 0.5 * heights.max()]
    left, top = edges[:, :2].min(axis=0)
    right, bottom = edges[:, 2:].max(axis=0)
    return Run(
        int(left), int(top), int(right), int(bottom), tuple(strokes),
        float((nats * weight).sum() / weight.sum()), float(np.percentile(tall, 75)),
    )  # fmt: skip


def _words(sheet: Sheet) -> list[list[int]]:
    left, top, right, bottom = sheet.edges.T.astype(float)
    height, middle = bottom - top, (top + bottom) / 2
    least, most = (mm * PX_MM for mm in LIMITS.letters_mm)
    count = len(left)
    owner = list(range(count))
    for i in range(1, count):
        size = np.clip(np.maximum(height, height[i]), least, most)
        gap = np.maximum(left - right[i], left[i] - right)
        near = (gap < LIMITS.letter_gap * size) & (
            np.abs(middle - middle[i]) < LIMITS.beside * np.maximum(height, height[i]) + 2
        )
        near &= (np.minimum(bottom, bottom[i]) - np.maximum(top, top[i])) > -3
        for j in np.flatnonzero(near):
            if 0 < j < i and not walled(
                sheet, min(right[i], right[j]) - 2, max(left[i], left[j]) + 2, middle[i]
            ):
                _unite(owner, i, int(j))
    return _groups(owner, first=1)


def _looks(words: list[Run], sheet: Sheet) -> np.ndarray:
    """Whether each word was written rather than printed, in nats, after its neighbours had their say."""
    own = np.array([word.writing for word in words])
    weight = np.array([min(8 * PX_MM, word.right - word.left) for word in words], float)
    pairs = _neighbours(words, sheet, 1.2)
    looks = own.copy()
    for _ in range(LIMITS.rounds):
        total, sums = weight.copy(), own * weight
        for i, j, gap in pairs:
            near = LIMITS.influence[0 if gap < 0.55 else 1]
            for a, b in ((i, j), (j, i)):
                total[a] += near * weight[b]
                sums[a] += near * weight[b] * looks[b]
        looks = sums / total
    return looks


def _neighbours(words: list[Run], sheet: Sheet, reach: float) -> list[tuple[int, int, float]]:
    """Pairs of words on one line, and the gap between them in heights."""
    left, top, right, bottom, height = (
        np.array([getattr(word, name) for word in words], float)
        for name in ("left", "top", "right", "bottom", "height")
    )
    found = []
    for i in range(len(words)):
        size = np.clip(
            np.maximum(height, height[i]), LIMITS.letters_mm[0] * PX_MM, LIMITS.letters_mm[1] * PX_MM
        )
        gap = (left - right[i]) / size
        common = np.minimum(bottom, bottom[i]) - np.maximum(top, top[i])
        low = np.minimum(bottom - top, bottom[i] - top[i])
        for j in np.flatnonzero(
            (gap > -0.6) & (gap < reach) & (common > LIMITS.common * low) & (left >= left[i])
        ):
            if i != j and not walled(sheet, right[i] - 2, left[j] + 2, (top[i] + bottom[i]) / 2):
                found.append((i, int(j), float(gap[j])))
    return found


def _joined(words: list[Run], looks: np.ndarray, sheet: Sheet) -> list[list[int]]:
    owner = list(range(len(words)))
    lined = [on_line(sheet, word) for word in words]
    ends = [any(column >= word.right - 2 for column in colons(sheet, word)) for word in words]
    for i, j, gap in _neighbours(words, sheet, max(LIMITS.word_gap)):
        written = looks[i] > 0
        if (
            written != (looks[j] > 0)
            or gap > LIMITS.word_gap[int(written)]
            or ends[i]
            or (not written and lined[i] != lined[j])
        ):
            continue
        ratio = words[i].height / words[j].height
        if written or 1 / LIMITS.alike < ratio < LIMITS.alike or min(words[i].height, words[j].height) < 12:
            _unite(owner, i, j)
    return [[stroke for word in group for stroke in words[word].strokes] for group in _groups(owner)]


def _unite(owner: list[int], i: int, j: int) -> None:
    owner[_root(owner, i)] = _root(owner, j)


def _root(owner: list[int], i: int) -> int:
    while owner[i] != i:
        owner[i] = owner[owner[i]]
        i = owner[i]
    return i


def _groups(owner: list[int], first: int = 0) -> list[list[int]]:
    groups: dict[int, list[int]] = {}
    for i in range(first, len(owner)):
        groups.setdefault(_root(owner, i), []).append(i)
    return list(groups.values())
