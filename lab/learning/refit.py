"""Fits the confidences anew for new weights, on settled fields that the network never saw.

These are few, and those that people were asked about, which are the hard ones: the coefficients stay near those of the
weights before, and what was fitted errs on the side of doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inkfield.lab.calibrate.calibrate_cheques import collect, fitted, posting
from inkfield.lab.documents.write_set import RENDERERS
from inkfield.lab.learning.judge import Judged
from inkfield.pipeline.cheques.registry import STANDARDS
from inkfield.pipeline.fields.calibration import confidence, fit
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Form

Coefficients = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class RefitLimits:
    """How far a few fields move the confidences."""

    fewest: int = limit(8, "fields", "guess", "Of a kind, under which its confidences stay as they were")
    near: float = limit(5.0, "weight", "guess", "Of what is away from the coefficients before")
    cheques: int = limit(100, "cheques", "guess", "Rendered, of each form of cheques that was settled")
    parts: int = limit(5, "parts", "standard", "Each is judged by a fit on the others")


LIMITS = RefitLimits()


@dataclass(frozen=True)
class Known:
    """What is known of confidences: coefficients by kind and by FORM.FIELD; and for each form of cheques the (joint
    confidence, 1 right or 0 wrong) of pages, from which the threshold of posting follows."""

    coefficients: Coefficients
    posting: Mapping[str, Sequence[Sequence[float]]]


def of_cheques(before: Known, forms: Sequence[Form], weights: Path) -> Known:
    """The same, with what belongs to these forms fitted anew on rendered cheques, as for the shipped weights: five
    minutes of a core for each form. Forms that nobody renders stay as they were."""
    coefficients = {key: list(value) for key, value in before.coefficients.items()}
    pairs = dict(before.posting)
    for form in forms:
        if form.layout not in STANDARDS or form.name not in RENDERERS:
            continue
        collected = collect(form, str(weights), LIMITS.cheques)
        coefficients |= fitted(collected, before.coefficients)
        pairs[form.name] = posting(collected, coefficients, coefficients)
    return Known(coefficients, pairs)


def refitted(judged: Sequence[Judged], before: Coefficients) -> dict[str, list[float]]:
    """The coefficients of all keys: those of kinds (and fields of forms) with enough judged fields fitted anew."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.found is not None:
            found[_key(one, before)].append(one)
    new = {
        key: fit(np.array([one.found.vector() for one in group if one.found is not None]),
                 np.array([one.right for one in group]), before[key], LIMITS.near)
        for key, group in found.items()
        if key in before and len(group) >= LIMITS.fewest
    }  # fmt: skip
    return {key: list(value) for key, value in before.items()} | new


def cross_fitted(judged: Sequence[Judged], before: Coefficients, most: float) -> list[float]:
    """The confidence of each field, by coefficients that it had no part in."""
    hands = {hand: place % LIMITS.parts for place, hand in enumerate(sorted({one.hand for one in judged}))}
    by_part = [
        refitted([one for one in judged if hands[one.hand] != part], before) for part in range(LIMITS.parts)
    ]
    return confidences(judged, [by_part[hands[one.hand]] for one in judged], most)


def confidences(judged: Sequence[Judged], coefficients: Sequence[Coefficients], most: float) -> list[float]:
    """The confidence of each field by its coefficients; 0 without evidence."""
    return [
        0.0 if one.found is None else min(most, confidence(one.found, known.get(_key(one, known))))
        for one, known in zip(judged, coefficients, strict=True)
    ]


def _key(one: Judged, known: Coefficients) -> str:
    return one.form if one.form in known else one.kind
