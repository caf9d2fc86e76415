"""Amounts read from ink: the texts of the grammars that fit it best, with their values."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from inkfield.pipeline.fields.kinds.amount_grammar import amount_automaton, amount_spellings
from inkfield.pipeline.fields.kinds.amount_locale import INDIAN, AmountLocale
from inkfield.pipeline.fields.kinds.amount_words import parse_amount_words
from inkfield.pipeline.fields.kinds.amount_words_grammar import amount_words_automaton, amount_words_spellings
from inkfield.pipeline.fields.kinds.amounts import parse_amount
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.expression import compile_
from inkfield.recognizers.line_model import LineOutput


class AmountHypothesis(NamedTuple):
    """A text, its value, and the natural log-probability of text and ink (with the grammar's weight)."""

    text: str
    value: Decimal
    log_probability: float


def read_amount(output: LineOutput, locale: AmountLocale = INDIAN) -> list[AmountHypothesis]:
    """Amounts in figures, best first; empty when none fits."""
    found = output.within(amount_automaton(locale))
    values = ((h, parse_amount(h.text)) for h in found)
    return [AmountHypothesis(h.text, v, h.log_probability) for h, v in values if v is not None]


def read_amount_words(output: LineOutput, locale: AmountLocale = INDIAN) -> list[AmountHypothesis]:
    """Amounts in words, best first; empty when none fits."""
    found = output.within(amount_words_automaton(locale))
    values = ((h, parse_amount_words(h.text, locale)) for h in found)
    return [AmountHypothesis(h.text, v, h.log_probability) for h, v in values if v is not None]


def score_amounts(output: LineOutput, values: Sequence[Decimal], locale: AmountLocale = INDIAN) -> np.ndarray:
    """Log-probability that the ink is each value in figures, over all spellings: float64, (n,)."""
    return output.language_score([_figures(value, locale) for value in values])


def score_amount_words(
    output: LineOutput, values: Sequence[Decimal], locale: AmountLocale = INDIAN
) -> np.ndarray:
    """As `score_amounts` for words; -inf for a value that has no words in the grammar."""
    automata = [_words(value, locale) for value in values]
    scores = np.full(len(values), -np.inf)
    known = [i for i, automaton in enumerate(automata) if automaton is not None]
    scores[known] = output.language_score([a for a in automata if a is not None])
    return scores


@lru_cache(maxsize=512)
def _figures(value: Decimal, locale: AmountLocale) -> Automaton:
    return compile_(amount_spellings(value, locale))


@lru_cache(maxsize=512)
def _words(value: Decimal, locale: AmountLocale) -> Automaton | None:
    spellings = amount_words_spellings(value, locale)
    return None if spellings is None else compile_(spellings, fold_case=True)
