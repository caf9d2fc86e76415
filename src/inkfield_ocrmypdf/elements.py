"""What inkfield read, as the tree of elements that OCRmyPDF lays under a page."""

from __future__ import annotations

import math

from ocrmypdf.hocrtransform import BoundingBox, OcrClass, OcrElement

from inkfield.flows.reports.searchable_pdf import direction
from inkfield.schemas.readings import Box, PageReading, TextLine, Word

LEVEL = math.radians(0.5)
"""Under this slope a line's words share one base line; on a page that is more crooked each stands on its own: programs
that search take text that climbs for single letters."""


def page_element(page: PageReading, number: int) -> OcrElement:
    """The page; ``number`` counts from 0."""
    angle = direction(page.lines)
    quarter = round(angle / (math.pi / 2)) % 4
    level = abs(math.remainder(angle, math.pi / 2)) < LEVEL
    children = [
        _line(part, quarter)
        for line in page.lines
        if line.text.strip()
        for part in ([line] if level else _words_apart(line))
    ]
    return OcrElement(
        ocr_class=OcrClass.PAGE,
        bbox=_corners((0, 0, page.width, page.height)),
        dpi=page.dpi,
        page_number=number,
        children=children,
    )


def _words_apart(line: TextLine) -> list[TextLine]:
    return [TextLine(word.box, word.text, word.confidence, (word,)) for word in _words(line)]


def _line(line: TextLine, quarter: int) -> OcrElement:
    """``quarter``: by how many times 90 degrees the line runs downward from the page's x axis, clockwise."""
    return OcrElement(
        ocr_class=OcrClass.LINE,
        bbox=_corners(line.box),
        textangle=-90.0 * quarter if quarter else None,
        confidence=line.confidence,
        children=[
            OcrElement(OcrClass.WORD, _corners(word.box), text=word.text, confidence=word.confidence)
            for word in _words(line)
        ],
    )


def _words(line: TextLine) -> list[Word]:
    return [word for word in line.words if word.text] or [Word(line.box, line.text, line.confidence)]


def _corners(box: Box) -> BoundingBox:
    x, y, width, height = box
    return BoundingBox(left=x, top=y, right=x + width, bottom=y + height)
