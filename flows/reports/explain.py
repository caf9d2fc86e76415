"""`inkfield explain`: one self-contained HTML page that shows how a document was read."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inkfield.flows.templates import templates_of
from inkfield.flows.workers.limits import intake_limits
from inkfield.pipeline.document import read_document
from inkfield.pipeline.records import CROP_STAGE, Picture
from inkfield.pipeline.settings import Settings, nobody
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import Box, DocumentReading, FieldReading, PageReading

FIRST_STAGE = "page as scanned"
"""The stage that begins each scan; boxes of fields lie on its picture."""
CHEQUE_STAGE = "upright and level"
"""The stage that begins each cheque: a scan may hold several, and each is a page of its own."""
PAGE_WIDTH = 1200
"""Pictures are reduced to this width in pixels at most: enough to judge a stage by."""
CROP_WIDTH = 600
_TEMPLATES = templates_of("inkfield.flows.reports")
RARE = 0.0005
"""Alternatives less likely than this would show as 0.0 %, and say nothing."""
CROP_MARGIN = 0.15
"""What is shown around a field, as a share of its height."""


@dataclass
class PartShown:
    """The pictures of what became one page, as data URIs: its stages in order, its fields' crops by name."""

    stages: list[tuple[str, str]] = field(default_factory=list)
    crops: dict[str, str] = field(default_factory=dict)


@dataclass
class ScanShown:
    """A scan, and its parts: one, or one for each cheque that lay on it."""

    scan: np.ndarray
    """The scan, reduced."""
    scale: float
    """Pixels of ``scan`` for a pixel of the page."""
    parts: list[PartShown] = field(default_factory=lambda: [PartShown()])
    cheques: int = 0


class Pictures:
    """A trace that keeps what each stage shows, reduced and encoded at once."""

    def __init__(self) -> None:
        self.scans: list[ScanShown] = []

    def __call__(self, stage: str, draw: Picture | None) -> None:
        if draw is None:
            return
        picture = draw()
        if stage == FIRST_STAGE or not self.scans:
            scan = reduced(picture, 2 * PAGE_WIDTH)
            self.scans.append(ScanShown(scan.copy(), scan.shape[1] / picture.shape[1]))
            if stage == FIRST_STAGE:
                return
        scan_shown = self.scans[-1]
        if stage == CHEQUE_STAGE:
            scan_shown.cheques += 1
            if scan_shown.cheques > 1:
                scan_shown.parts.append(PartShown())
        part = scan_shown.parts[-1]
        if stage.startswith(CROP_STAGE):
            part.crops[stage.removeprefix(CROP_STAGE)] = data_uri(picture, CROP_WIDTH)
        else:
            part.stages.append((stage, data_uri(picture)))


