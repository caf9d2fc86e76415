"""A reader in training: its network, the moving average of its weights, its optimiser."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.architectures import (
    convolve_attend_spell,
    mdlstm_ctc,
    scan_attend_read,
    transformer,
)
from inkfield.recognizers.architectures.ctc_reader import TrainableCRNN
from inkfield.recognizers.architectures.trainable import Batch, Trainable
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.line_model import ARCHITECTURES
from inkfield.recognizers.models import crnn
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.model_recipe import ModelRecipe
from inkfield.recognizers.training.moving_average import follow
from inkfield.recognizers.weights_file import StoredNetwork

NETWORKS: dict[str, Callable[..., Trainable]] = {
    crnn.ARCHITECTURE: TrainableCRNN,
    convolve_attend_spell.ARCHITECTURE: convolve_attend_spell.ConvolveAttendSpell,
    mdlstm_ctc.ARCHITECTURE: mdlstm_ctc.MDLSTMCTC,
    scan_attend_read.ARCHITECTURE: scan_attend_read.ScanAttendRead,
    transformer.ARCHITECTURE: transformer.Transformer,
}
"""From the name of an architecture to its network, given the number of classes and the recipe's arguments."""
_READ_AT_ONCE = 32


class ReaderLearner:
    """Learns by AdamW, with gradients clipped."""

    def __init__(self, recipe: ModelRecipe) -> None:
        if recipe.model not in NETWORKS:
            raise ValueError(f"no network {recipe.model!r}; there are: {', '.join(sorted(NETWORKS))}")
        self.recipe = recipe
        self.network = NETWORKS[recipe.model](len(DEFAULT), **recipe.arguments)
        self.average = copy.deepcopy(self.network).eval()
        self.optimiser = torch.optim.AdamW(self.network.parameters(), weight_decay=recipe.weight_decay)
        self.steps = 0

    def step(self, batch: Batch, rate: float) -> torch.Tensor:
        self.network.train()
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        loss = self.network.loss(batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        if torch.isfinite(norm):  # one bad batch must not end a training
            self.optimiser.step()
        self.steps += 1
        follow(self.average, self.network, self.recipe.ema, self.steps)
        return loss.detach()

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps = state["steps"]

    def stored(self) -> StoredNetwork:
        arguments = {"characters": DEFAULT.characters, **self.recipe.arguments}
        tensors = {name: value.contiguous() for name, value in self.average.state_dict().items()}
        return StoredNetwork(self.recipe.model, arguments, tensors)

    def validate(self, pictures: Sequence[LabelledLine], folder: Path) -> dict[str, float]:
        """CER in percent, greedy."""
        stored = self.stored()
        copied = {name: value.clone() for name, value in stored.tensors.items()}
        model = ARCHITECTURES[stored.architecture]("validated", stored.arguments, copied)
        errors = 0
        for start in range(0, len(pictures), _READ_AT_ONCE):
            group = pictures[start : start + _READ_AT_ONCE]
            outputs = model.read([picture.read() for picture in group])
            errors += sum(
                edit_distance(output.best().text, picture.text)
                for output, picture in zip(outputs, group, strict=True)
            )
        return {"cer": round(100 * errors / sum(len(picture.text) for picture in pictures), 2)}
