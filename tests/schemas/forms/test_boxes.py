"""The boxes of a form, the pages of one of several, and the reference of its keys."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import pytest
import yaml
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.schemas.forms.key import content_key
from inkfield.schemas.forms.model import FORMS_FOLDER, FormError, load_form
from inkfield.schemas.forms.reference import as_markdown
from tests.support.checkout import ROOT

TWO_PAGES = """
name: enrolment
version: 1
title: Enrolment
paper: {width_mm: 210, height_mm: 297}
pages: [{number: 1, blank: a.png}, {number: 3, blank: b.png}]
fields:
  - {name: born, kind: date, date_order: DMY, cells: 2, box: [10, 20, 40, 8]}
  - {name: plan, kind: choice, page: 3, options: [{value: full, box: [10, 10, 4, 4]}]}
  - {name: left, kind: date, date_order: DMY, page: 3, box: [10, 20, 40, 8]}
  - {name: items, kind: table, page: 3, box: [10, 40, 60, 26], header_height: 6, rows: 2,
     columns: [{name: price, kind: amount, x: 20, width: 40}]}
  - {name: total, kind: amount, page: 3, box: [10, 80, 40, 8]}
rules:
  - {rule: date_order, earlier: born, later: left}
  - {rule: sum, table: items, column: price, total: total}
"""


@pytest.fixture
def enrolment(tmp_path: Path) -> Path:
    for name in ("a.png", "b.png"):
        shutil.copy(FORMS_FOLDER / "claim.png", tmp_path / name)
    path = tmp_path / "enrolment.yaml"
    path.write_text(TWO_PAGES)
    return path


def test_every_box_is_listed(enrolment: Path) -> None:
    result = CliRunner().invoke(app, ["forms", "boxes", str(enrolment), "--json"])
    boxes = {(box["page"], box["field"], box["kind"]): box["box_mm"] for box in json.loads(result.stdout)}
    assert boxes == {
        (1, "born", "date"): [10, 20, 40, 8],
        (1, "born.1", "date"): [10, 20, 20, 8],
        (1, "born.2", "date"): [30, 20, 20, 8],
        (3, "plan.full", "checkbox"): [10, 10, 4, 4],
        (3, "left", "date"): [10, 20, 40, 8],
        (3, "items.1.price", "amount"): [30, 46, 40, 10],
        (3, "items.2.price", "amount"): [30, 56, 40, 10],
        (3, "total", "amount"): [10, 80, 40, 8],
    }


def test_a_page_has_its_own_fields_and_rules(enrolment: Path) -> None:
    form = load_form(enrolment)
    first, third = form.sheets().values()
    assert [field.name for field in first.fields] == ["born"] and first.blank == "a.png"
    assert [rule.rule for rule in third.rules] == ["sum"]  # the other needs both pages
    before = content_key(form)
    (enrolment.parent / "b.png").write_bytes((FORMS_FOLDER / "claim.png").read_bytes() + b" ")
    assert content_key(form) != before


def test_a_field_on_no_page_is_refused(enrolment: Path) -> None:
    enrolment.write_text(TWO_PAGES.replace("number: 3", "number: 2"))
    with pytest.raises(FormError, match="plan is on page 3, which is not among the pages"):
        load_form(enrolment)


def test_the_check_draws_the_fields(enrolment: Path) -> None:
    result = CliRunner().invoke(app, ["forms", "check", str(enrolment)])
    assert result.exit_code == 0
    blank = cv2.imread(str(enrolment.parent / "b.png"))
    drawn = cv2.imread(str(enrolment.parent / "enrolment.3.fields.png"))
    scale = drawn.shape[0] / 297
    total = (slice(round(80 * scale), round(88 * scale)), slice(round(10 * scale), round(50 * scale)))
    assert drawn.shape == blank.shape and (drawn[total] != blank[total]).mean() > 0.3
    below = slice(round(drawn.shape[0] * 0.9), None)
    assert (drawn[below] == blank[below]).all()


def test_the_reference_is_that_of_the_models() -> None:
    assert (ROOT / "docs" / "form-files.md").read_text(encoding="utf-8") == as_markdown()


def test_every_key_is_explained() -> None:
    rows = [line for line in as_markdown().splitlines() if line.startswith("| `")]
    head = as_markdown().partition("## Kinds")[0]
    assert all(row.split(" | ")[-1].rstrip(" |") for row in rows if row in head)
    keys = {
        key for field in yaml.safe_load((FORMS_FOLDER / "claim.yaml").read_text())["fields"] for key in field
    }
    assert all(f"| `{key}` |" in head for key in keys)
