"""Exports and queries: what leaves the database is exact, typed, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from inkfield.flows.commands.csv_cells import FORMULA_STARTS, safe_cell, write_csv
from inkfield.flows.commands.export_command import UnfitName, UnknownForm, export_rows, format_of
from inkfield.flows.commands.query_command import open_existing, print_query, print_table
from inkfield.flows.reports.export_text import (
    OnePageOnly,
    as_alto,
    as_hocr,
    as_json,
    as_page,
    as_tei,
    as_text,
    as_tsv,
)
from inkfield.schemas.database.connection import DatabaseError, open_database, transaction
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.key import forms_key
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine, Word
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.readings import FORM, document, field, page


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with two documents of the form ``slip``; one has a payee that starts like a formula."""
    forms = tmp_path / "forms"
    forms.mkdir()
    (forms / "slip.yaml").write_text(FORM.format(name="slip", version=1))
    monkeypatch.setenv("INKFIELD_FORMS", str(forms))
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    engine = open_database(url)
    sync_views(engine, load_forms())
    dangerous = PageReading(
        1, 10, 10, 300.0, "slip", 1, "review", (field("payee", "name", "=cmd|'/c calc'!A1"),)
    )
    with transaction(engine) as session:
        batch = begin_batch(session, "test")
        for number, shown in enumerate((page(amount="0.10"), dangerous)):
            noted = register_document(session, batch, f"{number}.pdf", f"{number}" * 64, forms_key([]))
            save_document(session, noted.document_id, document([shown]))
    return url


def test_parquet_keeps_amounts_as_exact_decimals_and_dates_as_dates(url: str, tmp_path: Path) -> None:
    target = tmp_path / "slips.parquet"
    assert export_rows(url, "slip", "parquet", target) == 2
    table = pq.read_table(target)
    first = table.to_pylist()[0]
    assert first["amount"] == Decimal("0.10")
    assert first["date"] == date(2026, 3, 15)
    assert first["visits"] == 12
    assert first["signature"] is True
    assert table.to_pylist()[1]["amount"] is None
    assert str(table.schema.field("amount").type) == "decimal128(18, 2)"


def test_csv_disarms_formulas_and_keeps_amounts(url: str, tmp_path: Path) -> None:
    target = tmp_path / "slips.csv"
    export_rows(url, "slip", "csv", target)
    rows = list(csv.DictReader(target.open(encoding="utf-8", newline="")))
    assert rows[0]["payee"] == "Anna Müller"
    assert rows[0]["amount"] == "0.10"
    assert rows[1]["payee"] == "'=cmd|'/c calc'!A1"
    assert rows[1]["amount"] == ""


def test_json_has_one_object_a_row(url: str, tmp_path: Path) -> None:
    target = tmp_path / "slips.json"
    export_rows(url, "slip", "json", target)
    rows = json.loads(target.read_text(encoding="utf-8"))
    assert [row["file_name"] for row in rows] == ["0.pdf", "1.pdf"]
    assert rows[0]["amount"] == "0.10"
    assert rows[0]["date"] == "2026-03-15"
    assert rows[0]["payee_confidence"] == pytest.approx(0.97)


@pytest.mark.parametrize("output_format", ["csv", "json", "parquet"])
def test_an_empty_form_still_gives_a_file_with_columns(url: str, tmp_path: Path, output_format: str) -> None:
    target = tmp_path / "none"
    assert export_rows(url, "cheque_in", output_format, target) == 0
    assert target.exists()


