"""One amount from two readings: the figures (courtesy amount) and the words (legal amount).

A writer means one amount, so a value that both sides can bear beats a better value that only one can. The
model: with a high prior both sides say one value v, with a small prior they say different ones; each side
may also say something that no candidate is. The posterior over all of these is normalised exactly, and a
disagreement is reported as such, never settled by the better-looking side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np

from inkfield.pipeline.fields.kinds.amount_locale import INDIAN, AmountLocale
from inkfield.pipeline.fields.kinds.amount_reading import (
    AmountHypothesis,
    read_amount,
    read_amount_words,
    score_amount_words,
    score_amounts,
)
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput

Side = Literal["courtesy", "legal"]
Scorer = Callable[[Sequence[Decimal]], np.ndarray]


@dataclass(frozen=True)
class JointAmountLimits:
    """How much likelier one amount on both sides is, and which values are looked at."""

    agreement: float = limit(
        7.0,
        "nats",
        "guess",
        "How much likelier one amount on both sides is than a given pair of different ones",
    )
    other: float = limit(
        6.0,
        "nats",
        "guess",
        "How much less likely than its freest reading it is that ink is no amount we know",
    )
    unscored: float = limit(
        4.0,
        "nats",
        "guess",
        "Under the last of its n-best, for a value that a side does not list (with no scorer)",
    )
    candidates: int = limit(8, "values", "guess", "That are taken from each side")
    within: float = limit(20.0, "nats", "guess", "Under a side's best, beyond which values are no candidates")
    supported: float = limit(
        0.01, "probability", "guess", "Of a value on a side alone, from which it stands there"
    )


LIMITS = JointAmountLimits()


@dataclass(frozen=True)
class JointCandidate:
    """A value, the probability that both sides mean it, and the sides on which it stands."""

    value: Decimal
    probability: float
    supported_by: tuple[Side, ...]
    scores: tuple[float, float] = (0.0, 0.0)
    """Log-probability of the courtesy amount's ink and of the legal amount's, if this value is meant."""


@dataclass(frozen=True)
class JointAmount:
    """Candidates (best first), the probability that the sides disagree, and that it is none of these.

    All probabilities together are 1. ``agreement`` is the probability that both sides mean the first candidate
    rather than two different values, if they mean any of the candidates: it stays exact where nothing fits well and
    all the others vanish. ``own`` is what each side says by itself (None without ink): courtesy amount, legal amount.
    """

    candidates: tuple[JointCandidate, ...]
    disagree_probability: float
    none_probability: float
    agreement: float = 1.0
    own: tuple[Decimal | None, Decimal | None] = (None, None)

    @property
    def value(self) -> Decimal | None:
        """The likeliest value, or None when the sides disagree or nothing was read."""
        return self.candidates[0].value if self.candidates and not self.disagreement else None

    @property
    def probability(self) -> float:
        return self.candidates[0].probability if self.candidates else 0.0

    @property
    def disagreement(self) -> bool:
        """Whether two different values are likelier than any one value on both sides.

        It does not tell why: the writer meant two amounts, or one of the sides can hardly be read.
        """
        return self.agreement < 0.5

    @property
    def apart(self) -> float:
        """By how many nats each side at least prefers its own value to the other's; 0 where a side has no ink."""
        courtesy, legal = self.own
        if courtesy is None or legal is None:
            return 0.0
        scores = {candidate.value: candidate.scores for candidate in self.candidates}
        return min(scores[courtesy][0] - scores[legal][0], scores[legal][1] - scores[courtesy][1])


def joint_amount(
    courtesy: Sequence[tuple[str, Decimal, float]],
    legal: Sequence[tuple[str, Decimal, float]],
    score_courtesy: Scorer | None = None,
    score_legal: Scorer | None = None,
    free_courtesy: float | None = None,
    free_legal: float | None = None,
) -> JointAmount:
    """The joint posterior of two n-best lists of (text, value, log-probability).

    ``score_*`` give the log-probability of any values on that side, so that one which a side's own list
    lacks is still judged there. ``free_*`` are the log-probabilities of that side's best text of any kind:
    what "none of these" is measured against (default: the side's best hypothesis). A side with no readings
    is left out: the candidates then rest on the other alone.
    """
    sides = [_by_value(courtesy), _by_value(legal)]
    values = list(dict.fromkeys([*sides[0], *sides[1]]))
    if not values:
        return JointAmount((), 0.0, 1.0)
    scores = [
        _scores(values, side, scorer)
        for side, scorer in zip(sides, (score_courtesy, score_legal), strict=True)
    ]
    frees = [_other(side, free) for side, free in zip(sides, (free_courtesy, free_legal), strict=True)]
    if not sides[0] or not sides[1]:
        return _one_sided(values, scores, frees, 0 if sides[0] else 1)
    agree = scores[0] + scores[1] + LIMITS.agreement
    apart = scores[0][:, None] + scores[1][None, :]
    np.fill_diagonal(apart, -np.inf)
    nothing = [
        frees[0] + _log_sum(scores[1]),
        frees[1] + _log_sum(scores[0]),
        frees[0] + frees[1] + LIMITS.agreement,
    ]
    total = _log_sum(np.concatenate([agree, apart.ravel(), nothing]))
    probability = np.exp(agree - total)
    support = [_supported(score, free) for score, free in zip(scores, frees, strict=True)]
    candidates = [
        JointCandidate(value, float(p), _sides(support, i), (float(scores[0][i]), float(scores[1][i])))
        for i, (value, p) in enumerate(zip(values, probability, strict=True))
    ]
    best, different = float(agree.max()), _log_sum(apart.ravel())
    return JointAmount(
        tuple(candidates[i] for i in np.argsort(-agree, kind="stable")),
        float(np.exp(different - total)),
        float(np.exp(_log_sum(np.array(nothing)) - total)),
        float(np.exp(best - np.logaddexp(best, different))) if best > -np.inf else 0.0,
        (_best(sides[0]), _best(sides[1])),
    )


