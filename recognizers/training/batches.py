"""An endless stream of training batches: real lines varied, and rendered ink, bucketed by width."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.models.crnn import COLUMN_STRIDE
from inkfield.recognizers.normalise import HEIGHT, normalise
from inkfield.recognizers.training.recipe import Recipe
from inkfield.recognizers.training.samples import Samples

Sample = tuple[np.ndarray, list[int]]
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]


def fits(image: np.ndarray, classes: list[int]) -> bool:
    """Whether CTC can emit the text: a column a character, one more between two equal ones."""
    repeats = sum(a == b for a, b in pairwise(classes))
    return len(classes) > 0 and len(classes) + repeats <= image.shape[1] // COLUMN_STRIDE


def collate(samples: list[Sample]) -> Batch:
    """Images uint8 (N, 1, 48, W), 255 is ink, padded with paper, column counts, labels end to end, label lengths."""
    widest = max(image.shape[1] for image, _ in samples)
    widest = -(-widest // COLUMN_STRIDE) * COLUMN_STRIDE
    images = np.zeros((len(samples), 1, HEIGHT, widest), np.uint8)
    for row, (image, _) in enumerate(samples):
        images[row, 0, :, : image.shape[1]] = image
    columns = torch.tensor([-(-image.shape[1] // COLUMN_STRIDE) for image, _ in samples])
    labels = torch.tensor([c for _, classes in samples for c in classes])
    lengths = torch.tensor([len(classes) for _, classes in samples])
    return torch.from_numpy(images), columns, labels, lengths


class BatchStream(IterableDataset):
    """Endless batches of about ``columns_per_batch`` image columns each.

    A pool of samples is drawn, sorted by width and cut into batches, so that padding costs little. The strength of
    the augmentation follows ``progress`` (0 at the start of the training, 1 at its end), a shared number that the
    trainer keeps up to date; so does the longest line: training starts with short ones.
    """

    def __init__(self, recipe: Recipe, progress: torch.Tensor, seed: int) -> None:
        self.recipe = recipe
        self.progress = progress
        self.seed = seed
        self.samples = Samples(recipe)  # here, so that forked workers share what it holds

    def __iter__(self) -> Iterator[Batch]:
        cv2.setNumThreads(1)
        torch.set_num_threads(1)
        worker = get_worker_info()
        rng = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            pool = self._pool(rng)
            pool.sort(key=lambda sample: sample[0].shape[1])
            batches = list(_cut(pool, self.recipe.columns_per_batch))
            for index in rng.permutation(len(batches)):
                yield collate(batches[index])

    def _pool(self, rng: np.random.Generator) -> list[Sample]:
        progress = float(self.progress[0])
        first, last = self.recipe.augmentation
        strength = first + (last - first) * progress
        longest = np.interp(progress, [0, self.recipe.curriculum_until], [self.recipe.first_longest, 2600])
        pool: list[Sample] = []
        while len(pool) < self.recipe.pool:
            drawn = self.samples.draw(rng, strength)
            if drawn is None:
                continue
            image, classes = normalise(drawn[0]), DEFAULT.encode(drawn[1])
            if image.shape[1] <= longest and fits(image, classes):
                pool.append((image, classes))
        return pool


def _cut(pool: list[Sample], columns: int) -> Iterator[list[Sample]]:
    batch: list[Sample] = []
    for sample in pool:
        if batch and (len(batch) + 1) * sample[0].shape[1] > columns:
            yield batch
            batch = []
        batch.append(sample)
    if batch:
        yield batch
