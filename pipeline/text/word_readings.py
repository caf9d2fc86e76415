"""What each word of a line may be: the readings that share its place, each with its probability."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput
from inkfield.schemas.readings import WordReading


@dataclass(frozen=True)
class WordReadingLimits:
    """Which readings of a word are kept."""

    texts: int = limit(50, "texts", "guess", "Of a line that are compared word by word")
    most: int = limit(8, "readings", "guess", "Of a word that are kept")
    least: float = limit(0.01, "probability", "guess", "Of a reading that is kept")


LIMITS = WordReadingLimits()


def word_readings(
    output: LineOutput, text: str, language: str | None, own_words: frozenset[str] = frozenset()
) -> list[tuple[WordReading, ...]]:
    """For each word of ``text`` what it may be, itself among them, likeliest first.

    ``language`` is the n-gram model that the line was read with, or None. A reading is what stands in the place of the
    word in one of the line's best texts: it may be empty, or several words. Its probability is the share of the texts
    that have it.
    """
    words = text.split()
    shares: list[dict[str, float]] = [defaultdict(float) for _ in words]
    found = output.n_best(language, LIMITS.texts, own_words)
    scores = np.array([one.log_probability for one in found])
    weights = np.exp(scores - np.logaddexp.reduce(scores))
    for one, weight in zip(found, weights.tolist(), strict=True):
        for place, reading in enumerate(placed(words, one.text.split())):
            shares[place][reading] += weight
    return [_kept(word, share) for word, share in zip(words, shares, strict=True)]


def placed(words: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """What the other text has in the place of each word: a word, several, or none."""
    for kind, first, end, start, stop in SequenceMatcher(None, words, other, autojunk=False).get_opcodes():
        if kind == "insert":  # belongs to no word
            continue
        there = other[start:stop]
        for number in range(first, end):
            last = number == end - 1
            yield " ".join(there[number - first :] if last else there[number - first : number - first + 1])


def _kept(word: str, share: dict[str, float]) -> tuple[WordReading, ...]:
    ranked = sorted(share.items(), key=lambda one: -one[1])
    kept = [WordReading(reading, round(p, 3)) for reading, p in ranked if p >= LIMITS.least][: LIMITS.most]
    if word not in share or all(reading.text != word for reading in kept):
        kept.append(WordReading(word, round(share.get(word, 0.0), 3)))
    return tuple(kept)