def write_explanation(
    path: Path,
    target: Path,
    form: str | None = None,
    weights: str = "default",
    on_page: Callable[[int], None] = nobody,
) -> DocumentReading:
    """Reads a document and writes the HTML page; returns what was read.

    The page shows private data, so only its owner may read it. ``on_page`` is told the page that is worked on.
    Raises OSError where it cannot be written, ValueError for a limit that is no number.
    """
    pictures = Pictures()
    settings = Settings(form=form, weights=weights, limits=intake_limits(), on_page=on_page)
    reading = read_document(path, settings, pictures)
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(
        os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(explanation(reading, pictures.scans))
    return reading


def explanation(reading: DocumentReading, shown: list[ScanShown]) -> str:
    """The whole HTML page. Readings come in the order of the scans, as many of each as it has parts."""
    left = iter(reading.pages)
    scans = []
    for number, scan in enumerate(shown, start=1):
        pages = [next(left, None) for _ in scan.parts]
        scans.append(_scan(number, scan, pages))
    return _TEMPLATES.get_template("explain.html").render(
        reading=reading, counts=_counts(reading), scans=scans
    )


def _counts(reading: DocumentReading) -> str:
    statuses = [field.status for page in reading.pages for field in page.fields]
    pages = f"{len(reading.pages)} page" + ("" if len(reading.pages) == 1 else "s")
    return (
        f"{pages}, {len(statuses)} fields: {statuses.count('review')} to review, "
        f"{statuses.count('accepted')} accepted, {statuses.count('empty')} empty"
    )


def _scan(number: int, scan: ScanShown, pages: list[PageReading | None]) -> dict[str, Any]:
    parts = [
        _part(f"part-{number}-{place}", scan, part, page)
        for place, (part, page) in enumerate(zip(scan.parts, pages, strict=True), start=1)
    ]
    height, width = scan.scan.shape[:2]
    numbers = [str(page.number) for page in pages if page is not None]
    together = f" {' and '.join(numbers)}, scanned together" if len(numbers) > 1 else ""
    return {
        "heading": f"Pages{together}" if together else f"Page {numbers[0] if numbers else number}",
        "uri": data_uri(scan.scan),
        "size": (round(width / scan.scale), round(height / scan.scale)),
        "boxes": [box for part in parts for box in part["boxes"]],
        "parts": parts,
    }


def _part(id: str, scan: ScanShown, part: PartShown, page: PageReading | None) -> dict[str, Any]:
    fields = [_field(f"{id}-{read.name}", scan, part, read) for read in page.fields] if page else []
    about = quality = ""
    if page is not None:
        form = f"form {page.form}, version {page.form_version}" if page.form else "no known form"
        about = f"{form}; {page.width} x {page.height} px at {page.dpi:.0f} dpi"
        quality = ", ".join(f"{name} {value:.3g}" for name, value in page.quality.items())
    # Small boxes last, so that they lie on the large ones and can be clicked.
    boxes = [_box(shown["id"], read) for shown in fields if (read := shown["reading"]).box is not None]
    lines = [(f"{id}-line-{number}", line) for number, line in enumerate(page.lines, 1)] if page else []
    boxes += [_sides(line.box, id=anchor, title=line.text, status="line") for anchor, line in lines]
    boxes.sort(key=lambda box: -box["width"] * box["height"])
    return {"id": id, "page": page, "about": about, "quality": quality, "fields": fields,
            "lines": lines, "boxes": boxes, "stages": part.stages}  # fmt: skip


def _box(id: str, read: FieldReading) -> dict[str, Any]:
    assert read.box is not None
    return _sides(read.box, id=id, title=f"{read.name}: {read.status}", status=read.status)


def _sides(box: Box, **about: str) -> dict[str, Any]:
    return about | dict(zip(("x", "y", "width", "height"), box, strict=True))


def _field(id: str, scan: ScanShown, part: PartShown, read: FieldReading) -> dict[str, Any]:
    pictures = [data_uri(cut(scan, read.box), CROP_WIDTH)] if read.box is not None else []
    if read.name in part.crops and read.status != "empty":
        pictures.append(part.crops[read.name])
    value = kind_of(read.kind).shown(read.value) or ""
    facts = [("value", value if value != read.text else ""), ("read by", read.source)]
    others = [other for other in read.alternatives if other.text != read.text and other.probability >= RARE]
    facts.append(("or", ", ".join(f"{other.text} ({100 * other.probability:.1f} %)" for other in others)))
    facts += [("because", str(reason)) for reason in read.reasons]
    return {
        "id": id,
        "reading": read,
        "pictures": pictures,
        "percent": 100 * min(1.0, max(0.0, read.confidence)),
        "facts": [(term, text) for term, text in facts if text],
    }


def cut(shown: ScanShown, box: Box) -> np.ndarray:
    """A field's box with a margin, out of the page as scanned."""
    x, y, width, height = (round(side * shown.scale) for side in box)
    margin = max(4, round(CROP_MARGIN * height))
    page_height, page_width = shown.scan.shape[:2]
    left, right = max(0, x - margin), min(page_width, x + width + margin)
    top, bottom = max(0, y - margin), min(page_height, y + height + margin)
    return shown.scan[top:bottom, left:right]


def reduced(picture: np.ndarray, width: int) -> np.ndarray:
    """The picture, no wider than ``width`` pixels."""
    if picture.shape[1] <= width:
        return picture
    height = max(1, round(picture.shape[0] * width / picture.shape[1]))
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def data_uri(picture: np.ndarray, width: int = PAGE_WIDTH) -> str:
    """The picture (uint8, grey or BGR) as a data URI: reduced, WebP; one white pixel if empty."""
    if picture.size == 0:
        picture = np.full((1, 1), 255, np.uint8)
    _, encoded = cv2.imencode(".webp", reduced(picture, width), [cv2.IMWRITE_WEBP_QUALITY, 80])
    return "data:image/webp;base64," + base64.b64encode(encoded.tobytes()).decode("ascii")
