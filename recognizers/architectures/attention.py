"""Attention over a map of features: where to look for the next character.

By content alone (Bahdanau, Cho and Bengio 2015), or by content and by where was looked before (Chorowski et al. 2015).
"""

from __future__ import annotations

import torch
from torch import nn

from inkfield.recognizers.architectures.speller import Memory

_FILTERS = 8


class Attention(nn.Module):
    """``location`` is the window, in rows and columns, in which the earlier attention is seen; None: it is not.

    Odd numbers, so that the window has a middle.
    """

    def __init__(
        self, features: int, state: int, size: int, location: tuple[int, int] | None = (1, 7)
    ) -> None:
        super().__init__()
        self.of_features = nn.Linear(features, size)
        self.of_state = nn.Linear(state, size, bias=False)
        self.score = nn.Linear(size, 1, bias=False)
        self.seen: nn.Conv2d | None = None
        if location is not None:
            margin = (location[0] // 2, location[1] // 2)
            self.seen = nn.Conv2d(2, _FILTERS, location, padding=margin, bias=False)
            self.of_seen = nn.Linear(_FILTERS, size, bias=False)

    def nowhere(self, memory: Memory) -> torch.Tensor:
        """What was looked at before the first character: (N, 2, rows, columns) of nothing."""
        count, rows, columns = memory.mask.shape
        return memory.features.new_zeros(count, 2, rows, columns)

    def forward(
        self, memory: Memory, state: torch.Tensor, before: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """What is seen (N, D), the attention (N, rows, columns), and ``before`` for the next character.

        ``state`` (N, S) is that of the decoder, ``before`` (N, 2, rows, columns) the last attention and the sum of all.
        """
        energy = self.of_features(memory.features) + self.of_state(state)[:, None, None]
        if self.seen is not None:
            energy = energy + self.of_seen(self.seen(before).permute(0, 2, 3, 1))
        scores = self.score(energy.tanh()).squeeze(3).masked_fill(~memory.mask, -torch.inf)
        attention = scores.flatten(1).softmax(1).view_as(scores)
        context = torch.einsum("nrc,nrcd->nd", attention, memory.features)
        return context, attention, torch.stack([attention, before[:, 1] + attention], 1)
