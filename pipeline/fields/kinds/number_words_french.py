"""French number words: of France first, those of Belgium and Switzerland (septante, nonante) too."""

from __future__ import annotations

from inkfield.pipeline.fields.kinds.number_language import NumberLanguage, Phrases

_ONES = ("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
         "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf")  # fmt: skip
_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}


def _below_hundred() -> dict[int, Phrases]:
    table: dict[int, Phrases] = {n: (word,) for n, word in enumerate(_ONES, 1)}
    for ten, name in _TENS.items():
        for n in range(20 if ten == 60 else 10):  # soixante-dix goes on from soixante
            table[ten + n] = (f"{name}-{_ONES[n - 1]}" if n else name,)
        table[ten + 1] = (f"{name} et un", f"{name} un")
    table[71] = ("soixante et onze", "soixante-onze")
    for n in range(1, 20):
        table[80 + n] = (f"quatre-vingt-{_ONES[n - 1]}", f"quatre-vingts-{_ONES[n - 1]}")
    table[80] = ("quatre-vingts", "quatre-vingt")
    for n in range(10):
        for ten, name in ((70, "septante"), (90, "nonante")):
            swiss = name if not n else f"{name} et un" if n == 1 else f"{name}-{_ONES[n - 1]}"
            table[ten + n] = (*table[ten + n], swiss)
    return table


FRENCH_WORDS = NumberLanguage(
    name="french",
    below_hundred=_below_hundred(),
    hundreds={1: ("cent", "un cent"), **{n: (f"{_ONES[n - 1]} cent", f"{_ONES[n - 1]} cents") for n in range(2, 10)}},
    round_hundreds={
        1: ("cent", "un cent"), **{n: (f"{_ONES[n - 1]} cents", f"{_ONES[n - 1]} cent") for n in range(2, 10)}
    },
    hundred_join={" ": 0.0, "-": -0.5, "": -2.0},
    thousand="mille",
    one_thousand=("mille",),
    one_million=("un million",),
    millions=("millions", "million"),
    thousand_join={" ": 0.0, "-": -0.5, "": -2.0},
    whole=("euros", "euro", "dollars", "dollar"),
    parts=("centimes", "centime", "cents", "cent", "cts", "ct"),
    ands=("et",),
    fillers=("seulement", "exactement", "net", "de", "d"),
)  # fmt: skip
