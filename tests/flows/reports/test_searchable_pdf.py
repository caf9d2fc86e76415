"""A searchable PDF: what another program finds in it, and where."""

from __future__ import annotations

import html
import math
import re
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from pypdf import PdfReader, PdfWriter

from inkfield.flows.reports.searchable_pdf import write_searchable_pdf
from inkfield.pipeline.intake import open_pages
from inkfield.schemas.readings import Box, DocumentReading, PageReading, TextLine, Word

pytestmark = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")

WIDTH, HEIGHT, DPI = 1240, 1754, 150.0
WORDS = ("L'œuvre", "coûte", "12,50", "€", "à", "Zürich")
ROW = 400


def level() -> list[Box]:
    """Where the words stand on a page that is straight."""
    return [(150 + 160 * place, ROW, 30 + 15 * len(word), 40) for place, word in enumerate(WORDS)]


def turned(box: Box, degrees: float) -> Box:
    """The upright box around a box that was turned clockwise about the middle of the page."""
    x, y, w, h = box
    corners = np.array([(x, y), (x + w, y), (x, y + h), (x + w, y + h)], float) - (WIDTH / 2, HEIGHT / 2)
    a = math.radians(degrees)
    moved = corners @ np.array([[math.cos(a), math.sin(a)], [-math.sin(a), math.cos(a)]])
    (left, top), (right, bottom) = moved.min(axis=0), moved.max(axis=0)
    size = (HEIGHT, WIDTH) if degrees % 180 == 90 else (WIDTH, HEIGHT)
    return (
        round(left + size[0] / 2), round(top + size[1] / 2), round(right - left), round(bottom - top),
    )  # fmt: skip


def letter(degrees: float = 0.0) -> DocumentReading:
    words = tuple(Word(turned(b, degrees), t, 0.9) for b, t in zip(level(), WORDS, strict=True))
    line = TextLine(turned((150, ROW, 900, 40), degrees), " ".join(WORDS), 0.9, words)
    size = (HEIGHT, WIDTH) if degrees % 180 == 90 else (WIDTH, HEIGHT)
    page = PageReading(1, *size, DPI, None, None, "done", lines=(line,))
    return DocumentReading("scan", "", "done", (page,))


def scan(path: Path, degrees: float = 0.0) -> Path:
    picture = np.full((HEIGHT, WIDTH, 3), (225, 240, 235), np.uint8)
    for x, y, w, h in level():
        cv2.rectangle(picture, (x, y), (x + w, y + h), (90, 40, 20), 2)
    picture = cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE) if degrees == 90 else picture
    packed = cv2.imencode(path.suffix, picture)[1]
    path.write_bytes(packed.tobytes())
    return path


def found(pdf: Path) -> dict[str, tuple[float, ...]]:
    """Words and their places (left, top, right, bottom), in pixels of the scan, as pdftotext tells them."""
    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True)
    pattern = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>'
    return {
        html.unescape(word): tuple(float(side) * DPI / 72 for side in sides)
        for *sides, word in re.findall(pattern, told.stdout)
    }


@pytest.mark.parametrize(("degrees", "most"), [(0.0, 3.0), (90.0, 3.0), (6.0, 25.0)])
def test_each_word_is_found_where_it_stands(tmp_path: Path, degrees: float, most: float) -> None:
    target = tmp_path / "found.pdf"
    reading = letter(degrees)
    write_searchable_pdf(scan(tmp_path / "scan.jpg", degrees), reading, target)
    places = found(target)
    assert set(places) == set(WORDS)
    for word in reading.pages[0].lines[0].words:
        x, y, w, h = word.box
        left, top, right, bottom = places[word.text]
        assert abs((left + right) / 2 - (x + w / 2)) < 6 and abs((top + bottom) / 2 - (y + h / 2)) < 6
        assert max(abs(left - x), abs(right - x - w), abs(top - y), abs(bottom - y - h)) < most


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif"])
def test_the_scan_is_unchanged(tmp_path: Path, ending: str) -> None:
    source, target = scan(tmp_path / f"scan{ending}"), tmp_path / "found.pdf"
    write_searchable_pdf(source, letter(), target)
    assert (next(open_pages(target)).image == next(open_pages(source)).image).all()
    if ending == ".jpg":
        assert source.read_bytes() in target.read_bytes()


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_pdf_keeps_its_pages_however_they_are_turned(tmp_path: Path, turn: int) -> None:
    first, source, target = tmp_path / "plain.pdf", tmp_path / "turned.pdf", tmp_path / "found.pdf"
    write_searchable_pdf(
        scan(tmp_path / "scan.png"), DocumentReading("scan", "", "done", letter().pages), first
    )
    writer = PdfWriter(clone_from=PdfReader(first))
    writer.pages[0].rotate(turn)
    writer.write(source)
    picture = next(open_pages(source)).image
    page = PageReading(
        1, picture.shape[1], picture.shape[0], DPI, None, None, "done",
        lines=(TextLine((200, 300, 300, 40), "Nouveau", 0.9, (Word((200, 300, 300, 40), "Nouveau", 0.9),)),),
    )  # fmt: skip
    write_searchable_pdf(source, DocumentReading("scan", "", "done", (page,)), target)
    assert PdfReader(target).pages[0].rotation == turn
    assert (next(open_pages(target)).image == picture).all()
    left, top, right, bottom = found(target)["Nouveau"]
    assert max(abs(left - 200), abs(right - 500), abs(top - 300), abs(bottom - 340)) < 3
