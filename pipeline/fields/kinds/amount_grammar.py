"""The language of amounts in figures, for decoding: how people write them, with log weights by how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from inkfield.pipeline.fields.kinds.amount_locale import INDIAN, AmountLocale
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

_DIGIT = characters("0123456789")
_FIRST_DIGIT = characters("123456789")
_HEAD = {
    "": 0.0, "₹": -3.0, "Rs": -4.0, "Rs.": -4.0, "$": -3.0, "£": -4.0, "€": -4.0, "₹ ": -4.0, "Rs ": -4.5, "Rs. ": -4.5,
    "RS.": -6.0, "$ ": -4.0, "£ ": -5.0, "€ ": -5.0, "*": -4.0, "**": -4.0, "=": -4.0, "-": -4.0,
}  # fmt: skip


@dataclass(frozen=True)
class AmountGrammarLimits:
    """How much rarer other ways to group an amount's figures are."""

    ungrouped: float = limit(-0.7, "nats", "guess", "Of figures without any separators")
    misgrouped: float = limit(-4.0, "nats", "guess", "Of figures with separators anywhere")


LIMITS = AmountGrammarLimits()

_LONGEST = 10


@lru_cache(maxsize=12)
def amount_automaton(locale: AmountLocale = INDIAN) -> Automaton:
    """Every amount of 1 to 10 digits as it may be written; texts parse with `parse_amount`."""
    shapes = [_whole([_FIRST_DIGIT, *[_DIGIT] * (n - 1)], locale) for n in range(1, _LONGEST + 1)]
    if locale.leading_zero is not None:
        shapes.append(weighted(literal("0"), locale.leading_zero))
    cents = sequence(_DIGIT, _DIGIT)
    return compile_(_framed(choice(*shapes), cents, _cents(cents, locale), locale))


def amount_spellings(value: Decimal, locale: AmountLocale = INDIAN) -> Expression:
    """Every way in which this amount may be written in figures (0 to under 10^12, two decimals)."""
    whole, cents = divmod(int(value * 100), 100)
    ink = literal(f"{cents:02d}")
    figures = _whole([literal(d) for d in str(whole)], locale)
    return _framed(figures, ink, _cents(ink, locale, cents == 0), locale)


def _framed(whole: Expression, raised: Expression, cents: Expression, locale: AmountLocale) -> Expression:
    plain = weighted(sequence(literal(" "), raised), locale.figures.raised)
    return sequence(
        words(_HEAD),
        whole,
        # Behind raised cents a slash would make them part of the figures.
        choice(
            sequence(cents, words(locale.figures_tail)),
            sequence(plain, words({"": 0.0, "-": -3.0, "--": -4.0})),
        ),
    )


def _whole(digits: Sequence[Expression], locale: AmountLocale) -> Expression:
    """Digits grouped as they should be, as others group them, not at all, or anyhow."""
    count = len(digits)
    anyhow: list[Expression] = []
    for i, digit in enumerate(digits):
        if i and count - i >= 3:  # a separator before the last two would make them cents
            anyhow.append(optional(literal(",")))
        anyhow.append(digit)
    forms = [
        weighted(sequence(*digits), LIMITS.ungrouped),
        weighted(sequence(*anyhow), LIMITS.misgrouped),
    ]
    for weight, places in locale.groupings:
        if weight == 0 or any(place < count for place in places):
            forms.append(weighted(_grouped(digits, places, locale), weight))
    return choice(*forms)


def _grouped(digits: Sequence[Expression], places: tuple[int, ...], locale: AmountLocale) -> Expression:
    """Digits with a separator before each that has so many digits to its right, itself counted."""
    parts: list[Expression] = []
    for i, digit in enumerate(digits):
        if i and len(digits) - i in places:
            parts.append(words(locale.separators))
        parts.append(digit)
    return sequence(*parts)


def _cents(cents: Expression, locale: AmountLocale, may_lack: bool = True) -> Expression:
    """The decimals: behind a point or an equals sign, as a fraction of 100, or none at all."""
    weights = locale.figures
    marks = {mark + space: weight for mark in locale.decimal for space, weight in (("", 0.0), (" ", -2.0))}
    mark = words({**marks, "=": weights.equals})
    forms = [
        weighted(sequence(mark, cents), weights.point),
        weighted(
            sequence(words([" ", " & ", ""]), cents, words({"/100": 0.0, "/xx": -2.0})), weights.fraction
        ),
    ]
    if may_lack:
        forms.append(weighted(words({"": 0.0, " xx/100": weights.xx, " no/100": weights.no}), weights.none))
    return choice(*forms)
