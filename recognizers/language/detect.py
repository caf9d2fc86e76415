"""Which language model fits a page, by a first reading of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inkfield.recognizers.language.model import LanguageModel, load_language, tokens
from inkfield.recognizers.limits import limit

OF_WHOLE_TEXT = ("english", "french")
"""The models of running text; the others are of single fields."""


@dataclass(frozen=True)
class DetectLimits:
    """When a page is in a language that is known."""

    fewest: int = limit(8, "words", "validation lines", "Words; fewer say too little")
    least_known: float = limit(
        0.4,
        "share",
        "validation lines",
        "Share of the words. Greedy readings by writers never trained on have 0.45 to 0.9 in their "
        "own language on four lines (validation lines of IAM, CSAFE, Copiste, Poilus), German street "
        "names none.",
    )
    lead: float = limit(
        0.05, "share", "validation lines", "By how much the share has to lead that of every other language"
    )


LIMITS = DetectLimits()


def detect_language(texts: Iterable[str], names: Sequence[str] = OF_WHOLE_TEXT) -> str | None:
    """The model whose vocabulary knows most words of the lines, or None where no model knows enough of them.

    A list of names, a table of figures, or another language is better read without a model than with a wrong one.
    """
    words = [t for text in texts for t in tokens(text) if len(t) > 1 and t.isalpha()]
    if len(words) < LIMITS.fewest:
        return None
    shares = sorted(((_known_share(load_language(name), words), name) for name in names), reverse=True)
    best, runner_up = shares[0], shares[1][0] if len(shares) > 1 else 0.0
    return best[1] if best[0] >= LIMITS.least_known and best[0] - runner_up >= LIMITS.lead else None


def _known_share(language: LanguageModel, words: Sequence[str]) -> float:
    return sum(_knows(language, word) for word in words) / len(words)


def _knows(language: LanguageModel, word: str) -> bool:
    small = word.lower()
    return bool({word, small, small.capitalize()} & language.vocabulary)
