"""The shortcut for a PDF page that shows one scanned image and nothing else: the image itself.

It has the very pixels of the scanner, and costs a fifth of a rendering. It is taken only when the page shows exactly
that image: what a mask, a clipping path, a hidden layer or another colour space makes of it is told by comparing
it with the page as PDFium shows it, pixel by pixel and tile by tile. In doubt the page is rendered.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.intake.limits import IntakeLimits, check_pixels
from inkfield.pipeline.intake.resolution import plausible_dpi, square_pixels
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class EmbeddedScanLimits:
    """When a page of a PDF is nothing but one scan."""

    beyond: float = limit(
        0.002,
        "share",
        "guess",
        "Part of its side by which a scan may reach beyond the page: rounding, not cropping",
    )
    covered: float = limit(0.95, "share", "guess", "Part of the page that a scan must cover")
    longest_compared: int = limit(
        4000,
        "px",
        "guess",
        "Pixels of the longer side when the scan is compared with the page: A4 at 340 dpi, finer than "
        "it is read",
    )
    tile: int = limit(32, "px", "guess", "Side of a tile in pixels when the two are compared: about a letter")
    blur: float = limit(
        0.8,
        "px",
        "guess",
        "Pixels over which both are blurred first: the dots of a dithered scan are not compared one by one",
    )
    levels: int = limit(
        32,
        "grey levels",
        "guess",
        "Grey levels by which a pixel may be darker or lighter than its neighbours in the other "
        "picture: resampling",
    )
    edge: int = limit(
        2,
        "px",
        "guess",
        "Pixels at the edge of the page that are not compared: there an image ends within a pixel",
    )
    odd_pixels: int = limit(
        8, "px", "guess", "So many pixels of a tile may be; a full stop at 300 dpi has 16"
    )


LIMITS = EmbeddedScanLimits()


def embedded_scan(
    page: pdfium.PdfPage, images: list[pdfium.PdfImage], path: Path, number: int, limits: IntakeLimits
) -> tuple[np.ndarray, float] | None:
    """The image of a page that is nothing but one scan: (image, dpi), upright as the page shows it; else
    None.

    ``images`` are all that the page has. Invisible text (the layer that OCR software adds) may lie over it. Raises
    PageTooLarge before decoding and PdfiumError when the image cannot be decoded.
    """
    if len(images) != 1 or not _shows_nothing_else(page) or page_annotations(page):
        return None
    scan = images[0]
    width, height = scan.get_px_size()
    check_pixels(path, number, width, height, limits)
    # Inside a form object its matrix is not the page's; what is blended is not shown as it is.
    if scan.container is not None or pdfium_c.FPDFPageObj_HasTransparency(scan.raw):
        return None
    covered = _covered(page, scan)
    turn = placement(scan.get_matrix().get())
    if covered is None or turn is None:
        return None
    array = bitmap_array(scan.get_bitmap(render=False))
    if array is None:
        return None
    rotation = page.get_rotation()
    array = turn_quarters(array, turn, rotation)
    if not shows_exactly(page, array, _turned(covered, rotation)):
        return None
    wide, high = page.get_size()
    # Some writers squeeze the scan onto the page; unequal scales are made square at the finer one.
    across, down = array.shape[1] * 72 / wide, array.shape[0] * 72 / high
    array, density = square_pixels(array, (across, down))
    return array, plausible_dpi(array.shape[1], array.shape[0], density)


def _shows_nothing_else(page: pdfium.PdfPage) -> bool:
    for thing in page.get_objects(max_depth=8):
        if thing.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            if pdfium_c.FPDFTextObj_GetTextRenderMode(thing.raw) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE:
                return False
        elif thing.type not in (pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_FORM):
            return False
    return True


Rectangle = tuple[float, float, float, float]
"""Left, top, right, bottom, as parts of the page's sides."""


def _covered(page: pdfium.PdfPage, scan: pdfium.PdfImage) -> Rectangle | None:
    """What part of the page, as it is before its rotation, the scan covers; None where it covers too little or
    is cropped."""
    left, bottom, right, top = scan.get_bounds()
    box = page.get_cropbox(fallback_ok=True)
    wide, high = box[2] - box[0], box[3] - box[1]
    if wide <= 0 or high <= 0:
        return None
    part = ((left - box[0]) / wide, (box[3] - top) / high, (right - box[0]) / wide, (box[3] - bottom) / high)
    if min(part[:2]) < -LIMITS.beyond or max(part[2:]) > 1 + LIMITS.beyond:
        return None
    return part if (part[2] - part[0]) * (part[3] - part[1]) >= LIMITS.covered else None


def _turned(part: Rectangle, degrees: int) -> Rectangle:
    """The rectangle on a page that is turned clockwise by so many degrees."""
    left, top, right, bottom = part
    for _ in range(degrees // 90 % 4):
        left, top, right, bottom = 1 - bottom, left, 1 - top, right
    return left, top, right, bottom


def page_annotations(page: pdfium.PdfPage) -> list[int]:
    """Indices of annotations that draw on the page (stamps, form fields); links and pop-ups do not."""
    silent = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)
    drawing = []
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        if pdfium_c.FPDFAnnot_GetSubtype(annotation) not in silent:
            drawing.append(index)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    return drawing


