"""Convolve, Attend and Spell (Kang, Toledo, Riba, Villegas, Fornes and Rusinol, GCPR 2018).

Convolutions in the manner of VGG, read column by column by a bidirectional GRU; a GRU with attention spells the word.
The convolutions begin from nothing: no weights of VGG-19 trained on photographs are used. They are narrower than
VGG's, so that a word costs one core milliseconds; ``channels`` widens them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.architectures.attention import Attention
from inkfield.recognizers.architectures.speller import CTCHelp, Memory, Speller, State, spelling_loss
from inkfield.recognizers.architectures.spelling_model import SpellingModel
from inkfield.recognizers.architectures.trainable import Batch, MaskedConvolution, column_mask
from inkfield.recognizers.line_model import register
from inkfield.recognizers.normalise import HEIGHT

ARCHITECTURE = "convolve_attend_spell"
_ROWS = HEIGHT // 16


class ConvolveAttendSpell(Speller):
    """``sampled`` is the share of characters that are followed, in training, not by the true next one but by one drawn
    from what the decoder wrote (multinomial decoding); ``smoothing`` that of the labels; ``ctc`` the weight of the help
    of `CTCHelp`, 0 for none."""

    def __init__(
        self,
        classes: int,
        channels: Sequence[int] = (12, 24, 48, 64),
        hidden: int = 96,
        attention: Literal["content", "location"] = "location",
        smoothing: float = 0.1,
        sampled: float = 0.2,
        ctc: float = 0.3,
        dropout: float = 0.2,
    ) -> None:
        super().__init__(classes)
        self.smoothing, self.sampled, self.ctc = smoothing, sampled, ctc
        first, second, third, fourth = channels
        self.convolutions = nn.ModuleList(
            [
                MaskedConvolution(1, first),
                MaskedConvolution(first, second),
                MaskedConvolution(second, third),
                MaskedConvolution(third, third),
                MaskedConvolution(third, fourth),
                MaskedConvolution(fourth, fourth),
            ]
        )
        self.pools = {0: (2, 2), 1: (2, 2), 3: (2, 1), 5: (2, 1)}
        self.columns = nn.GRU(_ROWS * fourth, hidden, bidirectional=True, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.help = CTCHelp(2 * hidden, classes) if ctc else None
        self.embedding = nn.Embedding(classes + 1, hidden)
        self.attention = Attention(2 * hidden, hidden, hidden, (1, 7) if attention == "location" else None)
        self.decoder = nn.GRUCell(3 * hidden, hidden)
        self.head = nn.Linear(3 * hidden, classes)

    def encode(self, images: torch.Tensor, widths: torch.Tensor) -> Memory:
        features = images
        for place, convolution in enumerate(self.convolutions):
            features, widths = convolution(features, widths)
            if place in self.pools:
                pool = self.pools[place]
                features = nn.functional.max_pool2d(features, pool, ceil_mode=True)
                widths = -(-widths // pool[1])
        columns = self.dropout(features.flatten(1, 2).transpose(1, 2))
        packed = pack_padded_sequence(columns, widths.cpu(), batch_first=True, enforce_sorted=False)
        read, _ = pad_packed_sequence(
            self.columns(packed)[0], batch_first=True, total_length=columns.shape[1]
        )
        return Memory(read[:, None], column_mask(widths, read.shape[1])[:, None])

    def start(self, memory: Memory) -> State:
        nothing = memory.features.new_zeros(len(memory.features), self.decoder.hidden_size)
        return nothing, self.attention.nowhere(memory)

    def step(
        self, memory: Memory, state: State, previous: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, State]:
        hidden, before = state
        context, attention, before = self.attention(memory, hidden, before)
        hidden = self.decoder(torch.cat([self.embedding(previous), context], 1), hidden)
        logits = self.head(self.dropout(torch.cat([hidden, context], 1)))
        return logits, attention, (hidden, before)

    def next_input(self, logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        drawn = torch.multinomial(logits.detach().softmax(1), 1).squeeze(1)
        return torch.where(torch.rand(len(truth)) < self.sampled, drawn, truth)

    def loss(self, batch: Batch) -> torch.Tensor:
        memory = self.encode(batch.images, batch.widths)
        loss = spelling_loss(self.spell(memory, batch.labels), batch, self.smoothing)
        return loss if self.help is None else loss + self.ctc * self.help(memory, batch)


@register(ARCHITECTURE)
def build(name: str, arguments: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> SpellingModel:
    """``arguments`` are the ``characters`` of the alphabet and those of `ConvolveAttendSpell` but the classes."""
    size = dict(arguments)
    alphabet = Alphabet(size.pop("characters"))
    network = ConvolveAttendSpell(len(alphabet), **size)
    network.load_state_dict(tensors)
    return SpellingModel(name, network, alphabet)
