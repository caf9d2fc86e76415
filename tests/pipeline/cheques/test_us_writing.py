"""US cheques of printers drawn at random: what is written is read whole, and nothing printed with it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from inkfield.lab.documents.hostile import good
from inkfield.pipeline.fields.kinds.amount_locale import WESTERN
from inkfield.pipeline.fields.kinds.amount_words import parse_amount_words
from inkfield.pipeline.fields.kinds.amount_words_grammar import amount_words_automaton, amount_words_spellings
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.expression import compile_
from inkfield.schemas.readings import FieldReading


@cache
def _fields(seed: int, number: int) -> tuple[dict[str, FieldReading], dict[str, object]]:
    scan, truth = good(np.random.default_rng([seed, number, 1]), True)
    (reading,) = PageReader(None, "default").read(Page("c", 1, scan, 300), date(2026, 6, 30))
    return {field.name: field for field in reading.fields}, truth


@pytest.mark.parametrize(
    ("seed", "number", "name"),
    [
        (7001, 31, "legal_amount"),  # letters of one height were taken for DOLLARS
        (7001, 7, "legal_amount"),  # & xx/100
        (7002, 10, "courtesy_amount"),  # a box that is printed faintly
        (7002, 53, "courtesy_amount"),  # the head of a box stands inside its region
        (7001, 33, "payee"),  # a faint caption
        (7002, 44, "date"),  # the writing hides the rule, but for its empty end
        (7002, 10, "date"),
    ],
)
def test_what_is_written_is_read_whole_and_alone(seed: int, number: int, name: str) -> None:
    fields, truth = _fields(seed, number)
    reading = fields[name]
    if name == "payee":
        assert reading.text == truth["payee"]
    elif name == "date":
        assert reading.value == date.fromisoformat(str(truth["date"]))
    else:
        assert reading.value == Decimal(str(truth["amount"]))


@settings(max_examples=30, deadline=None)
@given(
    amount=st.integers(1, 9999),
    joined=st.sampled_from([" and ", " & ", " ", "-"]),
    cents=st.sampled_from(["xx", "no", "XX", "none", "00"]),
    whole=st.sampled_from(["100", "xx"]),
)
def test_whole_dollars_may_be_written_in_every_usual_way(
    amount: int, joined: str, cents: str, whole: str
) -> None:
    text = f"{num2words(amount).replace(',', '')}{joined}{cents}/{whole}"
    assert _any_amount().accepts(text)
    spellings = amount_words_spellings(Decimal(amount), WESTERN)
    assert spellings is not None and compile_(spellings, fold_case=True).accepts(text)
    assert parse_amount_words(text) == amount


@cache
def _any_amount() -> Automaton:
    return amount_words_automaton(WESTERN)
