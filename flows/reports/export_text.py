"""The text of a document as plain text, as JSON, and as ALTO 4 (Library of Congress, alto-4-4.xsd)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from inkfield.flows.templates import templates_of
from inkfield.schemas.readings import Box, DocumentReading, PageReading, TextLine, Word

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_text(reading: DocumentReading) -> str:
    """One line of text a line; a form feed between pages, as pdftotext does."""
    return "\f".join("".join(f"{line.text}\n" for line in page.lines) for page in reading.pages).rstrip("\n")


def as_json(reading: DocumentReading) -> str:
    """``{"pages": [{"width", "height", "lines": [{"text", "box", "confidence", "words"}]}]}``; boxes in
    pixels of the page as scanned."""
    return json.dumps({"pages": [_page(page) for page in reading.pages]}, ensure_ascii=False, indent=1)


def _page(page: PageReading) -> dict[str, Any]:
    return {"width": page.width, "height": page.height, "lines": [_line(line) for line in page.lines]}


def _line(line: TextLine) -> dict[str, Any]:
    return {
        "text": line.text,
        "box": list(line.box),
        "confidence": round(line.confidence, 4),
        "words": [
            {"text": word.text, "box": list(word.box), "confidence": round(word.confidence, 4)}
            for word in line.words
        ],
    }


def as_alto(reading: DocumentReading) -> str:
    """ALTO 4.4: one TextBlock a page, in pixels of the page as scanned.

    A line without words has one String of its whole text.
    """
    return _TEMPLATES.get_template("alto.xml").render(
        pages=[(page, _written(page)) for page in reading.pages],
        source=reading.source,
        version=version("inkfield"),
    )


def _written(page: PageReading) -> list[tuple[TextLine, list[Word]]]:
    """The lines of a page that have text, each with its words."""
    return [
        (line, [word for word in line.words if word.text] or [Word(line.box, line.text, line.confidence)])
        for line in page.lines
        if line.text.strip()
    ]


def _around(lines: list[tuple[TextLine, list[Word]]]) -> Box:
    """The smallest box that holds the boxes of all lines."""
    boxes = [line.box for line, _ in lines]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(x + width for x, _, width, _ in boxes)
    bottom = max(y + height for _, y, _, height in boxes)
    return left, top, right - left, bottom - top


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


_TEMPLATES = templates_of("inkfield.flows.reports")
_TEMPLATES.filters |= {"xml": _clean, "around": _around}
FORMATS: dict[str, Callable[[DocumentReading], str]] = {"text": as_text, "json": as_json, "alto": as_alto}
