"""Dark areas of a page: white print on them is turned dark, pictures are taken out, so that only dark lines on light
remain.

Method: areas darker than the paper around them and broader than strokes are found in a reduced copy, rules taken out
first. A few strings of letters in each are read: where the lighter ones are legible the area is inverted, and a broad
area in which neither these nor the darker ones are is a picture and becomes paper.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.image.legibility import Legibility, judged
from inkfield.pipeline.image.orientation import find_letters, string_crops
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel

MM = 25.4


@dataclass(frozen=True)
class DarkAreaLimits:
    """Which dark areas hold white print, and which are pictures."""

    work_dpi: float = limit(100.0, "dpi", "guess", "Resolution at which areas are looked for")
    dark: float = limit(
        0.8,
        "share",
        "rendered",
        "Of the paper's brightness: the darkest channel of an area that white print can be read on",
    )
    picture: float = limit(
        0.55,
        "share",
        "rendered",
        "Of the paper's brightness: pictures that tie lines together are as dark, shadows are not",
    )
    low_mm: float = limit(1.8, "mm", "guess", "Height of the smallest area")
    short_mm: float = limit(6.0, "mm", "guess", "Width of the smallest area")
    highest_letter_mm: float = limit(
        15.0, "mm", "guess", "Holes of an area that are no higher may be letters"
    )
    broad_mm: float = limit(
        12.0, "mm", "rendered", "Height and width of a picture: letters of a title have none as large"
    )
    solid_mm: float = limit(
        5.0, "mm", "rendered", "Side of an even piece in a picture: letters of a title have none as large"
    )
    large_mm: float = limit(20.0, "mm", "rendered", "Height and width of a picture without such a piece")
    grain_mm: float = limit(
        1.3,
        "mm",
        "rendered",
        "Gaps between the dark pieces of such a picture; lines of text stand farther apart",
    )
    grain: float = limit(
        0.6, "share", "rendered", "Least of such a picture that is dark; of text half of it is at most"
    )
    legible: float = limit(
        -1.0,
        "nats a character",
        "rendered",
        "Mean worth of a character (see legibility.py) from which an area is text; handwriting hard "
        "to read has -1",
    )
    fewest: int = limit(3, "characters", "guess", "That an area of text holds at least")
    step: int = limit(
        40, "grey levels", "rendered", "Grey levels, in any channel, by which the colours of two bars differ"
    )
    strings: int = limit(2, "strings", "guess", "Of letters that are read in each area")
    most_areas: int = limit(24, "areas", "guess", "That are looked at on a page")
    print_percentile: int = limit(98, "%", "guess", "Of an area's pixels: the level of its light print")
    least_print: float = limit(
        20.0, "grey levels", "guess", "By which print counts as lighter than its ground at least"
    )
    least_paper: float = limit(
        0.5, "share", "guess", "Of the page's light, that paper has everywhere at least"
    )
    paper_percentile: int = limit(95, "%", "guess", "Of a page's pixels: its light")
    thickest_rule_mm: float = limit(1.0, "mm", "guess", "Of a rule that ties a table's bars together")
    shortest_rule_mm: float = limit(8.0, "mm", "guess", "Of a rule that ties a table's bars together")
    letter_gap_mm: float = limit(
        0.5, "mm", "guess", "Gaps at an area's edge that are closed, where letters reach it"
    )
    widest_hole: float = limit(
        4.0, "letter heights", "guess", "Holes of an area that are no wider may be letters"
    )


LIMITS = DarkAreaLimits()


@dataclass(frozen=True)
class Area:
    """A dark area: its box (x, y, width, height) and a uint8 0/1 mask of it, both in pixels of the page; whether it
    is broad and dark enough to be a picture."""

    box: tuple[int, int, int, int]
    mask: np.ndarray
    may_be_picture: bool
    in_bands: bool = False
    """Its bands of one colour each are areas of their own: they are inverted, it is only painted over."""


def lift_dark_areas(image: np.ndarray, dpi: float, recognizer: LineModel) -> np.ndarray:
    """The page (grey or BGR uint8, upright and level) with white print on dark areas inverted and pictures painted
    over."""
    areas = dark_areas(image, dpi)
    if not areas:
        return image
    lifted = [inverted(cut(image, area), area.mask) for area in areas]
    white = [legible(found) for found in judged(recognizer, [strings(light) for light in lifted])]
    unclear = [
        area for area, is_white in zip(areas, white, strict=True) if area.may_be_picture and not is_white
    ]
    black = judged(recognizer, [strings(as_it_is(image, area)) for area in unclear])
    result = image.copy()
    for area, found in zip(unclear, black, strict=True):
        if not legible(found):
            cut(result, area)[area.mask > 0] = 255
    for area, light, is_white in zip(areas, lifted, white, strict=True):
        if is_white and not area.in_bands:
            inside = area.mask > 0
            cut(result, area)[inside] = light[inside] if image.ndim == 2 else light[inside][:, None]
    return result


def as_it_is(image: np.ndarray, area: Area) -> np.ndarray:
    """The area in grey, what lies around it in its own tone."""
    part = to_grey(cut(image, area))
    return np.where(area.mask > 0, part, level_of(part, area.mask)).astype(np.uint8)


def legible(found: Legibility) -> bool:
    return found.characters >= LIMITS.fewest and found.mean > LIMITS.legible


def cut(image: np.ndarray, area: Area) -> np.ndarray:
    x, y, width, height = area.box
    return image[y : y + height, x : x + width]


def strings(grey: np.ndarray) -> list[np.ndarray]:
    """Crops of the longest strings of dark letters."""
    found = find_letters(grey)
    return string_crops(grey, found, LIMITS.strings) if found else []


def level_of(part: np.ndarray, mask: np.ndarray) -> float:
    """The tone of an area's ground: the commoner side of its median."""
    return float(np.median(part[mask > 0]))


