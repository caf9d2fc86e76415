"""Labelled values of a form that nobody described: found on the page, kept in SQL, gone with their document."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import Engine

from inkfield.lab.documents.sheet import Sheet
from inkfield.lab.documents.writer import random_writer, tick_box, write
from inkfield.pipeline.document import read_document
from inkfield.pipeline.pairs.form_like import looks_like_form
from inkfield.pipeline.settings import Settings
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.readings import DocumentReading, TextLine
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from inkfield.schemas.store.retention import purge_before

MARRIED = (68.0, 54.6, 3.8, 3.8)


def draw_form() -> np.ndarray:
    """A line to write on, a box with its label in it, a question with boxes to tick, a small table: float32 BGR."""
    sheet = Sheet(150, 110)
    sheet.text(12, 22, "Name:", 3.4)
    sheet.line(26, 22.6, 100, 22.6)
    sheet.box(12, 30, 60, 12)
    sheet.text(13, 33.4, "Policy Number", 2.6)
    sheet.text(18, 39.6, "G465969", 3.6)
    sheet.text(12, 58, "Marital Status", 3.4)
    for x, caption in ((45.0, "Single"), (68.0, "Married")):
        sheet.box(x, 54.6, 3.8, 3.8, 0.3)
        sheet.text(x + 5, 58, caption, 3.4)
    for row, texts in enumerate((("Date", "Charges"), ("01/08/2013", "338.00"), ("07/13/1998", "425.00"))):
        for column, text in enumerate(texts):
            sheet.box(12 + 50 * column, 66 + 9 * row, 50, 9)
            sheet.text(16 + 50 * column, 72 + 9 * row, text, 3.4)
    return sheet.pixels()


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> DocumentReading:
    """What is read on that form, filled in by a hand that training never saw."""
    rng = np.random.default_rng(5)
    page, writer = draw_form(), random_writer(rng, UNSEEN_HANDS)
    write(page, "Anna Walker", 32, 22, rng, writer, 2.2)
    tick_box(page, MARRIED, rng, writer)
    path: Path = tmp_path_factory.mktemp("form") / "form.png"
    cv2.imwrite(str(path), np.clip(page, 0, 255).astype(np.uint8))
    return read_document(path, Settings(today=date(2026, 6, 30)))


def keep(engine: Engine, reading: DocumentReading) -> None:
    with transaction(engine) as session:
        document_id, _ = register_document(session, begin_batch(session, "night"), "form.png", "ab" * 32, "")
        save_document(session, document_id, reading, {})


def values(engine: Engine) -> list[tuple[object, ...]]:
    sql = "SELECT label, value, kind, row_number FROM labelled_values ORDER BY id"
    return [tuple(row) for row in run_query(engine, sql)[1]]


@pytest.mark.parametrize(
    ("lines", "form"),
    [
        (["Name: Anna Walker", "Policy Number G465969", "Marital Status", "Date Charges"], True),
        (["Dear Mr Walker", "Date: 3 May", *["we thank you for your kind letter and the amount"] * 20], False),
        (["Familienname", "Vorname", "Geburtsdatum", "Anschrift", *["Bitte lesen Sie zuerst die Hinweise"] * 9], True),
    ],
)  # fmt: skip
def test_letters_are_not_taken_for_forms(lines: list[str], form: bool) -> None:
    assert looks_like_form([TextLine((0, 0, 1, 1), text, 1.0, ()) for text in lines]) == form


def test_every_value_has_its_label(reading: DocumentReading) -> None:
    (page,) = reading.pages
    assert page.status == "unknown_form" and page.lines, "the full text is kept as before"
    found = {(pair.label, pair.row): pair.value for pair in page.pairs}
    assert found == {
        ("Name:", None): "Anna Walker",
        ("Policy Number", None): "G465969",
        ("Single", None): False,
        ("Married", None): True,
        ("Marital Status", None): "Married",
        ("Date", 1): "01/08/2013",
        ("Charges", 1): "338.00",
        ("Date", 2): "07/13/1998",
        ("Charges", 2): "425.00",
    }


def test_no_value_is_sure_enough_to_be_accepted(reading: DocumentReading) -> None:
    pairs = reading.pages[0].pairs
    assert all(0 <= pair.confidence < 0.9 for pair in pairs)
    left, top, width, height = next(pair.box for pair in pairs if pair.label == "Policy Number")
    scale = 300 / 25.4
    assert left > 16 * scale and left + width < 72 * scale and top > 34 * scale and top + height < 42 * scale


@pytest.mark.database
def test_they_are_rows_that_go_with_their_document(reading: DocumentReading, database_url: str) -> None:
    engine = open_database(database_url)
    keep(engine, reading)
    kept = values(engine)
    assert ("Married", "true", "checkbox", None) in kept and ("Charges", "425.00", "amount", 2) in kept
    keep(engine, reading)
    assert values(engine) == kept, "reading again replaces them"
    charges = (
        "SELECT row_number, max(CASE WHEN label = 'Date' THEN value END) AS day, "
        "max(CASE WHEN label = 'Charges' THEN value END) AS charges FROM labelled_values "
        "WHERE row_number IS NOT NULL GROUP BY document_id, page_number, row_number ORDER BY row_number"
    )
    assert [tuple(row) for row in run_query(engine, charges)[1]] == [
        (1, "01/08/2013", "338.00"),
        (2, "07/13/1998", "425.00"),
    ]
    with transaction(engine) as session:
        purge_before(session, datetime.now(UTC) + timedelta(days=1))
    assert values(engine) == []
