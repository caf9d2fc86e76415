"""The language of amounts in words, for decoding: number phrases with spellings, joins and fillers.

Written in lower case for a case-folding automaton. Weights are log preferences: 0 for the plain form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from inkfield.pipeline.fields.kinds import number_words as vocabulary
from inkfield.pipeline.fields.kinds.amount_locale import INDIAN, AmountLocale, NamedCents
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.expression import (
    Expression,
    characters,
    choice,
    compile_,
    literal,
    optional,
    sequence,
    weighted,
    words,
)
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class AmountWordsLimits:
    """How much rarer other ways to write an amount in words are."""

    misspelt: float = limit(-2.5, "nats", "guess", "Of a word that is misspelt in no usual way")
    teens_of_hundreds: float = limit(-2.0, "nats", "guess", 'Of "twelve hundred"')
    colloquial: float = limit(-4.0, "nats", "guess", 'Of "one fifty"')
    bare_hundred: float = limit(-3.0, "nats", "guess", 'Of "hundred" for "one hundred"')
    skipped: float = limit(-3.0, "nats", "guess", 'Of each larger unit that is left out: "150 lakhs"')


LIMITS = AmountWordsLimits()

# Misspellings that are common enough to cost less.
_USUAL = {"fourty": -0.7, "lac": -0.3, "lacs": -0.3, "lack": -0.3, "lacks": -0.3, "lakhs": 0.0, "crores": 0.0,
          "thousands": -1.5, "ninty": -1.5, "eigthy": -1.5, "hundreds": -2.0, "millions": -2.0}  # fmt: skip
# Other words, or too short to be told apart when joined: the parser takes them, the grammar not.
_CONFUSED = {"on", "for", "there"}
_GAP = words({" ": 0.0, "": -2.5, "-": -2.5, "  ": -4.0})
_BETWEEN = words(
    {" ": 0.0, "": -2.5, " and ": -1.5, " & ": -2.0, ", ": -3.0, ". ": -3.0, ",": -4.0, "-": -4.0, ".": -4.0}
)


@lru_cache(maxsize=12)
def amount_words_automaton(locale: AmountLocale = INDIAN) -> Automaton:
    """Every number phrase below 1000 crore (1000 million), with cents; parses by `parse_amount_words`."""
    digits = characters("0123456789")
    ways = []
    for way in _ways(locale):
        some = weighted(sequence(digits, optional(digits)), way.some_cents)
        cents = choice(some, words({"00": 0.0, "0": -0.7}))
        if way.language is None:
            number, in_words = _numbers(way), _below_hundred()
        else:
            number, in_words = way.language.any_number(), way.language.any_below_hundred()
        ways.append(_framed(number, cents, _with_figures(in_words, some, way), way, may_lack=True))
    return compile_(choice(*ways), fold_case=True)


def amount_words_spellings(value: Decimal, locale: AmountLocale = INDIAN) -> Expression | None:
    """Every way in which this amount may be written in words; None for those beyond the words we know."""
    ways = [spelled for way in _ways(locale) if (spelled := _spellings(value, way)) is not None]
    return choice(*ways) if ways else None


def _ways(locale: AmountLocale) -> tuple[AmountLocale, ...]:
    """The locale, and its second language."""
    return (locale,) if locale.also is None else (locale, locale.also)


def _spellings(value: Decimal, locale: AmountLocale) -> Expression | None:
    whole, cents = divmod(int(value * 100), 100)
    figures = words({f"{cents:02d}": 0.0, str(cents): -0.7})
    if cents:
        figures = weighted(figures, locale.some_cents)
    if locale.language is None:
        phrases = _phrases_of(whole, locale)
        if not phrases:
            return None
        number, in_words = choice(*phrases), _exactly(cents) if cents else literal("zero")
    else:
        said = locale.language.exactly(whole)
        if said is None:
            return None
        number, in_words = said, locale.language.exactly(cents) or figures
    return _framed(number, figures, _with_figures(in_words, figures, locale), locale, may_lack=cents == 0)


def _with_figures(in_words: Expression, figures: Expression, locale: AmountLocale) -> Expression:
    """Cents before their name: in words, and in figures where people write them so."""
    if locale.named_figures is None:
        return in_words
    return choice(in_words, weighted(figures, locale.named_figures))


def _framed(
    whole: Expression, cents: Expression, cents_words: Expression, locale: AmountLocale, may_lack: bool
) -> Expression:
    ands = ("and",) if locale.language is None else locale.language.ands
    fraction = sequence(
        words({f" {ands[0]} ": 0.0, " & ": 0.0, " ": -1.0, f" {ands[0]} zero ": -4.0, "-": -3.0}),
        cents,
        words({"/100": 0.0, "/xx": -3.0}),
    )
    named = choice(*(_named(cents_words, way) for way in locale.named_cents))
    forms = [weighted(fraction, locale.fraction_in_words), weighted(named, locale.named_cents_weight)]
    if may_lack:
        forms.append(words(locale.no_cents))
    return sequence(words(locale.words_head), whole, choice(*forms), words(locale.words_tail))


def _named(cents_words: Expression, way: NamedCents) -> Expression:
    joined, unit = words(way.joins), words(way.unit)
    return sequence(joined, unit, cents_words) if way.unit_first else sequence(joined, cents_words, unit)


def _word(spellings: tuple[str, ...]) -> Expression:
    """One word: the right spelling, or one of the others at its cost."""
    return words(_costs(spellings))


def _costs(spellings: tuple[str, ...]) -> dict[str, float]:
    chosen = [spelling for spelling in spellings if spelling not in _CONFUSED]
    return {
        spelling: _USUAL.get(spelling, LIMITS.misspelt) if i else 0.0 for i, spelling in enumerate(chosen)
    }


def _any_word(table: Mapping[int, tuple[str, ...]]) -> Expression:
    costs: dict[str, float] = {}
    for spellings in table.values():
        for spelling, cost in _costs(spellings).items():
            costs[spelling] = max(cost, costs.get(spelling, cost))
    return words(costs)


def _below_hundred() -> Expression:
    return choice(
        _any_word({**vocabulary.UNITS, **vocabulary.TEENS}),
        sequence(_any_word(vocabulary.TENS), optional(sequence(_GAP, _any_word(vocabulary.UNITS)))),
    )


def _below_thousand(locale: AmountLocale) -> Expression:
    counted = _any_word(vocabulary.UNITS)
    if locale.teens_of_hundreds:
        counted = choice(counted, weighted(_any_word(vocabulary.TEENS), LIMITS.teens_of_hundreds))
    hundreds = sequence(counted, _GAP, _word(vocabulary.HUNDRED))
    colloquial = sequence(
        _any_word(vocabulary.UNITS),
        _GAP,
        choice(
            _any_word(vocabulary.TEENS),
            sequence(_any_word(vocabulary.TENS), optional(sequence(_GAP, _any_word(vocabulary.UNITS)))),
        ),
    )
    return choice(
        _below_hundred(),
        sequence(hundreds, optional(sequence(_BETWEEN, _below_hundred()))),
        weighted(colloquial, LIMITS.colloquial),
    )


def _numbers(locale: AmountLocale) -> Expression:
    """Multiples in falling order, each with its count, at least one of them or a number below 1000."""
    names = [_word(vocabulary.MULTIPLES[multiple]) for multiple in locale.multiples]
    count = _below_thousand(locale) if locale.counts_hundreds else _below_hundred()
    numbers = [_below_thousand(locale)]
    for i, name in enumerate(names):
        rest = [optional(sequence(_BETWEEN, count, _GAP, following)) for following in names[i + 1 :]]
        last = optional(sequence(_BETWEEN, _below_thousand(locale)))
        numbers.append(sequence(_below_thousand(locale), _GAP, name, *rest, last))
    return choice(*numbers)


def _exactly(number: int) -> Expression:
    """A number of 1 to 99 in words."""
    if number < 20 or number % 10 == 0:
        return _word(vocabulary.BELOW_HUNDRED[number])
    return sequence(_word(vocabulary.TENS[number // 10 * 10]), _GAP, _word(vocabulary.UNITS[number % 10]))


def _exactly_below_thousand(number: int) -> Expression:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _exactly(rest)
    forms = [sequence(_word(vocabulary.UNITS[hundreds]), _GAP, _word(vocabulary.HUNDRED))]
    if hundreds == 1:
        forms.append(weighted(_word(vocabulary.HUNDRED), LIMITS.bare_hundred))
    counted = choice(*forms)
    if not rest:
        return counted
    written = sequence(counted, _BETWEEN, _exactly(rest))
    if rest >= 10:
        colloquial = sequence(_word(vocabulary.UNITS[hundreds]), _GAP, _exactly(rest))
        return choice(written, weighted(colloquial, LIMITS.colloquial))
    return written


def _phrases_of(number: int, locale: AmountLocale) -> list[Expression]:
    """The ways to say a whole number: by its multiples, and with the largest one left out (150 lakhs)."""
    if number == 0:
        return [words({"zero": 0.0, "no": -1.0, "nil": -1.0})]
    multiples = locale.multiples
    phrases = []
    for skipped in range(len(multiples)):
        phrase = _phrase(number, multiples[skipped:])
        if phrase is not None and (skipped == 0 or number >= multiples[skipped - 1]):
            phrases.append(weighted(phrase, LIMITS.skipped * skipped))
        elif phrase is not None and not phrases:
            phrases.append(phrase)
    if locale.teens_of_hundreds and 1100 <= number < 2000:
        rest = [sequence(_BETWEEN, _exactly(number % 100))] if number % 100 else []
        teens = sequence(_word(vocabulary.TEENS[number // 100]), _GAP, _word(vocabulary.HUNDRED), *rest)
        phrases.append(weighted(teens, LIMITS.teens_of_hundreds))
    return phrases


def _phrase(number: int, multiples: tuple[int, ...]) -> Expression | None:
    parts: list[Expression] = []
    for multiple in multiples:
        count, number = divmod(number, multiple)
        if count >= 1000:
            return None
        if count:
            if parts:
                parts.append(_BETWEEN)
            parts += [_exactly_below_thousand(count), _GAP, _word(vocabulary.MULTIPLES[multiple])]
    if number:
        if parts:
            parts.append(_BETWEEN)
        parts.append(_exactly_below_thousand(number))
    return sequence(*parts)
