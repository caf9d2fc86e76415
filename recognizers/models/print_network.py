"""Which ink is print and which was written: a small fully convolutional network that looks at single strokes.

Print has strokes of constant width, letters of one height on one straight line and the same letter always alike;
writing has none of these. The network sees both in the 12 mm around each place, whatever the script.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from inkfield.recognizers.weights_file import read_weights

WEIGHTS = Path(__file__).parents[1] / "weights" / "print" / "print.safetensors"
ARCHITECTURE = "print_network"
PX_MM = 5.9
"""Resolution at which the network looks, 150 dpi."""
_CHANNELS = 20
_REACH = (1, 1, 2, 4, 8)
"""Dilation of each layer."""


def _layer(inputs: int, side: int, stride: int, reach: int) -> nn.Sequential:
    pad = reach * (side // 2)
    return nn.Sequential(
        nn.Conv2d(inputs, _CHANNELS, side, stride, pad, reach, bias=False),
        nn.BatchNorm2d(_CHANNELS),
        nn.ReLU(),
    )


class PrintNetwork(nn.Module):
    """Maps pictures (N, 1, H, W) float in 0..1, ink bright, H and W even, to logits (N, 1, H / 2, W / 2): above 0 the
    ink at that place was written."""

    def __init__(self) -> None:
        super().__init__()
        self.first = _layer(1, 5, 2, 1)
        self.layers = nn.ModuleList(_layer(_CHANNELS, 3, 1, reach) for reach in _REACH)
        self.last = nn.Conv2d(_CHANNELS, 1, 1)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        seen = self.first(pictures)
        for layer in self.layers:
            seen = seen + layer(seen)
        logits: torch.Tensor = self.last(seen)
        return logits


@lru_cache(maxsize=1)
def load_print_network(path: Path = WEIGHTS) -> PrintNetwork:
    """The trained network, loaded once a process."""
    network = PrintNetwork()
    network.load_state_dict(read_weights(path).tensors)
    return _folded(network.eval())


def _folded(network: PrintNetwork) -> PrintNetwork:
    """The network with its normalisation counted into the weights: the same answers, sooner."""
    for layer in (network.first, *network.layers):
        layer[0], layer[1] = fuse_conv_bn_eval(layer[0], layer[1]), nn.Identity()
    return network


def writing_logits(grey: np.ndarray) -> np.ndarray:
    """For each place of a cleaned picture, grey uint8 (H, W) at ``PX_MM`` with dark ink, how much rather written than
    printed its ink is, in nats: float32 (H, W). Where there is no ink it means nothing."""
    height, width = grey.shape
    padded = np.pad(grey, ((0, height % 2), (0, width % 2)), constant_values=255)
    with torch.inference_mode():
        picture = torch.from_numpy((255 - padded).astype(np.float32) / 255)[None, None]
        logits = load_print_network()(picture)[0, 0].numpy()
    whole: np.ndarray = logits.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    return whole
