"""MDLSTM and CTC (Graves and Schmidhuber 2009; Pham, Bluche, Kermorvant and Louradour 2014)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.architectures.mdlstm import BLOCK, MDLSTMEncoder
from inkfield.recognizers.architectures.trainable import Batch, Trainable, ctc_loss
from inkfield.recognizers.ctc.model import CTCModel
from inkfield.recognizers.line_model import register

ARCHITECTURE = "mdlstm"


class MDLSTMCTC(Trainable):
    """The hierarchy of `MDLSTMEncoder`, its map summed over the rows to one line of CTC logits."""

    def __init__(
        self,
        classes: int,
        sizes: Sequence[int] = (12, 32, 64),
        windows: Sequence[int] = (4, 2),
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.encoder = MDLSTMEncoder(sizes, windows)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(self.encoder.features, classes)

    def forward(self, images: torch.Tensor, widths: torch.Tensor) -> torch.Tensor:
        """Images float (N, 1, 48, W) and their widths to logits (N, W / 4, classes)."""
        return self.head(self.dropout(self.encoder(images, widths).features)).sum(1)

    def loss(self, batch: Batch) -> torch.Tensor:
        logits = self(batch.images, batch.widths)
        return ctc_loss(logits, -(-batch.widths // BLOCK[1]), batch.labels, batch.lengths)


@register(ARCHITECTURE)
def build(name: str, arguments: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> CTCModel:
    """``arguments`` are the ``characters`` of the alphabet and those of `MDLSTMCTC` but the classes."""
    size = dict(arguments)
    alphabet = Alphabet(size.pop("characters"))
    network = MDLSTMCTC(len(alphabet), **size)
    network.load_state_dict(tensors)
    return CTCModel(name, network, alphabet, BLOCK[1], masked=True)
