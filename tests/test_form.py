"""Form files: what is accepted, and what is said about one that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.form import FORMS_VARIABLE, Field, FormError, load_form, load_forms
from schemas.form_key import content_key, forms_key

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
    (folder / "blank.png").write_bytes(b"")
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


def test_two_forms_of_one_name(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "other.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(FormError, match="is already the name of"):
        load_forms(tmp_path)


def test_a_missing_folder_of_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FORMS_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(FormError, match=FORMS_VARIABLE):
        load_forms()


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
