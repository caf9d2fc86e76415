"""Form files: what is accepted, and what is said about one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inkfield.pipeline.templates.check import unreadable
from inkfield.schemas.forms.check import overlap
from inkfield.schemas.forms.key import content_key, forms_key
from inkfield.schemas.forms.model import (
    FORMS_FOLDER,
    FORMS_VARIABLE,
    Field,
    FormError,
    form_faults,
    load_form,
    load_forms,
)
from tests.support.claims import claim_form

GOOD = """
name: claim_small
version: 3
title: A small claim
paper: {width_mm: 210, height_mm: 297}
blank: blank.png
fields:
  - {name: policy, kind: code, box: [10, 10, 80, 8], cells: 10,
     pattern: '[0-9]{10}', known_values: policies.txt}
  - {name: male, kind: checkbox, box: [10, 30, 4, 4]}
  - {name: female, kind: checkbox, box: [20, 30, 4, 4]}
  - {name: admitted, kind: date, date_order: DMY, box: [10, 40, 40, 8]}
  - {name: discharged, kind: date, date_order: DMY, box: [60, 40, 40, 8]}
  - name: plan
    kind: choice
    options: [{value: basic, box: [10, 50, 4, 4]}, {value: full, box: [20, 50, 4, 4]}]
  - name: services
    kind: table
    box: [10, 60, 100, 40]
    header_height: 10
    rows: 3
    columns:
      - {name: day, kind: date, date_order: DMY, x: 0, width: 40}
      - {name: charge, kind: amount, x: 40, width: 60}
  - {name: total, kind: amount, box: [110, 110, 40, 8]}
rules:
  - {rule: sum, table: services, column: charge, total: total}
  - {rule: date_order, earlier: admitted, later: discharged}
  - {rule: date_order, earlier: admitted, later: services.day}
  - {rule: one_of, fields: [male, female], required: true}
