"""Orientation: which way up a page was put on the scanner: 0, 90, 180 or 270 degrees.

Method: what the letters look like first, then what they read. Rows or columns (0/180 against 90/270) by projection
profiles of the letters: text makes sharp bands along its lines and not across them. Up or down by the asymmetry of
Latin script (Caprari 2000; Bloomberg, Kopec and Dasari 1995): ascenders, capitals, figures, accents and i-dots rise
above the core zone of a line more than descenders hang below it. Both fail on pages with few letters, in capitals,
beside codes or photos, so only a page on which both are clear is turned by them; on any other a few strings of
letters are read in all four directions, and the direction in which they are legible wins.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.deskew import skew_angle
from inkfield.pipeline.image.legibility import Legibility, judged
from inkfield.recognizers.line_model import LineModel

CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_CLEAR_BANDS, _CLEAR_SCRIPT = 0.7, 6.0
"""Log of the bands' ratio, and standard errors of the script's asymmetry, from which both together need no reading:
of 250 pages of benchmarks/mixed_pages.py none had both in a wrong direction, the script alone had 5.2."""
_FIRST, _MORE = 2, 10
"""Strings that are read each way at first, and once more where these leave a doubt."""
_DOUBT = 3.0
"""Log odds, of axis or direction, under which more strings are read."""
_ILLEGIBLE = -1.3
"""Mean worth of a character (see legibility.py) under which nothing was read: grain and photos have about -1.6, hardly
legible hands -1."""
_AS_IT_LIES = 1.0
"""Log odds, on top of all evidence, that a page is not turned: most are not, and a page without text is left alone."""
_ENOUGH = 12
"""Letters outside of photos from which those within do not count."""
_LONGEST = 8
"""Width in heights to which a string is cut: more of it would only take time."""


@dataclass(frozen=True)
class Letters:
    """The letters of a page: ``mask`` uint8 0/1 at ``scale`` times the page's size, ``height`` their median there."""

    mask: np.ndarray
    scale: float
    height: float

    def turned(self) -> Letters:
        """As they lie once the page is turned clockwise by 90."""
        mask = np.ascontiguousarray(np.rot90(self.mask, -1))
        return Letters(mask, self.scale, median_height(mask))


def upright_angle(grey: np.ndarray, level: Letters | None, recognizer: LineModel) -> int:
    """Degrees clockwise (0, 90, 180 or 270) by which to turn a grey uint8 page to make it upright.

    ``level`` are its letters as it lies, from `find_letters`; a page without any is left alone.
    """
    if level is None:
        return 0
    sideways = level.turned()
    bands = float(np.log((banding(level.mask) + 1e-3) / (banding(sideways.mask) + 1e-3)))
    script = upright_evidence(leveled((level if bands >= 0 else sideways).mask))
    if abs(bands) > _CLEAR_BANDS and abs(script) > _CLEAR_SCRIPT:
        return (0 if bands > 0 else 90) + (0 if script > 0 else 180)
    found = 0
    pages = {0: grey, 90: np.ascontiguousarray(np.rot90(grey, -1))}
    for count in (_FIRST, _FIRST + _MORE):
        axis, up, clearest = read_directions(pages, {0: level, 90: sideways}, count, recognizer)
        axis += 1.4 * bands + _AS_IT_LIES
        for side in (0, 90):
            of_script = script if (side == 0) == (bands >= 0) else 0.0
            up[side] += 0.4 * float(np.clip(of_script, -_CLEAR_SCRIPT, _CLEAR_SCRIPT))
        up[0] += _AS_IT_LIES
        side = 0 if axis > 0 else 90
        found = side if up[side] > 0 else side + 180
        if abs(axis) > _DOUBT and abs(up[side]) > _DOUBT:
            break
    return found if clearest[side] > _ILLEGIBLE else 0


def read_directions(
    pages: dict[int, np.ndarray], letters: dict[int, Letters], count: int, recognizer: LineModel
) -> tuple[float, dict[int, float], dict[int, float]]:
    """By reading: log odds of 0 or 180 against 90 or 270, of each side (0, 90) against its half turn, and how legible
    each side is the better way up.

    A string of letters holds several characters along its line; across the lines there is one or two.
    """
    strings = {side: string_crops(pages[side], letters[side], count) for side in (0, 90)}
    groups = [
        strings[0],
        [half_turn(c) for c in strings[0]],
        strings[90],
        [half_turn(c) for c in strings[90]],
    ]
    level, over, sideways, across = judged(recognizer, groups)
    best, other = better(level, over), better(sideways, across)
    longer = np.log((max(level.length, over.length) + 0.5) / (max(sideways.length, across.length) + 0.5))
    axis = 1.1 * float(longer) + 2.2 * (best.mean - other.mean)
    ways = {0: preference(level, over), 90: preference(sideways, across)}
    return axis, ways, {0: best.mean, 90: other.mean}


def better(one: Legibility, other: Legibility) -> Legibility:
    return one if one.mean >= other.mean else other


def preference(one: Legibility, other: Legibility) -> float:
    """Log odds of one direction against its half turn. The weights, as those of `read_directions`, were fitted on 250
    pages of benchmarks/mixed_pages.py (seed 7); neighbouring characters are no independent witnesses."""
    return 0.15 * (one.worth - other.worth) + 1.9 * (one.mean - other.mean)


