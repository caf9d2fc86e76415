"""Training of a network of `recognizers.architectures`. Resumable by the same command.

What is counted is the time of the processor, not of the clock: on a machine that others use, equal minutes are equal
training.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from inkfield.recognizers.architectures.scrabble_gan import ARCHITECTURE
from inkfield.recognizers.architectures.trainable import Batch
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.model_recipe import ModelRecipe
from inkfield.recognizers.training.reader_learner import ReaderLearner
from inkfield.recognizers.training.word_source import WordSource, read_pictures
from inkfield.recognizers.training.writer_learner import WriterLearner
from inkfield.recognizers.weights_file import StoredNetwork, write_weights

CHECKPOINT_EVERY_S = 60.0
VALIDATED = 300
"""Validation pictures during a training."""


class Learner(Protocol):
    """What learns from batches."""

    def step(self, batch: Batch, rate: float) -> torch.Tensor:
        """One update at a learning rate; returns a loss, a scalar."""

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""

    def restore(self, state: dict[str, Any]) -> None:
        """Takes up what `state` gave."""

    def stored(self) -> StoredNetwork:
        """What the weights file is to hold."""

    def validate(self, pictures: Sequence[LabelledLine], folder: Path) -> dict[str, float]:
        """Figures on pictures that were never trained on; pictures of its own work go into the run's folder."""


def make_learner(recipe: ModelRecipe) -> Learner:
    """Raises ValueError for a model that is not known."""
    return WriterLearner(recipe) if recipe.model == ARCHITECTURE else ReaderLearner(recipe)


class ModelTrainer:
    """One training run in a folder: ``weights.safetensors``, ``checkpoint.pt``, ``log.jsonl``.

    Raises ValueError for data without words and for a folder that another network was trained in.
    """

    def __init__(self, recipe: ModelRecipe, data: Sequence[Path], run: Path) -> None:
        self.recipe, self.run = recipe, run
        torch.manual_seed(recipe.seed)
        self.learner = make_learner(recipe)
        self.source = WordSource(recipe, read_pictures(data, "train"))
        self.validation = read_pictures(data, "val")
        self.seconds, self.steps = 0.0, 0
        run.mkdir(parents=True, exist_ok=True)
        if (run / "checkpoint.pt").exists():
            state = torch.load(run / "checkpoint.pt", weights_only=True)
            try:
                self.learner.restore(state["learner"])
            except (RuntimeError, KeyError, ValueError) as error:
                raise ValueError(
                    f"{run} holds the training of another network: name another folder"
                ) from error
            self.seconds, self.steps = state["seconds"], state["steps"]
            torch.manual_seed(recipe.seed + self.steps)

    def train(self, at_most: float = math.inf) -> None:
        """Goes on until the recipe's minutes are used, or ``at_most`` more; saves, and validates at the end."""
        stop = min(60 * self.recipe.minutes, self.seconds + 60 * at_most)
        batches = self.source.batches(np.random.default_rng([self.recipe.seed, self.steps]))
        saved, losses = self.seconds, list[float]()
        while self.seconds < stop:
            began = time.process_time()
            self.source.minutes = self.seconds / 60
            rate = self.recipe.learning_rate * min(1.0, (self.steps + 1) / self.recipe.warm_up)
            losses.append(float(self.learner.step(next(batches), rate)))
            self.steps += 1
            self.seconds += time.process_time() - began
            if self.seconds - saved > CHECKPOINT_EVERY_S:
                self._save()
                self._log({"loss": round(float(np.mean(losses)), 4)})
                saved, losses = self.seconds, []
        self._save()
        every = max(1, len(self.validation) // VALIDATED)
        self._log(self.learner.validate(self.validation[::every], self.run))

    def _save(self) -> None:
        """The checkpoint, whole or not at all, and the weights."""
        state = {"learner": self.learner.state(), "seconds": self.seconds, "steps": self.steps}
        torch.save(state, self.run / "checkpoint.tmp")
        os.replace(self.run / "checkpoint.tmp", self.run / "checkpoint.pt")
        write_weights(self.run / "weights.tmp", self.learner.stored())
        os.replace(self.run / "weights.tmp", self.run / "weights.safetensors")

    def _log(self, entry: dict[str, Any]) -> None:
        line = json.dumps({"minutes": round(self.seconds / 60, 2), "steps": self.steps, **entry})
        print(line, flush=True)
        with (self.run / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
