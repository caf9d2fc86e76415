"""Beam search with an n-gram model of words, or without a model, by pyctcdecode.

A word is looked up in small letters when the model does not know it as written.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import kenlm
import numpy as np
from pyctcdecode.alphabet import Alphabet as Labels
from pyctcdecode.decoder import BeamSearchDecoderCTC
from pyctcdecode.language_model import AbstractLanguageModel

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.character_beam import CharacterBeam
from inkfield.recognizers.language.model import LanguageModel, load_language, tokens
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import Hypothesis

_LN10 = math.log(10.0)


@dataclass(frozen=True)
class WordBeamLimits:
    """How far the search with a model of words goes, and what unknown words cost."""

    unknown: float = limit(
        -3.0, "log10", "validation lines", "On top of what the model gives the unknown word"
    )
    unknown_letter: float = limit(-1.4, "log10", "validation lines", "For each letter of an unknown word")
    listed: float = limit(
        0.5,
        "share",
        "guess",
        "Share of the unknown words that a user's list holds, where there is one: a guess, and a "
        "factor of two at most",
    )
    beam_width: int = limit(50, "prefixes", "guess", "That are kept at each time step")
    least_letter: float = limit(
        -6.0,
        "nats",
        "validation lines",
        "Log-odds under which a letter is given up in its time step; with pyctcdecode's own -5 half "
        "of the known words that are misread are never tried",
    )
    least_prefix: float = limit(
        -12.0,
        "nats",
        "validation lines",
        "Log-odds against the best, under which a prefix is given up; pyctcdecode's own are -10",
    )


LIMITS = WordBeamLimits()


class Decoder(Protocol):
    """Decodes lines with one language model (or none)."""

    def decode(self, log_probs: np.ndarray, n_best: int) -> list[Hypothesis]:
        """The best texts, best first. ``log_probs`` is float, (T, C), natural log, T at least 1.

        Log-probabilities include the language model (weight alpha) and the bonus beta for each word (or
        character): they rank the texts of one line, and are no probabilities of the ink alone.
        """
        ...


@lru_cache(maxsize=16)
def load_decoder(alphabet: Alphabet, language: str | None, words: frozenset[str] = frozenset()) -> Decoder:
    """The decoder with a language model by its name or path, or with none; made once a process, for it takes seconds.

    ``words`` are known to a model of words besides its own. Raises FileNotFoundError for a model that is not there.
    """
    if language is None:
        return WordBeam(alphabet)
    model = replace(load_language(language), listed=words)
    return CharacterBeam(alphabet, model) if model.unit == "character" else WordBeam(alphabet, model)


class WordBeam:
    """Decodes lines with one language model of words, or with none."""

    def __init__(self, alphabet: Alphabet, language: LanguageModel | None = None) -> None:
        logging.getLogger("pyctcdecode").setLevel(logging.ERROR)
        labels = Labels(["", *alphabet.characters], False)
        self._search = BeamSearchDecoderCTC(labels, WordModel(language) if language else None)

    def decode(self, log_probs: np.ndarray, n_best: int) -> list[Hypothesis]:
        # pyctcdecode takes columns that sum to about 1 for linear ones: log-probabilities never do.
        beams = self._search.decode_beams(
            np.asarray(log_probs, np.float32),
            beam_width=LIMITS.beam_width,
            beam_prune_logp=LIMITS.least_prefix,
            token_min_logp=LIMITS.least_letter,
        )
        return [Hypothesis(beam[0], float(beam[-1])) for beam in beams[:n_best]]


class WordModel(AbstractLanguageModel):
    """What pyctcdecode asks: the score of a finished word, and whether a part of one can become a word."""

    def __init__(self, language: LanguageModel):
        self._language = language
        self._listed = frozenset(word.lower() for word in language.listed)
        every = language.vocabulary | self._listed
        self._prefixes = {w[:i] for w in every for i in range(1, len(w) + 1)}

    @property
    def order(self) -> int:
        return int(self._language.model.order)

    def get_start_state(self) -> kenlm.State:
        state = kenlm.State()
        self._language.model.BeginSentenceWrite(state)
        return state

    def score_partial_token(self, partial_token: str) -> float:
        unknown = sum(_unknown(t) for t in tokens(partial_token) if not self._begins_word(t))
        return unknown * self._language.alpha * _LN10

    def score(
        self, prev_state: kenlm.State, word: str, is_last_word: bool = False
    ) -> tuple[float, kenlm.State]:
        state = prev_state
        total = 0.0
        for token in tokens(word):
            known = self._known(token)
            following = kenlm.State()
            total += self._language.model.BaseScore(state, known or "<unk>", following)
            if known is None and token.lower() in self._listed:
                total += math.log10(LIMITS.listed / len(self._listed))
            elif known is None and not token[0].isdigit():
                total += _unknown(token)
            state = following
        if is_last_word:
            total += self._language.model.BaseScore(state, "</s>", kenlm.State())
        bonus = self._language.beta if word else 0.0
        return self._language.alpha * total * _LN10 + bonus, state

    def _known(self, token: str) -> str | None:
        vocabulary = self._language.vocabulary
        if token in vocabulary:
            return token
        small = token.lower()
        if small in vocabulary:
            return small
        return small.capitalize() if small.capitalize() in vocabulary else None

    def _begins_word(self, token: str) -> bool:
        if not token[0].isalpha():
            return True
        small = token.lower()
        return token in self._prefixes or small in self._prefixes or small.capitalize() in self._prefixes


def _unknown(token: str) -> float:
    """log10 of the unknown word being this one: a long run of letters is less likely than a short."""
    return LIMITS.unknown + LIMITS.unknown_letter * len(token)
