"""Which ink of a line is the colour of its caption, and which that of its entry.

What stands at the paper's left edge is print, what stands far along the line is the entry. Where the two differ in
colour or darkness, the strokes between them take after one of the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class CaptionInkLimits:
    """When a caption and an entry are of two inks, and what the colour of a stroke then says."""

    core: float = limit(
        0.5,
        "share",
        "guess",
        "Of the way from the paper to a stroke's darkest pixel, from which its pixels show its colour",
    )
    lightness: float = limit(
        0.5,
        "weight",
        "guess",
        "Of lightness among the colours: thin strokes look lighter than thick ones of the same ink",
    )
    caption_mm: float = limit(
        12.0,
        "mm",
        "rendered",
        "From the paper's left edge, up to which what begins is a caption's: rendered banks with even "
        "seeds, with 36 real cheques in view",
    )
    entry_mm: tuple[float, float] = limit(
        (36.0, 128.0),
        "mm",
        "rendered",
        "From the paper's left edge, between which what stands is the entry's: set on the same",
    )
    apart: float = limit(
        10.0,
        "levels of Lab",
        "rendered",
        "Levels of Lab between caption and entry from which on they are two inks. Rendered banks with "
        "even seeds.",
    )
    most_nats: float = limit(
        6.0,
        "nats",
        "rendered",
        "That the colour may say of one stroke: more than its look and place together",
    )
    surely_apart: float = limit(
        25.0,
        "levels of Lab",
        "rendered",
        "Between the two inks, from which the colour says so much; half as far apart, half of it",
    )


LIMITS = CaptionInkLimits()


def ink_colours(image: np.ndarray, cleaned: np.ndarray, names: np.ndarray, count: int) -> np.ndarray:
    """The colour of each component, CIE Lab with lightness halved, float (count, 3): of its darkest pixels.

    ``image`` is BGR or grey as scanned, ``cleaned`` the same part in grey without pattern, ``names`` its components.
    """
    picture = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    darkest = np.full(count, 255, np.uint8)
    inside = np.flatnonzero(names)
    number, grey = names.ravel()[inside], cleaned.ravel()[inside]
    np.minimum.at(darkest, number, grey)
    core = grey <= 255 - (255 - darkest[number].astype(int)) * LIMITS.core
    inside, number = inside[core], number[core]
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).reshape(-1, 3)[inside].astype(float)
    pixels = np.maximum(1, np.bincount(number, minlength=count))
    sums = np.stack([np.bincount(number, lab[:, k], count) for k in range(3)], axis=1)
    colours: np.ndarray = sums / pixels[:, None] * (LIMITS.lightness, 1.0, 1.0)
    return colours


def entry_ink_nats(
    colours: np.ndarray, left: np.ndarray, width: np.ndarray, on_line: np.ndarray
) -> np.ndarray:
    """How much rather each component has the entry's ink than the caption's, in nats, float (n,); zeros where the two
    inks are alike or one is not there. ``left`` and ``width`` in mm, ``on_line`` bool (n,)."""
    caption = on_line & (left < LIMITS.caption_mm)
    entry = on_line & (left > LIMITS.entry_mm[0]) & (left + width < LIMITS.entry_mm[1])
    nats = np.zeros(len(colours))
    if not caption.any() or not entry.any():
        return nats
    from_, to = _middle(colours[caption], width[caption]), _middle(colours[entry], width[entry])
    apart = float(np.linalg.norm(to - from_))
    if apart < LIMITS.apart:
        return nats
    along = (colours - from_) @ (to - from_) / apart**2
    nats = np.clip(2 * along - 1, -1, 1) * LIMITS.most_nats * min(1.0, apart / LIMITS.surely_apart)
    return nats


def _middle(colours: np.ndarray, width: np.ndarray) -> np.ndarray:
    """The median colour, wide components counting for more: dots and remains of the pattern are many and small."""
    order = np.argsort(colours, axis=0)
    middle = np.empty(3)
    for k in range(3):
        shares = np.cumsum(width[order[:, k]])
        middle[k] = colours[order[np.searchsorted(shares, shares[-1] / 2), k], k]
    return middle
