"""ScrabbleGAN in training: a generator that writes, a discriminator that judges, a reader that must be able to read."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.architectures.scrabble_gan import (
    ARCHITECTURE,
    INK_HEIGHT,
    PITCH,
    ConvolutionalReader,
    Discriminator,
    Generator,
)
from inkfield.recognizers.architectures.trainable import Batch, ctc_loss
from inkfield.recognizers.architectures.writer import Writer
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.models.crnn import COLUMN_STRIDE
from inkfield.recognizers.normalise import HEIGHT, at_height
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.ink_sheet import write_sheet
from inkfield.recognizers.training.model_recipe import ModelRecipe
from inkfield.recognizers.training.moving_average import follow
from inkfield.recognizers.weights_file import StoredNetwork

_READER_RATE = 5.0
"""Learning rate of the reader against that of the others."""
_SHEET = 60
"""Words on the sheet that a validation writes."""
_COLUMNS = PITCH * HEIGHT // INK_HEIGHT // COLUMN_STRIDE
"""Columns that the reader has for a character."""


class WriterLearner:
    """``arguments`` of the recipe are those of `Generator` but the classes."""

    def __init__(self, recipe: ModelRecipe) -> None:
        self.recipe = recipe
        self.generator = Generator(len(DEFAULT), **recipe.arguments)
        self.average = copy.deepcopy(self.generator).eval()
        self.judge, self.reader = Discriminator(), ConvolutionalReader(len(DEFAULT))
        networks = {"generator": self.generator, "judge": self.judge, "reader": self.reader}
        self.networks: dict[str, nn.Module] = networks
        self.optimisers = {
            name: torch.optim.Adam(network.parameters(), betas=(0.5 if name == "reader" else 0.0, 0.99))
            for name, network in networks.items()
        }
        self.steps = 0
        self.unlabelled = [path for folder in recipe.unlabelled for path in sorted(folder.glob("*.*"))]

    def step(self, batch: Batch, rate: float) -> torch.Tensor:
        """The judge and the reader learn from real ink, then the writer from both; returns what the reader misses."""
        for name, optimiser in self.optimisers.items():
            optimiser.param_groups[0]["lr"] = rate * (_READER_RATE if name == "reader" else 1.0)
        real = at_pitch(batch)
        order = torch.randperm(len(batch.lengths))
        labels, lengths = batch.labels[order], batch.lengths[order]
        fake = self.generator(labels, lengths, torch.randn(len(order), self.generator.style))
        seen = torch.cat([real, *self._unlabelled(real)])
        judged = (1 - self.judge(seen)).relu().mean() + (1 + self.judge(fake.detach())).relu().mean()
        self._learn("judge", judged)
        self._learn("reader", self._read(real, batch.labels, batch.lengths))
        self.optimisers["generator"].zero_grad(set_to_none=True)
        unread = self._read(fake, labels, lengths)
        fake.backward(balanced(fake, -self.judge(fake).mean(), unread))
        self.optimisers["generator"].step()
        self.steps += 1
        follow(self.average, self.generator, self.recipe.ema, self.steps)
        return unread.detach()

    def _learn(self, name: str, loss: torch.Tensor) -> None:
        self.optimisers[name].zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.networks[name].parameters(), 5.0)
        if torch.isfinite(norm):  # one bad batch must not end a training
            self.optimisers[name].step()

    def _read(self, ink: torch.Tensor, labels: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return ctc_loss(self.reader(ink), lengths * _COLUMNS, labels, lengths)

    def _unlabelled(self, like: torch.Tensor) -> list[torch.Tensor]:
        """As many pictures as a quarter of the batch of which no text is known, where the recipe names any."""
        if not self.unlabelled:
            return []
        chosen = torch.randint(len(self.unlabelled), (max(1, len(like) // 4),))
        pictures = [cut_to(self.unlabelled[index], like.shape[3]) for index in chosen.tolist()]
        return [torch.from_numpy(np.stack(pictures))[:, None]]

    def state(self) -> dict[str, Any]:
        return {
            "average": self.average.state_dict(),
            "steps": self.steps,
            "networks": {name: network.state_dict() for name, network in self.networks.items()},
            "optimisers": {name: optimiser.state_dict() for name, optimiser in self.optimisers.items()},
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.average.load_state_dict(state["average"])
        self.steps = state["steps"]
        for name, network in self.networks.items():
            network.load_state_dict(state["networks"][name])
            self.optimisers[name].load_state_dict(state["optimisers"][name])

    def stored(self) -> StoredNetwork:
        """The averaged generator alone."""
        arguments = {"characters": DEFAULT.characters, **self.recipe.arguments}
        tensors = {name: value.contiguous() for name, value in self.average.state_dict().items()}
        return StoredNetwork(ARCHITECTURE, arguments, tensors)

    def validate(self, pictures: Sequence[LabelledLine], folder: Path) -> dict[str, float]:
        """CER in percent of the shipped reader on words in as many styles; they are on ``sheet.png``."""
        writer = Writer(copy.deepcopy(self.average), DEFAULT)
        texts = [picture.text for picture in pictures[:_SHEET] if picture.text.split()]
        inks = [writer.write(text, style) for style, text in enumerate(texts)]
        write_sheet(folder / "sheet.png", inks)
        outputs = load_recognizer().read(inks)
        errors = sum(edit_distance(o.best().text, text) for o, text in zip(outputs, texts, strict=True))
        return {"cer_of_the_shipped_reader": round(100 * errors / sum(map(len, texts)), 2)}


def balanced(ink: torch.Tensor, looks: torch.Tensor, unread: torch.Tensor) -> torch.Tensor:
    """The gradient of both losses by the ink, that of the reader brought to the spread of that of the judge.

    The reader's is orders of magnitude larger or smaller, as it happens, and one of them would go unheard.
    """
    by_looks, by_text = (torch.autograd.grad(loss, ink, retain_graph=True)[0] for loss in (looks, unread))
    return by_looks + by_text * (by_looks.std() / by_text.std().clamp_min(1e-12))


def at_pitch(batch: Batch) -> torch.Tensor:
    """The pictures of a batch 32 px high and 16 px for each character, as the generator writes: (N, 1, 32, W)."""
    longest = int(batch.lengths.max())
    scaled = torch.zeros(len(batch.lengths), 1, INK_HEIGHT, PITCH * longest)
    for row, (width, length) in enumerate(zip(batch.widths.tolist(), batch.lengths.tolist(), strict=True)):
        word = batch.images[row : row + 1, :, :, :width]
        size = (INK_HEIGHT, PITCH * length)
        scaled[row, :, :, : size[1]] = nn.functional.interpolate(word, size, mode="bilinear", antialias=True)[
            0
        ]
    return scaled


def cut_to(path: Path, width: int) -> np.ndarray:
    """The ink of a picture, float32 (32, width) in 0..1: its beginning, or with paper after it."""
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise OSError(f"{path} is no image")
    ink = at_height(grey, INK_HEIGHT)[0][:, :width].astype(np.float32) / 255
    return np.pad(ink, ((0, 0), (0, width - ink.shape[1])))
