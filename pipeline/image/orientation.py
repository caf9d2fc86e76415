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
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel

CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True)
class OrientationLimits:
    """From which evidence a page is turned, and how much each piece of it weighs."""

    clear_bands: float = limit(
        0.7,
        "log ratio",
        "rendered",
        "Of the bands along and across, from which, with a clear script, nothing needs to be read: of "
        "250 pages of benchmarks/mixed_pages.py none had both in a wrong direction",
    )
    clear_script: float = limit(
        6.0,
        "standard errors",
        "rendered",
        "Of the script's asymmetry, from which, with clear bands, nothing needs to be read; alone it "
        "had 5.2 in a wrong direction",
    )
    first: int = limit(2, "strings", "guess", "That are read each way at first")
    more: int = limit(10, "strings", "guess", "That are read besides where the first leave a doubt")
    doubt: float = limit(
        3.0, "nats", "rendered", "Log odds, of axis or direction, under which more strings are read"
    )
    illegible: float = limit(
        -1.3,
        "nats a character",
        "rendered",
        "Mean worth of a character (see legibility.py) under which nothing was read: grain and photos "
        "have about -1.6, hardly legible hands -1",
    )
    as_it_lies: float = limit(
        1.0,
        "nats",
        "guess",
        "Log odds, on top of all evidence, that a page is not turned: most are not, and a page "
        "without text is left alone",
    )
    enough: int = limit(
        12, "letters", "guess", "Letters outside of photos from which those within do not count"
    )
    longest: float = limit(
        8.0, "heights", "guess", "Width in heights to which a string is cut: more of it would only take time"
    )
    bands_weight: float = limit(
        1.4,
        "nats",
        "rendered",
        "That the bands' log ratio is worth, beside what is read; fitted on 250 pages of "
        "benchmarks/mixed_pages.py (seed 7)",
    )
    script_weight: float = limit(
        0.4,
        "nats",
        "rendered",
        "That a standard error of the script's asymmetry is worth, beside what is read; fitted on the "
        "same pages",
    )
    length_weight: float = limit(
        1.1,
        "nats",
        "rendered",
        "That the log ratio of the strings' lengths along and across is worth; fitted on the same pages",
    )
    axis_weight: float = limit(
        2.2,
        "nats",
        "rendered",
        "That a nat a character, along against across, is worth; fitted on the same pages",
    )
    worth_weight: float = limit(
        0.15,
        "nats",
        "rendered",
        "That a nat of all characters, one way against its half turn, is worth; fitted on the same pages",
    )
    mean_weight: float = limit(
        1.9,
        "nats",
        "rendered",
        "That a nat a character, one way against its half turn, is worth; fitted on the same pages",
    )
    side: int = limit(1600, "px", "guess", "Longer side of the copy in which letters are looked for")
    few_letters: int = limit(
        16, "letters", "guess", "Under which a page is looked at once more at half the size"
    )
    stroke_px: int = limit(15, "px", "guess", "Width of the closing that takes strokes out of the paper")
    strong_percentile: int = limit(99, "%", "guess", "Of the top hat: how dark strokes are")
    least_strong: int = limit(20, "grey levels", "guess", "Of strokes under which next to nothing is written")
    least_size: int = limit(
        400, "px", "guess", "Of a picture in which the few darkest pixels are asked instead"
    )
    few_pixels: int = limit(200, "px", "guess", "Of ink that the least writing has")
    least_ink: float = limit(
        15.0, "grey levels", "guess", "By which ink is darker than its surroundings at least"
    )
    ink_share: float = limit(
        0.35, "share", "guess", "Of the darkest strokes' contrast, from which a pixel is ink"
    )
    shortest_rule: int = limit(60, "px", "guess", "Of a rule, which is taken out")
    least_letter: int = limit(5, "px", "guess", "Longer side of a letter")
    least_area: int = limit(8, "px", "guess", "Of a letter")
    dark: float = limit(0.75, "share", "guess", "Of the page's light, under which a broad area is a photo's")
    letter_gap: float = limit(1.2, "letter heights", "guess", "Between two letters of one string")
    lowest_string: float = limit(0.6, "letter heights", "guess", "Of a string that is read")
    highest_string: float = limit(6.0, "letter heights", "guess", "Of a string that is read")
    level: float = limit(0.3, "degrees", "guess", "Skew that is left in before the script is judged")
    band_width: float = limit(
        0.8,
        "letter heights",
        "guess",
        "By which the profile is smoothed, so that single strokes make no bands",
    )
    shortest_line: float = limit(3.0, "letter heights", "guess", "Width of a line that shows its asymmetry")
    lowest_line: float = limit(0.7, "letter heights", "guess", "Height of a line that shows its asymmetry")
    highest_line: float = limit(5.0, "letter heights", "guess", "Height of a line that shows its asymmetry")
    fewest_lines: int = limit(6, "lines", "guess", "That show which way up a script stands")
    core: float = limit(0.5, "share", "guess", "Of the fullest row, above which a row is of the core zone")
    least_outside: float = limit(
        0.04,
        "share",
        "guess",
        "Of a word's ink that lies outside of its core zone, for it to show its asymmetry",
    )


