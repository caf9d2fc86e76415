"""Whether a figure was written over another one: a small convolutional network that looks at one place of a line.

A reader of figures is made to name one, and names whichever fits best. Two figures on one place are a shape of their
own, in any ink: this is asked where colour cannot tell two pens.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

from inkfield.recognizers.line_model import Span
from inkfield.recognizers.normalise import HEIGHT, at_height
from inkfield.recognizers.weights_file import read_weights

WEIGHTS = Path(__file__).parents[1] / "weights" / "overwriting" / "overwriting.safetensors"
ARCHITECTURE = "overwriting_network"
SIDE = HEIGHT
_CHANNELS = (24, 32, 48, 64)


def _layer(inputs: int, outputs: int, side: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class OverwritingNetwork(nn.Module):
    """Maps pictures (N, 1, 48, 48) float in 0..1, ink bright, to log-odds (N,) that two figures lie on one another."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            _layer(1, _CHANNELS[0], 5, 2),
            _layer(_CHANNELS[0], _CHANNELS[0], 3, 1),
            *(
                layer
                for few, many in pairwise(_CHANNELS)
                for layer in (_layer(few, many, 3, 2), _layer(many, many, 3, 1))
            ),
        )
        self.head = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(_CHANNELS[-1] * (SIDE // 16) ** 2, 1)
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        odds: torch.Tensor = self.head(self.convolutions(pictures))[:, 0]
        return odds


def places(line: np.ndarray, figures: Sequence[Span]) -> np.ndarray:
    """What the network looks at: uint8 (len(figures), 48, 48), ink bright, each figure in the middle of its picture.

    ``line`` is a cleaned crop, grey uint8 with dark ink; the spans lie on it.
    """
    ink, (first, last) = at_height(line, SIDE)
    scale = ink.shape[1] / (last - first)
    wide = np.pad(ink, ((0, 0), (SIDE, SIDE)))
    pictures = np.empty((len(figures), SIDE, SIDE), np.uint8)
    for picture, figure in zip(pictures, figures, strict=True):
        middle = ((figure.left + figure.right) / 2 - first) * scale
        left = int(np.clip(round(middle + SIDE / 2), 0, wide.shape[1] - SIDE))
        picture[:] = wide[:, left : left + SIDE]
    return pictures


@lru_cache(maxsize=1)
def load_overwriting_network(path: Path = WEIGHTS) -> OverwritingNetwork:
    """The trained network, loaded once a process."""
    network = OverwritingNetwork()
    network.load_state_dict(read_weights(path).tensors)
    return network.eval()


def overwriting_odds(line: np.ndarray, figures: Sequence[Span]) -> np.ndarray:
    """Log-odds, float32 (len(figures),), that each figure of a line lies over another one; arguments as in `places`."""
    if not figures:
        return np.zeros(0, np.float32)
    pictures = torch.from_numpy(places(line, figures)[:, None] / np.float32(255))
    with torch.inference_mode():
        found: np.ndarray = load_overwriting_network()(pictures).numpy()
    return found
