"""A new kind of field is one object: form, ink, SQL, view, review, export and evaluation follow from it."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.commands.export_command import export_rows
from inkfield.lab.evaluate.expected_values import compare
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.view import View
from inkfield.pipeline.judgement.rules import apply_rules
from inkfield.pipeline.records import no_trace
from inkfield.pipeline.templates.identify import recognise_form
from inkfield.pipeline.templates.read import read_registered
from inkfield.pipeline.templates.template import load_template
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import Form, FormError, load_form
from inkfield.schemas.kinds import KINDS
from inkfield.schemas.kinds.kind import FieldKind
from inkfield.schemas.readings import DocumentReading, FieldReading, PageReading, Value
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.claims import DPI, SCALE, laid, write
from tests.support.table_forms import bottom, table_form


class Phone(FieldKind):
    """Phone numbers of ten figures, however they are grouped; stored as 98765-43210."""

    def parse(self, text: str) -> str:
        figures = re.sub(r"\D", "", text)
        if len(figures) != 10:
            raise ValueError("a phone number has ten figures: 98765-43210")
        return f"{figures[:5]}-{figures[5:]}"

    def equal(self, written: object, read: object) -> bool:
        return self.parse(str(written)) == self.parse(str(read))

    def check(self, name: str, value: Value, today: date) -> None:
        if str(value).startswith("0"):
            raise ValueError(f"{name} does not begin with 0")


PHONE = Phone("phone", samples=("98765-43210",), comment="phone number{required}", read_like="integer")
WRITTEN = "9876543210"


@pytest.fixture
def form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Form:
    """The form of the tests whose last field, and a column, are of the new kind."""
    monkeypatch.setitem(KINDS, "phone", PHONE)
    table_form(tmp_path, 0.0)
    path = tmp_path / "dependants.yaml"
    text = path.read_text(encoding="utf-8").replace("name: total, kind: amount", "name: phone, kind: phone")
    path.write_text(text.replace("name: share, kind: integer", "name: share, kind: phone"), encoding="utf-8")
    monkeypatch.setenv("INKFIELD_FORMS", str(tmp_path))
    return load_form(path)


def read(form: Form) -> list[FieldReading]:
    """The fields of a rendered page on which the phone number is written."""
    page = np.minimum(load_template(form).at(SCALE), 238)
    write(page, WRITTEN, 130, bottom() + 5, 7)
    scan, _ = laid(page, 0.6)
    match = recognise_form(scan, DPI, {form.name: form})
    assert match is not None
    reader = FieldReader(load_recognizer("default"))
    return apply_rules(
        form, read_registered(View(scan, DPI), form, match, reader, no_trace), date(2026, 4, 1)
    )


def test_a_new_kind_goes_all_the_way(form: Form, tmp_path: Path) -> None:
    fields = read(form)
    (phone,) = [reading for reading in fields if reading.name == "phone"]
    assert (phone.kind, phone.value) == ("phone", "98765-43210")

    url = f"sqlite:///{tmp_path / 'rows.db'}"
    engine = open_database(url)
    sync_views(engine, [form])
    unsure = [reading if reading is not phone else _for_review(phone) for reading in fields]
    page = PageReading(1, 1654, 2339, float(DPI), form.name, 1, "review", tuple(unsure))
    with transaction(engine) as session:
        noted = register_document(session, begin_batch(session, "b"), "page.pdf", "a" * 64, form.key)
        save_document(session, noted.document_id, DocumentReading("page.pdf", "a" * 64, "review", (page,)))
    shown = "SELECT phone, phone_status FROM dependants"
    assert run_query(engine, shown)[1] == [("98765-43210", "review")]

    [(number,)] = run_query(engine, "SELECT id FROM fields WHERE name = 'phone'")[1]
    for wrong, message in (("12", "has ten figures"), ("0876543210", "does not begin with 0")):
        refused = CliRunner().invoke(app, ["review", "settle", str(number), wrong, "--db", url])
        assert refused.exit_code == 2 and message in " ".join(refused.output.split())
    done = CliRunner().invoke(app, ["review", "settle", str(number), "98765 43211", "--db", url])
    assert "phone on page 1 of page.pdf: 98765-43211 (was 98765-43210)" in " ".join(done.output.split())
    assert run_query(engine, shown)[1] == [("98765-43211", "accepted")]

    assert export_rows(url, form.name, "csv", tmp_path / "rows.csv") == 1
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        assert [row["phone"] for row in csv.DictReader(file)] == ["98765-43211"]

    truth = {"pages": [{"form": form.name, "fields": {"phone": "+98765 43211"}}]}
    (tmp_path / "page.json").write_text(json.dumps(truth))
    (compared,) = compare(engine, {form.name: form}, [tmp_path / "page.pdf"], tmp_path)
    assert (compared.kind, compared.exact) == ("phone", True)


def _for_review(reading: FieldReading) -> FieldReading:
    return FieldReading(reading.name, reading.kind, reading.text, reading.value, 0.5, "review", reading.box)


def test_what_a_form_may_say_is_for_the_kind(form: Form, tmp_path: Path) -> None:
    path = tmp_path / "dependants.yaml"
    right = path.read_text(encoding="utf-8")
    for more, message in (
        ("pattern: x", "belongs to the kinds barcode"),
        ("grammar: indian", "belongs to the kinds amount"),
        ("date_order: DMY", "date_order is for dates"),
    ):
        path.write_text(right.replace("kind: phone, box", f"kind: phone, {more}, box"), encoding="utf-8")
        with pytest.raises(FormError, match=message):
            load_form(path)


def test_without_it_the_form_is_refused(form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(KINDS, "phone")
    with pytest.raises(
        FormError, match=r"fields\[phone\]\.kind: there is no kind 'phone'; there are address"
    ):
        load_form(tmp_path / "dependants.yaml")