LIMITS = OrientationLimits()


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


@dataclass(frozen=True)
class Turn:
    """By how many degrees clockwise (0, 90, 180 or 270) a page is to be turned, and how probably that is right."""

    angle: int
    probability: float


def upright_angle(grey: np.ndarray, level: Letters | None, recognizer: LineModel) -> int:
    """Degrees clockwise (0, 90, 180 or 270) by which to turn a grey uint8 page to make it upright.

    ``level`` are its letters as it lies, from `find_letters`; a page without any is left alone.
    """
    return upright_turn(grey, level, recognizer).angle


def upright_turn(grey: np.ndarray, level: Letters | None, recognizer: LineModel) -> Turn:
    """As `upright_angle`, with its probability: 0 where nothing tells how the page lies, which then is left alone."""
    if level is None:
        return Turn(0, 0.0)
    sideways = level.turned()
    bands = float(np.log((banding(level.mask) + 1e-3) / (banding(sideways.mask) + 1e-3)))
    script = upright_evidence(leveled((level if bands >= 0 else sideways).mask))
    if abs(bands) > LIMITS.clear_bands and abs(script) > LIMITS.clear_script:
        return Turn((0 if bands > 0 else 90) + (0 if script > 0 else 180), 1.0)
    found, odds = 0, 0.0
    pages = {0: grey, 90: np.ascontiguousarray(np.rot90(grey, -1))}
    for count in (LIMITS.first, LIMITS.first + LIMITS.more):
        axis, up, clearest = read_directions(pages, {0: level, 90: sideways}, count, recognizer)
        axis += LIMITS.bands_weight * bands + LIMITS.as_it_lies
        for side in (0, 90):
            of_script = script if (side == 0) == (bands >= 0) else 0.0
            up[side] += LIMITS.script_weight * float(
                np.clip(of_script, -LIMITS.clear_script, LIMITS.clear_script)
            )
        up[0] += LIMITS.as_it_lies
        side = 0 if axis > 0 else 90
        found = side if up[side] > 0 else side + 180
        odds = min(abs(axis), abs(up[side]))
        if odds > LIMITS.doubt:
            break
    if clearest[side] <= LIMITS.illegible:
        return Turn(0, 0.0)
    return Turn(found, float(1.0 / (1.0 + np.exp(-odds))))


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
    axis = LIMITS.length_weight * float(longer) + LIMITS.axis_weight * (best.mean - other.mean)
    ways = {0: preference(level, over), 90: preference(sideways, across)}
    return axis, ways, {0: best.mean, 90: other.mean}


def better(one: Legibility, other: Legibility) -> Legibility:
    return one if one.mean >= other.mean else other


