"""Codes: policy and claim numbers by pattern, values of a known list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from inkfield.pipeline.fields.kinds.kind import TextReading
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Column, Field

# Signs that are hard to tell apart by their ink: the first is kept where the pattern allows it.
_ALIKE = ("0OQDo", "1Il|i", "5Ss", "8B", "2Zz", "6bG", "9gq", "4A", "Uu", "Vv", "Cc", "Kk", "Xx", "Pp", "Ww")


@dataclass(frozen=True)
class CodeLimits:
    """How far a code is looked for among signs that look alike."""

    most_tries: int = limit(4096, "texts", "guess", "Of signs that look alike, above which none is tried")


LIMITS = CodeLimits()


def parse_code(text: str, pattern: str | None = None, known: Sequence[str] = ()) -> str | None:
    """The code a text says: capitals, no spaces; None when it does not match.

    ``pattern`` is a regular expression for the whole code: where the text breaks it, signs that look alike
    (O and 0, S and 5, ...) are tried, the fewest changes first. ``known``: the codes there are; the text is
    taken as one of them when it equals it up to such signs, or is 1 edit from one and only one.
    """
    tidy = re.sub(r"\s+", "", text).strip(".,;:'\"_*=").upper()
    if not tidy:
        return None
    if known:
        return _from_list(tidy, known)
    if pattern is None:
        return tidy
    compiled = re.compile(pattern)
    for candidate in (re.sub(r"\s+", " ", text).strip(), tidy):
        if compiled.fullmatch(candidate):
            return candidate
    return _by_look_alikes(tidy, compiled)


def _look_alikes(character: str) -> str:
    group = next((g for g in _ALIKE if character in g), "")
    return character + "".join(c for c in group if c != character and not c.islower())


def _by_look_alikes(text: str, compiled: re.Pattern[str]) -> str | None:
    options = [_look_alikes(c) for c in text]
    total = 1
    for option in options:
        total *= len(option)
        if total > LIMITS.most_tries:
            return None
    best: list[str] = []
    fewest = len(text) + 1
    for letters in product(*options):
        candidate = "".join(letters)
        changes = sum(a != b for a, b in zip(candidate, text, strict=True))
        if changes <= fewest and compiled.fullmatch(candidate):
            best = [candidate] if changes < fewest else [*best, candidate]
            fewest = changes
    # Two codes equally near: the ink does not say which.
    return best[0] if len(best) == 1 and fewest <= max(1, len(text) // 3) else None


def _from_list(text: str, known: Sequence[str]) -> str | None:
    bare = {re.sub(r"\W", "", code).upper(): code for code in known}
    wanted = re.sub(r"\W", "", text)
    if wanted in bare:
        return bare[wanted]
    alike = [code for key, code in bare.items() if _shape(key) == _shape(wanted)]
    if len(alike) == 1:
        return alike[0]
    near = [code for key, code in bare.items() if _one_edit(wanted, key)]
    return near[0] if len(near) == 1 else None


def _shape(text: str) -> str:
    return "".join(next((g[0] for g in _ALIKE if c in g), c) for c in text)


def _one_edit(a: str, b: str) -> bool:
    """Whether one sign put in, left out or changed makes one text of the other."""
    if abs(len(a) - len(b)) > 1 or min(len(a), len(b)) < 3:
        return False
    if len(a) > len(b):
        a, b = b, a
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[start + (len(a) == len(b)) :] == b[start + 1 :]


def _figures(rng: np.random.Generator) -> str:
    return "".join(map(str, rng.integers(0, 10, int(rng.integers(5, 15)))))


def has_check_digit(code: str, scheme: str) -> bool:
    """Whether the figures of a code end with the right check digit: by Luhn (ISO/IEC 7812-1), for an ``npi`` with 80840
    before it (45 CFR 162.406), for a ``dea`` number as the US Drug Enforcement Administration has it."""
    if scheme == "dea":
        last = [int(c) for c in code if c in "0123456789"][-7:]
        return len(last) == 7 and (sum(last[0:6:2]) + 2 * sum(last[1:6:2])) % 10 == last[6]
    figures = [int(c) for c in ("80840" if scheme == "npi" else "") + code if c in "0123456789"]
    doubled = [sum(divmod(2 * figure, 10)) for figure in figures[-2::-2]]
    return len(figures) > 1 and (sum(figures[-1::-2]) + sum(doubled)) % 10 == 0


def _parse(text: str, field: Field | Column) -> str | None:
    code = parse_code(text, field.pattern)
    if code is not None and field.check_digit and not has_check_digit(code, field.check_digit):
        return None
    return code


CODE = TextReading(
    "code",
    parse=_parse,
    sample=_figures,
    sampled_as={"pattern": "[0-9]{5,15}"},
)
MICR = TextReading("micr", parse=lambda text, field: parse_code(text, field.pattern))
