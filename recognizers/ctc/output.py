"""What a CTC network makes of one crop: a matrix of log-probabilities, and every question that it can answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

import numpy as np

from inkfield.recognizers.alphabet import BLANK, Alphabet
from inkfield.recognizers.ctc.constrained import constrained_beam
from inkfield.recognizers.ctc.language_score import score_automata
from inkfield.recognizers.ctc.text_score import align, score_candidates
from inkfield.recognizers.ctc.word_beam import load_decoder
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import Hypothesis, LineOutput, Span, Spans


@dataclass(frozen=True)
class OutputLimits:
    """What is assumed of the first time steps, and between crops."""

    first_steps: int = limit(
        6,
        "time steps",
        "guess",
        "Time steps (of 3 to 4 px at 48 px height) in which a first stroke may stand",
    )
    space: float = limit(
        0.9,
        "probability",
        "guess",
        "Share of the step between two crops that is a space; the rest is blank, for a word split "
        "over the lines",
    )


LIMITS = OutputLimits()


class CTCOutput(LineOutput):
    """``log_probs`` is float (T, C), natural log; class 0 is the blank.

    ``edges`` float (T + 1,) are the pixels of the crop between which the time steps lie.
    """

    def __init__(self, log_probs: np.ndarray, alphabet: Alphabet, edges: np.ndarray | None = None) -> None:
        self.log_probs = log_probs
        self.alphabet = alphabet
        self.edges = np.arange(len(log_probs) + 1.0) if edges is None else edges

    @cached_property
    def _path(self) -> np.ndarray:
        return self.log_probs.argmax(axis=1)

    @cached_property
    def _sums(self) -> np.ndarray:
        """(T + 1,): log-probability of the best path up to each time step."""
        return np.concatenate([[0.0], np.cumsum(self.log_probs.max(axis=1), dtype=np.float64)])

    @cached_property
    def _best(self) -> Hypothesis:
        """Best path (Graves et al. 2006, section 3.2): the likeliest class of every time step, collapsed."""
        return Hypothesis(self.alphabet.decode_path(self._path.tolist()), float(self._sums[-1]))

    def best(self) -> Hypothesis:
        return self._best

    @property
    def doubt(self) -> float:
        return self._doubt(0, len(self.log_probs))

    def _doubt(self, first: int, end: int) -> float:
        return -float(self._sums[end] - self._sums[first]) / max(1, end - first)

    def n_best(
        self, language: str | None = None, count: int = 10, words: frozenset[str] = frozenset()
    ) -> list[Hypothesis]:
        if len(self.log_probs) == 0:
            return [Hypothesis("", 0.0)]
        return load_decoder(self.alphabet, language, words).decode(self.log_probs, count)

    def within(self, grammar: Automaton, count: int = 10) -> list[Hypothesis]:
        return constrained_beam(self.log_probs, self.alphabet, grammar, n_best=count)

    def score(self, texts: Sequence[str]) -> np.ndarray:
        return score_candidates(self.log_probs, self.alphabet, texts)

    def language_score(self, grammars: Sequence[Automaton]) -> np.ndarray:
        return score_automata(self.log_probs, self.alphabet, grammars)

    def spans(self, text: str | None = None) -> Spans:
        return self._spans_of_path if text is None else self._spans_of_text(text)

    def _spans_of_text(self, text: str) -> Spans:
        """By the best alignment. A word has the steps of its letters."""
        classes = self.alphabet.encode(text)
        steps = align(self.log_probs, classes)
        clearest = [float(self.log_probs[a:b, c].max()) for (a, b), c in zip(steps, classes, strict=True)]
        characters = self._characters(text, steps, clearest)
        words = []
        for word in re.finditer(r"\S+", text):
            start, end = word.span()
            doubt = self._doubt(steps[start][0], steps[end - 1][1])
            words.append(_word(characters[start:end], sum(clearest[start:end]), doubt))
        return Spans(characters, tuple(words))

    @cached_property
    def _spans_of_path(self) -> Spans:
        """Of the best path. What is said of a word counts from the step before its first letter to the one before the
        next word's."""
        runs = self._runs(0, len(self._path))
        text = self._best.text
        characters = self._characters(text, [(a, b) for a, b, _ in runs], [clear for _, _, clear in runs])
        places = [word.span() for word in re.finditer(r"\S+", text)]
        starts = [max(0, runs[start][0] - 1) for start, _ in places]
        words = []
        for (start, end), own in zip(places, pairwise([*starts, len(self._path)]), strict=True):
            clear = sum(clearest for _, _, clearest in self._runs(*own))
            words.append(_word(characters[start:end], clear, self._doubt(*own)))
        return Spans(characters, tuple(words))

    def _runs(self, first: int, end: int) -> list[tuple[int, int, float]]:
        """First time step, the one past the last, and clearest log-probability of each character of the best path
        between two time steps."""
        runs = (list(run) for _, run in groupby(range(first, end), self._path.__getitem__))
        return [
            (run[0], run[-1] + 1, float(self.log_probs[run, self._path[run[0]]].max()))
            for run in runs
            if self._path[run[0]] != BLANK
        ]

    def _characters(
        self, text: str, steps: Sequence[tuple[int, int]], clearest: Sequence[float]
    ) -> tuple[Span, ...]:
        """A character is seen one step after it begins, in few steps: it is taken to go on to the next one."""
        lefts = [float(self.edges[max(0, first - 1)]) for first, _ in steps]
        rights = [*lefts[1:], float(self.edges[-1])]
        return tuple(
            Span(character, left, right, clear, self._doubt(*own))
            for character, left, right, clear, own in zip(text, lefts, rights, clearest, steps, strict=False)
        )

    def words_alone(
        self, text: str, language: str | None, count: int, words: frozenset[str] = frozenset()
    ) -> list[list[Hypothesis]]:
        """A word has the steps from the end of the word before it to the beginning of the next."""
        steps = align(self.log_probs, self.alphabet.encode(text))
        places = [word.span() for word in re.finditer(r"\S+", text)]
        ends = [0, *(steps[end - 1][1] for _, end in places[:-1])]
        starts = [*(steps[start][0] for start, _ in places[1:]), len(self.log_probs)]
        decoder = load_decoder(self.alphabet, language, words)
        return [decoder.decode(self.log_probs[a:b], count) for a, b in zip(ends, starts, strict=True)]

    def favour_first(self, character: str, log_odds: float) -> CTCOutput:
        shifted = np.array(self.log_probs, np.float64)
        first = shifted[: LIMITS.first_steps]
        first[:, self.alphabet.encode(character)[0]] += log_odds
        first -= np.logaddexp.reduce(first, axis=1, keepdims=True)
        return CTCOutput(shifted, self.alphabet, self.edges)


def _word(letters: Sequence[Span], log_probability: float, doubt: float) -> Span:
    text = "".join(letter.text for letter in letters)
    return Span(text, letters[0].left, letters[-1].right, log_probability, doubt)


def join(outputs: Sequence[CTCOutput]) -> CTCOutput:
    """The outputs for several crops (at least one) as one after another, with a probable space between them."""
    first, *others = outputs
    alphabet = first.alphabet
    gap = np.full((1, len(alphabet)), -30.0, np.float32)
    gap[0, BLANK] = np.log(1 - LIMITS.space)
    gap[0, alphabet.encode(" ")[0]] = np.log(LIMITS.space)
    parts, edges = [np.asarray(first.log_probs, np.float32)], first.edges
    for other in others:
        parts += [gap, np.asarray(other.log_probs, np.float32)]
        edges = np.concatenate([edges, edges[-1] + other.edges - other.edges[0]])
    return CTCOutput(np.concatenate(parts), alphabet, edges)
