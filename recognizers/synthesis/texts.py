"""Texts as forms hold them: names, streets, dates, amounts in figures and in words, codes, English."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from num2words import num2words

from inkfield.recognizers.alphabet import DEFAULT

_LISTS = Path(__file__).parents[1] / "language" / "lists"
_MONTHS = [*calendar.month_name][1:]
_CODES = (
    "AA######",
    "AAA-######",
    "##########",
    "A##.#",
    "AA-####-##",
    "##-#####",
    "A########",
    "###-##-####",
)
_CAPITALS = 0.15
"""Share of texts of any kind that are written in capitals throughout, as many forms ask."""
_MISSPELT = {
    "lakh": ("lac", "lack", "lakhs", "lacs", "lacks", "Lakh"),
    "forty": ("fourty",),
    "ninety": ("ninty",),
    "thousand": ("thousands", "Thousand"),
    "crore": ("crores", "Crore", "Crores"),
    "fourteen": ("forteen",),
    "hundred": ("hundered", "Hundred"),
}


@lru_cache(maxsize=64)
def _list(file: str, *sorts: str) -> tuple[str, ...]:
    """The entries of some sorts of a word list (lines of "sort, tab, entry") that the alphabet can write."""
    rows = [line.split("\t") for line in (_LISTS / file).read_text("utf-8").splitlines() if "\t" in line]
    return tuple(row[1].strip() for row in rows if row[0] in sorts and DEFAULT.covers(row[1].strip()))


@lru_cache(maxsize=1)
def _us_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    import names

    folder = Path(names.__file__).parent
    first: list[str] = []
    for kind in ("male", "female"):
        first += [line.split()[0].title() for line in (folder / f"dist.{kind}.first").open()][:600]
    last = [line.split()[0].title() for line in (folder / "dist.all.last").open()][:4000]
    return tuple(first), tuple(last)


@lru_cache(maxsize=4)
def _words(language: str) -> tuple[str, ...]:
    from wordfreq import top_n_list

    return tuple(w for w in top_n_list(language, 12000) if DEFAULT.covers(w))


def _pick(rng: np.random.Generator, values: tuple[str, ...] | list[str]) -> str:
    return values[int(rng.integers(len(values)))]


def _name(rng: np.random.Generator) -> str:
    style = rng.random()
    if style < 0.5:
        known = _list("names_in.txt", "first", "last")
        parts = [
            _made_up_name(rng) if rng.random() < 0.2 else _pick(rng, known)
            for _ in range(int(rng.choice([1, 2, 2, 2, 3, 3])))
        ]
    elif style < 0.62:
        file = _pick(rng, ["names_de.txt", "names_fr.txt"])
        parts = [_pick(rng, _list(file, "first")), _pick(rng, _list(file, "last"))]
    else:
        first, last = _us_names()
        parts = [_pick(rng, first), _pick(rng, last)]
    if rng.random() < 0.35:
        initial = _pick(rng, list("ABCDEFGHIJKLMNPQRSTUVWY")) + ("." if rng.random() < 0.7 else "")
        parts.insert(int(rng.integers(0, len(parts) + 1)), initial)
    if rng.random() < 0.06:
        parts.insert(0, _pick(rng, ["Mr.", "Mrs.", "Ms", "Dr.", "Shri", "Smt.", "M/s"]))
    if rng.random() < 0.05:
        parts.append(_pick(rng, _list("places.txt", "company")))
    case = rng.random()
    if case < 0.2:
        parts = [part.upper() for part in parts]
    elif case < 0.26:
        parts = [part.upper() if rng.random() < 0.5 else part for part in parts]
    elif case < 0.32:
        parts = [part.lower() if rng.random() < 0.4 else part for part in parts]
    return " ".join(parts)


def _made_up_name(rng: np.random.Generator) -> str:
    """A name in the sounds of Indian names that no list holds, lest the network learn the list by heart."""
    starts = ["", *"bcdghjklmnprstvy", "bh", "ch", "dh", "kr", "pr", "sh", "sr", "th", "vy"]
    middles = ["a", "a", "a", "aa", "e", "ee", "i", "i", "o", "oo", "u"]
    closes = ["", "", "n", "r", "m", "l", "sh", "nd", "th", "y", "k", "j"]
    syllables = [_pick(rng, starts) + _pick(rng, middles) for _ in range(int(rng.integers(2, 4)))]
    syllables.append(_pick(rng, closes))
    return "".join(syllables).capitalize()


def _address(rng: np.random.Generator) -> str:
    _, last = _us_names()
    number = str(int(rng.integers(1, 2000)))
    city = _pick(rng, _list("places.txt", "city"))
    code = str(rng.integers(10000, 999999))
    us = f"{_pick(rng, last)} {_pick(rng, _list('places.txt', 'us_kind'))}"
    indian = (
        f"{_pick(rng, _list('names_in.txt', 'first', 'last'))} {_pick(rng, _list('places.txt', 'in_kind'))}"
    )
    forms = (
        f"{number} {us}",
        f"{number}, {us}",
        f"{us} {number}",
        f"{number}-{rng.integers(1, 99)}, {indian}",
        f"Flat {rng.integers(1, 999)}, {indian}",
        f"{_pick(rng, _list('places.txt', 'de_street'))} {rng.integers(1, 200)}",
        f"{rng.integers(1, 200)}, {_pick(rng, _list('places.txt', 'fr_street'))}",
        f"{city} {code}",
        f"{city}, {_pick(rng, _list('places.txt', 'state'))} {code}",
        f"{city} - {code}",
    )
    return _pick(rng, list(forms))


def _date(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1925, 2036))
    sign = _pick(rng, list("/-."))
    forms = (
        f"{day:02}{month:02}{year}", f"{day:02}{month:02}{year}", f"{day:02}{sign}{month:02}{sign}{year}",
        f"{month}{sign}{day}{sign}{year % 100:02}", f"{day} {_MONTHS[month - 1]} {year}",
        f"{_MONTHS[month - 1]} {day}, {year}", f"{day}-{_MONTHS[month - 1][:3]}-{year}",
        f"{_MONTHS[month - 1][:3]}. {day}, {year}", f"{year}-{month:02}-{day:02}",
    )  # fmt: skip
    return _pick(rng, list(forms))


def _round_amount(rng: np.random.Generator) -> int:
    """Amounts as people write them: few significant figures, any size up to tens of crores."""
    size = int(rng.integers(2, 10))
    figures = int(rng.integers(1, 5))
    return int(rng.integers(1, 10**figures)) * 10 ** max(0, size - figures)


def _grouped(value: int, indian: bool) -> str:
    text = str(value)
    if not indian:
        return f"{value:,}"
    head, tail = text[:-3], text[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*groups, tail])


def _amount(rng: np.random.Generator) -> str:
    value = _round_amount(rng)
    text = str(value) if rng.random() < 0.25 else _grouped(value, bool(rng.random() < 0.6))
    if rng.random() < 0.1:  # commas forgotten or put where they do not belong
        text = "".join(c for c in text if c != "," or rng.random() < 0.5)
    cents = f".{rng.integers(0, 100):02}"
    text += _pick(rng, ["/-", "/-", "/-", "/-", "", "", "", "/=", ".00", cents, cents, "-", " /-", "=00"])
    return _pick(rng, [*[""] * 9, "Rs. ", "Rs ", "Rs.", "$ ", "$", "₹ ", "₹", "**", "£"]) + text


def _amount_words(rng: np.random.Generator) -> str:
    indian = rng.random() < 0.7
    text = num2words(_round_amount(rng), lang="en_IN" if indian else "en").replace(",", "").replace("-", " ")
    if rng.random() < 0.8:
        text = text.replace(" and ", " ")
    elif rng.random() < 0.4:
        text = text.replace(" and ", " & ")
    words = [_pick(rng, _MISSPELT[w]) if w in _MISSPELT and rng.random() < 0.4 else w for w in text.split()]
    if rng.random() < 0.08 and len(words) > 1:  # written together
        at = int(rng.integers(0, len(words) - 1))
        words[at : at + 2] = [words[at] + words[at + 1]]
    style = rng.random()
    if style < 0.45:
        words = [w.capitalize() for w in words]
    elif style < 0.7:
        words = [w.capitalize() if rng.random() < 0.5 else w for w in words]
    elif style < 0.78:
        words = [w.upper() for w in words]
    cents = f"{rng.integers(0, 100):02}/100"
    ends = [
        "",
        "",
        "",
        "",
        "only",
        "Only",
        "only.",
        "and 00/100",
        f"and {cents}",
        f"& {cents}",
        "and 0/100",
        "dollars",
    ]
    words += _pick(rng, ends).split()
    if rng.random() < 0.06:
        words.insert(0, _pick(rng, ["Rupees", "rupees", "Rs."]))
    start = int(rng.integers(0, max(1, len(words) - 1))) if rng.random() < 0.3 else 0
    return " ".join(words[start:])


def spoken_amount(rng: np.random.Generator) -> tuple[str, str, int]:
    """One amount as a writer puts it on an Indian cheque: in figures, in words, and its value in rupees."""
    value = _round_amount(rng)
    figures = _grouped(value, True) + _pick(rng, ["/-", "/-", ""])
    words = num2words(value, lang="en_IN").replace(",", "").replace("-", " ").replace(" and ", " ")
    changed = [
        _pick(rng, _MISSPELT[w]) if w in _MISSPELT and rng.random() < 0.3 else w for w in words.split()
    ]
    return figures, " ".join(w.capitalize() if rng.random() < 0.6 else w for w in changed), value


def _code(rng: np.random.Generator) -> str:
    return _filled(rng, _pick(rng, list(_CODES)))


def _filled(rng: np.random.Generator, form: str) -> str:
    """``form`` with a random capital for every A and a random digit for every #."""
    drawn = {"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "#": "0123456789"}
    return "".join(_pick(rng, list(drawn[c])) if c in drawn else c for c in form)


def _figures(rng: np.random.Generator) -> str:
    return "".join(
        _pick(rng, list("0123456789")) for _ in range(int(rng.choice([1, 1, 1, 2, 3, 4, 6, 8, 10, 14, 15])))
    )


def _letter(rng: np.random.Generator) -> str:
    return _pick(rng, list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _prose(rng: np.random.Generator) -> str:
    """Words of one language in any order."""
    known = _words(_pick(rng, ["en", "en", "en", "fr", "fr", "de"]))
    words = [
        _pick(rng, known[: int(rng.choice([150, 1500, 12000]))])
        for _ in range(int(rng.choice([1, 1, 2, 3, 5, 7])))
    ]
    style = rng.random()
    if style < 0.4:
        words[0] = words[0].capitalize()
    elif style < 0.5:
        words = [w.capitalize() for w in words]
    text = " ".join(words)
    if len(words) > 2 and rng.random() < 0.5:
        cut = int(rng.integers(1, len(words)))
        text = (
            " ".join([*words[:cut]])
            + _pick(rng, [",", ".", ";", " -", "'s", "?"])
            + " "
            + " ".join(words[cut:])
        )
    return text + _pick(rng, ["", "", ".", ","])


def _phone(rng: np.random.Generator) -> str:
    forms = ("##########", "#####-#####", "+91 ##########", "(###) ###-####", "###-###-####", "### ### ####")
    return _filled(rng, _pick(rng, list(forms)))


_KINDS: dict[str, tuple[float, Callable[[np.random.Generator], str]]] = {
    "figures": (0.23, _figures),
    "amount": (0.17, _amount),
    "amount_words": (0.2, _amount_words),
    "name": (0.14, _name),
    "date": (0.08, _date),
    "prose": (0.16, _prose),
    "address": (0.04, _address),
    "code": (0.04, _code),
    "letter": (0.02, _letter),
    "phone": (0.02, _phone),
}
KINDS = tuple(_KINDS)


def random_text(rng: np.random.Generator, kind: str | Mapping[str, float] | None = None) -> str:
    """A text of one of `KINDS`, or of a kind drawn by weight: by those given, or by its own. Only characters of the
    alphabet. Raises KeyError for a kind that there is not.
    """
    if not isinstance(kind, str):
        by_kind = kind or {name: weight for name, (weight, _) in _KINDS.items()}
        weights = np.array(list(by_kind.values()))
        kind = list(by_kind)[int(rng.choice(len(weights), p=weights / weights.sum()))]
    text = _KINDS[kind][1](rng)
    if rng.random() < _CAPITALS:
        text = "".join(c.upper() if len(c.upper()) == 1 else c for c in text)
    return "".join(c for c in " ".join(text.split()) if DEFAULT.covers(c)) or "0"
