"""Pay Attention to What You Read (Kang, Riba, Rusinol, Fornes and Villegas, 2020): no recurrence at all.

Residual convolutions, self-attention over the columns of the picture and over the characters so far, and mutual
attention from these to those.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.architectures.speller import CTCHelp, Memory, Speller, State, spelling_loss
from inkfield.recognizers.architectures.spelling_model import SpellingModel
from inkfield.recognizers.architectures.trainable import Batch, MaskedConvolution, column_mask
from inkfield.recognizers.line_model import register
from inkfield.recognizers.normalise import HEIGHT

ARCHITECTURE = "transformer"
_ROWS = HEIGHT // 16
_MOST_PLACES = 2000


class Residual(nn.Module):
    """Two convolutions and a way around them (He et al. 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int]) -> None:
        super().__init__()
        self.first = MaskedConvolution(inputs, outputs, stride)
        self.second = MaskedConvolution(outputs, outputs, active=False)
        self.around = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, images: torch.Tensor, widths: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        through, narrower = self.second(*self.first(images, widths))
        return (through + self.around(images)).relu(), narrower


class Transformer(Speller):
    """``noise`` is the share of characters before the one to be told that are replaced by others in training, so that
    the decoder learns to go on after a mistake; ``smoothing`` that of the labels; ``ctc`` the weight of `CTCHelp`."""

    places: torch.Tensor

    def __init__(
        self,
        classes: int,
        channels: Sequence[int] = (16, 32, 48, 64),
        size: int = 128,
        heads: int = 8,
        layers: int = 2,
        noise: float = 0.1,
        smoothing: float = 0.1,
        ctc: float = 0.3,
    ) -> None:
        super().__init__(classes)
        self.noise, self.smoothing, self.ctc = noise, smoothing, ctc
        first, second, third, fourth = channels
        self.stem = MaskedConvolution(1, first, (2, 2))
        self.blocks = nn.ModuleList(
            [
                Residual(first, second, (2, 2)),
                Residual(second, third, (2, 1)),
                Residual(third, fourth, (2, 1)),
            ]
        )
        self.columns = nn.Linear(_ROWS * fourth, size)
        self.register_buffer("places", _places(_MOST_PLACES, size), persistent=False)
        layer = nn.TransformerEncoderLayer(size, heads, 2 * size, 0.1, batch_first=True, norm_first=True)
        self.visual = nn.TransformerEncoder(layer, layers, nn.LayerNorm(size), False)
        self.help = CTCHelp(size, classes) if ctc else None
        self.embedding = nn.Embedding(classes + 1, size)
        self.textual = nn.ModuleList([TextLayer(size, heads) for _ in range(layers)])
        self.head = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, classes))

    def encode(self, images: torch.Tensor, widths: torch.Tensor) -> Memory:
        features, widths = self.stem(images, widths)
        for block in self.blocks:
            features, widths = block(features, widths)
        columns = self.columns(features.flatten(1, 2).transpose(1, 2)) + self.places[: features.shape[3]]
        mask = column_mask(widths, columns.shape[1])
        return Memory(self.visual(columns, src_key_padding_mask=~mask)[:, None], mask[:, None])

    def start(self, memory: Memory) -> State:
        return (torch.zeros((len(memory.features), 0), dtype=torch.int64),)

    def step(
        self, memory: Memory, state: State, previous: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, State]:
        written = torch.cat([state[0], previous[:, None]], 1)
        logits, attention = self._write(memory, written)
        return logits[:, -1], attention[:, -1:], (written,)

    def spell(self, memory: Memory, labels: torch.Tensor) -> torch.Tensor:
        others = torch.randint(1, self.classes, labels.shape)
        noisy = torch.where(torch.rand(labels.shape) < self.noise, others, labels)
        start = torch.full_like(labels[:, :1], self.classes)
        return self._write(memory, torch.cat([start, noisy], 1))[0]

    def _write(self, memory: Memory, written: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (N, T, classes) of the character after each of ``written`` (N, T), attention (N, T, columns)."""
        length = written.shape[1]
        text = self.embedding(written) * math.sqrt(self.embedding.embedding_dim) + self.places[:length]
        later = torch.ones((length, length), dtype=torch.bool).triu(1)
        for layer in self.textual:
            text, attention = layer(text, later, memory.features[:, 0], ~memory.mask[:, 0])
        return self.head(text), attention

    def loss(self, batch: Batch) -> torch.Tensor:
        memory = self.encode(batch.images, batch.widths)
        loss = spelling_loss(self.spell(memory, batch.labels), batch, self.smoothing)
        return loss if self.help is None else loss + self.ctc * self.help(memory, batch)


class TextLayer(nn.Module):
    """Attention of each character to those before it, then to the picture, then two linear layers."""

    def __init__(self, size: int, heads: int) -> None:
        super().__init__()
        self.own = nn.MultiheadAttention(size, heads, 0.1, batch_first=True)
        self.mutual = nn.MultiheadAttention(size, heads, 0.1, batch_first=True)
        self.linear = nn.Sequential(nn.Linear(size, 2 * size), nn.ReLU(), nn.Linear(2 * size, size))
        self.norms = nn.ModuleList([nn.LayerNorm(size) for _ in range(3)])

    def forward(
        self, text: torch.Tensor, later: torch.Tensor, columns: torch.Tensor, outside: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Text (N, T, size) and where it looked, (N, T, columns): the mean of the heads, summing to one."""
        seen = self.norms[0](text)
        text = text + self.own(seen, seen, seen, attn_mask=later, need_weights=False)[0]
        looked, attention = self.mutual(self.norms[1](text), columns, columns, key_padding_mask=outside)
        text = text + looked
        return text + self.linear(self.norms[2](text)), attention


def _places(count: int, size: int) -> torch.Tensor:
    """(count, size): sines and cosines that tell the places apart (Vaswani et al. 2017)."""
    rates = torch.exp(torch.arange(0, size, 2) * (-math.log(10000.0) / size))
    angles = torch.arange(count)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)


@register(ARCHITECTURE)
def build(name: str, arguments: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> SpellingModel:
    """``arguments`` are the ``characters`` of the alphabet and those of `Transformer` but the classes."""
    size = dict(arguments)
    alphabet = Alphabet(size.pop("characters"))
    network = Transformer(len(alphabet), **size)
    network.load_state_dict(tensors)
    return SpellingModel(name, network, alphabet)