quality: {dpi: {min: 150}}
"""


def write(folder: Path, text: str = GOOD) -> Path:
    Image.new("L", (620, 877), 255).save(folder / "blank.png")  # A4 at 75 dpi
    (folder / "policies.txt").write_text("0123456789\n\n 9876543210 \n", encoding="utf-8")
    path = folder / "form.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_form_file_becomes_a_form(tmp_path: Path) -> None:
    form = load_form(write(tmp_path))
    assert form.key == "claim_small:3"
    assert form.blank_path() == tmp_path / "blank.png"
    assert form.known_values(form.field("policy")) == ("0123456789", "9876543210")
    assert form.field("total").accept_at == 0.9
    assert [rule.rule for rule in form.rules] == ["sum", "date_order", "date_order", "one_of"]
    assert form.quality["dpi"].contains(150)
    assert not form.quality["dpi"].contains(100)
    assert not form.quality["dpi"].contains(float("nan"))


def test_character_boxes_share_the_box(tmp_path: Path) -> None:
    boxes = load_form(write(tmp_path)).field("policy").character_boxes()
    assert len(boxes) == 10
    assert boxes[0] == (10, 10, 8, 8)
    assert boxes[-1] == pytest.approx((82, 10, 8, 8))


def test_table_cells_are_fields_on_the_paper(tmp_path: Path) -> None:
    rows = load_form(write(tmp_path)).field("services").table_cells()
    assert [[cell.name for cell in row] for row in rows] == [["day", "charge"]] * 3
    assert rows[0][0].box == (10, 70, 40, 10)
    assert rows[2][1].box == (50, 90, 60, 10)
    assert rows[2][1].kind == "amount"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: code", "kind: cod", r"fields\[policy\]\.kind: "),
        ("cells: 10", "cels: 10", r"fields\[policy\]\.cels: unknown key"),
        ("title: A small claim\n", "", "title: is missing"),
        ("name: claim_small", "name: Claim-Small", "small letter"),
        ("name: claim_small", "name: documents", "table of the database"),
        ("name: total", "name: status", "every view has too"),
        ("name: male", "name: total_status", "field total_status has too"),
        ("name: male", "name: female", "two fields named female"),
        ("blank: blank.png\n", "", "needs blank"),
        ("blank: blank.png", "blank: other.png", "no file other.png beside the form"),
        ("policies.txt", "nothing.txt", "known values of field policy"),
        ("box: [10, 10, 80, 8]", "box: [150, 10, 80, 8]", "outside the paper"),
        ("box: [10, 10, 80, 8]", "box: [10, 10, 0, 8]", "no box"),
        ("box: [10, 10, 80, 8], ", "", "has no box"),
        ("pattern: '[0-9]{10}'", "pattern: '[0-9'", "no regular expression"),
        ("column: charge", "column: price", "no column 'price'"),
        ("column: charge", "column: day", "must be of kind amount"),
        ("earlier: admitted", "earlier: total", "must be of kind date"),
        ("later: discharged", "later: dismissed", "no field 'dismissed'"),
        ("fields: [male, female]", "fields: [male, total]", "must be of kind checkbox"),
        ("rule: sum", "rule: add", "rules"),
        ("width: 60", "width: 61", "outside the table"),
        ("rows: 3", "rows: 3\n    row_height: 11", "do not fit"),
        ("kind: date, date_order: DMY, box: [10", "kind: date, box: [10", "needs date_order"),
        ("  - {name: total", "  - {name: d, kind: decision}\n  - {name: total", "go together"),
        ("version: 3", "version: [3", "not valid YAML"),
        ("version: 3", "version: 3\nfolder: /", "folder: unknown key"),
        ("version: 3", "version: 3\nversion: 4", "'version' stands twice"),
        ("kind: code, box", "kind: code, kind: text, box", "'kind' stands twice"),
        ("kind: amount, box", "kind: amount, grammar: martian, box", "grammar: Input should be 'indian'"),
        (
            "kind: checkbox, box: [10",
            "kind: checkbox, grammar: indian, box: [10",
            "belongs to the kinds amount",
        ),
        ("kind: checkbox, box: [10", "kind: checkbox, cells: 3, box: [10", "no character boxes"),
        ("kind: checkbox, box: [10", "kind: checkbox, pattern: x, box: [10", "belongs to the kinds barcode"),
        ("cells: 10", "cells: 10, lines: 2", "stand in one line"),
        ("box: [20, 30, 4, 4]", "box: [10, 30, 4, 4]", "male and female lie on one another"),
        ("box: [110, 110, 40, 8]", "box: [10, 60, 40, 8]", "services and total lie on one another"),
        ("box: [20, 50, 4, 4]", "box: [10, 50, 4, 4]", r"plan \(basic\) and plan \(full\) lie"),
        ("box: [20, 50, 4, 4]", "box: [.nan, 50, 4, 4]", "no box"),
        ("value: full", "value: basic", "two have the value basic"),
        ("x: 40, width: 60", "x: 20, width: 60", "day and charge overlap by 20 mm"),
        ("width_mm: 210, height_mm: 297", "width_mm: 215.9, height_mm: 279.4", "1.41 times as high as wide"),
        ("width_mm: 210, height_mm: 297", "width_mm: 420, height_mm: 594", "37 dots an inch"),
        ("fields: [male, female]", "fields: [male, male]", "a field stands twice"),
        ("dpi: {min: 150}", "dpi: {min: 150, max: 100}", "no measure is both"),
        ("dpi: {min: 150}", "dpi: {}", "give min, max or both"),
    ],
)
def test_a_wrong_form_file_says_what_is_wrong(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(FormError, match=message) as caught:
        load_form(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words"])
def test_a_file_that_is_no_form(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormError, match="has no keys"):
        load_form(write(tmp_path, text))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="cannot be read"):
        load_form(tmp_path / "none.yaml")


def test_own_forms_stand_beside_the_built_in_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    monkeypatch.setenv(FORMS_VARIABLE, str(tmp_path))
    assert {"cheque_in", "claim_small"} <= set(load_forms())
    assert list(load_forms(tmp_path)) == ["claim_small"]


def test_of_two_forms_of_one_name_the_first_is_used(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "other.yml").write_text(GOOD, encoding="utf-8")
    assert list(load_forms(tmp_path)) == ["claim_small"]
    (fault,) = form_faults(tmp_path)
    assert "other.yml" in fault and "is already the name of" in fault


def test_a_missing_folder_of_forms_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FORMS_VARIABLE, str(tmp_path / "none"))
    assert "claim" in load_forms()
    (fault,) = form_faults()
    assert FORMS_VARIABLE in fault


@pytest.mark.parametrize("content", ["", "name: Bad Name\n", "fields: [", "- a\n", GOOD.replace("3", "x", 1)])
def test_a_bad_form_is_told_and_the_others_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    write(tmp_path)
    (tmp_path / "bad.yaml").write_text(content, encoding="utf-8")
    monkeypatch.setenv(FORMS_VARIABLE, str(tmp_path))
    built_in = {path.stem for path in FORMS_FOLDER.glob("*.yaml")}
    assert {*built_in, "claim_small"} == set(load_forms())
    (fault,) = form_faults()
    assert str(tmp_path / "bad.yaml") in fault


@pytest.mark.parametrize("content", [b"", b"just some words\n", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n"])
def test_a_blank_that_is_no_image(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path)
    (tmp_path / "blank.png").write_bytes(content)
    with pytest.raises(FormError, match=r"blank\.png is no image"):
        load_form(path)


def test_a_blank_that_is_cut_off(tmp_path: Path) -> None:
    path = write(tmp_path)
    whole = (claim_form().blank_path()).read_bytes()
    (tmp_path / "blank.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormError, match=r"blank\.png is no image"):
        load_form(path)


def test_a_blank_of_another_size_of_one_shape(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("width_mm: 210, height_mm: 297", "width_mm: 297, height_mm: 420"))
    Image.new("L", (1240, 1754), 255).save(tmp_path / "blank.png", dpi=(150, 150))
    with pytest.raises(FormError, match="210 x 297 mm large at its 150 dpi"):
        load_form(path)


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("blank.png", "none.png").replace("box: [20, 30, 4, 4]", "box: [10, 30, 4, 4]")
    with pytest.raises(FormError) as caught:
        load_form(write(tmp_path, text))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "kind: date, date_order",
            "kind: date, language: klingon, date_order",
            "no model 'klingon'; there are",
        ),
        ("'[0-9]{10}'", "'(?=A)[0-9]{10}'", "cannot be decoded by"),
        ("dpi: {min", "sharpnes: {min", "no measure 'sharpnes'"),
    ],
)
def test_what_only_the_pipeline_knows(tmp_path: Path, old: str, new: str, fault: str) -> None:
    faults = unreadable(load_form(write(tmp_path, GOOD.replace(old, new, 1))))
    assert any(fault in line for line in faults), faults
    assert any("too little print" in line for line in faults)  # the blank of these tests is white


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("name: legal_amount,", "name: words,", "add legal_amount"),
        ("name: payee", "name: payer", "nothing of that name is found"),
        ("name: payee, kind: name", "name: payee, kind: text", "on a cheque it is name"),
        (
            "  - {name: decision",
            "  - {name: branch, kind: code}\n  - {name: decision",
            "nothing of that name",
        ),
        (
            "  - {name: decision",
            "  - {name: countersigned, kind: signature}\n  - {name: decision",
            "one field of kind signature, here are signature and countersigned",
        ),
    ],
)
def test_fields_that_no_cheque_has(tmp_path: Path, old: str, new: str, fault: str) -> None:
    text = (FORMS_FOLDER / "cheque_in.yaml").read_text().split("rules:")[0]
    decision = "decision: {fields: [amount]}\n"
    path = tmp_path / "own.yaml"
    path.write_text((text + decision).replace(old, new, 1), encoding="utf-8")
    assert any(fault in line for line in unreadable(load_form(path)))


def test_the_built_in_forms_are_right() -> None:
    assert form_faults() == []
    assert {name: unreadable(form) for name, form in load_forms().items()} == {
        name: [] for name in load_forms()
    }


@settings(max_examples=200, deadline=None)
@given(*[st.tuples(*[st.floats(0.5, 50)] * 4)] * 2)
def test_overlap_is_a_share_and_the_same_both_ways(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> None:
    share = overlap(first, second)
    assert 0 <= share <= 1 + 1e-9
    assert share == pytest.approx(overlap(second, first))
    assert overlap(first, first) == pytest.approx(1)


def test_the_built_in_cheque_has_the_fields_that_others_query() -> None:
    form = load_forms()["cheque_in"]
    assert [field.name for field in form.fields] == (
        [
            "payee",
            "courtesy_amount",
            "legal_amount",
            "amount",
            "date",
            "account_number",
            "micr",
            "signature",
            "decision",
        ]
    )


def test_the_key_of_forms_has_one_order(tmp_path: Path) -> None:
    forms = [load_forms()["cheque_in"], load_form(write(tmp_path))]
    assert (
        forms_key(forms)
        == forms_key(reversed(forms))
        == ",".join(f"{form.name}:{content_key(form)}" for form in forms)
    )


@settings(max_examples=50, deadline=None)
@given(
    box=st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(1, 100), st.floats(1, 100)),
    cells=st.integers(1, 40),
)
def test_character_boxes_cover_the_box(box: tuple[float, float, float, float], cells: int) -> None:
    boxes = Field(name="code", kind="code", box=box, cells=cells).character_boxes()
    assert boxes[0][0] == box[0]
    assert boxes[-1][0] + boxes[-1][2] == pytest.approx(box[0] + box[2])
    assert sum(width for _, _, width, _ in boxes) == pytest.approx(box[2])


@settings(max_examples=50, deadline=None)
@given(
    data=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "fields", "rules", "rule", "paper", "kind", "box"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_any_yaml_is_a_form_or_a_form_error(tmp_path_factory: pytest.TempPathFactory, data: object) -> None:
    path = tmp_path_factory.mktemp("forms") / "any.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    with pytest.raises(FormError):
        load_form(path)
