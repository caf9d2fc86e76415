"""Which digit stands in a character box: a small convolutional network for single figures.

A line recogniser sees a figure best among others; alone in its box a figure is the problem of LeCun et al.
("Gradient-based learning applied to document recognition", 1998), which a network of 0.16 million weights solves
better.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from inkfield.recognizers.normalise import HEIGHT, at_one_height
from inkfield.recognizers.weights_file import read_weights

WEIGHTS = Path(__file__).parents[1] / "weights" / "digits" / "digits.safetensors"
ARCHITECTURE = "digit_network"
SIDE = 32


def _block(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class DigitNetwork(nn.Module):
    """Maps pictures (N, 1, 32, 32) float in 0..1, ink bright, to logits (N, 10)."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            _block(1, 24, 1),
            _block(24, 32, 2),
            _block(32, 48, 1),
            _block(48, 64, 2),
            _block(64, 64, 1),
            _block(64, 96, 2),
        )
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(96 * (SIDE // 8) ** 2, 10))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.head(self.convolutions(pictures))
        return logits


def square(cell: np.ndarray) -> np.ndarray:
    """A cleaned cell, grey uint8 with dark ink, as the network takes it: its ink uint8 (32, 32), centred."""
    ink = at_one_height(cell)
    width = ink.shape[1]
    if width > HEIGHT:
        ink = cv2.resize(ink, (HEIGHT, max(1, HEIGHT * HEIGHT // width)), interpolation=cv2.INTER_AREA)
    high, wide = HEIGHT - ink.shape[0], HEIGHT - ink.shape[1]
    padded = np.pad(ink, ((high // 2, high - high // 2), (wide // 2, wide - wide // 2)))
    return cv2.resize(padded, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


@lru_cache(maxsize=1)
def load_digit_network(path: Path = WEIGHTS) -> DigitNetwork:
    """The trained network, loaded once a process."""
    network = DigitNetwork()
    network.load_state_dict(read_weights(path).tensors)
    return network.eval()


def digit_log_probs(cells: Sequence[np.ndarray]) -> np.ndarray:
    """Log-probabilities of the ten digits, float32 (len(cells), 10), for cleaned cells that each hold one digit."""
    pictures = torch.from_numpy(np.stack([square(cell) for cell in cells])[:, None] / np.float32(255))
    with torch.inference_mode():
        found: np.ndarray = load_digit_network()(pictures).log_softmax(1).numpy()
    return found
