"""Portuguese number words, as they are spelled in Brazil and in Portugal."""

from __future__ import annotations

from inkfield.pipeline.fields.kinds.number_language import NumberLanguage, Phrases

_ONES: tuple[Phrases, ...] = (
    ("um", "uma"), ("dois", "duas"), ("três",), ("quatro",), ("cinco",), ("seis",), ("sete",), ("oito",), ("nove",),
    ("dez",), ("onze",), ("doze",), ("treze",), ("catorze", "quatorze"), ("quinze",), ("dezesseis", "dezasseis"),
    ("dezessete", "dezassete"), ("dezoito",), ("dezenove", "dezanove"),
)  # fmt: skip
_TENS = {20: "vinte", 30: "trinta", 40: "quarenta", 50: "cinquenta", 60: "sessenta", 70: "setenta", 80: "oitenta",
         90: "noventa"}  # fmt: skip
_HUNDREDS = ("cento", "duzentos", "trezentos", "quatrocentos", "quinhentos", "seiscentos", "setecentos", "oitocentos",
             "novecentos")  # fmt: skip


def _below_hundred() -> dict[int, Phrases]:
    table: dict[int, Phrases] = dict(enumerate(_ONES, 1))
    for ten, name in _TENS.items():
        table[ten] = (name, "cincoenta") if ten == 50 else (name,)
        for n in range(1, 10):
            table[ten + n] = (*(f"{name} e {one}" for one in _ONES[n - 1]), f"{name} {_ONES[n - 1][0]}")
    return table


_FEMININE = {n: (word, word.removesuffix("os") + "as") for n, word in enumerate(_HUNDREDS, 1) if n > 1}

PORTUGUESE_WORDS = NumberLanguage(
    name="portuguese",
    below_hundred=_below_hundred(),
    hundreds={1: ("cento", "cem"), **_FEMININE},
    round_hundreds={1: ("cem", "cento"), **_FEMININE},
    hundred_join={" e ": 0.0, " ": -2.0, "e": -3.0},
    thousand="mil",
    one_thousand=("mil", "um mil", "hum mil"),
    one_million=("um milhão",),
    millions=("milhões", "milhão"),
    thousand_join={" e ": 0.0, " ": -0.5, ", ": -1.0, "": -3.0},
    whole=("reais", "real", "euros", "euro"),
    parts=("centavos", "centavo", "cêntimos", "cêntimo", "cts"),
    ands=("e", "com"),
    fillers=("somente", "de"),
)