def placement(matrix: tuple[float, float, float, float, float, float]) -> tuple[int, bool] | None:
    """How a PDF image matrix puts an image on the page: (quarter turns clockwise, mirrored), None when
    skewed."""
    a, b, c, d = matrix[:4]
    if abs(b) + abs(c) < 0.01 * (abs(a) + abs(d)):
        table = {(True, True): (0, False), (False, False): (2, False), (False, True): (0, True)}
        return table.get((a > 0, d > 0), (2, True))
    if abs(a) + abs(d) < 0.01 * (abs(b) + abs(c)):
        # (b, c): the image's x axis points along b (up when positive), its y axis along c.
        table = {(True, False): (3, False), (False, True): (1, False), (True, True): (1, True)}
        return table.get((b > 0, c > 0), (3, True))
    return None


def turn_quarters(array: np.ndarray, turn: tuple[int, bool], page_rotation: int) -> np.ndarray:
    """Mirrors left-right if asked, then turns clockwise by the placement's and the page's own rotation."""
    quarters, mirrored = turn
    if mirrored:
        array = cv2.flip(array, 1)
    codes = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}
    total = (quarters + page_rotation // 90) % 4
    return cv2.rotate(array, codes[total]) if total else array


def bitmap_array(bitmap: pdfium.PdfBitmap) -> np.ndarray | None:
    """Own uint8 array, grey or BGR, of a PDFium bitmap; None for formats with transparency."""
    array = bitmap.to_numpy()
    if array.ndim == 2 or array.shape[2] == 1:
        return array.reshape(array.shape[:2]).copy()
    if array.shape[2] == 3:
        return array.copy()
    if bitmap.format == pdfium_c.FPDFBitmap_BGRx or array[::16, ::16, 3].min() == 255:
        return cv2.cvtColor(array, cv2.COLOR_BGRA2BGR)
    return None


def shows_exactly(page: pdfium.PdfPage, array: np.ndarray, part: Rectangle) -> bool:
    """Whether the image, turned as the page is, is what is seen on that part of the page."""
    wide, high = page.get_size()
    scale = min(
        max(array.shape[1] / ((part[2] - part[0]) * wide), array.shape[0] / ((part[3] - part[1]) * high)),
        LIMITS.longest_compared / max(wide, high),
    )
    # In colour, of grey scans too: PDFium is faster so.
    shown = np.ascontiguousarray(page.render(scale=scale, may_draw_forms=False).to_numpy()[..., :3])
    own = _placed(to_grey(array), part, shown.shape[1], shown.shape[0])
    one, other = (cv2.GaussianBlur(grey, (0, 0), LIMITS.blur) for grey in (to_grey(shown), own))
    odd = cv2.bitwise_or(_out_of_range(one, other), _out_of_range(other, one))[
        LIMITS.edge : -LIMITS.edge, LIMITS.edge : -LIMITS.edge
    ]
    if cv2.countNonZero(odd) > LIMITS.odd_pixels and most_in_a_tile(odd) > LIMITS.odd_pixels:
        return False
    return _has_colours_of(shown, array, part)


def _placed(grey: np.ndarray, part: Rectangle, width: int, height: int) -> np.ndarray:
    """A white page of that size in pixels with the image on that part of it."""
    left, top, right, bottom = part[0] * width, part[1] * height, part[2] * width, part[3] * height
    rows, columns = max(1, round(bottom - top)), max(1, round(right - left))
    if rows < grey.shape[0]:  # finer than it is compared: what follows takes the nearest pixels only
        grey = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    across, down = (right - left) / grey.shape[1], (bottom - top) / grey.shape[0]
    # From middle of a pixel to middle of a pixel.
    move = np.array([[across, 0, left + (across - 1) / 2], [0, down, top + (down - 1) / 2]])
    ends = move @ np.array([[0, width], [0, height], [1, 1]])
    if grey.shape == (height, width) and np.abs(ends - [[0, width], [0, height]]).max() < 0.1:
        return grey
    return cv2.warpAffine(grey, move, (width, height), borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))


def _out_of_range(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where ``one`` is darker or lighter than all neighbours in ``other``: 0 or 1, (height, width)."""
    neighbours = np.ones((3, 3), np.uint8)
    darker = cv2.subtract(cv2.erode(other, neighbours), one)
    lighter = cv2.subtract(one, cv2.dilate(other, neighbours))
    return cv2.threshold(cv2.max(darker, lighter), LIMITS.levels, 1, cv2.THRESH_BINARY)[1]


def _has_colours_of(shown: np.ndarray, array: np.ndarray, part: Rectangle) -> bool:
    """Whether that part of the page, BGR, has the colours of the image, tile by tile; how light they are is not
    compared here."""
    left, right = (round(np.clip(side, 0, 1) * shown.shape[1]) for side in part[::2])
    top, bottom = (round(np.clip(side, 0, 1) * shown.shape[0]) for side in part[1::2])
    size = (max(1, (right - left) // LIMITS.tile), max(1, (bottom - top) // LIMITS.tile))
    off = _tints(shown[top:bottom, left:right], size)
    if array.ndim == 3:
        off = off - _tints(array, size)
    return float(np.abs(off).max()) <= LIMITS.levels


def _tints(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """How much bluer and redder than grey each tile is, by 64 of its pixels: float32 (rows, columns, 2)."""
    sample = cv2.resize(picture, (8 * size[0], 8 * size[1]), interpolation=cv2.INTER_LINEAR).astype(
        np.float32
    )
    tint = np.dstack([sample[..., 0] - sample[..., 1], sample[..., 2] - sample[..., 1]])
    return cv2.resize(tint, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], 2)


def most_in_a_tile(odd: np.ndarray) -> int:
    """The most ones in a tile of an array of zeros and ones, (height, width); tiles lie half over each other."""
    sums = cv2.boxFilter(
        odd, cv2.CV_32S, (LIMITS.tile, LIMITS.tile), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return int(sums[:: LIMITS.tile // 2, :: LIMITS.tile // 2].max(initial=0))
