"""What a PDF itself says of its pages: the words printed on them, whether a page is a scan, and which way up its print
stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import degrees
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from inkfield.pipeline.intake.pdf import DEEPEST
from inkfield.pipeline.proposal.words import PrintedWord, words_of_pdf
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class PdfLayerLimits:
    """When a page of a PDF is a scan, and when its print tells which way up it is."""

    covered: float = limit(
        0.5, "share", "guess", "Part of a page that one picture covers, from which the page may be a scan"
    )
    few: int = limit(
        40, "characters", "guess", "Of visible print over a scan that do not make a drawn page of it: a stamp"
    )
    enough: int = limit(20, "characters", "guess", "That tell which way up the print of a page stands")
    most: int = limit(500, "characters", "guess", "Of a page that are asked how they stand")
    alike: float = limit(0.7, "share", "guess", "Of them that have to stand one way")


LIMITS = PdfLayerLimits()


@dataclass(frozen=True)
class PdfLayer:
    """``words`` in mm of the page as it is shown. ``scanned``: a picture covers the page, and what text lies there is
    not seen (OCR software adds such). ``turn`` is by how many degrees clockwise (0, 90, 180, 270) its visible print has
    to be turned to stand upright; None where too little is printed."""

    words: list[PrintedWord]
    scanned: bool
    turn: int | None


def pdf_layers(path: Path) -> dict[int, PdfLayer]:
    """What a PDF says of each of its pages, by number. Pages that PDFium cannot open are left out.

    Raises MissingTool without poppler.
    """
    words = words_of_pdf(path)
    layers = {}
    with pdfium.PdfDocument(path) as document:
        for number in range(1, len(document) + 1):
            try:
                page = document[number - 1]
                scanned = _is_scan(page)
                layers[number] = PdfLayer(words.get(number, []), scanned, None if scanned else _turn(page))
            except pdfium.PdfiumError:
                continue
    return layers


def _is_scan(page: pdfium.PdfPage) -> bool:
    left, bottom, right, top = page.get_cropbox(fallback_ok=True)
    area = max(1.0, (right - left) * (top - bottom))
    covered, printed = False, 0
    for thing in page.get_objects(max_depth=DEEPEST, textpage=page.get_textpage()):
        if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            x, y, end, high = thing.get_bounds()
            if (min(end, right) - max(x, left)) * (min(high, top) - max(y, bottom)) > LIMITS.covered * area:
                covered, printed = True, 0  # what was printed before lies under it
        elif thing.type == pdfium_c.FPDF_PAGEOBJ_TEXT and _is_seen(thing):
            printed += len(thing.extract())
    return covered and printed <= LIMITS.few


def _is_seen(text: pdfium.PdfObject) -> bool:
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(text.raw)
    return bool(mode != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def _turn(page: pdfium.PdfPage) -> int | None:
    turns = Counter(_turns(page))
    count = turns.total()
    if count < LIMITS.enough:
        return None
    turn, most = turns.most_common(1)[0]
    return -(turn + page.get_rotation()) % 360 if most >= LIMITS.alike * count else 0


def _turns(page: pdfium.PdfPage) -> Iterator[int]:
    """How some of its characters stand: degrees clockwise on the page as it is stored, by quarters."""
    text = page.get_textpage()
    count = text.count_chars()
    for index in range(0, count, max(1, count // LIMITS.most)):
        if chr(pdfium_c.FPDFText_GetUnicode(text.raw, index)).isalnum():
            angle = pdfium_c.FPDFText_GetCharAngle(text.raw, index)
            if angle >= 0:
                yield round(degrees(angle) / 90) % 4 * 90