def inverted(part: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Grey uint8 of an area with its light print dark on white, by the channel in which both differ most."""
    channels = [part] if part.ndim == 2 else list(cv2.split(part))
    inside = mask > 0
    grounds = [level_of(channel, mask) for channel in channels]
    prints = [float(np.percentile(channel[inside], LIMITS.print_percentile)) for channel in channels]
    best = int(np.argmax([p - g for p, g in zip(prints, grounds, strict=True)]))
    ground, step = grounds[best], max(LIMITS.least_print, prints[best] - grounds[best])
    light = np.clip((channels[best].astype(np.float32) - ground) / step, 0, 1)
    # The rim of an area blends into the paper around it: that is no print.
    core = cv2.erode(mask, np.ones((3, 3), np.uint8), borderValue=(0,)) > 0
    return np.where(core, 255 - 235 * light, 255).astype(np.uint8)


def dark_areas(image: np.ndarray, dpi: float) -> list[Area]:
    """The areas darker than the paper and broader than strokes, the largest first."""
    shrink = max(1.0, dpi / LIMITS.work_dpi, max(image.shape[:2]) / 1600)
    pixel = dpi / shrink / MM
    shape = max(1, round(image.shape[1] / shrink)), max(1, round(image.shape[0] / shrink))
    small = cv2.resize(image, shape, interpolation=cv2.INTER_AREA)
    # A colour is darkest in one of its channels, white print on it is light in all.
    shade = small if small.ndim == 2 else small.min(axis=2)
    paper = paper_around(shade, pixel)
    dark = (shade < LIMITS.dark * paper).astype(np.uint8)
    filled = without_holes(without_ruled_lines(dark, pixel), pixel)
    solid = cv2.morphologyEx(filled, cv2.MORPH_OPEN, square(LIMITS.low_mm * pixel))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    very_dark = (shade < LIMITS.picture * paper).astype(np.uint8)
    areas = [enlarged(area, shrink, image.shape) for area in grainy_pictures(very_dark, pixel)]
    for label in sorted(range(1, count), key=lambda i: -int(stats[i, cv2.CC_STAT_AREA]))[: LIMITS.most_areas]:
        x, y, w, h, _ = (int(v) for v in stats[label])
        if h < LIMITS.low_mm * pixel or w < LIMITS.short_mm * pixel:
            continue
        whole = (labels[y : y + h, x : x + w] == label).astype(np.uint8)
        picture = looks_like_picture(very_dark[y : y + h, x : x + w] & whole, pixel)
        parts = bands(small[y : y + h, x : x + w], whole, LIMITS.low_mm * pixel)
        if picture or len(parts) == 1:
            area = Area((x, y, w, h), whole, picture, len(parts) > 1)
            areas.append(enlarged(area, shrink, image.shape))
        for top, bottom in parts if len(parts) > 1 else ():
            band = Area((x, y + top, w, bottom - top), whole[top:bottom], False)
            areas.append(enlarged(band, shrink, image.shape))
    return areas


def bands(part: np.ndarray, mask: np.ndarray, least: float) -> list[tuple[int, int]]:
    """Rows (start, stop) of an area's bands of one colour each, at least ``least`` high: a table's bars lie on each
    other."""
    inside = np.where(mask[..., None] > 0, part.reshape(*mask.shape, -1).astype(np.float32), np.nan)
    colours = np.nanmedian(inside, axis=1)
    steps = np.abs(colours[2:] - colours[:-2]).max(axis=1)
    cuts = [0]
    for row in np.argsort(-steps, kind="stable"):
        if not steps[row] > LIMITS.step:
            break
        if min(abs(row + 1 - other) for other in (*cuts, len(mask))) >= least:
            cuts.append(int(row) + 1)
    cuts = sorted(cuts)
    return list(zip(cuts, [*cuts[1:], len(mask)], strict=True))


def looks_like_picture(very_dark: np.ndarray, pixel: float) -> bool:
    """Whether an area is too broad and dark for the letters of a title."""
    broad = min(very_dark.shape) >= LIMITS.broad_mm * pixel
    return broad and bool(cv2.erode(very_dark, square(LIMITS.solid_mm * pixel), borderValue=(0,)).any())


def grainy_pictures(very_dark: np.ndarray, pixel: float) -> list[Area]:
    """Areas that are dark for the most part in small pieces: photos, of which no single piece need be broad."""
    closed = cv2.morphologyEx(very_dark, cv2.MORPH_CLOSE, square(LIMITS.grain_mm * pixel))
    broad = cv2.morphologyEx(closed, cv2.MORPH_OPEN, square(LIMITS.broad_mm * pixel))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(broad, connectivity=8)
    found = []
    for label in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[label])
        mask = (labels[y : y + h, x : x + w] == label).astype(np.uint8)
        dark = int((very_dark[y : y + h, x : x + w] & mask).sum())
        if min(w, h) >= LIMITS.large_mm * pixel and dark > LIMITS.grain * int(mask.sum()):
            found.append(Area((x, y, w, h), mask, True))
    return found[: LIMITS.most_areas]


def enlarged(area: Area, factor: float, shape: tuple[int, ...]) -> Area:
    """The area in pixels of the page, whose ``shape`` is (height, width, ...), with the blurred pixels of its rim."""
    x, y, w, h = area.box
    left, top = max(0, int((x - 1) * factor)), max(0, int((y - 1) * factor))
    right, bottom = min(shape[1], round((x + w + 1) * factor)), min(shape[0], round((y + h + 1) * factor))
    padded = cv2.copyMakeBorder(area.mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,))
    padded = cv2.dilate(padded, np.ones((3, 3), np.uint8))
    # Rows and columns cut off at the page's edge are those that the page has not.
    padded = padded[1 if y == 0 else 0 :, 1 if x == 0 else 0 :]
    mask = cv2.resize(padded, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    return Area((left, top, right - left, bottom - top), mask, area.may_be_picture, area.in_bands)


def square(side: float) -> np.ndarray:
    return np.ones((max(2, round(side)), max(2, round(side))), np.uint8)


def paper_around(shade: np.ndarray, pixel: float) -> np.ndarray:
    """The paper's brightness at each place, float32: what is light within 25 mm, and at least half of the page's
    own."""
    coarse = max(1, round(pixel))
    size = max(1, shade.shape[1] // coarse), max(1, shade.shape[0] // coarse)
    low = cv2.resize(shade, size, interpolation=cv2.INTER_AREA)
    light = cv2.blur(cv2.morphologyEx(low, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8)), (9, 9))
    least = LIMITS.least_paper * float(np.percentile(low, LIMITS.paper_percentile))
    high = cv2.resize(light, (shade.shape[1], shade.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.maximum(high.astype(np.float32), least)


def without_ruled_lines(dark: np.ndarray, pixel: float) -> np.ndarray:
    """The mask without long thin rules, which tie a table's bars to all of its cells."""
    thick, long = (
        max(2, round(LIMITS.thickest_rule_mm * pixel)),
        max(8, round(LIMITS.shortest_rule_mm * pixel)),
    )
    result = dark
    for across, along in (((thick, 1), (1, long)), ((1, thick), (long, 1))):
        thin = cv2.subtract(dark, cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(across, np.uint8)))
        result = cv2.subtract(result, cv2.morphologyEx(thin, cv2.MORPH_OPEN, np.ones(along, np.uint8)))
    return result


def without_holes(dark: np.ndarray, pixel: float) -> np.ndarray:
    """The mask with holes filled that may be letters: not higher than ``highest_letter_mm``. Letters that reach an
    area's edge are closed off first."""
    closed = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, square(LIMITS.letter_gap_mm * pixel))
    light = 1 - closed
    _, labels, stats, _ = cv2.connectedComponentsWithStats(light, connectivity=4)
    height, width = dark.shape
    x, y, w, h = stats[:, :4].T
    small = (h <= LIMITS.highest_letter_mm * pixel) & (
        w <= LIMITS.widest_hole * LIMITS.highest_letter_mm * pixel
    )
    small &= (x > 0) & (y > 0) & (x + w < width) & (y + h < height)
    small[0] = False
    filled: np.ndarray = (closed | small[labels]).astype(np.uint8)
    return filled
