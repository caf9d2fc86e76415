"""Whether somebody signed: pen strokes are long and joined, printed letters are small and apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class SignatureLimits:
    """What a pen writes and what is printed where somebody signs."""

    ink: int = limit(
        70, "grey levels", "guess", "A pixel is ink when it is this much darker than white paper"
    )
    print_mm: tuple[float, float] = limit(
        (2.9, 5.0),
        "mm",
        "rendered",
        "Height and width up to which a component may be print: a letter, or a few that touch",
    )
    pen_mm: tuple[float, float] = limit(
        (4.0, 7.0),
        "mm",
        "rendered",
        "Height and width from which on a component is a pen's: printed names have capitals of 2 to 2.5 mm",
    )
    no_print_mm: tuple[tuple[float, float], tuple[float, float]] = limit(
        ((1.2, 1.6), (2.4, 3.6)),
        "mm",
        "guess",
        "The same where no name is printed at the line: small letters written one by one count, "
        "specks and dots do not",
    )
    letter_mm: tuple[float, float] = limit((1.0, 4.5), "mm", "guess", "Height of printed letters")
    uneven: float = limit(
        0.08, "share", "rendered", "Of their height, by which letters of a printed line differ at most"
    )
    off_line_mm: float = limit(
        0.12, "mm", "rendered", "By which letters of a printed line stand off it at most"
    )
    fewest_letters: int = limit(5, "letters", "rendered", "That show a printed line")
    mostly: float = limit(
        0.6,
        "share",
        "rendered",
        "Of the ink on both sides of a cut that is letters of printed lines, where two lines touch",
    )
    within: float = limit(
        0.6,
        "share",
        "rendered",
        "Share of a stroke's ink in lines of print from which on it may be letters of them that touch",
    )
    line_mm: tuple[float, float, float] = limit(
        (3.0, 3.0, 12.0),
        "mm",
        "guess",
        "How far above, below and beside each of its letters a line of print, and another that "
        "touches it, may go",
    )
    two_lines_mm: float = limit(
        5.6, "mm", "guess", "What is higher than two lines of print is no letters that touch"
    )
    on_one_row: float = limit(
        0.45,
        "share",
        "rendered",
        "Of a stroke's columns whose ink begins, or ends, on one row, from which it may be letters of "
        "two lines",
    )
    several: float = limit(1.2, "ratio", "rendered", "Of such a stroke's width to its height")
    level: int = limit(
        4,
        "components",
        "rendered",
        "So many components, none lower than a letter, that stand on one row or hang from one may be "
        "such letters, too",
    )
    half_mm: float = limit(
        8.0, "mm", "rendered", "Summed extent of pen strokes at which signed and unsigned are equally likely"
    )
    steepness_mm: float = limit(
        1.8, "mm", "rendered", "Of extent for each factor of e in the odds of a signature"
    )
    beside: tuple[int, int] = limit(
        (5, 75),
        "%",
        "guess",
        "Percentiles of the large strokes' rows, between which small letters stand beside them",
    )
    cut_mm: float = limit(0.3, "mm", "guess", "Of a stroke where a rule was taken out of it")
    widest_letter: float = limit(1.5, "ratio", "guess", "Of a printed letter's width to its height")
    two_lines: float = limit(2.4, "letter heights", "guess", "Of two printed lines that touch")
    shortest_lines: float = limit(1.5, "ratio", "guess", "Of two printed lines that touch, width to height")
    rule_mm: float = limit(0.9, "mm", "guess", "Across what may be a printed rule")
    rule_fill: float = limit(0.35, "share", "guess", "Of its box that a rule fills")


LIMITS = SignatureLimits()


def signature_present(
    crop_grey: np.ndarray, dpi: float = 300.0, names_printed: bool = True
) -> tuple[bool, float]:
    """Whether a crop (grey uint8, cleaned: paper 255, no rules) holds a signature, and how sure that is (0.5 to 1).

    The extents of all connected components that are larger than print are summed, those hardly larger in part,
    and a logistic curve turns the sum into a probability. ``names_printed``: a name or a note may be printed there.
    """
    if crop_grey.size == 0:
        return False, 0.99
    extent, within = pen_extent(crop_grey, dpi / 25.4, names_printed)
    probability = _signed(extent)
    if probability < 0.5 and _signed(extent + within) >= 0.5:
        return False, 0.5  # lines of print that touch, or a small signature upon them
    return probability >= 0.5, max(probability, 1.0 - probability)


def _signed(extent: float) -> float:
    """Probability of a signature whose strokes have this summed extent in mm."""
    probability = 1.0 / (1.0 + math.exp(-(extent - LIMITS.half_mm) / LIMITS.steepness_mm))
    return min(max(probability, 0.005), 0.995)


def pen_extent(crop_grey: np.ndarray, scale: float, names_printed: bool = True) -> tuple[float, float]:
    """Summed extent in mm of the strokes in a crop that only a pen makes, and of those that keep within printed lines;
    ``scale`` is in pixels a mm."""
    total, within = 0.0, 0.0
    names, strokes = _pen_components(crop_grey, scale, names_printed)
    printed = _Print(names, scale) if names_printed and strokes else None
    for i, share, (x, y, width, height, area) in strokes:
        part = (names[y : y + height, x : x + width] == i).astype(np.uint8)
        extent = share * min(math.hypot(width, height), _pen_length(part, area)) / scale
        if printed is not None and printed.may_hold(part, x, y):
            within += extent
        else:
            total += extent
    return total, within


class _Print:
    """What is printed where it is signed: ``names`` are the components' labels, int (height, width)."""

    def __init__(self, names: np.ndarray, scale: float) -> None:
        self.scale = scale
        self.lines = _printed_lines(names, scale)
        stats = cv2.connectedComponentsWithStats((names > 0).astype(np.uint8), connectivity=8)[2][1:]
        high = stats[stats[:, 3] > LIMITS.letter_mm[0] * scale]
        self.heads, self.feet = high[:, 1], high[:, 1] + high[:, 3]

    def may_hold(self, part: np.ndarray, x: int, y: int) -> bool:
        """Whether a stroke (uint8 0/1, its own box, at column ``x`` and row ``y``) may be letters that touch.

        No higher than two lines, it keeps within lines of print; or it is as straight as print, by itself or with
        others: where one printed line lies upon another, too few letters stand apart to show either line.
        """
        height, width = part.shape
        if height > LIMITS.two_lines_mm * self.scale:
            return False
        if self.lines[y : y + height, x : x + width][part > 0].mean() >= LIMITS.within:
            return True
        off = LIMITS.off_line_mm * self.scale + 1
        level = max(np.sum(np.abs(self.heads - y) <= off), np.sum(np.abs(self.feet - y - height) <= off))
        straight = (
            max(_on_one_row(part, self.scale), _on_one_row(part[::-1], self.scale)) >= LIMITS.on_one_row
        )
        return bool(level >= LIMITS.level or (straight and width >= LIMITS.several * height))


