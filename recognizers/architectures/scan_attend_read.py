"""Scan, Attend and Read (Bluche, Louradour and Messina, 2016): a paragraph is read without being cut into lines.

A hierarchy of two-dimensional LSTMs makes a map of the page; attention, by content and by where it was before, moves
over the map in both directions; an LSTM spells. The end of a line is read as a space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.architectures.attention import Attention
from inkfield.recognizers.architectures.mdlstm import MDLSTMEncoder
from inkfield.recognizers.architectures.paragraph import prepare_paragraph
from inkfield.recognizers.architectures.speller import CTCHelp, Memory, Speller, State, spelling_loss
from inkfield.recognizers.architectures.spelling_model import SpellingModel
from inkfield.recognizers.architectures.trainable import Batch
from inkfield.recognizers.line_model import register
from inkfield.recognizers.normalise import HEIGHT

ARCHITECTURE = "scan_attend_read"
_WINDOW = (3, 7)
"""Rows and columns of the map in which the attention sees where it was."""


class ScanAttendRead(Speller):
    """``ctc`` is the weight of the help of `CTCHelp` on pictures of one line: the paper's encoder begins as that of a
    network with CTC. ``smoothing`` is that of the labels."""

    def __init__(
        self,
        classes: int,
        sizes: Sequence[int] = (12, 32, 48),
        windows: Sequence[int] = (2, 2),
        hidden: int = 128,
        smoothing: float = 0.1,
        ctc: float = 0.5,
        dropout: float = 0.2,
    ) -> None:
        super().__init__(classes)
        self.smoothing, self.ctc = smoothing, ctc
        self.encoder = MDLSTMEncoder(sizes, windows)
        self.dropout = nn.Dropout(dropout)
        features = self.encoder.features
        self.help = CTCHelp(features, classes) if ctc else None
        self.embedding = nn.Embedding(classes + 1, hidden)
        self.attention = Attention(features, hidden, hidden, _WINDOW)
        self.decoder = nn.LSTMCell(hidden + features, hidden)
        self.head = nn.Linear(hidden + features, classes)

    def encode(self, images: torch.Tensor, widths: torch.Tensor) -> Memory:
        memory = self.encoder(images, widths)
        return Memory(self.dropout(memory.features), memory.mask)

    def start(self, memory: Memory) -> State:
        nothing = memory.features.new_zeros(len(memory.features), self.decoder.hidden_size)
        return nothing, nothing, self.attention.nowhere(memory)

    def step(
        self, memory: Memory, state: State, previous: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, State]:
        hidden, cells, before = state
        context, attention, before = self.attention(memory, hidden, before)
        hidden, cells = self.decoder(torch.cat([self.embedding(previous), context], 1), (hidden, cells))
        logits = self.head(self.dropout(torch.cat([hidden, context], 1)))
        return logits, attention, (hidden, cells, before)

    def loss(self, batch: Batch) -> torch.Tensor:
        memory = self.encode(batch.images, batch.widths)
        loss = spelling_loss(self.spell(memory, batch.labels), batch, self.smoothing)
        if self.help is None or batch.images.shape[2] > HEIGHT:
            return loss
        return loss + self.ctc * self.help(memory, batch)


@register(ARCHITECTURE)
def build(name: str, arguments: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> SpellingModel:
    """``arguments`` are the ``characters`` of the alphabet and those of `ScanAttendRead` but the classes."""
    size = dict(arguments)
    alphabet = Alphabet(size.pop("characters"))
    network = ScanAttendRead(len(alphabet), **size)
    network.load_state_dict(tensors)
    return SpellingModel(name, network, alphabet, prepare_paragraph)
