"""The CRNN (Shi, Bai and Yao, 2015): strided convolutions, two bidirectional LSTM layers, CTC.

Strided convolutions in place of pooling and a narrow stem keep a line of 45 characters under a GMAC, so that
one CPU core reads tens of lines a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.model import CTCModel
from inkfield.recognizers.line_model import register

ARCHITECTURE = "crnn"
COLUMN_STRIDE = 4
"""One output column for every 4 px of a 48 px high line."""
BFLOAT16 = bool(torch.cpu.get_capabilities().get("avx512_bf16"))
"""Whether this CPU multiplies bfloat16 itself: half the time then, and much more without."""


def _block(inputs: int, outputs: int, stride: tuple[int, int]) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class CRNN(nn.Module):
    """Maps ink images to CTC log-probabilities.

    Besides the head after the LSTM there is a shortcut head on the convolutional features, used in training
    only: its loss gives the convolutions a direct gradient and makes the start far quicker
    (Retsinas et al., "Best practices for a handwritten text recognition system", 2022).
    """

    def __init__(self, classes: int, hidden: int = 192) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            _block(1, 24, (2, 2)),
            _block(24, 48, (2, 2)),
            _block(48, 64, (1, 1)),
            _block(64, 96, (2, 1)),
            _block(96, 128, (1, 1)),
            _block(128, 160, (2, 1)),
            nn.Conv2d(160, 224, 3, 1, (0, 1), bias=False),
            nn.BatchNorm2d(224),
            nn.ReLU(inplace=True),
        )
        self.dropout = nn.Dropout(0.2)
        self.lstm = nn.LSTM(224, hidden, 2, bidirectional=True, dropout=0.3, batch_first=True)
        self.head = nn.Linear(2 * hidden, classes)
        self.shortcut = nn.Conv1d(224, classes, 3, padding=1)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """(N, 1, 48, W) float in 0..1 to (N, W / 4, 224)."""
        return self.convolutions(images).squeeze(2).transpose(1, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(N, 1, 48, W) float in 0..1 to logits (N, W / 4, classes)."""
        recurrent, _ = self.lstm(self.dropout(self.features(images)))
        return self.head(self.dropout(recurrent).to(self.head.weight.dtype))

    def in_bfloat16(self) -> CRNN:
        """The same network with convolutions and LSTM in bfloat16, in place; images are to be given in it.

        Sums, normalisation and the head stay in float32. The same CER within 0.05 points.
        """
        for module in self.modules():
            if isinstance(module, nn.Conv2d | nn.LSTM):
                module.bfloat16()
        return self

    def both_heads(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the main head and of the shortcut, each (N, W / 4, classes)."""
        features = self.dropout(self.features(images))
        recurrent, _ = self.lstm(features)
        return self.head(self.dropout(recurrent)), self.shortcut(features.transpose(1, 2)).transpose(1, 2)


@register(ARCHITECTURE)
def build(name: str, arguments: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> CTCModel:
    """``arguments`` are the ``characters`` of the alphabet and those of `CRNN` but the number of classes."""
    size = dict(arguments)
    alphabet = Alphabet(size.pop("characters"))
    network = CRNN(len(alphabet), **size)
    network.load_state_dict(tensors)
    if not BFLOAT16:
        return CTCModel(name, network, alphabet, COLUMN_STRIDE)
    return CTCModel(name, network.in_bfloat16(), alphabet, COLUMN_STRIDE, torch.bfloat16)
