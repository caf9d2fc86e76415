"""Beam search with an n-gram model: of words by pyctcdecode, of characters by our own prefix beam."""

from __future__ import annotations

import logging
import math

import numpy as np

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.hypothesis import Hypothesis
from inkfield.recognizers.ctc.prefix_beam import prefix_beam
from inkfield.recognizers.ctc.text_score import align, word_starts
from inkfield.recognizers.language.model import CharacterSteps, LanguageModel, WordModel

_FLOOR = 1e-3
_CUTOFF = 1e-4
_LEAST_LETTER, _LEAST_PREFIX = -6.0, -12.0
"""Log-odds under which the search for words gives up a letter in its column, and a prefix against the best: with
pyctcdecode's own -5 and -10 half of the known words that are misread are never tried."""


class BeamDecoder:
    """Decodes lines with one language model (or none). Build once, use for many lines."""

    def __init__(self, alphabet: Alphabet, language: LanguageModel | None = None, beam_width: int = 50):
        self.alphabet = alphabet
        self.language = language
        self.beam_width = beam_width
        self._search = None if language and language.unit == "character" else self._word_search()

    def decode(self, log_probs: np.ndarray, n_best: int = 5) -> list[Hypothesis]:
        """The best texts, best first. ``log_probs`` is float, (T, C), natural log.

        Log-probabilities include the language model (weight alpha) and the bonus beta for each word (or
        character): they rank the texts of one line, and are no probabilities of the ink alone.
        """
        if len(log_probs) == 0:
            return [Hypothesis("", 0.0)]
        if self._search is None:
            return self._decode_characters(log_probs, n_best)
        # pyctcdecode takes columns that sum to about 1 for linear ones: log-probabilities never do.
        beams = self._search.decode_beams(
            np.asarray(log_probs, np.float32),
            beam_width=self.beam_width,
            beam_prune_logp=_LEAST_PREFIX,
            token_min_logp=_LEAST_LETTER,
        )
        return [
            Hypothesis(beam[0], float(beam[-1]), tuple(int(frames[0]) for _, frames in beam[2]))
            for beam in beams[:n_best]
        ]

    def _word_search(self):  # type: ignore[no-untyped-def]  # pyctcdecode has no types
        logging.getLogger("pyctcdecode").setLevel(logging.ERROR)
        from pyctcdecode.alphabet import Alphabet as Labels
        from pyctcdecode.decoder import BeamSearchDecoderCTC

        labels = Labels(["", *self.alphabet.characters], False)
        return BeamSearchDecoderCTC(labels, WordModel(self.language) if self.language else None)

    def _decode_characters(self, log_probs: np.ndarray, n_best: int) -> list[Hypothesis]:
        assert self.language is not None
        steps = CharacterSteps(self.language, self.alphabet)
        found = prefix_beam(
            np.exp(np.asarray(log_probs, np.float64)),
            steps.__getitem__,
            lambda state: math.exp(steps.end(state)),
            lambda state: 0,
            self.beam_width,
            self.beam_width if self.language.known else n_best,
            _FLOOR,
            _CUTOFF,
        )
        texts = ("".join(self.alphabet.characters[c - 1] for c in label) for label, _ in found)
        ranked = sorted(
            (
                (text, label, score + self.language.known_words(text))
                for text, (label, score) in zip(texts, found, strict=True)
            ),
            key=lambda one: -one[2],
        )[:n_best]
        # Only of the best is it asked where its words stand.
        return [
            Hypothesis(text, score, () if rank else word_starts(text, align(log_probs, label)))
            for rank, (text, label, score) in enumerate(ranked)
        ]
