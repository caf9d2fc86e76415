"""A network that spells, as a model of lines: it answers every question of the pipeline by the probability of the next
character, with no CTC matrix."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import torch

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.architectures.language_score import language_score
from inkfield.recognizers.architectures.speller import END, Memory, Speller, State
from inkfield.recognizers.architectures.trainable import stack_images
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import Hypothesis, LineModel, LineOutput, Span, Spans
from inkfield.recognizers.normalise import Edges, normalise_in_place

Prepare = Callable[[np.ndarray], tuple[np.ndarray, Edges]]
"""From a crop to ink uint8 (height, width), and the columns of the crop that it shows."""
_BATCH = 16


@dataclass(frozen=True)
class SpellingLimits:
    """How far the search for a text goes."""

    beam: int = limit(8, "texts", "guess", "That are followed at once in a search by beam")
    grammar_beam: int = limit(24, "texts", "guess", "That are followed at once within a grammar or a list")


LIMITS = SpellingLimits()


class SpellingModel(LineModel):
    """Takes over the network. ``prepare`` is how a crop becomes the network's picture."""

    def __init__(
        self, name: str, network: Speller, alphabet: Alphabet, prepare: Prepare = normalise_in_place
    ) -> None:
        self.name, self.network, self.alphabet, self.prepare = name, network.eval(), alphabet, prepare

    def read(self, crops: Sequence[np.ndarray]) -> list[SpellingOutput]:
        placed = [self.prepare(crop) for crop in crops]
        outputs: dict[int, SpellingOutput] = {}
        for group in _alike([image.shape for image, _ in placed]):
            images, widths = stack_images([placed[index][0] for index in group])
            with torch.inference_mode():
                memory = self.network.encode(images, widths)
            for row, index in enumerate(group):
                outputs[index] = SpellingOutput(self, memory.one(row), self._edges(*placed[index]))
        return [outputs[index] for index in range(len(crops))]

    def _edges(self, image: np.ndarray, edges: Edges) -> np.ndarray:
        """The pixels of the crop between which the columns of the memory lie."""
        stride, width = self.network.stride, image.shape[1]
        columns = np.minimum(np.arange(-(-width // stride) + 1) * stride, width)
        return edges[0] + columns * ((edges[1] - edges[0]) / width)


def _alike(shapes: Sequence[tuple[int, ...]]) -> Iterator[list[int]]:
    """The numbers of pictures of one height and similar width, for each batch."""
    order = sorted(range(len(shapes)), key=shapes.__getitem__)
    for _, same in groupby(order, lambda index: shapes[index][0]):
        waiting = list(same)
        yield from (waiting[start : start + _BATCH] for start in range(0, len(waiting), _BATCH))


@dataclass(frozen=True)
class _Step:
    """After a beginning of a text: natural log-probabilities (classes,), attention (columns,), the decoder's state."""

    log_probs: np.ndarray
    attention: np.ndarray
    state: State


@dataclass(order=True)
class _Begun:
    """A text that is being written; ``place`` is the state of the grammar."""

    score: float
    text: str = field(compare=False)
    place: int = field(compare=False, default=0)


class SpellingOutput(LineOutput):
    """``memory`` is what the network sees in the crop, ``edges`` the pixels between which its columns lie.

    ``favoured`` is a character that a text begins with more often than the network thinks, and by what log-odds.
    """

    def __init__(
        self, model: SpellingModel, memory: Memory, edges: np.ndarray, favoured: tuple[str, float] = ("", 0.0)
    ) -> None:
        self.model, self.memory, self.edges, self.favoured = model, memory, edges, favoured
        self._known: dict[str, _Step] = {}
        self._best: Hypothesis | None = None

    @property
    def longest(self) -> int:
        """Characters of the longest text that is tried: one for each place of the memory."""
        return 2 + self.memory.mask[0].numel()

    def after(self, texts: Sequence[str]) -> list[_Step]:
        """What follows each beginning of a text. They have one length; what is one shorter was asked for before."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._look(new)
        return [self._known[text] for text in texts]

    @torch.inference_mode()
    def _look(self, texts: list[str]) -> None:
        network, alphabet = self.model.network, self.model.alphabet
        memory = self.memory.repeat(len(texts))
        if texts == [""]:
            state, previous = network.start(memory), torch.tensor([network.classes])
        else:
            before = [self._known[text[:-1]].state for text in texts]
            state = tuple(torch.cat(parts) for parts in zip(*before, strict=True))
            previous = torch.tensor([alphabet.encode(text[-1])[0] for text in texts])
        logits, attention, state = network.step(memory, state, previous)
        log_probs = logits.double().log_softmax(1).numpy()
        columns = attention.sum(1).double().numpy()
        for row, text in enumerate(texts):
            own = self._favour(log_probs[row]) if text == "" else log_probs[row]
            self._known[text] = _Step(own, columns[row], tuple(part[row : row + 1] for part in state))

    def _favour(self, log_probs: np.ndarray) -> np.ndarray:
        character, log_odds = self.favoured
        if character:
            log_probs = log_probs.copy()
            log_probs[self.model.alphabet.encode(character)[0]] += log_odds
            log_probs -= np.logaddexp.reduce(log_probs)
        return log_probs

    def best(self) -> Hypothesis:
        if self._best is None:
            text, total = "", 0.0
            while True:
                log_probs = self.after([text])[0].log_probs
                chosen = int(log_probs.argmax()) if len(text) < self.longest else END
                total += float(log_probs[chosen])
                if chosen == END:
                    break
                text += self.model.alphabet.characters[chosen - 1]
            self._best = Hypothesis(text, total)
        return self._best

    @property
    def doubt(self) -> float:
        best = self.best()
        return -best.log_probability / (len(best.text) + 1)

    def n_best(
        self, language: str | None = None, count: int = 10, words: frozenset[str] = frozenset()
    ) -> list[Hypothesis]:
        found = self.beam(max(count, LIMITS.beam))
        if language is not None:
            found = [
                Hypothesis(h.text, h.log_probability + language_score(language, words, h.text)) for h in found
            ]
        return sorted(found, key=lambda one: -one.log_probability)[:count]

    def within(self, grammar: Automaton, count: int = 10) -> list[Hypothesis]:
        return self.beam(max(count, LIMITS.grammar_beam), grammar)[:count]

    def beam(self, width: int, grammar: Automaton | None = None) -> list[Hypothesis]:
        """The likeliest texts that are found when ``width`` beginnings are followed at once, best first."""
        live, ended = [_Begun(0.0, "")], list[Hypothesis]()
        for _ in range(self.longest + 1):
            following: list[_Begun] = []
            for begun, step in zip(live, self.after([one.text for one in live]), strict=True):
                end = step.log_probs[END] + (grammar.final[begun.place] if grammar else 0.0)
                if end > -np.inf:
                    ended.append(Hypothesis(begun.text, begun.score + float(end)))
                if len(begun.text) < self.longest:
                    following += self._ways(begun, step.log_probs, width, grammar)
            ended = sorted(ended, key=lambda one: -one.log_probability)[:width]
            live = sorted(following, reverse=True)[:width]
            if not live or (len(ended) == width and live[0].score < ended[-1].log_probability):
                break
        return ended

    def _ways(
        self, begun: _Begun, log_probs: np.ndarray, width: int, grammar: Automaton | None
    ) -> Iterator[_Begun]:
        """The text with one character more, each that the grammar allows or that is among the likeliest."""
        alphabet = self.model.alphabet
        if grammar is None:
            for number in np.argsort(-log_probs)[: width + 1]:
                if number != END:
                    text = begun.text + alphabet.characters[number - 1]
                    yield _Begun(begun.score + float(log_probs[number]), text)
            return
        for arc, (place, weight) in grammar.arcs[begun.place].items():
            for character in {arc, arc.upper()} if grammar.fold_case else {arc}:
                if len(character) == 1 and alphabet.covers(character):
                    score = float(log_probs[alphabet.encode(character)[0]]) + weight
                    yield _Begun(begun.score + score, begun.text + character, place)

    def score(self, texts: Sequence[str]) -> np.ndarray:
        usable = [t for t in texts if self.model.alphabet.covers(t) and len(t) <= self.longest]
        totals = dict.fromkeys(usable, 0.0)
        for length in range(max(map(len, usable), default=-1) + 1):
            going = [text for text in totals if len(text) >= length]
            for text, step in zip(going, self.after([text[:length] for text in going]), strict=True):
                number = self.model.alphabet.encode(text[length])[0] if length < len(text) else END
                totals[text] += float(step.log_probs[number])
        return np.array([totals.get(text, -np.inf) for text in texts], np.float64)

    def spans(self, text: str | None = None) -> Spans:
        """A character reaches half-way to where its neighbours were looked at."""
        text = self.best().text if text is None else text
        classes = self.model.alphabet.encode(text)
        if len(text) > self.longest:
            raise ValueError("the text is too long for the ink")
        steps = [self.after([text[:place]])[0] for place in range(len(text))]
        clear = [float(step.log_probs[number]) for step, number in zip(steps, classes, strict=True)]
        bounds = self._bounds(steps)
        characters = [
            Span(c, bounds[i], bounds[i + 1], clear[i], -float(steps[i].log_probs.max()))
            for i, c in enumerate(text)
        ]
        words = [_word(characters[found.start() : found.end()]) for found in re.finditer(r"\S+", text)]
        return Spans(tuple(characters), tuple(words))

    def _bounds(self, steps: Sequence[_Step]) -> list[float]:
        middles = (self.edges[1:] + self.edges[:-1]) / 2
        looked = np.maximum.accumulate([float(step.attention @ middles) for step in steps] or [0.0])
        return [float(self.edges[0]), *((looked[1:] + looked[:-1]) / 2).tolist(), float(self.edges[-1])]

    def favour_first(self, character: str, log_odds: float) -> SpellingOutput:
        return SpellingOutput(self.model, self.memory, self.edges, (character, log_odds))


def _word(letters: Sequence[Span]) -> Span:
    text = "".join(letter.text for letter in letters)
    clear = sum(letter.log_probability for letter in letters)
    doubt = sum(letter.doubt for letter in letters) / len(letters)
    return Span(text, letters[0].left, letters[-1].right, clear, doubt)