def test_an_export_is_private_and_replaces_the_old_file_whole(url: str, tmp_path: Path) -> None:
    target = tmp_path / "slips.csv"
    target.write_text("old")
    export_rows(url, "slip", "csv", target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "old" not in target.read_text()
    assert not list(tmp_path.glob(".slips*"))


def test_an_unknown_form_is_told_with_those_that_exist(url: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownForm, match="slip"):
        export_rows(url, "slips", "csv", tmp_path / "x")


def test_a_query_on_a_database_that_is_not_there_does_not_create_it(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    with pytest.raises(DatabaseError, match="no database"):
        open_existing(f"sqlite:///{file}")
    assert not file.exists()


@pytest.mark.parametrize("output_format", ["table", "csv", "json"])
def test_a_query_prints_its_rows(url: str, capsys: pytest.CaptureFixture[str], output_format: str) -> None:
    print_query(url, "SELECT payee, amount FROM slip ORDER BY document_id", output_format)
    printed = capsys.readouterr().out
    assert "Anna Müller" in printed
    assert "0.1" in printed


@pytest.mark.parametrize("columns", [1, 3, 8, 80, 300])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_value_of_a_row_is_printed_whole_however_wide_it_is(
    columns: int, width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [[f"value-{row}-{column}" for column in range(columns)] for row in range(3)]
    print_table([f"column_{column}" for column in range(columns)], rows)
    printed = capsys.readouterr().out
    assert all(value in printed for row in rows for value in row)
    assert all(f"column_{column}" in printed for column in range(columns))
    assert "3 rows" in printed
    assert max(map(len, printed.splitlines())) <= width


def test_a_wide_query_without_rows_still_names_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"column_{number}" for number in range(80)]
    print_table(names, [])
    printed = capsys.readouterr().out
    assert "0 rows" in printed
    assert all(name in printed for name in names)


@pytest.mark.parametrize(
    ("name", "asked", "chosen"),
    [
        ("rows.parquet", None, "parquet"),
        ("rows.JSON", None, "json"),
        ("rows.csv", "csv", "csv"),
        ("rows.txt", "csv", "csv"),
        ("rows", "parquet", "parquet"),
    ],
)
def test_the_name_of_the_file_tells_the_format(name: str, asked: str | None, chosen: str) -> None:
    assert format_of(Path(name), asked) == chosen


@pytest.mark.parametrize(
    ("name", "asked"), [("rows.parquet", "csv"), ("rows.csv", "json"), ("rows.xlsx", None), ("rows", None)]
)
def test_a_name_that_does_not_fit_is_refused(name: str, asked: str | None) -> None:
    with pytest.raises(UnfitName, match="rows"):
        format_of(Path(name), asked)


@given(st.text(max_size=20))
@settings(max_examples=50, deadline=None)
def test_no_text_reaches_a_spreadsheet_as_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.startswith(FORMULA_STARTS)
    assert cell.removeprefix("'") == text.removeprefix("'")


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), min_size=1, max_size=4
    )
)
@settings(max_examples=50, deadline=None)
def test_csv_cells_come_back_as_they_were_written(cells: list[str]) -> None:
    file = io.StringIO(newline="")
    write_csv(file, ["c"] * len(cells), [cells])
    file.seek(0)
    assert list(csv.reader(file))[1] == [safe_cell(cell) for cell in cells]


def test_numbers_are_never_touched() -> None:
    assert safe_cell(-5) == -5
    assert safe_cell(Decimal("-5.00")) == Decimal("-5.00")


def _letter() -> DocumentReading:
    words = (Word((10, 20, 50, 30), "Dear", 0.9), Word((70, 20, 40, 30), "<A&B>", 0.8))
    lines = (
        TextLine((10, 20, 100, 30), "Dear <A&B>", 0.85, words),
        TextLine((10, 60, 90, 30), "x", 1.0),
    )
    first = PageReading(1, 200, 300, 300.0, None, None, "unknown_form", lines=lines)
    return DocumentReading(
        "le\x01tter.png", "", "done", (first, PageReading(2, 200, 300, 300.0, None, None, "blank"))
    )


def test_text_has_a_line_a_line_and_a_form_feed_between_pages() -> None:
    assert as_text(_letter()) == "Dear <A&B>\nx\n\f"


