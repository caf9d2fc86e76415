"""What the demo calls exact: the same value, however it is spelled in SQL and JSON; nothing else."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.lab.evaluate.expected_values import compare
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import load_form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.readings import FORM, document, page


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("amount", "1500.00", 1500.0),
        ("amount", "1500", Decimal("1500.00")),
        ("name", "A.  Kumar", "A. Kumar"),
        ("date", "2026-03-15", "2026-03-15"),
        ("checkbox", True, 1),
        ("checkbox", False, 0),
        ("code", None, None),
        ("code", "", None),
        ("table", [{"charge": "12.50"}], '[{"charge": "12.50", "procedure": null}]'),
    ],
)
def test_one_value_in_two_spellings(kind: str, written: object, read: object) -> None:
    assert kind_of(kind).same(written, read)


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("amount", "1500.00", 150.0),
        ("amount", "1500.00", None),
        ("name", "A. Kumar", "a. kumar"),
        ("code", None, "12"),
        ("checkbox", True, 0),
        ("checkbox", True, None),
        ("table", [{"charge": "12.50"}], "[]"),
    ],
)
def test_two_values(kind: str, written: object, read: object) -> None:
    assert not kind_of(kind).same(written, read)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**9))
@settings(max_examples=50, deadline=None)
def test_every_amount_is_the_same_as_itself_and_no_other(amount: Decimal) -> None:
    assert kind_of("amount").same(str(amount), amount)
    assert not kind_of("amount").same(str(amount), amount + Decimal("0.01"))


def test_a_page_without_a_row_has_no_field_right(tmp_path: Path) -> None:
    (tmp_path / "slip.yaml").write_text(FORM.format(name="slip", version=1))
    form = load_form(tmp_path / "slip.yaml")
    engine = open_database("sqlite:///" + str(tmp_path / "rows.db"))
    sync_views(engine, [form])
    with transaction(engine) as session:
        noted = register_document(session, begin_batch(session, "b"), "slip.pdf", "a" * 64, form.key)
        save_document(session, noted.document_id, document([page(amount="0.10")]))
    fields = {"payee": "Anna Müller", "amount": "0.10", "visits": 13}
    pages = [{"form": "slip", "fields": fields}, {"form": "slip", "fields": {"payee": None}}]
    (tmp_path / "slip.json").write_text(json.dumps({"pages": pages}))
    compared = compare(engine, {"slip": form}, [tmp_path / "slip.pdf"], tmp_path)
    assert [(field.page, field.field, field.exact) for field in compared] == [
        (1, "payee", True),
        (1, "amount", True),
        (1, "visits", False),
        (2, "payee", False),
    ]
