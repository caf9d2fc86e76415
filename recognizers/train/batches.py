"""An endless stream of training batches: real lines varied, and rendered ink, bucketed by width."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from recognizers.alphabet import DEFAULT
from recognizers.crnn import COLUMN_STRIDE
from recognizers.data.labelled import LabelledLine
from recognizers.normalise import HEIGHT, normalise
from recognizers.train.augment import augment
from recognizers.train.capitals import CapitalBank, load_capitals
from recognizers.train.recombine import WordBank, load_words
from recognizers.train.training_lines import training_lines, wanted_text

Sample = tuple[np.ndarray, list[int]]
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
_CAPITALS_OFTEN = 4.0
"""How often a line in capitals is drawn for one that is not."""


def fits(image: np.ndarray, classes: list[int]) -> bool:
    """Whether CTC can emit the text: a column a character, one more between two equal ones."""
    repeats = sum(a == b for a, b in pairwise(classes))
    return len(classes) > 0 and len(classes) + repeats <= image.shape[1] // COLUMN_STRIDE


def collate(samples: list[Sample]) -> Batch:
    """Images (N, 1, 48, W) float in 0..1 padded with paper, column counts, labels end to end, label lengths."""
    widest = max(image.shape[1] for image, _ in samples)
    widest = -(-widest // COLUMN_STRIDE) * COLUMN_STRIDE
    images = np.zeros((len(samples), 1, HEIGHT, widest), np.float32)
    for row, (image, _) in enumerate(samples):
        images[row, 0, :, : image.shape[1]] = image / 255.0
    columns = torch.tensor([-(-image.shape[1] // COLUMN_STRIDE) for image, _ in samples])
    labels = torch.tensor([c for _, classes in samples for c in classes])
    lengths = torch.tensor([len(classes) for _, classes in samples])
    return torch.from_numpy(images), columns, labels, lengths


class BatchStream(IterableDataset):
    """Endless batches of about ``columns`` image columns each.

    A pool of samples is drawn, sorted by width and cut into batches, so that padding costs little. The share
    of rendered lines and the strength of the augmentation follow ``progress`` (0 at the start of the
    training, 1 at its end), a shared number that the trainer keeps up to date; so does the longest line:
    training starts with short ones.
    """

    def __init__(self, recipe: dict, progress: torch.Tensor, seed: int) -> None:
        self.recipe = recipe
        self.progress = progress
        self.seed = seed
        self.words: WordBank | None = None
        self.capitals: CapitalBank | None = None
        self.texts: list[str] | None = None

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        lines, weights = _real_lines(self.recipe)
        words = self.recipe.get("words")
        self.words = load_words(Path(words), wanted_text(self.recipe)) if words else None
        capitals = self.recipe.get("capitals")
        self.capitals = load_capitals(Path(capitals)) if capitals else None
        texts = self.recipe.get("texts")
        self.texts = Path(texts).read_text(encoding="utf-8").splitlines() if texts else None
        while True:
            pool = self._pool(rng, lines, weights)
            pool.sort(key=lambda sample: sample[0].shape[1])
            batches = list(_cut(pool, self.recipe["columns_per_batch"]))
            for index in rng.permutation(len(batches)):
                yield collate(batches[index])

    def _pool(self, rng: np.random.Generator, lines: list[LabelledLine], weights: np.ndarray) -> list[Sample]:
        progress = float(self.progress[0])
        first, last = self.recipe["augmentation"]
        strength = first + (last - first) * progress
        longest = np.interp(
            progress, [0, self.recipe["curriculum_until"]], [self.recipe["first_longest"], 2600]
        )
        rendered = self.recipe["rendered_share"]
        recombined = rendered + self.recipe.get("recombined_share", 0.0)
        in_capitals = recombined + self.recipe.get("capitals_share", 0.0)
        pool: list[Sample] = []
        while len(pool) < self.recipe["pool"]:
            kind = rng.random()
            if kind < rendered:
                text = self._text(rng)
                grey = _rendered(text, rng)
            elif self.words is not None and kind < recombined:
                grey, text = self.words.compose(rng)
                grey = augment(grey, rng, strength)
            elif self.capitals is not None and recombined <= kind < in_capitals:
                composed = self.capitals.compose(self._text(rng), rng)
                if composed is None:
                    continue
                grey, text = composed
                grey = augment(grey, rng, strength)
            else:
                line = lines[rng.choice(len(lines), p=weights)]
                grey, text = line.read(), line.text
                grey = augment(grey, rng, strength)
            image, classes = normalise(grey), DEFAULT.encode(text)
            if image.shape[1] <= longest and fits(image, classes):
                pool.append((image, classes))
        return pool

    def _text(self, rng: np.random.Generator) -> str:
        """One of the recipe's texts, or one made up here where it names none."""
        if self.texts is not None:
            return self.texts[int(rng.integers(len(self.texts)))]
        from recognizers.ink.texts import random_text  # needs word lists that a packed run does not have

        return random_text(rng, self.recipe.get("kinds"))


def _rendered(text: str, rng: np.random.Generator) -> np.ndarray:
    from recognizers.ink.render import render_line  # needs the fonts, which a run on real lines does not

    return render_line(text, rng)


def _real_lines(recipe: dict) -> tuple[list[LabelledLine], np.ndarray]:
    """All training lines, and how often each is drawn: sources by their weight, copied sentences thinned.

    Hands that write in capitals are drawn more often: they are rare in the data sets and common on forms.
    """
    lines: list[LabelledLine] = []
    weights: list[float] = []
    wanted = wanted_text(recipe)
    hands_in_capitals = recipe.get("hands_in_capitals", [])
    for name, weight in recipe["sources"].items():
        folder = Path(recipe["data"]) / name
        boilerplate_file = folder / "boilerplate.txt"
        boilerplate = set(boilerplate_file.read_text().split()) if boilerplate_file.exists() else set()
        for line in training_lines(folder, hands_in_capitals):
            if not (DEFAULT.covers(line.text) and wanted(line.text)):
                continue
            lines.append(line)
            drawn = _CAPITALS_OFTEN if line.hand in hands_in_capitals else 1.0
            weights.append(weight * drawn * (0.1 if line.image.stem in boilerplate else 1.0))
    shares = np.array(weights)
    return lines, shares / shares.sum()


def _cut(pool: list[Sample], columns: int) -> Iterator[list[Sample]]:
    batch: list[Sample] = []
    for sample in pool:
        if batch and (len(batch) + 1) * sample[0].shape[1] > columns:
            yield batch
            batch = []
        batch.append(sample)
    if batch:
        yield batch
