"""The moving average of a network's weights in training, which is what is handed out (Polyak and Juditsky 1992)."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, most: float, steps: int) -> None:
    """Moves the average towards the network, in place; ``most`` of it stays, at first less: it began with nothing
    learnt. ``steps`` are those that the network has made."""
    decay = min(most, (1 + steps) / (10 + steps))
    for mean, value in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(value, 1 - decay)
        else:
            mean.copy_(value)
