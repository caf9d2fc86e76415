"""Spanish number words."""

from __future__ import annotations

from inkfield.pipeline.fields.kinds.number_language import NumberLanguage, Phrases

_ONES = ("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece",
         "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós",
         "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete", "veintiocho",
         "veintinueve")  # fmt: skip
_TENS = {
    30: "treinta",
    40: "cuarenta",
    50: "cincuenta",
    60: "sesenta",
    70: "setenta",
    80: "ochenta",
    90: "noventa",
}
_HUNDREDS = ("ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos",
             "ochocientos", "novecientos")  # fmt: skip


def _below_hundred() -> dict[int, Phrases]:
    table: dict[int, Phrases] = {n: (word,) for n, word in enumerate(_ONES, 1)}
    table[1] = ("uno", "un", "una")
    table[21] = ("veintiuno", "veintiún", "veintiuna", "veinte y uno")
    for n in (16, 17, 18, 19):
        table[n] = (*table[n], f"diez y {_ONES[n - 11]}")
    for n in range(22, 30):
        table[n] = (*table[n], f"veinte y {_ONES[n - 21]}")
    for ten, name in _TENS.items():
        table[ten] = (name,)
        table |= {ten + n: (f"{name} y {_ONES[n - 1]}", f"{name} {_ONES[n - 1]}") for n in range(2, 10)}
        table[ten + 1] = (f"{name} y uno", f"{name} y un", f"{name} y una")
    return table


_FEMININE = {n: (word, word.removesuffix("os") + "as") for n, word in enumerate(_HUNDREDS, 1) if n > 1}

SPANISH_WORDS = NumberLanguage(
    name="spanish",
    below_hundred=_below_hundred(),
    hundreds={1: ("ciento", "cien"), **_FEMININE},
    round_hundreds={1: ("cien", "ciento"), **_FEMININE},
    hundred_join={" ": 0.0, "": -2.0, " y ": -3.0},
    thousand="mil",
    one_thousand=("mil", "un mil"),
    one_million=("un millón",),
    millions=("millones", "millón"),
    thousand_join={" ": 0.0, "": -2.0, " y ": -3.0},
    whole=("euros", "euro", "pesos", "peso", "dólares", "dolares", "dólar", "dolar", "pesetas", "soles"),
    parts=("céntimos", "céntimo", "centavos", "centavo", "cts", "cent"),
    ands=("con", "y"),
    fillers=("solamente", "exactos", "de"),
)
