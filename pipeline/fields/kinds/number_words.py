"""English number words with the spellings that hands produce, shared by the parser and the grammar."""

from __future__ import annotations

UNITS: dict[int, tuple[str, ...]] = {
    1: ("one", "on"),
    2: ("two", "tow"),
    3: ("three", "thre", "there"),
    4: ("four", "for", "fore", "fower"),
    5: ("five", "fiv", "fife"),
    6: ("six", "sis"),
    7: ("seven", "sevan", "sevn"),
    8: ("eight", "eigth", "eght", "eaight"),
    9: ("nine", "nin", "nien"),
}
TEENS: dict[int, tuple[str, ...]] = {
    10: ("ten",),
    11: ("eleven", "elevan", "eleaven", "leven"),
    12: ("twelve", "twelv", "twelev", "twleve", "tweleve"),
    13: ("thirteen", "thirten", "thriteen"),
    14: ("fourteen", "forteen", "fourten"),
    15: ("fifteen", "fiften", "fifeteen", "fivteen"),
    16: ("sixteen", "sixten"),
    17: ("seventeen", "seventen"),
    18: ("eighteen", "eigteen", "eightteen", "eighten", "eigthteen"),
    19: ("nineteen", "ninteen", "nineten"),
}
TENS: dict[int, tuple[str, ...]] = {
    20: ("twenty", "twently", "tweny", "twanty", "twinty", "tewnty"),
    30: ("thirty", "thrity", "thurty", "therty", "thirthy"),
    40: ("forty", "fourty", "fourthy", "forthy"),
    50: ("fifty", "fivty", "fifity", "fity"),
    60: ("sixty", "sixity", "sisty"),
    70: ("seventy", "seventee", "sevanty", "sevnty"),
    80: ("eighty", "eigthy", "eightty", "eigty"),
    90: ("ninety", "ninty", "ninenty", "nintey", "nienty"),
}
HUNDRED: tuple[str, ...] = ("hundred", "hundreds", "hundered", "hundread", "hunderd", "hundrad", "hundrd")
MULTIPLES: dict[int, tuple[str, ...]] = {
    1_000: ("thousand", "thousands", "thousend", "thousnad", "thousnd", "thosand", "thousant", "thausand"),
    100_000: ("lakh", "lakhs", "lac", "lacs", "lack", "lacks", "lakhes", "laks", "lak", "laksh", "lackh"),
    1_000_000: ("million", "millions", "milion"),
    10_000_000: ("crore", "crores", "cror", "crors", "croes", "carore", "corer", "crure"),
    1_000_000_000: ("billion", "billions"),
}
ZERO: tuple[str, ...] = ("zero", "nil", "no", "nill")
AND: tuple[str, ...] = ("and", "&", "+", "nd", "an")
WHOLE_UNITS: tuple[str, ...] = (
    "rupees", "rupee", "rupes", "rupess", "rs", "dollars", "dollar", "inr", "usd", "euros", "euro", "pounds",
)  # fmt: skip
PARTS: tuple[str, ...] = ("paise", "paisa", "paisas", "cents", "cent", "ps", "pence")
FILLERS: tuple[str, ...] = ("only", "onley", "oly", "onlly", "ony", "exactly", "x", "xx", "of", "the", "sum")

BELOW_HUNDRED: dict[int, tuple[str, ...]] = {**UNITS, **TEENS, **TENS}
