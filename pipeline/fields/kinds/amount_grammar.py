"""The language of amounts in figures, for decoding: how people write them, with log weights by how often."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

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
from inkfield.schemas.forms.model import Column, Field

Style = Literal["indian", "western"]

_DIGIT = characters("0123456789")
_FIRST_DIGIT = characters("123456789")
_SEPARATOR = words({",": 0.0, ".": -2.5, " ": -3.0, ", ": -3.0})
_HEAD = {
    "": 0.0, "₹": -3.0, "Rs": -4.0, "Rs.": -4.0, "$": -3.0, "£": -4.0, "€": -4.0, "₹ ": -4.0, "Rs ": -4.5, "Rs. ": -4.5,
    "RS.": -6.0, "$ ": -4.0, "£ ": -5.0, "€ ": -5.0, "*": -4.0, "**": -4.0, "=": -4.0, "-": -4.0,
}  # fmt: skip
_TAIL: dict[Style, dict[str, float]] = {
    "indian": {
        "/-": 0.0, "": -0.7, "/=": -2.0, "-": -3.0, "/": -3.0, "=": -3.0, " /-": -2.5, "/--": -4.0,
        "--": -4.0, "-/": -4.0, ".-": -4.0, "/-.": -4.0,
    },
    "western": {"": 0.0, "-": -3.0, "--": -4.0, "=": -4.0, "*": -4.0, "**": -4.0, "/-": -4.0},
}  # fmt: skip
_UNGROUPED = -0.7
_MISGROUPED = -4.0
_GROUPINGS: dict[Style, tuple[tuple[float, tuple[int, ...]], ...]] = {
    # Lakhs and crores; thousands as in the west (110,000); lakhs not divided (150,00,000).
    "indian": ((0.0, (3, 5, 7, 9)), (-1.6, (3, 6, 9)), (-1.6, (3, 5))),
    "western": ((0.0, (3, 6, 9)),),
}
"""Log weights of ways to group the digits: the places of the separators, counted in digits from the right."""
_LONGEST = 10


@lru_cache(maxsize=4)
def amount_automaton(style: Style = "indian") -> Automaton:
    """Every amount of 1 to 10 digits as it may be written; texts parse with `parse_amount`."""
    shapes = [_whole([_FIRST_DIGIT, *[_DIGIT] * (n - 1)], style) for n in range(1, _LONGEST + 1)]
    if style == "western":
        shapes.append(weighted(literal("0"), -3.0))
    cents = sequence(_DIGIT, _DIGIT)
    return compile_(_framed(choice(*shapes), cents, _cents(cents, style), style))


def amount_spellings(value: Decimal, style: Style = "indian") -> Expression:
    """Every way in which this amount may be written in figures (0 to under 10^12, two decimals)."""
    whole, cents = divmod(int(value * 100), 100)
    ink = literal(f"{cents:02d}")
    figures = _whole([literal(d) for d in str(whole)], style)
    return _framed(figures, ink, _cents(ink, style, cents == 0), style)


def _framed(whole: Expression, raised: Expression, cents: Expression, style: Style) -> Expression:
    plain = weighted(sequence(literal(" "), raised), -6.0 if style == "indian" else -2.0)
    return sequence(
        words(_HEAD),
        whole,
        # Behind raised cents a slash would make them part of the figures.
        choice(
            sequence(cents, words(_TAIL[style])), sequence(plain, words({"": 0.0, "-": -3.0, "--": -4.0}))
        ),
    )


def _whole(digits: Sequence[Expression], style: Style) -> Expression:
    """Digits grouped as they should be, as others group them, not at all, or anyhow."""
    count = len(digits)
    anyhow: list[Expression] = []
    for i, digit in enumerate(digits):
        if i and count - i >= 3:  # a separator before the last two would make them cents
            anyhow.append(optional(literal(",")))
        anyhow.append(digit)
    forms = [
        weighted(sequence(*digits), _UNGROUPED),
        weighted(sequence(*anyhow), _MISGROUPED),
    ]
    for weight, places in _GROUPINGS[style]:
        if weight == 0 or any(place < count for place in places):
            forms.append(weighted(_grouped(digits, places), weight))
    return choice(*forms)


def _grouped(digits: Sequence[Expression], places: tuple[int, ...]) -> Expression:
    """Digits with a separator before each that has so many digits to its right, itself counted."""
    parts: list[Expression] = []
    for i, digit in enumerate(digits):
        if i and len(digits) - i in places:
            parts.append(_SEPARATOR)
        parts.append(digit)
    return sequence(*parts)


def _cents(cents: Expression, style: Style, may_lack: bool = True) -> Expression:
    """The decimals: behind a point or an equals sign, as a fraction of 100, or none at all."""
    indian = style == "indian"
    forms = [
        weighted(
            sequence(words({".": 0.0, ". ": -2.0, "=": -1.5 if indian else -4.0}), cents),
            -2.5 if indian else 0.0,
        ),
        weighted(
            sequence(words([" ", " & ", ""]), cents, words({"/100": 0.0, "/xx": -2.0})),
            -6.0 if indian else -2.0,
        ),
    ]
    if may_lack:
        nothing = words({"": 0.0, " xx/100": -6.0 if indian else -3.0, " no/100": -6.0 if indian else -4.0})
        forms.append(weighted(nothing, 0.0 if indian else -1.5))
    return choice(*forms)


def style_of(field: Field | Column) -> Style:
    """The style in which amounts are written in a field: western unless its form says otherwise."""
    return "indian" if field.grammar == "indian" else "western"
