"""Amounts in French, Spanish, Portuguese and German words, against the numbers of num2words."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from inkfield.pipeline.fields.kinds.number_language import NumberLanguage
from inkfield.pipeline.fields.kinds.number_words_french import FRENCH_WORDS
from inkfield.pipeline.fields.kinds.number_words_german import GERMAN_WORDS
from inkfield.pipeline.fields.kinds.number_words_portuguese import PORTUGUESE_WORDS
from inkfield.pipeline.fields.kinds.number_words_spanish import SPANISH_WORDS
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.grammars.expression import compile_

LANGUAGES = [(FRENCH_WORDS, "fr"), (SPANISH_WORDS, "es"), (PORTUGUESE_WORDS, "pt_BR"), (GERMAN_WORDS, "de")]


@pytest.mark.parametrize(("language", "code"), LANGUAGES, ids=lambda v: getattr(v, "name", ""))
@settings(max_examples=40, deadline=None)
@given(st.one_of(st.integers(1, 2100), st.integers(1, 10**6), st.integers(1, 10**9 - 1)))
def test_every_number_means_what_num2words_says(language: NumberLanguage, code: str, number: int) -> None:
    said = num2words(number, lang=code)
    assert language.amount(said) == number
    assert language.amount(language.spelled(number)) == number
    assert language.amount(said.replace("-", " ").upper()) == number


def _plain(number: int, code: str) -> str:
    """In words, without the accents that the recogniser does not know."""
    said = num2words(number, lang=code).replace(",", "")
    return "".join(c if DEFAULT.covers(c) else unicodedata.normalize("NFD", c)[0] for c in said)


@pytest.mark.parametrize(("language", "code"), LANGUAGES, ids=lambda v: getattr(v, "name", ""))
@settings(max_examples=3, deadline=None)
@given(st.integers(1, 10**9 - 1))
def test_the_grammar_of_one_number_takes_its_words_and_no_other_number_s(
    language: NumberLanguage, code: str, number: int
) -> None:
    spelled = language.exactly(number)
    assert spelled is not None
    automaton = compile_(spelled, fold_case=True)
    assert automaton.accepts(_plain(number, code))
    assert not automaton.accepts(_plain(number + 1, code))


@pytest.mark.parametrize(("language", "code"), LANGUAGES, ids=lambda v: getattr(v, "name", ""))
def test_the_grammar_of_all_numbers(language: NumberLanguage, code: str) -> None:
    automaton = compile_(language.any_number(), fold_case=True)
    for number in (1, 16, 21, 71, 80, 81, 99, 100, 101, 555, 1000, 1001, 1999, 21_021, 200_000, 3_000_080):
        assert automaton.accepts(_plain(number, code)), number


@pytest.mark.parametrize(
    ("language", "text", "amount"),
    [
        (FRENCH_WORDS, "Deux cent cinquante euros et quarante centimes", "250.40"),
        (FRENCH_WORDS, "mille deux cents euros 15 cts", "1200.15"),
        (FRENCH_WORDS, "Quatre-vingt-dix dollars et 05/100", "90.05"),
        (FRENCH_WORDS, "Quatre vingt dix et 05/100", "90.05"),
        (FRENCH_WORDS, "trois chevaux", None),
        (FRENCH_WORDS, "cent", "100"),
        (SPANISH_WORDS, "Mil doscientos euros con diez céntimos", "1200.10"),
        (PORTUGUESE_WORDS, "mil e duzentos reais e cinquenta centavos", "1200.50"),
        (PORTUGUESE_WORDS, "dois mil, quinhentos reais", "2500"),
        (GERMAN_WORDS, "Zweihundertfünfzig Euro und zehn Cent", "250.10"),
        (GERMAN_WORDS, "", None),
    ],
)
def test_amounts_with_their_currency(language: NumberLanguage, text: str, amount: str | None) -> None:
    assert language.amount(text) == (None if amount is None else Decimal(amount))
