"""Texts as forms hold them: names, streets, dates, amounts in figures and in words, codes, English."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from num2words import num2words

from recognizers.alphabet import DEFAULT

_LISTS = Path(__file__).parents[1] / "language" / "lists"
_MONTHS = [*calendar.month_name][1:]
_STREETS = (
    "Street",
    "Road",
    "Avenue",
    "Lane",
    "Drive",
    "Nagar",
    "Marg",
    "Colony",
    "Court",
    "Place",
    "St.",
    "Rd.",
    "Ave",
)
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
_MISSPELT = {
    "lakh": ("lac", "lack", "lakhs", "lacs", "lacks", "Lakh"),
    "forty": ("fourty",),
    "ninety": ("ninty",),
    "thousand": ("thousands", "Thousand"),
    "crore": ("crores", "Crore", "Crores"),
    "fourteen": ("forteen",),
    "hundred": ("hundered", "Hundred"),
}


@lru_cache(maxsize=8)
def _list(pattern: str) -> tuple[str, ...]:
    """The entries of all lists whose file name fits, that the alphabet can write."""
    entries = [
        line.strip() for path in sorted(_LISTS.glob(pattern)) for line in path.read_text("utf-8").splitlines()
    ]
    return tuple(entry for entry in entries if entry and not entry.startswith("#") and DEFAULT.covers(entry))


@lru_cache(maxsize=1)
def _us_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    import names

    folder = Path(names.__file__).parent
    first: list[str] = []
    for kind in ("male", "female"):
        first += [line.split()[0].title() for line in (folder / f"dist.{kind}.first").open()][:600]
    last = [line.split()[0].title() for line in (folder / "dist.all.last").open()][:4000]
    return tuple(first), tuple(last)


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    from wordfreq import top_n_list

    return tuple(w for w in top_n_list("en", 12000) if DEFAULT.covers(w))


def _pick(rng: np.random.Generator, values: tuple[str, ...] | list[str]) -> str:
    return values[int(rng.integers(len(values)))]


def _name(rng: np.random.Generator) -> str:
    first, last = _us_names()
    indian = _list("names_in*.txt")
    if indian and rng.random() < 0.5:
        parts = [_pick(rng, indian) for _ in range(int(rng.integers(1, 4)))]
    else:
        parts = [_pick(rng, first), _pick(rng, last)]
    if rng.random() < 0.35:
        initial = _pick(rng, list("ABCDEFGHJKLMNPRSTUVWY")) + ("." if rng.random() < 0.7 else "")
        parts.insert(int(rng.integers(0, len(parts) + 1)), initial)
    return " ".join(parts)


def _address(rng: np.random.Generator) -> str:
    _, last = _us_names()
    number = str(int(rng.integers(1, 2000)))
    street = f"{_pick(rng, last)} {_pick(rng, _STREETS)}"
    forms = (
        f"{number} {street}",
        f"{number}, {street}",
        f"{street} {number}",
        f"{_pick(rng, last)} {rng.integers(10000, 999999)}",
    )
    return _pick(rng, list(forms))


def _date(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1925, 2036))
    sign = _pick(rng, list("/-."))
    forms = (
        f"{day:02}{month:02}{year}", f"{day:02}{month:02}{year}", f"{day:02}{sign}{month:02}{sign}{year}",
        f"{month}{sign}{day}{sign}{year % 100:02}", f"{day} {_MONTHS[month - 1]} {year}",
        f"{_MONTHS[month - 1]} {day}, {year}", f"{day}-{_MONTHS[month - 1][:3]}-{year}", f"{year}-{month:02}-{day:02}",
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
    text += _pick(
        rng, ["/-", "/-", "/-", "", "", "/=", ".00", f".{rng.integers(0, 100):02}", "-", " /-", "=00"]
    )
    return _pick(rng, ["", "", "", "", "", "Rs. ", "Rs ", "$ ", "$", "₹ ", "**", "£"]) + text


def _amount_words(rng: np.random.Generator) -> str:
    indian = rng.random() < 0.7
    text = num2words(_round_amount(rng), lang="en_IN" if indian else "en").replace(",", "").replace("-", " ")
    if rng.random() < 0.8:
        text = text.replace(" and ", " ")
    words = [_pick(rng, _MISSPELT[w]) if w in _MISSPELT and rng.random() < 0.4 else w for w in text.split()]
    style = rng.random()
    if style < 0.45:
        words = [w.capitalize() for w in words]
    elif style < 0.7:
        words = [w.capitalize() if rng.random() < 0.5 else w for w in words]
    elif style < 0.78:
        words = [w.upper() for w in words]
    words += _pick(
        rng, ["", "", "", "only", "Only", "and 00/100", f"and {rng.integers(0, 100):02}/100", "dollars"]
    ).split()
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
    form = _pick(rng, list(_CODES))
    drawn = {"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "#": "0123456789"}
    return "".join(_pick(rng, list(drawn[c])) if c in drawn else c for c in form)


def _figures(rng: np.random.Generator) -> str:
    return "".join(
        _pick(rng, list("0123456789")) for _ in range(int(rng.choice([1, 1, 1, 2, 3, 4, 6, 8, 10, 14, 15])))
    )


def _letter(rng: np.random.Generator) -> str:
    return _pick(rng, list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def _english(rng: np.random.Generator) -> str:
    words = [
        _pick(rng, _words()[: int(rng.choice([150, 1500, 12000]))])
        for _ in range(int(rng.choice([1, 1, 2, 3, 5, 7])))
    ]
    style = rng.random()
    if style < 0.4:
        words[0] = words[0].capitalize()
    elif style < 0.5:
        words = [w.upper() for w in words]
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


_KINDS: dict[str, tuple[float, Callable[[np.random.Generator], str]]] = {
    "figures": (0.17, _figures),
    "amount": (0.17, _amount),
    "amount_words": (0.2, _amount_words),
    "name": (0.14, _name),
    "date": (0.08, _date),
    "english": (0.14, _english),
    "address": (0.04, _address),
    "code": (0.04, _code),
    "letter": (0.02, _letter),
}
KINDS = tuple(_KINDS)


def random_text(rng: np.random.Generator, kind: str | None = None) -> str:
    """A text of one of `KINDS`, or of a kind drawn by its weight; only characters of the alphabet."""
    if kind is None:
        weights = np.array([weight for weight, _ in _KINDS.values()])
        kind = KINDS[int(rng.choice(len(KINDS), p=weights / weights.sum()))]
    text = _KINDS[kind][1](rng)
    if kind == "name" and rng.random() < 0.2:
        text = text.upper()
    return "".join(c for c in " ".join(text.split()) if DEFAULT.covers(c)) or "0"
