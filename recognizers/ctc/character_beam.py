"""Beam search with an n-gram model of characters, by our own prefix beam."""

from __future__ import annotations

import math
from dataclasses import dataclass

import kenlm
import numpy as np

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.prefix_beam import prefix_beam
from inkfield.recognizers.language.model import SPACE, LanguageModel
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import Hypothesis

_LN10 = math.log(10.0)


@dataclass(frozen=True)
class CharacterBeamLimits:
    """How far the search with a model of characters goes."""

    floor: float = limit(
        1e-3, "probability", "guess", "Of a character in its time step, under which it is not tried"
    )
    cutoff: float = limit(
        1e-4, "probability", "guess", "Of a prefix against the best, under which it is given up"
    )
    beam_width: int = limit(50, "prefixes", "guess", "That are kept at each time step")


LIMITS = CharacterBeamLimits()


class CharacterBeam:
    """Decodes lines with one language model of characters."""

    def __init__(self, alphabet: Alphabet, language: LanguageModel) -> None:
        self.alphabet = alphabet
        self.language = language

    def decode(self, log_probs: np.ndarray, n_best: int) -> list[Hypothesis]:
        """The best texts, best first. ``log_probs`` is float, (T, C), natural log."""
        steps = CharacterSteps(self.language, self.alphabet)
        found = prefix_beam(
            np.exp(np.asarray(log_probs, np.float64)),
            steps.__getitem__,
            lambda state: math.exp(steps.end(state)),
            lambda state: 0,
            LIMITS.beam_width,
            LIMITS.beam_width if self.language.known else n_best,
            LIMITS.floor,
            LIMITS.cutoff,
        )
        texts = ("".join(self.alphabet.characters[c - 1] for c in label) for label, _ in found)
        scored = (
            Hypothesis(text, score + self.language.known_words(text))
            for text, (_, score) in zip(texts, found, strict=True)
        )
        return sorted(scored, key=lambda one: -one.log_probability)[:n_best]


class CharacterSteps:
    """The states of a character model as the prefix beam walks them; made anew for each line."""

    def __init__(self, language: LanguageModel, alphabet: Alphabet):
        self.language = language
        self.symbols = ["", *(SPACE if c == " " else c for c in alphabet.characters)]
        start = kenlm.State()
        language.model.BeginSentenceWrite(start)
        self.states = [start]
        self._ways: list[_Ways] = [_Ways(self, 0)]

    def __getitem__(self, state: int) -> _Ways:
        return self._ways[state]

    def end(self, state: int) -> float:
        """Weighted natural log of ending the line here."""
        score = self.language.model.BaseScore(self.states[state], "</s>", kenlm.State())
        return float(self.language.alpha * _LN10 * score)

    def step(self, state: int, class_: int) -> tuple[int, float]:
        following = kenlm.State()
        score = self.language.model.BaseScore(self.states[state], self.symbols[class_], following)
        self.states.append(following)
        self._ways.append(_Ways(self, len(self.states) - 1))
        weight = self.language.alpha * _LN10 * score + self.language.beta
        return len(self.states) - 1, math.exp(weight)


class _Ways:
    def __init__(self, owner: CharacterSteps, state: int):
        self._owner = owner
        self._state = state
        self._known: dict[int, tuple[int, float]] = {}

    def get(self, class_: int, /) -> tuple[int, float]:
        way = self._known.get(class_)
        if way is None:
            way = self._known[class_] = self._owner.step(self._state, class_)
        return way
