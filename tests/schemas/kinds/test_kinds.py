"""The kinds of fields: one file each, and what holds for every one of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from inkfield.schemas import kinds
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.tables import FieldRow
from inkfield.schemas.kinds import KINDS, kind_of, kinds_with, known_kind
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.readings import document, field, page

SAMPLES = [(kind.name, text) for kind in KINDS.values() for text in kind.samples]


def test_each_kind_is_a_file() -> None:
    shared = {"__init__", "kind", "yes_no"}
    assert set(KINDS) == {path.stem for path in Path(kinds.__path__[0]).glob("*.py")} - shared


@pytest.mark.parametrize(("name", "text"), SAMPLES)
def test_a_value_is_typed_and_written_alike(name: str, text: str) -> None:
    kind = KINDS[name]
    value = kind.typed(f" {text} ")
    assert value is not None and kind.as_text(value) == text
    assert kind.same(value, value)
    kind.check(name, value, date(2026, 4, 1))


def test_values_come_back_from_the_database() -> None:
    values = [(name, KINDS[name].typed(text)) for name, text in SAMPLES]
    fields = tuple(field(f"field_{n}", name, value) for n, (name, value) in enumerate(values))
    with transaction(open_database("sqlite://")) as session:
        noted = register_document(session, begin_batch(session, "b"), "slip.pdf", "ab" * 32, "slip:1")
        save_document(session, noted.document_id, document([replace(page(), fields=fields)]))
        session.expire_all()
        found = session.scalars(select(FieldRow).order_by(FieldRow.id)).all()
        assert [(row.kind, row.value) for row in found] == values
        assert [type(row.value) for row in found] == [type(value) for _, value in values]
        assert [row.value_as_text() for row in found] == [text for _, text in SAMPLES]


@pytest.mark.parametrize("name", KINDS)
def test_nothing_is_equal_to_nothing_alone(name: str) -> None:
    kind = KINDS[name]
    assert kind.typed(" ") is None and kind.as_text(None) is None and kind.shown(None) is None
    assert kind.same(None, None) and kind.same("", None)
    for text in kind.samples:
        assert not kind.same(text, None) and not kind.same(None, text)


def test_what_no_field_of_the_kind_has_is_refused() -> None:
    today = date(2026, 4, 1)
    for name, value in (("amount", Decimal(-1)), ("date", date(1899, 1, 1)), ("date", date(2027, 6, 1))):
        with pytest.raises(ValueError, match="born"):
            KINDS[name].check("born", value, today)


def test_a_kind_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"no kind 'cod'; there are address, amount, .*text"):
        known_kind("cod")
    assert kind_of("of an older version") is KINDS["text"]


def test_the_kinds_that_may_have_a_key_are_listed() -> None:
    listed = kinds_with("pattern")
    assert listed.count(" and ") == 1
    assert set(re.split(", | and ", listed)) == {
        kind.name for kind in KINDS.values() if "pattern" in kind.keys
    }
