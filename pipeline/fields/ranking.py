"""The readings that compete for one field, and how sure the best of them is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import Hypothesis, LineOutput
from inkfield.schemas.readings import Value


@dataclass(frozen=True)
class RankingLimits:
    """How looks at one ink are put together."""

    lacking: float = limit(3.0, "nats", "guess", "Under the last value of a look, for one that it lacks")


LIMITS = RankingLimits()


@dataclass(frozen=True)
class Candidate:
    """One reading: the text as written, its value, and the natural log-probability of the ink given it."""

    text: str
    value: Value
    log_probability: float


@dataclass(frozen=True)
class Evidence:
    """What calibration turns into a probability that the best candidate is right.

    ``posterior_logit`` sets the best value against its rivals; ``shortfall`` is how much less likely the ink
    is under the best candidate than under the freest reading, in nats a character: large when the ink is no
    text of the field's language at all. ``doubt`` is the mean uncertainty of the free reading, in nats a step.
    """

    posterior_logit: float
    shortfall: float
    doubt: float

    def vector(self) -> np.ndarray:
        """float64 (3,), squashed so that one extreme measure cannot outweigh the others."""
        return np.array([self.posterior_logit / 4, math.sqrt(max(self.shortfall, 0.0)), self.doubt * 10])


def rank(hypotheses: Sequence[Hypothesis], parse: Callable[[str], Value]) -> list[Candidate]:
    """Candidates by value, best first: texts of one value are one candidate, their probabilities added.

    Texts that have no value stand last, as one rival that has none: what they are likelier by, no value can be sure
    of. Without any value there is no candidate.
    """
    merged: dict[Value, Candidate] = {}
    for hypothesis in hypotheses:
        value = parse(hypothesis.text)
        known = merged.get(value)
        if known is None:
            merged[value] = Candidate(hypothesis.text, value, hypothesis.log_probability)
        else:
            total = float(np.logaddexp(known.log_probability, hypothesis.log_probability))
            merged[value] = Candidate(known.text, value, total)
    if not any(value is not None for value in merged):
        return []
    return sorted(merged.values(), key=lambda c: (c.value is None, -c.log_probability))


def merge_looks(*looks: Sequence[Candidate]) -> list[Candidate]:
    """Candidates of several looks at one ink (cell by cell, and as one strip), best first.

    The looks are not independent: of n their log-probabilities are added and divided by (n + 1) / 2 (two copies would
    be divided by 2, two inks by 1). A value that one look lacks is put a little under the last it has.
    """
    seen = [look for look in looks if look]
    known = [{c.value: c.log_probability for c in look} for look in seen]
    lacking = [min(scores.values()) - LIMITS.lacking for scores in known]
    texts: dict[Value, str] = {}
    for candidate in (c for look in seen for c in look):
        texts.setdefault(candidate.value, candidate.text)
    merged = [
        Candidate(
            text,
            value,
            sum(scores.get(value, floor) for scores, floor in zip(known, lacking, strict=True))
            / ((len(seen) + 1) / 2),
        )
        for value, text in texts.items()
    ]
    return sorted(merged, key=lambda c: (c.value is None, -c.log_probability))


def posteriors(candidates: Sequence[Candidate]) -> np.ndarray:
    """Probability of each candidate if one of them is right: float64 (n,), adding up to 1."""
    scores = np.array([c.log_probability for c in candidates])
    shares: np.ndarray = np.exp(scores - np.logaddexp.reduce(scores)) if len(scores) else scores
    return shares


def evidence(candidates: Sequence[Candidate], output: LineOutput) -> Evidence:
    """The evidence for the first candidate, from its rivals and from the recogniser's freest reading."""
    length = max(1, len(candidates[0].text))
    share = float(np.clip(posteriors(candidates)[0], 1e-6, 1 - 1e-6))
    return Evidence(
        posterior_logit=math.log(share / (1 - share)),
        shortfall=(output.best().log_probability - candidates[0].log_probability) / length,
        doubt=output.doubt,
    )