def preference(one: Legibility, other: Legibility) -> float:
    """Log odds of one direction against its half turn. The weights, as those of `read_directions`, were fitted on 250
    pages of benchmarks/mixed_pages.py (seed 7); neighbouring characters are no independent witnesses."""
    return LIMITS.worth_weight * (one.worth - other.worth) + LIMITS.mean_weight * (one.mean - other.mean)


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
    scale = min(1.0, LIMITS.side / max(grey.shape))
    mask, count = text_mask(grey, scale)
    while count < LIMITS.few_letters and scale * min(grey.shape) > 40:
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
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((LIMITS.stroke_px, LIMITS.stroke_px), np.uint8))
    hat = cv2.subtract(ground, small)
    strong = float(np.percentile(hat, LIMITS.strong_percentile))
    if (
        strong < LIMITS.least_strong and hat.size > LIMITS.least_size
    ):  # next to nothing is written: by the few pixels that are
        strong = float(
            np.partition(hat, hat.size - LIMITS.few_pixels, axis=None)[hat.size - LIMITS.few_pixels]
        )
    if strong < LIMITS.least_strong:
        return np.zeros(small.shape, np.uint8), 0
    ink: np.ndarray = (hat > max(LIMITS.least_ink, LIMITS.ink_share * strong)).astype(np.uint8)
    # Rules tie letters together: what is long and straight either way goes first.
    long = max(LIMITS.shortest_rule, max(small.shape) // 20)
    for kernel in (np.ones((1, long), np.uint8), np.ones((long, 1), np.uint8)):
        rules = cv2.morphologyEx(ink, cv2.MORPH_OPEN, kernel)
        ink = cv2.subtract(ink, cv2.dilate(rules, np.ones((3, 3), np.uint8)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    w, h, area = stats[:, 2], stats[:, 3], stats[:, 4]
    longer, shorter = np.maximum(w, h), np.minimum(w, h)
    side = max(max(small.shape), 720)
    keep = (
        (longer >= LIMITS.least_letter)
        & (longer < side / 4)
        & (shorter < side / 12)
        & (area >= LIMITS.least_area)
    )
    keep[0] = False
    # The grain of a photo is no writing: left out where there are letters elsewhere.
    middle = stats[:, 1] + h // 2, stats[:, 0] + w // 2
    elsewhere = keep & ~(broad_and_dark(ground)[middle] > 0)
    if int(elsewhere.sum()) >= LIMITS.enough:
        keep = elsewhere
    return keep[labels].astype(np.uint8), int(keep.sum())


def broad_and_dark(ground: np.ndarray) -> np.ndarray:
    """uint8 mask of what is clearly darker than the page's light and broader than any bar of a table."""
    shape = max(1, ground.shape[1] // 4), max(1, ground.shape[0] // 4)
    low = cv2.resize(ground, shape, interpolation=cv2.INTER_AREA)
    dark = (low < LIMITS.dark * np.percentile(low, 90)).astype(np.uint8)
    broad = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((21, 21), np.uint8))
    grown = cv2.dilate(broad, np.ones((5, 5), np.uint8))
    return cv2.resize(grown, (ground.shape[1], ground.shape[0]), interpolation=cv2.INTER_NEAREST)


def strings_of(letters: Letters) -> tuple[np.ndarray, np.ndarray]:
    """Strings of letters that stand in a row: labels int32 of the mask, and (n, 5) stats as OpenCV's, the first of
    them the background."""
    gap = max(3, int(LIMITS.letter_gap * letters.height)) | 1
    closed = cv2.morphologyEx(letters.mask, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    return labels, stats


def string_crops(page: np.ndarray, letters: Letters, count: int) -> list[np.ndarray]:
    """Grey crops of the ``count`` longest strings by their own height, of equal ones the highest."""
    _, stats = strings_of(letters)
    x, y, w, h = stats[1:, :4].T
    fits = (
        (h >= LIMITS.lowest_string * letters.height)
        & (h <= LIMITS.highest_string * letters.height)
        & (w >= LIMITS.lowest_string * letters.height)
    )
    x, y, w, h = x[fits], y[fits], w[fits], h[fits]
    order = np.lexsort((-h, -np.minimum(w / h, LIMITS.longest)))[:count]
    crops = []
    for i in order:
        margin = max(2, int(0.15 * h[i]))
        right = x[i] + min(w[i], LIMITS.longest * h[i]) + margin
        edges = np.array([max(0, y[i] - margin), y[i] + h[i] + margin, max(0, x[i] - margin), right])
        top, bottom, left, right = (edges / letters.scale).astype(int)
        crop = page[top:bottom, left:right]
        if min(crop.shape) >= 4:
            crops.append(crop)
    return crops


def leveled(mask: np.ndarray) -> np.ndarray:
    """The mask with its skew taken out."""
    angle = skew_angle((1 - mask) * 255)
    if abs(angle) < LIMITS.level:
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
    window = np.ones(max(3, round(LIMITS.band_width * letter)))
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
        if (
            w < LIMITS.shortest_line * letter
            or h < LIMITS.lowest_line * letter
            or h > LIMITS.highest_line * letter
        ):
            continue
        part = (labels[y : y + h, x : x + w] == label) & (mask[y : y + h, x : x + w] > 0)
        values.append(asymmetry(part))
    some = np.array([value for value in values if value is not None])
    if len(some) < LIMITS.fewest_lines:
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
    core = np.flatnonzero(smooth > LIMITS.core * smooth.max())
    if not len(core) or core[-1] - core[0] < 3:
        return None
    above = float(profile[: core[0]].sum())
    below = float(profile[core[-1] + 1 :].sum())
    if above + below < LIMITS.least_outside * profile.sum():
        return None
    return (above - below) / (above + below)
