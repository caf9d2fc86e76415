"""Orientation: which way up a page was put on the scanner: 0, 90, 180 or 270 degrees.

Rows or columns (0/180 against 90/270) by projection profiles of the text components: text makes sharp bands
along its lines and not across them. Up or down by the asymmetry of Latin script (Caprari 2000; Bloomberg,
Kopec and Dasari 1995): ascenders, capitals, figures, accents and i-dots rise above the core zone of a line
more than descenders hang below it. A cheque, mostly capitals and figures, is told by its MICR line (ANSI
X9.100-160, ISO 1004: characters of one height in an otherwise empty band along the foot). Undecided means
0: a page is turned only on clear evidence.
"""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.deskew import skew_angle

CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
ACROSS_EVIDENCE = 1.2
"""How many times sharper the column profile must be than the row profile to call a page sideways."""
UPSIDE_DOWN_EVIDENCE = 3.0
"""How many standard errors the mean asymmetry of the lines must lie on the upside-down side."""


def upright_angle(grey: np.ndarray) -> int:
    """Degrees clockwise (0, 90, 180 or 270) by which to turn a grey uint8 page to make it upright."""
    mask = text_mask(grey)
    if mask is None:
        return 0
    sideways = banding(mask.T) > ACROSS_EVIDENCE * banding(mask)
    if not sideways:
        return 180 if up_or_down(level(mask)) < -UPSIDE_DOWN_EVIDENCE else 0
    # Turned clockwise by 90 the lines become level; then up or down as above.
    return 270 if up_or_down(level(np.ascontiguousarray(np.rot90(mask, -1)))) < 0 else 90


def rotate_upright(image: np.ndarray, angle: int) -> np.ndarray:
    """The image turned clockwise by ``angle`` (0, 90, 180, 270). Raises ValueError for any other angle."""
    if angle == 0:
        return image
    if angle not in CODES:
        raise ValueError(f"angle must be 0, 90, 180 or 270, not {angle}")
    return cv2.rotate(image, CODES[angle])


def text_mask(grey: np.ndarray) -> np.ndarray | None:
    """uint8 0/1 mask of letter-like components in a copy whose longer side is about 1600; None without text.

    Rules, frames, barcodes, photos and dust are left out by size and shape.
    """
    if grey.size == 0 or min(grey.shape) < 30:
        return None
    scale = min(1.0, 1600 / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    hat = cv2.morphologyEx(small, cv2.MORPH_BLACKHAT, np.ones((15, 15), np.uint8))
    strong = float(np.percentile(hat, 99))
    if strong < 20:
        return None
    ink: np.ndarray = (hat > max(15.0, 0.35 * strong)).astype(np.uint8)
    # Rules tie letters together: what is long and straight either way goes first.
    long = max(40, max(small.shape) // 20)
    for kernel in (np.ones((1, long), np.uint8), np.ones((long, 1), np.uint8)):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
        ink = cv2.subtract(ink, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    w, h, area = stats[:, 2], stats[:, 3], stats[:, 4]
    longer, shorter = np.maximum(w, h), np.minimum(w, h)
    keep = (longer >= 5) & (longer < max(small.shape) / 4) & (shorter < max(small.shape) / 12) & (area >= 8)
    keep[0] = False
    if int(keep.sum()) < 8:
        return None
    return keep[labels].astype(np.uint8)


def level(mask: np.ndarray) -> np.ndarray:
    """The mask with its skew taken out."""
    angle = skew_angle((1 - mask) * 255)
    if abs(angle) < 0.3:
        return mask
    height, width = mask.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(mask, matrix, (width, height), flags=cv2.INTER_NEAREST)


def banding(mask: np.ndarray) -> float:
    """How sharply text bands along rows: mean over vertical strips of the profile's relative change.

    Strips (a tenth of the width) keep a small skew or several columns from smearing the bands.
    """
    scores = []
    weights = []
    # Single strokes are sharp both ways: smoothed by the height of a letter, only lines are left.
    letter = float(np.median(component_heights(mask)))
    window = np.ones(max(3, round(0.8 * letter)))
    window /= len(window)
    for strip in np.array_split(mask, 10, axis=1):
        profile = np.convolve(strip.sum(axis=1), window, "same")
        total = profile.sum()
        if total < 50:
            continue
        scores.append(float(np.sum(np.diff(profile) ** 2)) / total)
        weights.append(float(total))
    return float(np.average(scores, weights=weights)) if scores else 0.0


def up_or_down(mask: np.ndarray) -> float:
    """Positive for upright, negative for upside down: by the MICR line of a cheque, else by the script."""
    foot, head = micr_score(mask), micr_score(mask[::-1])
    if max(foot, head) >= 12 and (foot >= 1.5 * head or head >= 1.5 * foot):
        return 10.0 if foot > head else -10.0
    return upright_evidence(mask)


def micr_score(mask: np.ndarray) -> int:
    """How many components of one height stand in one row at the foot of a cheque-shaped mask; 0 for pages.

    E-13B characters are 3 mm high: 3 to 5 % of a cheque's height.
    """
    height, width = mask.shape
    if not 1.8 < width / height < 2.8:
        return 0
    part = np.ascontiguousarray(mask[int(0.8 * height) :])
    # Some characters print in pieces: joined up and down.
    part = cv2.morphologyEx(part, cv2.MORPH_CLOSE, np.ones((max(3, round(0.012 * height)), 1), np.uint8))
    _, _, stats, centres = cv2.connectedComponentsWithStats(part, connectivity=8)
    h, w, y = stats[1:, 3], stats[1:, 2], centres[1:, 1]
    right = (h > 0.026 * height) & (h < 0.06 * height) & (w < 0.05 * height)
    h, y = h[right], y[right]
    best = 0
    for size, row in zip(h, y, strict=True):
        best = max(best, int(((np.abs(h - size) <= 0.12 * size + 1) & (np.abs(y - row) < 0.2 * size)).sum()))
    return best


def upright_evidence(mask: np.ndarray) -> float:
    """Mean asymmetry of the text lines in standard errors: positive upright, negative upside down.

    Lines are runs of words (components closed sideways). Within each, the core zone is where the row
    profile is above half of its peak; the asymmetry is ink above it against ink below it.
    """
    heights = component_heights(mask)
    if not len(heights):
        return 0.0
    letter = float(np.median(heights))
    gap = max(3, int(1.2 * letter)) | 1
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    values = []
    for label in range(1, count):
        x, y, w, h, _ = stats[label]
        if w < 3 * letter or h < 0.7 * letter or h > 5 * letter:
            continue
        part = (labels[y : y + h, x : x + w] == label) & (mask[y : y + h, x : x + w] > 0)
        values.append(asymmetry(part))
    some = np.array([value for value in values if value is not None])
    if len(some) < 6:
        return 0.0
    error = max(float(some.std()) / np.sqrt(len(some)), 0.01)
    return float(some.mean() / error)


def component_heights(mask: np.ndarray) -> np.ndarray:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return stats[1:, cv2.CC_STAT_HEIGHT]


def asymmetry(word: np.ndarray) -> float | None:
    """(ink above - ink below) / all ink outside the core zone, -1..1; None when the word has no core."""
    profile = word.sum(axis=1).astype(np.float64)
    smooth = np.convolve(profile, np.ones(3) / 3, "same")
    core = np.flatnonzero(smooth > 0.5 * smooth.max())
    if not len(core) or core[-1] - core[0] < 3:
        return None
    above = float(profile[: core[0]].sum())
    below = float(profile[core[-1] + 1 :].sum())
    if above + below < 0.04 * profile.sum():
        return None
    return (above - below) / (above + below)