def test_json_has_the_documented_shape() -> None:
    pages = json.loads(as_json(_letter()))["pages"]
    assert pages[0]["width"] == 200
    assert pages[0]["height"] == 300
    line = pages[0]["lines"][0]
    assert set(line) == {"text", "box", "confidence", "words"}
    assert line["words"][1] == {"text": "<A&B>", "box": [70, 20, 40, 30], "confidence": 0.8}
    assert pages[1]["lines"] == []


def test_alto_tells_words_with_their_places() -> None:
    root = etree.fromstring(as_alto(_letter()).encode())
    alto = {"a": "http://www.loc.gov/standards/alto/ns-v4#"}
    words = root.findall(".//a:String", alto)
    assert [word.get("CONTENT") for word in words] == ["Dear", "<A&B>", "x"]
    assert words[1].get("HPOS") == "70"
    assert float(words[1].get("WC")) == pytest.approx(0.8)
    assert len({element.get("ID") for element in root.iter() if element.get("ID")}) == len(
        [element for element in root.iter() if element.get("ID")]
    )
    assert len(root.findall(".//a:Page", alto)) == 2


def test_hocr_tells_words_with_their_places_and_how_sure_they_are() -> None:
    root = etree.fromstring(as_hocr(_letter()).encode())
    html = {"h": "http://www.w3.org/1999/xhtml"}
    pages = root.findall(".//h:div[@class='ocr_page']", html)
    assert [page.get("title") for page in pages] == [
        f'image "letter.png"; bbox 0 0 200 300; ppageno {number}; scan_res 300 300' for number in (0, 1)
    ]
    words = root.findall(".//h:span[@class='ocr_line']/h:span[@class='ocrx_word']", html)
    assert [word.text for word in words] == ["Dear", "<A&B>", "x"]
    assert words[1].get("title") == "bbox 70 20 110 50; x_wconf 80"


def test_page_xml_holds_one_page() -> None:
    letter = _letter()
    with pytest.raises(OnePageOnly, match="has 2"):
        as_page(letter)
    root = etree.fromstring(as_page(DocumentReading("a.png", "", "done", letter.pages[:1])).encode())
    page = {"p": "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"}
    words = root.findall(".//p:TextLine/p:Word", page)
    assert [word.findtext("p:TextEquiv/p:Unicode", None, page) for word in words] == ["Dear", "<A&B>", "x"]
    assert words[1].find("p:Coords", page).get("points") == "70,20 110,20 110,50 70,50"
    lines = root.findall(".//p:TextLine/p:TextEquiv/p:Unicode", page)
    assert [line.text for line in lines] == ["Dear <A&B>", "x"]


def test_tei_ties_each_line_to_its_place_on_the_facsimile() -> None:
    root = etree.fromstring(as_tei(_letter()).encode())
    tei = {"t": "http://www.tei-c.org/ns/1.0"}
    zones = {
        f"#{zone.get('{http://www.w3.org/XML/1998/namespace}id')}": zone for zone in root.iter("{*}zone")
    }
    breaks = root.findall(".//t:body/t:ab/t:lb", tei)
    assert [line.tail.strip() for line in breaks] == ["Dear <A&B>", "x"]
    assert [zones[line.get("facs")].get("lry") for line in breaks] == ["50", "90"]
    assert len(root.findall(".//t:pb", tei)) == 2


def test_tsv_has_the_columns_and_levels_of_tesseract() -> None:
    rows = list(csv.DictReader(io.StringIO(as_tsv(_letter())), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row["level"] for row in rows] == ["1", "2", "3", "4", "5", "5", "4", "5", "1"]
    assert rows[5] == {
        "level": "5", "page_num": "1", "block_num": "1", "par_num": "1", "line_num": "1", "word_num": "2",
        "left": "70", "top": "20", "width": "40", "height": "30", "conf": "80.000000", "text": "<A&B>",
    }  # fmt: skip
