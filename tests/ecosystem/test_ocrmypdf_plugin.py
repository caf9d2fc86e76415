"""inkfield as the engine of the real OCRmyPDF: scripts/ecosystem.sh installs it in an environment of its own."""

from __future__ import annotations

import html
import os
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkfield.flows.reports.searchable_pdf import write_searchable_pdf
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine, Word
from tests.support.paper import SENTENCES, text_page

BIN = os.environ.get("ECOSYSTEM_BIN")
pytestmark = [
    pytest.mark.ecosystem,
    pytest.mark.skipif(BIN is None, reason="asked for by scripts/ecosystem.sh"),
]
DPI = 150
LINES = 12
WORD = re.compile(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>')


def ocrmypdf(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [f"{BIN}/ocrmypdf", *map(str, arguments)], capture_output=True, text=True, timeout=280
    )


def words_of(pdf: Path, page: int) -> list[tuple[str, np.ndarray]]:
    """The words that poppler finds on a page as it is shown, with their left, top, right and lower edge in points."""
    asked = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(pdf), "-"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    return [(html.unescape(word), np.array(edges, float)) for *edges, word in WORD.findall(told)]


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same page of print four times: upright, turned by each quarter, and a little crooked at last."""
    page = Image.fromarray(text_page(LINES, DPI))
    turned = [page.rotate(-90 * quarter, expand=True) for quarter in (1, 2, 3)]
    crooked = page.rotate(2.5, resample=Image.Resampling.BICUBIC, fillcolor=245)
    target = tmp_path_factory.mktemp("scans") / "scans.pdf"
    page.save(target, save_all=True, append_images=[*turned, crooked], resolution=DPI)
    return target


@pytest.fixture(scope="module")
def searchable(scans: Path) -> tuple[Path, Path]:
    """What OCRmyPDF makes of it with its usual settings, and its sidecar."""
    target, sidecar = scans.with_name("searchable.pdf"), scans.with_name("sidecar.txt")
    done = ocrmypdf("--rotate-pages", "--sidecar", sidecar, "-l", "eng", scans, target)
    assert done.returncode == 0, done.stderr
    return target, sidecar


def test_words_stand_on_their_ink_whichever_way_a_page_was_scanned(searchable: tuple[Path, Path]) -> None:
    size = 5.0 / 25.4 * 72
    for page in range(1, 6):
        found = words_of(searchable[0], page)
        expected = [word for number in range(LINES) for word in SENTENCES[number % len(SENTENCES)].split()]
        assert len({word for word, _ in found} & set(expected)) > 0.9 * len(set(expected)), page
        of_policy = [edges for word, edges in found if word == "policy"]
        assert len(of_policy) == LINES / len(SENTENCES), page
        first = min(of_policy, key=lambda edges: edges[1])
        # The first line begins half an inch down and 0.7 inches from the left; "policy" ends it.
        crooked = 2 if page == 5 else 1
        assert abs(first[1] - 36) < crooked * size and 10 < first[3] - first[1] < 2.5 * size, (page, first)
        heads = [edges[0] for word, edges in found if word in ("The", "Payment", "Bright")]
        assert all(abs(left - 0.7 * 72) < crooked * size for left in heads), (page, heads)


def test_the_sidecar_has_the_lines_page_by_page(searchable: tuple[Path, Path]) -> None:
    pages = searchable[1].read_text(encoding="utf-8").split("\f")
    assert len(pages) == 5
    assert all(SENTENCES[2] in page.splitlines() for page in pages)


def test_the_pdf_names_its_reader_and_is_for_archives(searchable: tuple[Path, Path]) -> None:
    told = subprocess.run(["pdfinfo", searchable[0]], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Creator:.*inkfield \d", told)
    assert b"pdfaid:part" in searchable[0].read_bytes()


def test_a_page_is_made_level_and_other_ways_to_write_the_text_hold_it(scans: Path, tmp_path: Path) -> None:
    target = tmp_path / "level.pdf"
    asked = ("--deskew", "--pages", "5", "--pdf-renderer", "sandwich", "--output-type", "pdf")
    done = ocrmypdf("--plugin", "inkfield_ocrmypdf", *asked, scans, target)  # by its name too
    assert done.returncode == 0, done.stderr
    line = [edges for word, edges in words_of(target, 5) if word in ("The", "policy")]
    tops = sorted(edges[1] + edges[3] for edges in line)
    assert tops[1] - tops[0] < 8  # uneven by 2.5 degrees it were 28


def test_languages_without_a_model_are_refused_or_read_by_their_letters(scans: Path, tmp_path: Path) -> None:
    refused = ocrmypdf("-l", "jpn", scans, tmp_path / "refused.pdf")
    assert refused.returncode != 0 and "jpn" in refused.stderr
    taken = ocrmypdf("-l", "deu+eng", "--pages", "1", "--output-type", "pdf", scans, tmp_path / "taken.pdf")
    assert taken.returncode == 0 and words_of(tmp_path / "taken.pdf", 1)


def test_scans_that_become_searchable_pdfs_pass_a_validator_of_pdf_a(tmp_path: Path) -> None:
    """pikepdf's, which comes with OCRmyPDF: it approves only what it knows to conform."""
    grey = np.full((400, 600), 240, np.uint8)
    grey[50:90, 50:150] = 20
    kinds = {"grey.jpg": grey, "colour.jpg": np.dstack([grey, grey, grey // 2]), "grey.png": grey,
             "colour.tif": np.dstack([grey, grey // 2, grey]), "two.png": np.where(grey > 99, 255, 0)}  # fmt: skip
    words = (Word((50, 50, 100, 40), "L'œuvre", 0.9), Word((200, 50, 100, 40), "12 €", 0.9))
    page = PageReading(
        1, 600, 400, 150.0, None, None, "done", lines=(TextLine((50, 50, 250, 40), "", 0.9, words),)
    )
    for name, image in kinds.items():
        Image.fromarray(image.astype(np.uint8)).save(tmp_path / name, dpi=(150, 150))
        reading = DocumentReading(name, "", "done", (page,))
        write_searchable_pdf(tmp_path / name, reading, tmp_path / f"{name}.pdf")
    asked = """import sys
from pikepdf.pdfa import validate_written
print(*(validate_written(file, "2b").verdict for file in sys.argv[1:]))"""
    files = [str(tmp_path / f"{name}.pdf") for name in kinds]
    told = subprocess.run([f"{BIN}/python", "-c", asked, *files], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["pass"] * len(kinds)
