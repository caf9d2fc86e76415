"""German number words: one word below a million, the ones before the tens."""

from __future__ import annotations

from inkfield.pipeline.fields.kinds.number_language import NumberLanguage, Phrases

_ONES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn",
         "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn")  # fmt: skip
_TENS = {20: "zwanzig", 30: "dreißig", 40: "vierzig", 50: "fünfzig", 60: "sechzig", 70: "siebzig", 80: "achtzig",
         90: "neunzig"}  # fmt: skip


def _below_hundred() -> dict[int, Phrases]:
    table: dict[int, Phrases] = {n: (word,) for n, word in enumerate(_ONES, 1)}
    table[1], table[2] = ("eins", "ein", "eine"), ("zwei", "zwo")
    for ten, name in _TENS.items():
        table[ten] = (name,)
        table |= {ten + n: (f"{_ONES[n - 1]}und{name}",) for n in range(1, 10)}
    return table


_HUNDREDS: dict[int, Phrases] = {n: (f"{_ONES[n - 1]}hundert",) for n in range(2, 10)}

GERMAN_WORDS = NumberLanguage(
    name="german",
    below_hundred=_below_hundred(),
    hundreds={1: ("einhundert", "hundert"), **_HUNDREDS},
    round_hundreds={1: ("einhundert", "hundert"), **_HUNDREDS},
    hundred_join={"": 0.0, " ": -1.0, "und": -2.0, " und ": -2.0},
    thousand="tausend",
    one_thousand=("eintausend", "tausend"),
    one_million=("eine million",),
    millions=("millionen", "million"),
    thousand_join={"": 0.0, " ": -1.0, "und": -2.0, " und ": -2.0},
    whole=("euro", "euros", "franken", "mark"),
    parts=("cent", "cents", "rappen", "pfennig"),
    ands=("und",),
    fillers=("nur",),
)