def read_joint_amount(
    looks: Sequence[LineOutput],
    legal_output: LineOutput | None,
    locale: AmountLocale = INDIAN,
) -> tuple[JointAmount, list[AmountHypothesis], list[AmountHypothesis]]:
    """Both sides read by their grammars and joined: (joint, courtesy n-best, legal n-best).

    ``looks`` are outputs for the same figures seen in one or more ways, none where there is no ink: looks at one ink
    are not independent, so of n their log-probabilities are added and divided by (n + 1) / 2 (two copies would be
    divided by 2, two inks by 1). ``legal_output`` is None where no words are written.
    """
    share = (len(looks) + 1) / 2

    def score(values: Sequence[Decimal]) -> np.ndarray:
        by_look = np.array([score_amounts(look, values, locale) for look in looks])
        scores: np.ndarray = by_look.sum(axis=0) / share
        return scores

    courtesy = [hypothesis for look in looks for hypothesis in read_amount(look, locale)]
    if len(looks) > 1:
        texts: dict[Decimal, str] = {}
        for hypothesis in courtesy:
            texts.setdefault(hypothesis.value, hypothesis.text)
        scores = score(list(texts))
        courtesy = [
            AmountHypothesis(text, value, float(s))
            for (value, text), s in zip(texts.items(), scores, strict=True)
        ]
        courtesy.sort(key=lambda hypothesis: -hypothesis.log_probability)
    free = sum(look.best().log_probability for look in looks) / share
    if legal_output is None:
        return joint_amount(courtesy, [], score, None, free, None), courtesy, []
    legal = read_amount_words(legal_output, locale)
    joint = joint_amount(
        courtesy,
        legal,
        score,
        lambda values: score_amount_words(legal_output, values, locale),
        free,
        legal_output.best().log_probability,
    )
    return joint, courtesy, legal


def _by_value(readings: Sequence[tuple[str, Decimal, float]]) -> dict[Decimal, float]:
    """Log-probability of each value, its texts summed; the best few."""
    sums: dict[Decimal, float] = {}
    for _, value, score in readings:
        sums[value] = float(np.logaddexp(sums.get(value, -np.inf), score))
    ranked = sorted(sums.items(), key=lambda item: -item[1])[: LIMITS.candidates]
    return {value: score for value, score in ranked if score > ranked[0][1] - LIMITS.within}


def _best(side: dict[Decimal, float]) -> Decimal | None:
    return max(side, key=lambda value: side[value], default=None)


def _scores(values: Sequence[Decimal], listed: dict[Decimal, float], scorer: Scorer | None) -> np.ndarray:
    if not listed:
        return np.zeros(len(values))
    if scorer is not None:
        return np.asarray(scorer(values), np.float64)
    floor = min(listed.values()) - LIMITS.unscored
    return np.array([listed.get(value, floor) for value in values])


def _other(listed: dict[Decimal, float], free: float | None) -> float:
    if not listed:
        return 0.0
    return (max(listed.values()) if free is None else free) - LIMITS.other


def _one_sided(values: list[Decimal], scores: list[np.ndarray], frees: list[float], side: int) -> JointAmount:
    total = float(np.logaddexp(_log_sum(scores[side]), frees[side]))
    names: tuple[Side, Side] = ("courtesy", "legal")
    candidates = [
        JointCandidate(value, float(np.exp(score - total)), (names[side],), (float(courtesy), float(legal)))
        for value, score, courtesy, legal in zip(values, scores[side], *scores, strict=True)
    ]
    ranked = tuple(sorted(candidates, key=lambda c: -c.probability))
    own = (ranked[0].value, None) if side == 0 else (None, ranked[0].value)
    return JointAmount(ranked, 0.0, float(np.exp(frees[side] - total)), own=own)


def _supported(scores: np.ndarray, other: float) -> np.ndarray:
    """On which values a side would settle alone with some probability."""
    total = np.logaddexp(_log_sum(scores), other)
    supported: np.ndarray = np.exp(scores - total) >= LIMITS.supported
    return supported


def _sides(support: list[np.ndarray], i: int) -> tuple[Side, ...]:
    names: tuple[Side, Side] = ("courtesy", "legal")
    return tuple(name for name, sides in zip(names, support, strict=True) if sides[i])


def _log_sum(scores: np.ndarray) -> float:
    top = float(np.max(scores))
    return top if top == -np.inf else top + float(np.log(np.exp(scores - top).sum()))
