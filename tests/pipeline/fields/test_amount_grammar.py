from decimal import Decimal
from random import Random

import pytest

from inkfield.pipeline.fields.kinds.amount_grammar import amount_automaton, amount_spellings
from inkfield.pipeline.fields.kinds.amount_locale import BRITISH, CANADIAN, FRENCH, INDIAN, LOCALES, WESTERN
from inkfield.pipeline.fields.kinds.amount_words import parse_amount_words
from inkfield.pipeline.fields.kinds.amount_words_grammar import amount_words_automaton, amount_words_spellings
from inkfield.pipeline.fields.kinds.amounts import parse_amount
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.expression import compile_


def walks(automaton: Automaton, count: int, seed: int = 0) -> list[str]:
    """Texts of the automaton, drawn by walking it."""
    random = Random(seed)
    texts = []
    for _ in range(count):
        state, text = 0, ""
        while (
            not (automaton.final[state] > float("-inf") and random.random() < 0.3) and automaton.arcs[state]
        ):
            character = random.choice(sorted(automaton.arcs[state]))
            text += character
            state = automaton.arcs[state][character][0]
        texts.append(text)
    return texts


@pytest.mark.parametrize("locale", LOCALES.values())
def test_figures_of_the_grammar_parse(locale):
    automaton = amount_automaton(locale)
    unread = [text for text in walks(automaton, 300) if parse_amount(text) is None]
    assert unread == []


@pytest.mark.parametrize("locale", LOCALES.values())
def test_words_of_the_grammar_parse(locale):
    texts = walks(amount_words_automaton(locale), 300)
    unread = [text for text in texts if parse_amount_words(text, locale) is None]
    # Joined misspellings can be ambiguous ("sixteen" for "six"+"ten"): a few may be refused.
    assert len(unread) <= 15, unread


@pytest.mark.parametrize("locale", LOCALES.values())
def test_every_character_can_be_written(locale):
    characters = amount_automaton(locale).characters | amount_words_automaton(locale).characters
    assert DEFAULT.covers("".join(characters))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("88,00,000/-", 8800000),
        ("2255000/-", 2255000),
        ("510,00,000/-", 51000000),
        ("1,25,00000/-", 12500000),
        ("110,000/-", 110000),
        ("2,75,000", 275000),
        ("500.50", "500.50"),
        ("2,500=00", 2500),
        ("Rs. 40=50", "40.50"),
        ("£106", 106),
        ("$ 1,250.00", 1250),
    ],
)
def test_figures_lie_in_the_grammar_and_among_the_spellings_of_their_value(text, value):
    assert amount_automaton(INDIAN).accepts(text)
    spellings = compile_(amount_spellings(Decimal(value), INDIAN))
    assert spellings.accepts(text)
    assert not compile_(amount_spellings(Decimal(value) + 1, INDIAN)).accepts(text)


@pytest.mark.parametrize(
    ("locale", "text", "value"),
    [
        (INDIAN, "Fourty Four lakh twenty thousand", 4420000),
        (INDIAN, "SeventyOne Lakh Sixty five thousand", 7165000),
        (INDIAN, "one fifty lakhs", 15000000),
        (INDIAN, "One crore Fifty lakhs only", 15000000),
        (INDIAN, "Two lakh Ten thousand & Five hundred", 210500),
        (WESTERN, "Two Hundred Thirty Three", 233),
        (WESTERN, "TWO HUNDRED AND 0/100", 200),
        (WESTERN, "Six Hundred and Zero 45/100", "600.45"),
        (WESTERN, "Twelve hundred fifty and xx/100 dollars", 1250),
        (BRITISH, "Two hundred and five pounds and 45 pence only", "205.45"),
        (CANADIAN, "Deux cent cinquante et 45/100 dollars", "250.45"),
        (CANADIAN, "Two hundred fifty and 45/100", "250.45"),
        (FRENCH, "Mille deux cent quatre-vingt-dix-neuf euros et 40 centimes", "1299.40"),
    ],
)
def test_words_lie_in_the_grammar_and_among_the_spellings_of_their_value(locale, text, value):
    assert amount_words_automaton(locale).accepts(text)
    spellings = amount_words_spellings(Decimal(value), locale)
    other = amount_words_spellings(Decimal(value) + 1, locale)
    assert spellings and compile_(spellings, fold_case=True).accepts(text)
    assert other and not compile_(other, fold_case=True).accepts(text)


@pytest.mark.parametrize("locale", LOCALES.values())
def test_spellings_of_a_value_mean_that_value(locale):
    random = Random(1)
    for _ in range(10):
        value = Decimal(random.randrange(1, 10 ** random.randrange(1, 8)))
        assert {parse_amount(text) for text in walks(compile_(amount_spellings(value, locale)), 10)} == {
            value
        }
        spellings = amount_words_spellings(value, locale)
        assert spellings
        meant = {parse_amount_words(text, locale) for text in walks(compile_(spellings, fold_case=True), 10)}
        assert meant - {None} == {value}


def test_a_well_grouped_amount_is_preferred():
    automaton = amount_automaton(INDIAN)
    assert automaton.weight("1,25,000/-") > automaton.weight("1,250,00/-")
