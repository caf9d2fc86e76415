"""Networks that spell: they give the probability of the next character for every beginning of a text, and where they
look for it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import nn

from inkfield.recognizers.architectures.trainable import Batch, Trainable, ctc_loss

END = 0
"""The class that ends a text: that of the CTC blank, which no text has."""
State = tuple[torch.Tensor, ...]
"""What a decoder remembers of the characters so far; the first axis of each tensor counts the texts."""


@dataclass(frozen=True)
class Memory:
    """What a network sees in pictures: ``features`` (N, rows, columns, D), ``mask`` bool (N, rows, columns).

    The mask tells whether a place lies in the picture.
    """

    features: torch.Tensor
    mask: torch.Tensor

    def one(self, index: int) -> Memory:
        """That of one picture, without its padding."""
        columns = int(self.mask[index].any(0).sum())
        rows = int(self.mask[index].any(1).sum())
        place = (slice(index, index + 1), slice(rows), slice(columns))
        return Memory(self.features[place], self.mask[place])

    def repeat(self, times: int) -> Memory:
        """That of one picture, for several texts."""
        return Memory(self.features.expand(times, -1, -1, -1), self.mask.expand(times, -1, -1))


class Speller(Trainable):
    """An encoder of pictures and a decoder of characters.

    ``classes`` are those of the alphabet with `END`; the class ``classes`` is the start of a text. ``stride`` is the
    pixels of a column of the memory, and of a row where it has more than one.
    """

    stride = 4

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes

    @abstractmethod
    def encode(self, images: torch.Tensor, widths: torch.Tensor) -> Memory:
        """Images float (N, 1, height, W), 1 is ink, and their widths in pixels."""

    @abstractmethod
    def start(self, memory: Memory) -> State:
        """The state before the first character, for each picture."""

    @abstractmethod
    def step(
        self, memory: Memory, state: State, previous: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, State]:
        """Logits (N, classes) of the next character, attention (N, rows, columns), the next state.

        ``previous`` int64 (N,) are the characters before.
        """

    def next_input(self, logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        """The character that the decoder is told it wrote, in training: the true one."""
        return truth

    def spell(self, memory: Memory, labels: torch.Tensor) -> torch.Tensor:
        """Logits (N, longest + 1, classes) of each character of the labels (N, longest), and of the end."""
        state = self.start(memory)
        previous = torch.full_like(labels[:, 0], self.classes)
        written = []
        for place in range(labels.shape[1] + 1):
            logits, _, state = self.step(memory, state, previous)
            written.append(logits)
            if place < labels.shape[1]:
                previous = self.next_input(logits, labels[:, place])
        return torch.stack(written, 1)


class CTCHelp(nn.Module):
    """A CTC head on the encoder, in training only: its loss shows the encoder where the letters are.

    An attention learns to look at the right place late; joint training brings it there sooner (Kim, Hori and Watanabe,
    "Joint CTC-attention based end-to-end speech recognition", 2017). The rows of the map are summed.
    """

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.head = nn.Linear(features, classes)

    def forward(self, memory: Memory, batch: Batch) -> torch.Tensor:
        """The CTC loss of a character."""
        logits = self.head((memory.features * memory.mask[..., None]).sum(1))
        return ctc_loss(logits, memory.mask.any(1).sum(1), batch.labels, batch.lengths)


def spelling_loss(logits: torch.Tensor, batch: Batch, smoothing: float = 0.0) -> torch.Tensor:
    """Mean cross-entropy of the characters and the ends, of logits (N, longest + 1, classes).

    ``smoothing`` is the share of the truth that is spread over all classes (Szegedy et al. 2016).
    """
    wanted = nn.functional.pad(batch.labels, (0, 1), value=END)
    counted = torch.arange(wanted.shape[1]) <= batch.lengths[:, None]
    losses = nn.functional.cross_entropy(
        logits.transpose(1, 2), wanted, reduction="none", label_smoothing=smoothing
    )
    return losses[counted].mean()
