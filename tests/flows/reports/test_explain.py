"""The HTML page of `inkfield explain`: everything is shown, nothing in it runs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from lxml import html
from PIL import Image

from inkfield.flows.reports.explain import (
    CROP_WIDTH,
    PAGE_WIDTH,
    Pictures,
    cut,
    data_uri,
    explanation,
    write_explanation,
)
from inkfield.pipeline.document import read_document
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.settings import Settings
from inkfield.schemas.readings import Alternative, DocumentReading, FieldReading, PageReading, TextLine
from inkfield.schemas.reasons import ReasonCode, because
from tests.support.checkout import EXAMPLES


def shown() -> str:
    """A page with one field whose reading, alternative and reasons are markup."""
    pictures = Pictures()
    scan = np.full((400, 3000, 3), 240, np.uint8)
    scan[100:200, 1000:1500] = 0
    pictures("page as scanned", lambda: scan)
    pictures("crop: payee", lambda: scan[100:200, 1000:1500])
    pictures("<i>stage</i>", lambda: scan[:, :, 0])
    field = FieldReading(
        "payee", "name", "<script>alert(1)</script>", "<b>", 0.5, "review", (1000, 100, 500, 100),
        (Alternative("Ann & Bob", "Ann & Bob", 0.25),), "<model>", (because(ReasonCode.OTHER, text="<reason>"),),
    )  # fmt: skip
    line = TextLine((0, 0, 10, 10), "<u>line</u>", 0.9)
    page = PageReading(1, 3000, 400, 300.0, "slip", 1, "review", (field,), (line,), {"contrast": 0.5})
    return explanation(DocumentReading("<scan>.pdf", "", "review", (page,)), pictures.scans)


def test_every_word_of_the_document_is_escaped() -> None:
    page = html.fromstring(shown())
    assert not page.xpath("//script | //u | //scan | //model | //reason | //section//b[b]")
    text = page.text_content()
    for words in (
        "<script>alert(1)</script>",
        "<b>",
        "Ann & Bob (25.0 %)",
        "<model>",
        "<reason>",
        "<u>line</u>",
    ):
        assert words in text


def test_the_page_needs_no_network_and_runs_nothing() -> None:
    page = html.fromstring(shown())
    assert all(source.startswith("data:image/") for source in page.xpath("//img/@src"))
    assert not page.xpath("//link | //iframe | //object | //@onclick | //@onload")
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_each_field_shows_its_place_its_crop_its_confidence_and_its_status() -> None:
    section = html.fromstring(shown()).xpath("//section")[0]
    assert len(section.xpath(".//img")) == 2
    assert "confidence 50.0 %" in section.text_content()
    assert section.xpath(".//*[contains(@class, 'badge')]")[0].text == "review"


def test_what_is_for_review_comes_first_and_what_is_empty_last() -> None:
    pictures = Pictures()
    pictures("page as scanned", lambda: np.full((400, 600), 250, np.uint8))
    fields = [
        FieldReading(f"field_{number}", "text", status, status, 0.9, status, (10, 40 * number, 100, 30))
        for number, status in enumerate(("accepted", "empty", "review", "accepted", "review"))
    ]  # fmt: skip
    page = PageReading(1, 600, 400, 300.0, "slip", 1, "review", tuple(fields), (), {})
    shown_page = html.fromstring(explanation(DocumentReading("x.pdf", "", "review", (page,)), pictures.scans))
    order = [section.find_class("badge")[0].text for section in shown_page.xpath("//section")]
    assert order == ["review", "review", "accepted", "accepted", "empty"]
    boxes = shown_page.xpath("//figure//svg//a")
    assert {(box.get("href"), box.get("class")) for box in boxes} == {
        (f"#part-1-1-field_{number}", field.status) for number, field in enumerate(fields)
    }
    assert all(shown_page.get_element_by_id(box.get("href")[1:]) is not None for box in boxes)
    assert shown_page.xpath("//figure//svg/@viewbox | //figure//svg/@viewBox") == ["0 0 600 400"]


def test_every_stage_has_its_picture_by_name() -> None:
    captions = html.fromstring(shown()).xpath("//figure//span[@class='caption']/text()")
    assert captions == ["page as scanned", "<i>stage</i>"]


def test_a_field_is_cut_where_it_lies_also_from_a_reduced_page() -> None:
    pictures = Pictures()
    scan = np.full((1000, 4 * PAGE_WIDTH), 255, np.uint8)
    scan[400:500, 2000:2400] = 0
    pictures("page as scanned", lambda: scan)
    crop = cut(pictures.scans[0], (2000, 400, 400, 100))
    assert (crop == 0).sum() > 0.9 * 200 * 50
    assert (crop[0] == 255).all() and (crop[-1] == 255).all()


def test_a_box_beyond_the_page_and_an_empty_picture_are_shown_all_the_same() -> None:
    pictures = Pictures()
    pictures("page as scanned", lambda: np.zeros((10, 10), np.uint8))
    assert data_uri(cut(pictures.scans[0], (50, 50, 10, 10))).startswith("data:image/webp")
    assert data_uri(np.empty((0, 0), np.uint8)).startswith("data:image/webp")


def test_a_bad_file_is_explained_by_its_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 nothing")
    reading = write_explanation(bad, tmp_path / "out" / "bad.html")
    assert reading.status == "failed"
    text = html.fromstring((tmp_path / "out" / "bad.html").read_text()).text_content()
    assert reading.error_code and reading.error_code in text


def test_a_page_of_writing_is_explained_stage_by_stage(tmp_path: Path) -> None:
    image = np.full((900, 1400), 250, np.uint8)
    for row in range(3):
        cv2.putText(
            image, "Received with thanks", (80, 200 + 150 * row), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3
        )
    source = tmp_path / "letter.png"
    cv2.imwrite(str(source), image)
    reading = write_explanation(source, tmp_path / "letter.html")
    page = html.fromstring((tmp_path / "letter.html").read_text())
    captions = page.xpath("//figure//span[@class='caption']/text()")
    assert captions[0] == "page as scanned"
    assert len(captions) >= 4
    assert reading.pages[0].status == "unknown_form"


def test_each_cheque_of_a_scan_is_shown_with_its_own_pictures(tmp_path: Path) -> None:
    """Two cheques on the first scan, one on the second: three readings, each beside what it was read from."""
    examples = EXAMPLES / "cheques.pdf"
    first, second, third = (page.image for page in list(open_pages(examples))[:3])
    sheet = np.full((3508, 2600, 3), 120, np.uint8)  # the bed of a scanner
    for top, cheque in ((150, first), (1900, second)):
        height, width = cheque.shape[:2]
        sheet[top : top + height, 40 : 40 + width] = cheque
    source = tmp_path / "stack.tif"
    pages = [Image.fromarray(np.ascontiguousarray(image[:, :, ::-1])) for image in (sheet, third)]
    pages[0].save(source, save_all=True, append_images=pages[1:], dpi=(300, 300))
    pictures = Pictures()
    reading = read_document(source, Settings(), pictures)
    assert [len(scan.parts) for scan in pictures.scans] == [2, 1]
    assert len(reading.pages) == 3
    shown_page = html.fromstring(explanation(reading, pictures.scans))
    for number, page in enumerate(reading.pages):
        scan, place = ((1, 1), (1, 2), (2, 1))[number]
        for read in page.fields:
            section = shown_page.get_element_by_id(f"part-{scan}-{place}-{read.name}")
            assert section.find_class("reading")[0].text_content().strip() == read.text.strip()
            sources = section.xpath(".//img/@src")
            if read.box is not None:
                assert sources[0] == data_uri(cut(pictures.scans[scan - 1], read.box), CROP_WIDTH)
    crops = [part.crops["payee"] for scan in pictures.scans for part in scan.parts]
    assert len(set(crops)) == 3
    headings = shown_page.xpath("//h2/text()")
    assert headings[0] == "Pages 1 and 2, scanned together"
    assert "Page 3" in headings
