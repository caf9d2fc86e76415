"""Rows of a table in which nothing is written are no rows, whatever is printed in them and pokes into them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import no_trace
from inkfield.pipeline.templates.identify import recognise_form
from inkfield.pipeline.templates.own_ink import has_own_ink
from inkfield.pipeline.templates.read import read_registered
from inkfield.pipeline.templates.template import load_template
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.forms.model import Form
from inkfield.schemas.readings import FieldReading
from tests.support.claims import DPI, SCALE, laid, write
from tests.support.table_forms import LEFT, ROW_MM, ROWS, TOP, bottom, fill_row, table_form, tick


@lru_cache(maxsize=1)
def reader() -> FieldReader:
    return FieldReader(load_recognizer("default"))


def bare(form: Form) -> np.ndarray:
    """A printed form in which nothing is written, grey uint8 at DPI."""
    return np.minimum(load_template(form).at(SCALE), 238)


def waved(page: np.ndarray, by_mm: float) -> np.ndarray:
    """The page as a feeder that slips takes it: up to ``by_mm`` off its place, differently all over."""
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    by = np.float32(by_mm * SCALE)
    moved_x = x + by * np.sin(y / np.float32(60 * SCALE))
    moved_y = y + by * np.sin(x / np.float32(45 * SCALE) + y / np.float32(70 * SCALE))
    return cv2.remap(page, moved_x, moved_y, cv2.INTER_LINEAR, borderValue=(230,))


def rows_of(page: np.ndarray, form: Form, degrees: float = 0.0) -> dict[int, dict[str, FieldReading]]:
    """The rows that are read, by number, each the readings of its columns."""
    scan, _ = laid(page, degrees)
    match = recognise_form(scan, DPI, {form.name: form})
    assert match is not None
    rows: dict[int, dict[str, FieldReading]] = {}
    for field in read_registered(View(scan, 300.0), form, match, reader(), no_trace):
        if field.name.startswith("people."):
            _, row, column = field.name.split(".")
            rows.setdefault(int(row), {})[column] = field
    return rows


@pytest.mark.parametrize(("touching", "degrees"), [(0.0, 0.0), (0.5, -1.3), (1.0, 0.8)])
def test_an_empty_table_has_no_rows(tmp_path: Path, touching: float, degrees: float) -> None:
    form = table_form(tmp_path, touching)
    page = bare(form)
    write(page, "1240.50", 130, bottom() - touching + 4, 11)  # tall figures that reach into the last row
    assert rows_of(page, form, degrees) == {}


@pytest.mark.parametrize(("by_mm", "degrees"), [(0.3, 0.7), (0.5, -1.2), (0.8, 0.7)])
def test_sheets_that_lie_off_the_form_have_the_rows_that_are_written(
    tmp_path: Path, by_mm: float, degrees: float
) -> None:
    form = table_form(tmp_path, 1.0)
    page = bare(form)
    fill_row(page, 0, "Amelia Thornbury", "03/06/2016", "5", student=True)
    fill_row(page, 1, "Bert Thornbury", "09/11/2019", "7", student=False)
    rows = rows_of(waved(page, by_mm), form, degrees)
    assert list(rows) == [1, 2]
    assert [row["student"].value for row in rows.values()] == [True, False]
    assert all(row["full_name"].status != "empty" for row in rows.values())


def test_writing_that_hangs_into_the_next_row_makes_no_row(tmp_path: Path) -> None:
    form = table_form(tmp_path, 0.5)
    page = bare(form)
    write(page, "Peggy Gypsyjay", LEFT + 3, TOP + 6 + ROW_MM * 0.75, 8)
    write(page, "9/9/2019", LEFT + 83, TOP + 6 + ROW_MM * 0.7, 7)
    rows = rows_of(page, form, 0.7)
    assert list(rows) == [1]
    assert rows[1]["full_name"].text and rows[1]["born"].text


def test_a_tick_alone_is_a_row(tmp_path: Path) -> None:
    form = table_form(tmp_path, 0.5)
    page = bare(form)
    tick(page, 2)
    rows = rows_of(page, form)
    assert list(rows) == [1]
    assert rows[1]["student"].value is True


def test_a_full_table_keeps_all_its_rows(tmp_path: Path) -> None:
    form = table_form(tmp_path, 1.0)
    page = bare(form)
    for row in range(ROWS):
        fill_row(page, row, "Jo", "01/02/2010", str(row + 1), student=row % 2 == 0)
    rows = rows_of(waved(page, 0.4), form, -0.8)
    assert list(rows) == [1, 2, 3, 4, 5]
    assert [row["student"].value for row in rows.values()] == [True, False, True, False, True]


@pytest.mark.parametrize("text", ["1", "-", "7.", "Al", "gypsy", "31/12/1999"])
@pytest.mark.parametrize("down_mm", [-1.5, 0.0, 1.5])
def test_little_that_is_written_is_seen(text: str, down_mm: float) -> None:
    sheet, blank = np.full((400, 900), 255, np.uint8), np.full((400, 900), 255, np.uint8)
    box = (200, 150, 500, 100)
    cv2.rectangle(blank, (200, 150), (700, 250), 40, 3)
    assert not has_own_ink(sheet, blank, box, 300.0)
    write(sheet, text, 22, 200 * 25.4 / 300 + down_mm, 6, 300 / 25.4)
    assert has_own_ink(sheet, blank, box, 300.0)
