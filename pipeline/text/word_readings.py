"""What each word of a line may be: the readings that share its place, each with its probability.

Three sources are mixed, since each knows words that the others do not: the line's best texts, in which a word has its
neighbours; the ink of the word alone with the n-gram model; and the ink alone without one, which spells names that no
model knows (keyword spotting in lattices: Toselli, Vidal, Romero and Frinken 2016).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import Hypothesis, LineOutput
from inkfield.schemas.archive.folding import fold
from inkfield.schemas.readings import WordReading


@dataclass(frozen=True)
class WordReadingLimits:
    """What the readings of a word are made of, and which are kept."""

    texts: int = limit(50, "texts", "guess", "Of a line, or of the ink of a word, that are compared")
    of_line: float = limit(0.4, "weight", "validation lines", "Of the line's texts among the three sources")
    of_word: float = limit(
        0.3,
        "weight",
        "validation lines",
        "Of the ink of a word alone with the n-gram model; the rest without",
    )
    most: int = limit(10, "readings", "validation lines", "Of a word that are kept")
    least: float = limit(0.002, "probability", "validation lines", "Of a reading that is kept")


LIMITS = WordReadingLimits()


def word_readings(
    output: LineOutput,
    text: str,
    texts: Sequence[Hypothesis],
    language: str | None,
    own_words: frozenset[str] = frozenset(),
) -> list[tuple[WordReading, ...]]:
    """For each word of ``text`` what it may be, itself among them, likeliest first.

    ``texts`` are the line's best ones, as ``n_best`` gives them with the n-gram model ``language`` (None: without one).
    Spellings that differ in capitals, accents and signs only count as one. A reading may be several words.
    """
    words = text.split()
    of_line = _of_line(words, texts)
    with_model = output.words_alone(text, language, LIMITS.texts, own_words)
    alone = output.words_alone(text, None, LIMITS.texts) if language is not None else with_model
    weights = (LIMITS.of_line, LIMITS.of_word, 1 - LIMITS.of_line - LIMITS.of_word)
    kept = []
    for word, *sources in zip(words, of_line, map(_shares, with_model), map(_shares, alone), strict=True):
        share: dict[str, float] = defaultdict(float)
        total = sum(weight for weight, source in zip(weights, sources, strict=True) if source)
        for weight, source in zip(weights, sources, strict=True):
            for reading, probability in source.items():
                share[reading] += weight / total * probability
        kept.append(_kept(word, share))
    return kept


def placed(words: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    """What the other text has in the place of each word: a word, several, or none."""
    for kind, first, end, start, stop in SequenceMatcher(None, words, other, autojunk=False).get_opcodes():
        if kind == "insert":  # belongs to no word
            continue
        there = other[start:stop]
        for number in range(end - first):
            last = number == end - first - 1
            yield " ".join(there[number:] if last else there[number : number + 1])


def _of_line(words: Sequence[str], texts: Sequence[Hypothesis]) -> list[dict[str, float]]:
    shares: list[dict[str, float]] = [defaultdict(float) for _ in words]
    for text, weight in _shares(texts).items():
        for place, reading in enumerate(placed(words, text.split())):
            shares[place][reading] += weight
    return shares


def _shares(texts: Sequence[Hypothesis]) -> dict[str, float]:
    """Each text's share of the probability of all."""
    if not texts:
        return {}
    scores = np.array([text.log_probability for text in texts])
    shares: dict[str, float] = defaultdict(float)
    for text, share in zip(texts, np.exp(scores - np.logaddexp.reduce(scores)).tolist(), strict=True):
        shares[text.text.strip()] += share
    return shares


def _kept(word: str, shares: Mapping[str, float]) -> tuple[WordReading, ...]:
    spelt: dict[tuple[str, ...], str] = {fold(word): word}
    merged: dict[tuple[str, ...], float] = {fold(word): 0.0}
    for reading, share in sorted(shares.items(), key=lambda one: -one[1]):
        folded = fold(reading)
        if folded or folded in merged:  # what has no letters is not searched for
            spelt.setdefault(folded, reading)
            merged[folded] = merged.get(folded, 0.0) + share
    ranked = sorted(merged, key=lambda folded: -merged[folded])[: LIMITS.most]
    kept = [folded for folded in ranked if merged[folded] >= LIMITS.least]
    kept += [] if fold(word) in kept else [fold(word)]
    return tuple(WordReading(spelt[folded], round(merged[folded], 4)) for folded in kept)
