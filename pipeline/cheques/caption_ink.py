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
    """How the colours of strokes are measured and what they say."""

    core: float = limit(
        0.5,
        "share",
        "guess",
        "Of the way from the paper to a stroke's darkest pixel, from where pixels tell its colour",
    )
    lightness: float = limit(
        0.5, "share", "guess", "That lightness counts: thin strokes look lighter than thick ones"
    )
    caption_mm: float = limit(
        12.0, "mm", "rendered", "From the paper's left edge: what begins before is a caption's"
    )
    entry_mm: tuple[float, float] = limit(
        (36.0, 128.0), "mm", "rendered", "From the paper's left edge, between which the entry stands"
    )
    apart: float = limit(
        10.0, "levels of Lab", "rendered", "Between caption and entry from which on they are two inks"
    )
    surely_apart: float = limit(
        25.0, "levels of Lab", "rendered", "The same, where the colour says as much as it may"
    )
    most_nats: float = limit(
        6.0,
        "nats",
        "rendered",
        "That the colour of one stroke may say: more than its look and place together",
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