def _on_one_row(part: np.ndarray, scale: float) -> float:
    """Share of a stroke's columns whose uppermost ink lies on one row, give or take what print is off its line."""
    heads = part.argmax(0)[part.any(0)]
    near = max(1, round(LIMITS.off_line_mm * scale))
    together = np.convolve(np.bincount(heads), np.ones(2 * near + 1))
    return float(together.max()) / len(heads)


def _printed_lines(names: np.ndarray, scale: float) -> np.ndarray:
    """bool (height, width): where lines of print are, and others that touch them, by the letters that stand apart."""
    lines = np.zeros(names.shape, bool)
    _, _, stats, _ = cv2.connectedComponentsWithStats((names > 0).astype(np.uint8), connectivity=8)
    for i in _lines_of_print(stats[1:], scale) + 1:
        x, y, width, height, _ = (int(v) for v in stats[i])
        above, below, beside = (round(mm * scale) for mm in LIMITS.line_mm)
        lines[max(0, y - above) : y + height + below, max(0, x - beside) : x + width + beside] = True
    return lines


def pen_strokes(crop_grey: np.ndarray, scale: float, names_printed: bool = True) -> np.ndarray:
    """The crop (grey uint8, cleaned) without what may be print; ``scale`` is in pixels a mm.

    Small letters by themselves are kept where they stand beside the large strokes: print stands under them.
    """
    names, strokes = _pen_components(crop_grey, scale, names_printed)
    pen = np.isin(names, [i for i, _, _ in strokes])
    if pen.any():
        low, high = np.percentile(np.nonzero(pen)[0], LIMITS.beside)
        middles = {int(i): float(np.nonzero(names == i)[0].mean()) for i in np.unique(names[names > 0])}
        pen = np.isin(names, [i for i, middle in middles.items() if low <= middle <= high]) | pen
    # With the soft edges of the strokes.
    soft = cv2.dilate(pen.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(soft, crop_grey, 255).astype(np.uint8)


def _pen_components(
    crop_grey: np.ndarray, scale: float, names_printed: bool
) -> tuple[np.ndarray, list[tuple[int, float, tuple[int, int, int, int, int]]]]:
    """The components' labels, int (height, width); and of those that a pen may have made number, how surely it did,
    and left, top, width, height and area."""
    ink = (crop_grey < 255 - LIMITS.ink).astype(np.uint8)
    # Strokes that a removed rule has cut are one stroke again; 0.3 mm joins no two printed letters of a line.
    near = max(1, round(LIMITS.cut_mm * scale))
    joined = cv2.morphologyEx(np.pad(ink, near), cv2.MORPH_CLOSE, np.ones((near, 1), np.uint8))
    joined = np.ascontiguousarray(joined[near:-near, near:-near])
    count, names, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    typeset = set(_lines_of_print(stats[1:], scale) + 1) if names_printed else set()
    strokes = []
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        share = _pen_share(width / scale, height / scale, names_printed)
        if not share or i in typeset or _is_rule(width, height, area, scale):
            continue
        part = (names[y : y + height, x : x + width] == i).astype(np.uint8)
        if not (names_printed and _is_grown_together(part, scale)):
            strokes.append((i, share, (x, y, width, height, area)))
    return names, strokes


def _lines_of_print(stats: np.ndarray, scale: float) -> np.ndarray:
    """Which of the components (rows of cv2's stats) are letters of a printed line, int (n,): as high as each other and
    standing on one line, as no hand writes them."""
    high = stats[:, 3].astype(float)
    foot = stats[:, 1] + high
    letter = (
        (high > LIMITS.letter_mm[0] * scale)
        & (high < LIMITS.letter_mm[1] * scale)
        & (stats[:, 2] < LIMITS.widest_letter * high)
    )
    alike = np.abs(high[:, None] - high) <= LIMITS.uneven * high[:, None] + 1
    level = np.abs(foot[:, None] - foot) <= LIMITS.off_line_mm * scale + 1
    together = (alike & level & letter).sum(1)
    return np.flatnonzero(letter & (together >= LIMITS.fewest_letters))


def _is_grown_together(part: np.ndarray, scale: float) -> bool:
    """Whether a component (uint8 0/1, its own box) is two lines of print that touch: cut between them, both sides fall
    apart into letters of one height. A pen's strokes, cut anywhere, leave pieces of all heights."""
    height, width = part.shape
    if (
        height < 2 * LIMITS.letter_mm[0] * scale
        or height > LIMITS.two_lines * LIMITS.letter_mm[1] * scale
        or width < LIMITS.shortest_lines * height
    ):
        return False
    ink = part.sum(1)
    for row in np.argsort(ink[height // 4 : 3 * height // 4])[: max(3, height // 6)] + height // 4:
        halves = part[: max(0, row - 1)], part[row + 2 :]
        stats = [cv2.connectedComponentsWithStats(half, connectivity=8)[2][1:] for half in halves]
        if all(_mostly_letters(found, scale) for found in stats):
            return True
    return False


def _mostly_letters(stats: np.ndarray, scale: float) -> bool:
    """Whether most of the ink of these components is in letters of printed lines."""
    if not len(stats):
        return False
    printed = stats[_lines_of_print(stats, scale), 4].sum()
    return bool(printed >= LIMITS.mostly * stats[:, 4].sum())


def _pen_share(width: float, height: float, names_printed: bool) -> float:
    """How surely a component of this size in mm is no print, 0 to 1: a ramp, so that half a pixel decides nothing."""
    (low, narrow), (high, wide) = (LIMITS.print_mm, LIMITS.pen_mm) if names_printed else LIMITS.no_print_mm
    return min(1.0, max(0.0, (height - low) / (high - low), (width - narrow) / (wide - narrow)))


def _pen_length(part: np.ndarray, area: int) -> float:
    """Length of the stroke in pixels: area over stroke width (Epshtein, Ofek and Wexler 2010, simplified)."""
    depth = cv2.distanceTransform(np.pad(part, 1), cv2.DIST_L2, 3)
    inner = depth[depth > 0]
    return area / max(1.0, 4.0 * float(inner.mean()) - 1.0)


def _is_rule(width: int, height: int, area: int, scale: float) -> bool:
    """A level or upright printed line, whole or the rest of one: thin in all its length."""
    thin = LIMITS.rule_mm * scale
    return min(width, height) < thin and area > LIMITS.rule_fill * width * height