def half_turn(crop: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(np.rot90(crop, 2))


def rotate_upright(image: np.ndarray, angle: int) -> np.ndarray:
    """The image turned clockwise by ``angle`` (0, 90, 180, 270). Raises ValueError for any other angle."""
    if angle == 0:
        return image
    if angle not in CODES:
        raise ValueError(f"angle must be 0, 90, 180 or 270, not {angle}")
    return cv2.rotate(image, CODES[angle])


def find_letters(grey: np.ndarray) -> Letters | None:
    """The letters of a page in a copy whose longer side is about 1600; None without any.

    A small picture may hold large letters: it is looked at once more at half its size where that shows more of them.
    """
    if grey.size == 0 or min(grey.shape) < 12:
        return None
    scale = min(1.0, 1600 / max(grey.shape))
    mask, count = text_mask(grey, scale)
    while count < 16 and scale * min(grey.shape) > 40:
        smaller, more = text_mask(grey, scale / 2)
        if more <= count:
            break
        mask, count, scale = smaller, more, scale / 2
    return Letters(mask, scale, median_height(mask)) if count >= 2 else None


def text_mask(grey: np.ndarray, scale: float) -> tuple[np.ndarray, int]:
    """uint8 0/1 mask of letter-like components in a copy of a page at ``scale``, and how many there are.

    Rules, frames, barcodes, photos and dust are left out by size and shape.
    """
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    hat = cv2.subtract(ground, small)
    strong = float(np.percentile(hat, 99))
    if strong < 20 and hat.size > 400:  # next to nothing is written: by the few pixels that are
        strong = float(np.partition(hat, hat.size - 200, axis=None)[hat.size - 200])
    if strong < 20:
        return np.zeros(small.shape, np.uint8), 0
    ink: np.ndarray = (hat > max(15.0, 0.35 * strong)).astype(np.uint8)
    # Rules tie letters together: what is long and straight either way goes first.
    long = max(60, max(small.shape) // 20)
    for kernel in (np.ones((1, long), np.uint8), np.ones((long, 1), np.uint8)):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
        ink = cv2.subtract(ink, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    w, h, area = stats[:, 2], stats[:, 3], stats[:, 4]
    longer, shorter = np.maximum(w, h), np.minimum(w, h)
    side = max(max(small.shape), 720)
    keep = (longer >= 5) & (longer < side / 4) & (shorter < side / 12) & (area >= 8)
    keep[0] = False
    # The grain of a photo is no writing: left out where there are letters elsewhere.
    middle = stats[:, 1] + h // 2, stats[:, 0] + w // 2
    elsewhere = keep & ~(broad_and_dark(ground)[middle] > 0)
    if int(elsewhere.sum()) >= _ENOUGH:
        keep = elsewhere
    return keep[labels].astype(np.uint8), int(keep.sum())


def broad_and_dark(ground: np.ndarray) -> np.ndarray:
    """uint8 mask of what is clearly darker than the page's light and broader than any bar of a table."""
    shape = max(1, ground.shape[1] // 4), max(1, ground.shape[0] // 4)
    low = cv2.resize(ground, shape, interpolation=cv2.INTER_AREA)
    dark = (low < 0.75 * np.percentile(low, 90)).astype(np.uint8)
    broad = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((21, 21), np.uint8))
    grown = cv2.dilate(broad, np.ones((5, 5), np.uint8))
    return cv2.resize(grown, (ground.shape[1], ground.shape[0]), interpolation=cv2.INTER_NEAREST)


def strings_of(letters: Letters) -> tuple[np.ndarray, np.ndarray]:
    """Strings of letters that stand in a row: labels int32 of the mask, and (n, 5) stats as OpenCV's, the first of
    them the background."""
    gap = max(3, int(1.2 * letters.height)) | 1
    closed = cv2.morphologyEx(letters.mask, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    return labels, stats


def string_crops(page: np.ndarray, letters: Letters, count: int) -> list[np.ndarray]:
    """Grey crops of the ``count`` longest strings by their own height, of equal ones the highest."""
    _, stats = strings_of(letters)
    x, y, w, h = stats[1:, :4].T
    fits = (h >= 0.6 * letters.height) & (h <= 6 * letters.height) & (w >= 0.6 * letters.height)
    x, y, w, h = x[fits], y[fits], w[fits], h[fits]
    order = np.lexsort((-h, -np.minimum(w / h, _LONGEST)))[:count]
    crops = []
    for i in order:
        margin = max(2, int(0.15 * h[i]))
        right = x[i] + min(w[i], _LONGEST * h[i]) + margin
        edges = np.array([max(0, y[i] - margin), y[i] + h[i] + margin, max(0, x[i] - margin), right])
        top, bottom, left, right = (edges / letters.scale).astype(int)
        crop = page[top:bottom, left:right]
        if min(crop.shape) >= 4:
            crops.append(crop)
    return crops


def leveled(mask: np.ndarray) -> np.ndarray:
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
    letter = median_height(mask)
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


def upright_evidence(mask: np.ndarray) -> float:
    """Mean asymmetry of the text lines in standard errors: positive upright, negative upside down.

    Lines are runs of words (components closed sideways). Within each, the core zone is where the row
    profile is above half of its peak; the asymmetry is ink above it against ink below it.
    """
    letter = median_height(mask)
    if not letter:
        return 0.0
    labels, stats = strings_of(Letters(mask, 1.0, letter))
    values = []
    for label in range(1, len(stats)):
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


def median_height(mask: np.ndarray) -> float:
    """Of the components of a mask, in pixels; 0 where there is none."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return float(np.median(stats[1:, cv2.CC_STAT_HEIGHT])) if len(stats) > 1 else 0.0


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
