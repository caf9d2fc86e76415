"""Takes the printed part of a form (labels, rules, boxes) out of a crop, by the template that lies under it.

Method: where the template has ink the crop's own ink goes, after the crop has been laid on the template to the pixel.
Pen strokes that run through the print are kept: pixels clearly darker than the print around them, and bridges
between the strokes on both sides of a rule (directional closing; after Yu and Jain 1996, "A generic system for
form dropout").
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class SubtractLimits:
    """What of a crop is the form's print, and what a pen's ink over it."""

    printed: int = limit(
        60,
        "grey levels",
        "guess",
        "A pixel of the template is print when it is this much darker than its paper",
    )
    ink: int = limit(45, "grey levels", "guess", "By which ink is darker than the paper")
    pen: int = limit(
        45,
        "grey levels",
        "guess",
        "Ink over a rule is a pen's when it is this much darker than the rule is elsewhere",
    )
    spread_mm: float = limit(
        0.22,
        "mm",
        "rendered",
        "How far print on paper reaches over its place on the template: bleeding, blur, what "
        "registration misses",
    )
    slide_mm: float = limit(0.5, "mm", "guess", "By which a crop's print may lie off the template's")
    slide_up_to_mm: float = limit(
        130.0,
        "mm",
        "guess",
        "Crops up to this size are laid on the template once more; a whole page lies as well as "
        "registration can lay it",
    )
    thickest_rule_mm: float = limit(0.8, "mm", "guess", "Of a rule that strokes are carried over")
    leans: tuple[float, ...] = limit(
        (-1.2, -0.6, 0.0, 0.6, 1.2),
        "columns a row",
        "guess",
        "Sideways steps a row of strokes that cross a rule: up to 50 degrees from the square",
    )
    paper_share: float = limit(
        0.95, "share", "guess", "Of the template's pixels, up to its paper's brightness"
    )
    slide_gain: float = limit(
        0.02, "share", "guess", "Of the likeness, that a slide over the whole way must gain"
    )
    closing_mm: float = limit(1.5, "mm", "guess", "Width of the closing that takes strokes out of the paper")
    darkest_paper: int = limit(
        25, "grey levels", "guess", "By which paper is darker than it usually is at most"
    )
    print_share: float = limit(
        0.25, "share", "guess", "Of the print's pixels, up to how dark print usually is"
    )
    pen_on_paper: float = limit(
        2.0, "times", "guess", "The contrast of ink, that a pen over print has at least"
    )
    rule_mm: float = limit(3.0, "mm", "guess", "Of straight print that is a rule")
    crumb_mm: float = limit(0.25, "mm", "guess", "Across a speck that is left of print")
    crumb_side_mm: float = limit(0.35, "mm", "guess", "Side of a square whose area such a speck has at most")


LIMITS = SubtractLimits()


def subtract_print(grey: np.ndarray, printed: np.ndarray, dpi: float) -> np.ndarray:
    """The crop without the form's print: grey uint8, writing kept, print replaced by the paper beside it.

    ``grey`` is a crop of the page laid on the form (`Registration.cut`), ``printed`` the same part of the template
    at the same ``dpi`` (`Template.at`), both grey uint8 of one shape. Raises ValueError when the shapes differ.
    """
    if grey.shape != printed.shape:
        raise ValueError(f"crop {grey.shape} and template {printed.shape} must have one shape")
    if grey.size == 0:
        return grey
    scale = dpi / 25.4
    own = (printed < _brightness(printed, LIMITS.paper_share) - LIMITS.printed).astype(np.uint8)
    if not own.any():
        return grey
    if max(grey.shape) <= LIMITS.slide_up_to_mm * scale:
        own = _laid_on(own, grey, scale)
    spread = max(1, round(LIMITS.spread_mm * scale))
    gone: np.ndarray = cv2.dilate(own, np.ones((2 * spread + 1,) * 2, np.uint8))
    paper = _paper(grey, gone, scale)
    ink = (grey < cv2.subtract(paper, _full(grey, LIMITS.ink))).astype(np.uint8)
    strokes = cv2.bitwise_and(ink, 1 - gone)
    kept = cv2.bitwise_and(_bridges(strokes, own, gone, spread, scale), ink) | _pen_over(grey, own, paper)
    result = np.where((gone > 0) & (kept == 0), paper, grey)
    return _without_crumbs(result, paper, gone, scale)


def _brightness(grey: np.ndarray, share: float, mask: np.ndarray | None = None) -> int:
    """The brightness that ``share`` of the pixels (of those under ``mask``, uint8) do not exceed."""
    counts = cv2.calcHist([grey], [0], mask, [256], [0, 256]).ravel().cumsum()
    return int(np.searchsorted(counts, share * counts[-1]))


def _full(grey: np.ndarray, value: int) -> np.ndarray:
    return np.full(grey.shape, value, np.uint8)


def _laid_on(own: np.ndarray, grey: np.ndarray, scale: float) -> np.ndarray:
    """The template's print (0/1), slid by up to ``slide_mm`` to where the crop is darkest under it."""
    reach = max(1, round(LIMITS.slide_mm * scale))
    around = cv2.copyMakeBorder(255 - grey, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    weight = own.astype(np.float32)
    weight -= weight.mean()
    likeness = cv2.matchTemplate(around.astype(np.float32), weight, cv2.TM_CCORR)
    # A slide must gain something: writing on a rule is no reason to move it.
    rows, columns = np.indices(likeness.shape) - reach
    gain = likeness - LIMITS.slide_gain * abs(float(likeness.max())) * np.hypot(rows, columns) / reach
    _, _, _, (dx, dy) = cv2.minMaxLoc(gain)
    moved = np.array([[1, 0, dx - reach], [0, 1, dy - reach]], np.float32)
    # Print at the crop's edge goes on beyond it.
    return cv2.warpAffine(own, moved, (own.shape[1], own.shape[0]), borderMode=cv2.BORDER_REPLICATE)


def _paper(grey: np.ndarray, gone: np.ndarray, scale: float) -> np.ndarray:
    """Brightness of the paper at every pixel, uint8: a wide closing, smoothed; print (``gone``) is no paper."""
    usual = _brightness(grey, 0.5, 1 - gone) if not gone.all() else int(grey.max())
    bare = cv2.max(grey, gone * np.uint8(usual))
    small = (
        cv2.resize(bare, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        if min(grey.shape) > 32
        else bare
    )
    size = max(3, round(LIMITS.closing_mm * scale * small.shape[0] / grey.shape[0])) | 1
    light = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    light = cv2.max(cv2.blur(light, (size, size)), _full(light, max(0, usual - LIMITS.darkest_paper)))
    return cv2.resize(light, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)


def _pen_over(grey: np.ndarray, own: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """Mask 0/1 of what is much darker than the print is for the most part: a pen crossed it there."""
    usual = _brightness(grey, LIMITS.print_share, own)
    darkest = min(usual - LIMITS.pen, _brightness(paper, 0.5) - LIMITS.pen_on_paper * LIMITS.ink)
    return (grey < max(0, darkest)).astype(np.uint8)


def _bridges(strokes: np.ndarray, own: np.ndarray, gone: np.ndarray, spread: int, scale: float) -> np.ndarray:
    """Pixels of rules that lie between a stroke on the one side and a stroke on the other."""
    bridges = np.zeros_like(own)
    for level in (True, False):
        long = round(LIMITS.rule_mm * scale)
        kernel = np.ones((1, long) if level else (long, 1), np.uint8)
        rules = cv2.morphologyEx(own, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_REPLICATE)
        if not rules.any():
            continue
        thickness = _thickness(rules if level else np.ascontiguousarray(rules.T))
        if thickness > LIMITS.thickest_rule_mm * scale:
            continue
        depth = int(np.ceil(thickness)) + 2 * spread + 2
        area = cv2.bitwise_and(cv2.dilate(rules, np.ones((2 * spread + 1,) * 2, np.uint8)), gone)
        for lean in LIMITS.leans:
            kernel = _leaning(depth + 2, lean)
            closed = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, kernel if level else kernel.T)
            bridges |= cv2.bitwise_and(closed, area)
    return bridges


def _thickness(rules: np.ndarray) -> float:
    """Usual thickness in pixels of level rules in a 0/1 mask: ink a column over runs a column."""
    runs = cv2.countNonZero(rules[:1]) + cv2.countNonZero(cv2.subtract(rules[1:], rules[:-1]))
    return cv2.countNonZero(rules) / runs if runs else 0.0


def _leaning(length: int, lean: float) -> np.ndarray:
    """A line of ``length`` rows as a structuring element, ``lean`` columns to the side a row."""
    length |= 1
    half = length // 2
    wide = int(np.ceil(abs(lean) * half))
    kernel = np.zeros((length, 2 * wide + 1), np.uint8)
    for row in range(length):
        kernel[row, wide + round(lean * (row - half))] = 1
    return kernel


def _without_crumbs(grey: np.ndarray, paper: np.ndarray, gone: np.ndarray, scale: float) -> np.ndarray:
    """Whitens what is left of print: specks beside it that are too small for a pen's dot."""
    ink = (grey < cv2.subtract(paper, _full(grey, LIMITS.ink))).astype(np.uint8)
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    near = cv2.dilate(gone, np.ones((3, 3), np.uint8))
    touching = np.zeros(len(stats), bool)
    touching[names[cv2.bitwise_and(near, ink) > 0]] = True
    thin = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) < LIMITS.crumb_mm * scale
    crumbs = touching & ((stats[:, cv2.CC_STAT_AREA] < (LIMITS.crumb_side_mm * scale) ** 2) | thin)
    crumbs[0] = False
    # The soft edge of a crumb goes with it, the ink of others stays.
    own = crumbs.astype(np.uint8)[names]
    wide = cv2.dilate(own, np.ones((3, 3), np.uint8))
    return np.where(wide > (ink ^ own), paper, grey)
