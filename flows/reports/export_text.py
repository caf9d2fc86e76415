"""The text of a document as plain text, as JSON, and as ALTO 4 (Library of Congress, alto-4-4.xsd)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from xml.etree import ElementTree as ET

from inkfield.pipeline.records import Box, DocumentReading, PageReading, TextLine, Word

ALTO = "http://www.loc.gov/standards/alto/ns-v4#"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
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
    ET.register_namespace("", ALTO)
    ET.register_namespace("xsi", XSI)
    root = ET.Element(_tag("alto"), {f"{{{XSI}}}schemaLocation": f"{ALTO} {ALTO[:-7]}v4/alto-4-4.xsd"})
    description = ET.SubElement(root, _tag("Description"))
    ET.SubElement(description, _tag("MeasurementUnit")).text = "pixel"
    source = ET.SubElement(description, _tag("sourceImageInformation"))
    ET.SubElement(source, _tag("fileName")).text = _clean(reading.source)
    processing = ET.SubElement(description, _tag("Processing"), ID="inkfield")
    software = ET.SubElement(processing, _tag("processingSoftware"))
    ET.SubElement(software, _tag("softwareName")).text = "inkfield"
    ET.SubElement(software, _tag("softwareVersion")).text = version("inkfield")
    layout = ET.SubElement(root, _tag("Layout"))
    for page in reading.pages:
        _add_page(layout, page)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _add_page(layout: ET.Element, page: PageReading) -> None:
    name = f"page_{page.number}"
    size = {"WIDTH": str(page.width), "HEIGHT": str(page.height)}
    element = ET.SubElement(layout, _tag("Page"), {"ID": name, "PHYSICAL_IMG_NR": str(page.number), **size})
    whole = {"HPOS": "0", "VPOS": "0", **size}
    space = ET.SubElement(element, _tag("PrintSpace"), whole)
    lines = [line for line in page.lines if line.text.strip()]
    if not lines:
        return
    block = ET.SubElement(
        space, _tag("TextBlock"), {"ID": f"{name}_block", **_place(_around([line.box for line in lines]))}
    )
    for number, line in enumerate(lines, start=1):
        _add_line(block, line, f"{name}_line_{number}")


def _add_line(block: ET.Element, line: TextLine, name: str) -> None:
    element = ET.SubElement(block, _tag("TextLine"), {"ID": name, **_place(line.box)})
    words = [word for word in line.words if word.text] or [Word(line.box, line.text, line.confidence)]
    for number, word in enumerate(words, start=1):
        if number > 1:
            ET.SubElement(element, _tag("SP"))
        confidence = f"{min(1.0, max(0.0, word.confidence)):.3f}"
        attributes = {"ID": f"{name}_word_{number}", **_place(word.box), "CONTENT": _clean(word.text)}
        ET.SubElement(element, _tag("String"), {**attributes, "WC": confidence})


def _around(boxes: list[Box]) -> Box:
    """The smallest box that holds all boxes."""
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(x + width for x, _, width, _ in boxes)
    bottom = max(y + height for _, y, _, height in boxes)
    return left, top, right - left, bottom - top


def _place(box: Box) -> dict[str, str]:
    return dict(zip(("HPOS", "VPOS", "WIDTH", "HEIGHT"), map(str, box), strict=True))


def _tag(name: str) -> str:
    return f"{{{ALTO}}}{name}"


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


FORMATS: dict[str, Callable[[DocumentReading], str]] = {"text": as_text, "json": as_json, "alto": as_alto}
