"""Batches of labelled pictures of words, lines and two-line paragraphs, varied, for the networks of
`recognizers.architectures`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.architectures.trainable import Batch, make_batch
from inkfield.recognizers.normalise import HEIGHT, normalise
from inkfield.recognizers.training.augment import augment
from inkfield.recognizers.training.data.datasets import open_dataset, read_dataset
from inkfield.recognizers.training.data.labelled import LabelledLine, Unit
from inkfield.recognizers.training.model_recipe import ModelRecipe

_PIXELS_A_CLASS = 4
"""The narrowest a character may be, for CTC has a column for every 4 px."""


def read_pictures(folders: Sequence[Path], split: str) -> list[LabelledLine]:
    """The words of data sets, and the lines of those that have no words.

    Raises FileNotFoundError, and ValueError where there is no picture with a text that can be written.
    """
    found: list[LabelledLine] = []
    for folder in folders:
        unit: Unit = "words" if "words" in open_dataset(folder).parts else "lines"
        found += [line for line in read_dataset(folder, split, unit) if DEFAULT.covers(line.text)]
    if not found:
        raise ValueError(f"{', '.join(map(str, folders))}: nothing in the split {split!r}")
    return found


class WordSource:
    """Draws batches without end. ``minutes`` tells how far the training is: the longer, the longer the texts."""

    def __init__(self, recipe: ModelRecipe, pictures: Sequence[LabelledLine]) -> None:
        self.recipe, self.pictures = recipe, pictures
        self.minutes = 0.0
        self._decoded: dict[int, np.ndarray] = {}
        self._hands: dict[str, list[int]] = defaultdict(list)
        for index, picture in enumerate(pictures):
            self._hands[picture.hand].append(index)

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        while True:
            pool = [self._sample(rng) for _ in range(self.recipe.pool)]
            usable = [s for s in pool if s is not None]
            usable.sort(key=lambda sample: sample[0].shape)
            groups = [
                group[k : k + self.recipe.batch]
                for group in (list(same) for _, same in groupby(usable, lambda sample: sample[0].shape[0]))
                for k in range(0, len(group), self.recipe.batch)
            ]
            for index in rng.permutation(len(groups)):
                images, texts = zip(*groups[index], strict=True)
                yield make_batch(images, [DEFAULT.encode(text) for text in texts])

    def _sample(self, rng: np.random.Generator) -> tuple[np.ndarray, str] | None:
        lines, paragraphs = self.recipe.lines_after, self.recipe.paragraphs_after
        first = int(rng.integers(len(self.pictures)))
        luck = rng.random()
        if paragraphs is not None and self.minutes >= paragraphs and luck < 1 / 3:
            image, text = self.paragraph(first, rng, self.recipe.augmentation)
        elif lines is not None and self.minutes >= lines and luck < 2 / 3:
            image, text = self.line(first, rng, self.recipe.augmentation)
        else:
            image, text = self.word(first, rng, self.recipe.augmentation)
        fits = _PIXELS_A_CLASS * (len(text) + sum(a == b for a, b in pairwise(text))) <= image.shape[1]
        return (image, text) if fits and image.shape[1] <= self.recipe.widest else None

    def word(self, index: int, rng: np.random.Generator, strength: float = 0.0) -> tuple[np.ndarray, str]:
        """Ink uint8 (48, width) of a picture, varied, and its text."""
        if index not in self._decoded:
            self._decoded[index] = self.pictures[index].read()
        grey = self._decoded[index]
        return normalise(augment(grey, rng, strength) if strength else grey), self.pictures[index].text

    def line(self, first: int, rng: np.random.Generator, strength: float = 0.0) -> tuple[np.ndarray, str]:
        """Two words of one hand side by side, the first as said."""
        second = int(rng.choice(self._hands[self.pictures[first].hand]))
        (left, before), (right, after) = (self.word(index, rng, strength) for index in (first, second))
        gap = np.zeros((HEIGHT, int(rng.integers(12, 28))), np.uint8)
        return np.hstack([left, gap, right]), f"{before} {after}"

    def paragraph(
        self, first: int, rng: np.random.Generator, strength: float = 0.0
    ) -> tuple[np.ndarray, str]:
        """Two lines of one or two words each, of one hand, the first word as said: ink uint8 (96, width)."""
        second = int(rng.choice(self._hands[self.pictures[first].hand]))
        lines = [
            self.line(index, rng, strength) if rng.random() < 0.5 else self.word(index, rng, strength)
            for index in (first, second)
        ]
        return stack_lines([image for image, _ in lines]), " ".join(text for _, text in lines)


def stack_lines(lines: Sequence[np.ndarray]) -> np.ndarray:
    """Lines of ink uint8 (48, width) one below the other, all from the left."""
    widest = max(line.shape[1] for line in lines)
    return np.vstack([np.pad(line, ((0, 0), (0, widest - line.shape[1]))) for line in lines])
