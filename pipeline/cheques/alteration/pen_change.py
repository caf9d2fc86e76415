"""Whether words and figures change from one pen to another together: the sign of an amount that was made larger.

Who raises an amount writes a word before the words and a figure before the figures, with a pen of his own. Each field
alone varies too much to say so; that both change at some place, and in the same direction of colour and width, no
single pen does. Each field is cut in two at every place; the two differences of means, in deviations within the parts
(Fisher's criterion), are compared along the direction that they share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from inkfield.pipeline.cheques.alteration.all_strokes import inked
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class PenChangeLimits:
    """When an amount is continued with another pen."""

    slice_mm: float = limit(
        3.0,
        "mm",
        "guess",
        "Strokes wider than this are told apart in slices: letters of two pens often touch",
    )
    least_share: float = limit(0.07, "share", "guess", "Of a field's ink that its lesser part holds")
    floor: float = limit(
        0.5,
        "variance",
        "guess",
        "Variance, in squares of those units, under which no difference is trusted more",
    )
    pen_change: float = limit(
        5.2,
        "deviations",
        "dev cheques",
        "From this on an amount counts as continued with another pen; set on the cheques it is told "
        "of, 0.6 above the highest that shows one pen",
    )
    pen_change_grey: float = limit(
        3.4,
        "deviations",
        "dev cheques",
        "The same on a scan without colours, where lightness and width alone tell: 0.3 above the highest of "
        "46 scans that show one pen (of 60 rendered ones none is above 3); a quarter of the others are found",
    )
    least_colour: float = limit(
        3.0,
        "levels",
        "guess",
        "By which the channels of a scan with colours differ somewhere in a field's ink",
    )
    least_mm2: float = limit(0.4, "mm2", "guess", "Area of a slice whose colour is looked at")
    least_core: int = limit(15, "px", "guess", "Of a slice within its edges, whose colour is looked at")
    stroke_share: float = limit(
        0.7, "share", "guess", "Of a slice's depths, above which lies the middle of its stroke"
    )


LIMITS = PenChangeLimits()

_UNITS = np.array([8.0, 1.5, 1.5, 0.3, 0.5, 0.06])
"""What lightness and the two colours (CIE Lab, 0 to 255), these colours per hundred of darkness, and the stroke's
width in mm vary by within one pen."""


Pieces = Sequence[tuple[np.ndarray, np.ndarray]]
"""Crops of one field, line by line: (BGR or grey uint8, cleaned grey uint8 of that size without print, neighbours)."""


def pen_change(words: Pieces, figures: Pieces, scale: float) -> float:
    """How far words and figures change together, as a share of the limit from which two pens wrote them.

    ``scale`` is px a mm. Scans without colours have a limit of their own. 0 where a field has no ink.
    """
    best = 0.0
    cuts = list(_cuts(_slices(figures, scale)))
    for in_words in _cuts(_slices(words, scale)):
        for in_figures in cuts:
            best = max(best, _together(in_words, in_figures))
    return best / (LIMITS.pen_change if _has_colours([*words, *figures]) else LIMITS.pen_change_grey)


def _has_colours(pieces: Pieces) -> bool:
    """Whether the scan is one in colour; a grey scan may be stored with three equal channels."""
    return any(
        part.ndim == 3 and float(np.ptp(part[::4, ::4], axis=2).max(initial=0)) > LIMITS.least_colour
        for part, _ in pieces
    )


def _together(first: np.ndarray, second: np.ndarray) -> float:
    """Geometric mean of two differences (6,) along the direction between them; 0 where they point apart."""
    shared = first / np.linalg.norm(first) + second / np.linalg.norm(second)
    length = float(np.linalg.norm(shared))
    if not np.isfinite(length) or length < 1e-6:
        return 0.0
    along = max(0.0, float(first @ shared) / length), max(0.0, float(second @ shared) / length)
    return float(np.sqrt(along[0] * along[1]))


def _cuts(slices: np.ndarray) -> Iterator[np.ndarray]:
    """For each place between two slices (n, 8) the difference right less left, (6,), in deviations."""
    slices = slices[np.argsort(slices[:, 0], kind="stable")]
    areas, looks = slices[:, 1], slices[:, 2:] / _UNITS
    for cut in range(1, len(slices)):
        left, right = areas[:cut], areas[cut:]
        if min(left.sum(), right.sum()) < LIMITS.least_share * areas.sum():
            continue
        means = np.average(looks[:cut], axis=0, weights=left), np.average(looks[cut:], axis=0, weights=right)
        spread = left @ (looks[:cut] - means[0]) ** 2 + right @ (looks[cut:] - means[1]) ** 2
        yield (means[1] - means[0]) / np.sqrt(spread / areas.sum() + LIMITS.floor)


def _slices(pieces: Pieces, scale: float) -> np.ndarray:
    """Slices of strokes (n, 8): place along the field in px, area in px, lightness and colours of the ink against the
    paper's, how its colours grow with its darkness, width of the stroke in mm."""
    found: list[tuple[float, ...]] = []
    offset = 0
    for part, cleaned in pieces:
        ink = inked(cleaned)
        if part.shape[:2] == cleaned.shape and ink.any() and not ink.all():
            found += [(place + offset, *rest) for place, *rest in _of_piece(part, ink, scale)]
        offset += part.shape[1]
    return np.array(found).reshape(-1, 2 + len(_UNITS))


def _of_piece(part: np.ndarray, ink: np.ndarray, scale: float) -> Iterator[tuple[float, ...]]:
    colours = part if part.ndim == 3 else cv2.cvtColor(part, cv2.COLOR_GRAY2BGR)
    lab = cv2.cvtColor(colours, cv2.COLOR_BGR2LAB).astype(np.float32)
    paper = np.median(lab.reshape(-1, 3)[np.flatnonzero(~ink)[::16]], axis=0)  # one in sixteen tells as much
    mask = ink.astype(np.uint8)
    core = cv2.erode(mask, np.ones((3, 3), np.uint8)) > 0
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    count, names, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for i in range(1, count):
        left, top, wide, high = (int(v) for v in stats[i][:4])
        edges = np.linspace(left, left + wide, max(1, round(wide / (LIMITS.slice_mm * scale))) + 1).astype(
            int
        )
        for first, last in pairwise(edges):
            place = (slice(top, top + high), slice(first, last))
            mine = names[place] == i
            inner = mine & core[place]
            if mine.sum() < LIMITS.least_mm2 * scale**2 or inner.sum() < LIMITS.least_core:
                continue
            inks, depths = lab[place][inner], np.sort(depth[place][mine])
            darker = inks[np.argsort(inks[:, 0])[: (len(inks) + 1) // 2]]  # the others are half paper
            width = 2 * float(depths[int(LIMITS.stroke_share * len(depths)) :].mean()) / scale
            look = np.sort(darker, axis=0)[len(darker) // 2] - paper
            # Half inked pixels have the ink's colour in proportion to their darkness (least squares through the
            # paper): of all pixels together it is known much more finely than of the darkest alone.
            dark, *tints = (lab[place][mine] - paper).T
            growth = [100 * float(tint @ dark) / max(1.0, float(dark @ dark)) for tint in tints]
            yield ((first + last) / 2, float(mine.sum()), *(float(v) for v in look), *growth, width)
