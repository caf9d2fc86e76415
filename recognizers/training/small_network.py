"""What the trainings of the small networks share: one cycle of learning rates, and the weights file at its end."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from inkfield.recognizers.weights_file import StoredNetwork, write_weights

_WARM = 0.05
"""Share of the time over which the learning rate rises."""


def train_one_cycle(
    network: nn.Module,
    loss_of_batch: Callable[[], torch.Tensor],
    minutes: float,
    rate: float,
    clock: Callable[[], float],
    tell_every: int,
) -> int:
    """Trains a network for ``minutes`` by ``clock`` (seconds) with one cycle up to ``rate`` (Smith 2018); returns the
    number of steps. ``loss_of_batch`` draws a batch and gives its loss; each ``tell_every`` steps a line is printed."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.02)
    started, steps = clock(), 0
    while (done := (clock() - started) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, done / _WARM + 0.05) * (0.5 + 0.5 * math.cos(math.pi * done))
        loss = loss_of_batch()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        steps += 1
        if steps % tell_every == 0:
            told = {"share": round(done, 3), "steps": steps, "loss": round(float(loss.detach()), 4)}
            print(json.dumps(told), flush=True)
    return steps


def save_network(path: Path, architecture: str, network: nn.Module) -> None:
    """Writes the weights file of a network, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    partial = Path(f"{path}.tmp")
    write_weights(partial, StoredNetwork(architecture, {}, tensors))
    os.replace(partial, path)
