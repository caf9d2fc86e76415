"""What the pipeline asks of a recogniser: a model that reads crops, and its output for each of them.

How a model reads is its own matter (a CTC matrix, a decoder with attention). The outputs answer in texts, natural
log-probabilities and pixels.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.normalise import HEIGHT

if TYPE_CHECKING:  # what only checks a form has no need of it, and it takes two seconds to load
    import torch

_GAP = HEIGHT // 2
"""Pixels between crops that are read as one line: a word space in writing 48 px high."""


@dataclass(frozen=True)
class Hypothesis:
    """A text and its natural log-probability."""

    text: str
    log_probability: float


@dataclass(frozen=True)
class Span:
    """One character or word of a text: where it lies on the crop, and what the ink says for it.

    ``left`` and ``right`` are pixels of the crop. ``log_probability`` is that of the character where it is clearest,
    or the sum over a word's characters; natural log. ``doubt`` is as in `LineOutput.doubt`, for this part alone.
    """

    text: str
    left: float
    right: float
    log_probability: float
    doubt: float


@dataclass(frozen=True)
class Spans:
    """The characters of a text, white space included, and its words; both from left to right."""

    characters: tuple[Span, ...]
    words: tuple[Span, ...]


class LineOutput(ABC):
    """What a model makes of one crop. All log-probabilities are natural."""

    @abstractmethod
    def best(self) -> Hypothesis:
        """The freest reading: any text that the model can write. Its log-probability is a lower bound."""

    @property
    @abstractmethod
    def doubt(self) -> float:
        """Mean uncertainty of the freest reading, in nats for each step of the model: 0 is sure."""

    @abstractmethod
    def n_best(
        self, language: str | None = None, count: int = 10, words: frozenset[str] = frozenset()
    ) -> list[Hypothesis]:
        """Up to ``count`` texts, best first, ranked with an n-gram model (a name or path for `load_language`).

        ``words`` are a user's own, which a model of words then knows besides its own.
        Log-probabilities include the weighted model, so they rank the texts of one crop only.
        Raises FileNotFoundError for a model that is not there.
        """

    @abstractmethod
    def within(self, grammar: Automaton, count: int = 10) -> list[Hypothesis]:
        """Up to ``count`` texts of the grammar, best first, its weights included; empty when none fits the ink."""

    @abstractmethod
    def score(self, texts: Sequence[str]) -> np.ndarray:
        """Log P(text | ink) of each text: float64 (len(texts),); -inf for one that cannot be."""

    def language_score(self, grammars: Sequence[Automaton]) -> np.ndarray:
        """Log of the sum of P(text | ink) * exp(weight) over all texts of each grammar: float64 (len(grammars),).

        Here the sum over the best texts, a lower bound. A model that can sum exactly overrides this.
        """
        found = [[text.log_probability for text in self.within(grammar)] for grammar in grammars]
        return np.array([np.logaddexp.reduce(scores) if scores else -np.inf for scores in found])

    @abstractmethod
    def spans(self, text: str | None = None) -> Spans:
        """Where each character and word of ``text`` lies, by default of the freest reading.

        For crops that were read as one, pixels count as if the crops stood side by side, each cut to its ink. Raises
        ValueError for a text that is too long for the ink, KeyError for a character that the model cannot write.
        """

    def words_alone(
        self, text: str, language: str | None, count: int, words: frozenset[str] = frozenset()
    ) -> list[list[Hypothesis]]:
        """For each word of ``text`` up to ``count`` texts that its ink may be by itself, best first; else as `n_best`.

        Here none: a model that knows where the ink of a word lies overrides this.
        """
        return [[] for _ in text.split()]

    @abstractmethod
    def favour_first(self, character: str, log_odds: float) -> LineOutput:
        """The same output where a first stroke is likelier to be ``character`` than the model thinks.

        For ink of which is known what it begins with more often than the ink the model was trained on.
        """


class LineModel(ABC):
    """Reads crops of about one text line each: grey uint8, dark ink on light paper, of any size.

    ``name`` is that of the weights, ``folder`` where their file lies. To be used from one thread at a time.
    """

    name: str
    folder: Path | None = None

    @abstractmethod
    def read(self, crops: Sequence[np.ndarray]) -> Sequence[LineOutput]:
        """The output for each crop, in the order given."""

    def read_as_one(self, crops: Sequence[np.ndarray]) -> LineOutput:
        """One text that goes on over several crops (at least one). Here they are set side by side at one height."""
        return self.read([crops[0] if len(crops) == 1 else side_by_side(crops)])[0]

    def read_cells(self, cells: Sequence[np.ndarray | None]) -> LineOutput:
        """One text from character boxes, a character each; None for an empty box. At least one is not empty."""
        return self.read_as_one([cell for cell in cells if cell is not None])


def side_by_side(crops: Sequence[np.ndarray]) -> np.ndarray:
    """Crops brought to one height and set in a row, with a word space of white between two."""
    row: list[np.ndarray] = []
    for crop in crops:
        width = max(1, round(crop.shape[1] * HEIGHT / crop.shape[0]))
        row += [np.full((HEIGHT, _GAP), 255, np.uint8), cv2.resize(crop, (width, HEIGHT))]
    return np.hstack(row[1:])


Build = Callable[[str, Mapping[str, Any], Mapping[str, "torch.Tensor"]], LineModel]
"""From the name of the weights, the architecture's arguments and the tensors to the model."""
ARCHITECTURES: dict[str, Build] = {}
"""How a model is built, by the name of the architecture that its weights file states."""


def register(architecture: str) -> Callable[[Build], Build]:
    """Makes a function the builder of an architecture. A file in `recognizers.models` or
    `recognizers.architectures` that does so is found."""

    def note(build: Build) -> Build:
        ARCHITECTURES[architecture] = build
        return build

    return note
