"""How a country writes amounts, in figures and in words: all that differs from one country to the next.

Weights are log preferences: 0 for the plain form, less for what is rarer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from inkfield.pipeline.fields.kinds.number_language import NumberLanguage
from inkfield.pipeline.fields.kinds.number_words_french import FRENCH_WORDS
from inkfield.pipeline.fields.kinds.number_words_german import GERMAN_WORDS
from inkfield.pipeline.fields.kinds.number_words_portuguese import PORTUGUESE_WORDS
from inkfield.pipeline.fields.kinds.number_words_spanish import SPANISH_WORDS


@dataclass(frozen=True)
class NamedCents:
    """Cents in words with their unit: joined by one of ``joins``, the unit before them or behind ("and paise ten")."""

    joins: tuple[str, ...]
    unit: tuple[str, ...]
    unit_first: bool


@dataclass(frozen=True)
class FigureWeights:
    """Log weights of the ways to write cents in figures: 125.50, 125=50, 125 50/100, 125 50 (raised), or none."""

    point: float
    equals: float
    fraction: float
    raised: float
    none: float
    xx: float
    no: float


@dataclass(frozen=True, eq=False)
class AmountLocale:
    """One country's amounts. Two objects are never equal: decoders are kept for each.

    ``groupings``: log weights of ways to group the digits, each with the places of the separators, counted in digits
    from the right. ``multiples``: the large units from the largest to thousand; their names are in number_words.py.
    ``counts_hundreds``: a unit below the first may be counted in hundreds ("one million two hundred thousand").
    ``teens_of_hundreds``: "twelve hundred". ``some_cents``: how much rarer cents are than 00. ``no_cents``: what
    stands in words where there are none. One of ``decimal`` stands before the cents in figures, ``separators``
    between the groups. ``language`` has the number words, where they are not English: what is said of ``multiples``
    and hundreds is English. ``also`` is a second way to write amounts in words, where a country has two languages.
    """

    name: str
    figures_tail: Mapping[str, float]
    groupings: tuple[tuple[float, tuple[int, ...]], ...]
    figures: FigureWeights
    leading_zero: float | None
    """Log weight of an amount below one (0.50); None: cheques are never for so little."""
    words_head: Mapping[str, float]
    words_tail: Mapping[str, float]
    multiples: tuple[int, ...]
    counts_hundreds: bool
    teens_of_hundreds: bool
    some_cents: float
    fraction_in_words: float
    """Log weight of "and 50/100" behind the words."""
    named_cents: tuple[NamedCents, ...]
    named_cents_weight: float
    no_cents: Mapping[str, float]
    decimal: str = "."
    separators: Mapping[str, float] = field(
        default_factory=lambda: {",": 0.0, ".": -2.5, " ": -3.0, ", ": -3.0}
    )
    named_figures: float | None = None
    """Log weight of cents in figures before their name (50 centimes); None: never."""
    language: NumberLanguage | None = None
    also: AmountLocale | None = None


INDIAN = AmountLocale(
    name="indian",
    figures_tail={
        "/-": 0.0, "": -0.7, "/=": -2.0, "-": -3.0, "/": -3.0, "=": -3.0, " /-": -2.5, "/--": -4.0,
        "--": -4.0, "-/": -4.0, ".-": -4.0, "/-.": -4.0,
    },
    # Lakhs and crores; thousands as in the west (110,000); lakhs not divided (150,00,000).
    groupings=((0.0, (3, 5, 7, 9)), (-1.6, (3, 6, 9)), (-1.6, (3, 5))),
    figures=FigureWeights(point=-2.5, equals=-1.5, fraction=-6.0, raised=-6.0, none=0.0, xx=-6.0, no=-6.0),
    leading_zero=None,
    words_head={"": 0.0, "rupees ": -2.0, "rs. ": -4.0, "rs ": -4.0, "rupees: ": -5.0},
    words_tail={
        "": 0.0, " only": -0.7, "only": -3.0, " only.": -2.5, ".": -3.0, " only/-": -2.0, "/-": -3.0,
        " /-": -4.0, " only /-": -3.0, " only -": -4.0, " rupees": -3.0, " rupees only": -2.0,
        " rs only": -4.0,
        " -": -4.0, "-": -4.0, " only.-": -4.0, " onley": -5.0, " only=": -4.0,
    },
    multiples=(10_000_000, 100_000, 1_000),
    # Counts of 100 and more ("one fifty lakhs") are met only at the head of an amount.
    counts_hundreds=False,
    teens_of_hundreds=False,
    some_cents=0.0,
    fraction_in_words=-6.0,
    named_cents=(
        NamedCents((" and ", " & ", " rupees ", " rupees and ", " "), ("paise ", "paisa "), unit_first=True),
        NamedCents((" and ", " & ", " rupees and "), (" paise", " paisa"), unit_first=False),
    ),
    named_cents_weight=-4.0,
    no_cents={"": 0.0},
)  # fmt: skip

_NO_CENTS = {
    f"{joined}{cents}/{whole}": joins + said + over
    for joined, joins in {" and ": 0.0, " & ": 0.0, " ": -1.0, "-": -3.0}.items()
    for cents, said in {"no": -1.0, "xx": -1.0, "none": -4.0}.items()
    for whole, over in {"100": 0.0, "xx": -3.0}.items()
}
"""How people write on a cheque for whole dollars that there are no cents, beside 00/100."""

WESTERN = AmountLocale(
    name="western",
    figures_tail={"": 0.0, "-": -3.0, "--": -4.0, "=": -4.0, "*": -4.0, "**": -4.0, "/-": -4.0},
    groupings=((0.0, (3, 6, 9)),),
    figures=FigureWeights(point=0.0, equals=-4.0, fraction=-2.0, raised=-2.0, none=-1.5, xx=-3.0, no=-4.0),
    leading_zero=-3.0,
    words_head={"": 0.0},
    words_tail={
        "": 0.0, " only": -2.0, " dollars": -1.0, " dollars only": -3.0, ".": -3.0, " -": -3.0, "-": -3.0,
        " --": -3.0,
    },
    multiples=(1_000_000, 1_000),
    counts_hundreds=True,
    teens_of_hundreds=True,
    # Of written cheques about half are of whole dollars.
    some_cents=-3.0,
    fraction_in_words=0.0,
    named_cents=(NamedCents((" and ", " dollars and ", " & "), (" cents", " cent"), unit_first=False),),
    named_cents_weight=-2.5,
    no_cents={"": -0.5, **_NO_CENTS},
)  # fmt: skip

BRITISH = replace(
    WESTERN,
    name="british",
    words_tail={
        "": 0.0, " only": -0.7, " pounds": -0.5, " pounds only": -0.7, "only": -3.0, ".": -3.0, " -": -3.0,
        "-": -3.0, " pounds -": -3.0, " pounds exactly": -3.0,
    },
    decimal=".-",
    fraction_in_words=-3.0,
    named_cents=(
        NamedCents((" pounds and ", " pounds ", " and ", " & ", " pounds & "),
                   (" pence", " pence only"), unit_first=False),
    ),
    named_cents_weight=-0.5,
    named_figures=-0.5,
    no_cents={"": 0.0},
)  # fmt: skip


def _abroad(
    name: str,
    language: NumberLanguage,
    joins: tuple[str, ...],
    parts: tuple[str, ...],
    tail: Mapping[str, float],
) -> AmountLocale:
    """A locale of the continent: the comma before the cents, points or spaces between groups."""
    return AmountLocale(
        name=name,
        figures_tail={"": 0.0, "-": -3.0, "--": -4.0, "=": -4.0, "*": -4.0, "#": -4.0, " €": -2.0, "€": -2.0},
        groupings=((0.0, (3, 6, 9)),),
        figures=FigureWeights(
            point=0.0, equals=-4.0, fraction=-6.0, raised=-3.0, none=-1.5, xx=-8.0, no=-8.0
        ),
        leading_zero=None,
        words_head={"": 0.0},
        words_tail=tail,
        multiples=(1_000_000, 1_000),
        counts_hundreds=True,
        teens_of_hundreds=False,
        some_cents=-1.5,
        fraction_in_words=-3.0,
        named_cents=(NamedCents(joins, parts, unit_first=False),),
        named_cents_weight=-1.0,
        named_figures=-1.0,
        no_cents={"": 0.0},
        decimal=",",
        separators={" ": 0.0, ".": -1.0, ",": -4.0},
        language=language,
    )


FRENCH = _abroad(
    "french", FRENCH_WORDS, (" euros et ", " euros ", " euros, "), (" centimes", " centime", " cts", " cents", ""),
    {"": -0.5, " euros": 0.0, " euro": -1.0, " euros.": -2.0, " euros -": -3.0, " euros seulement": -3.0},
)  # fmt: skip
SPANISH = _abroad(
    "spanish", SPANISH_WORDS, (" euros con ", " euros y ", " pesos con ", " pesos y "),
    (" céntimos", " centavos", ""),
    {"": -0.5, " euros": 0.0, " euro": -1.0, " pesos": 0.0, " pesos m/n": -4.0},
)  # fmt: skip
PORTUGUESE = _abroad(
    "portuguese", PORTUGUESE_WORDS, (" reais e ", " euros e "), (" centavos", " cêntimos", " centimos"),
    {"": -0.5, " reais": 0.0, " real": -1.0, " euros": -0.5, " euro": -1.0},
)  # fmt: skip
GERMAN = _abroad(
    "german", GERMAN_WORDS, (" euro und ", " euro "), (" cent", ""),
    {"": 0.0, " euro": 0.0, " euro nur": -3.0},
)  # fmt: skip
_CANADIAN_FRENCH = replace(
    FRENCH,
    name="canadian_french",
    words_tail={"": 0.0, " dollars": -0.5, " dollar": -1.5, " -": -3.0, "-": -3.0},
    fraction_in_words=0.0,
    named_cents=(NamedCents((" dollars et ", " et "), (" cents", " cent", " sous"), unit_first=False),),
    named_cents_weight=-2.5,
    no_cents={"": -0.5, " et 00/100": -1.0, " et xx/100": -1.0},
)
ANYWHERE = replace(
    WESTERN,
    name="anywhere",
    figures_tail={"": 0.0, "-": -2.0, "--": -3.0, "=": -3.0, "*": -3.0, "#": -2.0, "/-": -3.0, "/=": -3.0},
    decimal=".,",
    separators={",": 0.0, ".": 0.0, " ": -0.5},
)
"""Figures of a country that is not known; its words are not read."""
CANADIAN = replace(WESTERN, name="canadian", also=_CANADIAN_FRENCH)

LOCALES = {
    locale.name: locale
    for locale in (INDIAN, WESTERN, BRITISH, CANADIAN, FRENCH, SPANISH, PORTUGUESE, GERMAN)
}
"""By the names that a form's key ``grammar`` knows."""


def locale_of(grammar: str | None, otherwise: AmountLocale = WESTERN) -> AmountLocale:
    """The locale that a field's ``grammar`` names; ``otherwise`` for a field that names none."""
    return otherwise if grammar is None else LOCALES[grammar]
