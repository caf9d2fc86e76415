"""The LSTM in two dimensions (Graves and Schmidhuber, "Offline handwriting recognition with multidimensional recurrent
neural networks", 2009).

Each place of a map remembers what lies above it and to its left; four such layers begin at the four corners. All places
of a diagonal depend on the one before it alone, so a layer takes rows + columns - 1 steps, not rows x columns, and the
four directions take them together.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from inkfield.recognizers.architectures.speller import Memory
from inkfield.recognizers.architectures.trainable import column_mask

DIRECTIONS = 4
GATES = 5
"""Input, forget to the left, forget above, output, and the new content."""
BLOCK = (3, 4)
"""Rows and columns of the picture that the first layer takes at once, as in Graves and Schmidhuber."""


class MDLSTM(nn.Module):
    """``size`` cells for each direction. The directions have weights of their own."""

    def __init__(self, inputs: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.of_input = nn.Linear(inputs, DIRECTIONS * GATES * size)
        self.of_past = nn.Parameter(torch.empty(DIRECTIONS, 2 * size, GATES * size))
        nn.init.uniform_(self.of_past, -((2 * size) ** -0.5), (2 * size) ** -0.5)

    def forward(self, features: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Features (N, rows, columns, inputs), mask bool (N, rows, columns), to (N, rows, columns, 4 x size).

        A place outside of the mask remembers nothing, as the places beyond an edge. The directions are down and right,
        down and left, up and right, up and left.
        """
        count, rows, columns, _ = features.shape
        gates = self.of_input(features).view(count, rows, columns, DIRECTIONS, GATES * self.size)
        inputs = _skew(_from_corners(list(gates.unbind(3))))
        inside = _skew(_from_corners([mask[..., None].to(gates.dtype)] * DIRECTIONS))
        hidden = self._steps(inputs, inside)
        back = _from_corners(list(_unskew(hidden, columns).unbind(0)))
        return torch.cat(list(back.unbind(0)), 3)

    def _steps(self, inputs: torch.Tensor, inside: torch.Tensor) -> torch.Tensor:
        """Diagonal by diagonal: gates (4, N, rows, steps, 5 x size) to outputs (4, N, rows, steps, size)."""
        shape = (*inputs.shape[:3], self.size)
        hidden, cells = inputs.new_zeros(shape), inputs.new_zeros(shape)
        written = []
        for gates, within in zip(inputs.unbind(3), inside.unbind(3), strict=True):
            past = torch.cat([hidden, _from_above(hidden)], 3)
            gates = gates + torch.matmul(past.flatten(1, 2), self.of_past).view_as(gates)
            opened = gates[..., : 4 * self.size].sigmoid()
            take, left, above, give = opened.chunk(4, 3)
            new = gates[..., 4 * self.size :].tanh()
            cells = (take * new + left * cells + above * _from_above(cells)) * within
            hidden = give * cells.tanh() * within
            written.append(hidden)
        return torch.stack(written, 3)


def _from_above(state: torch.Tensor) -> torch.Tensor:
    """What the row above has, (4, N, rows, size); the first row has nothing above it."""
    return nn.functional.pad(state[:, :, :-1], (0, 0, 1, 0))


def _from_corners(maps: list[torch.Tensor]) -> torch.Tensor:
    """Four maps (N, rows, columns, D), each turned so that its corner is at the upper left: (4, N, rows, columns, D).

    Done twice it turns them back.
    """
    down_right, down_left, up_right, up_left = maps
    return torch.stack([down_right, down_left.flip(2), up_right.flip(1), up_left.flip((1, 2))])


def _skew(maps: torch.Tensor) -> torch.Tensor:
    """(4, N, rows, columns, D) to (4, N, rows, rows + columns - 1, D): each row begins a step after the one above."""
    directions, count, rows, columns, depth = maps.shape
    steps = rows + columns - 1
    flat = nn.functional.pad(maps, (0, 0, 0, rows)).flatten(2, 3)
    return flat[:, :, : rows * steps].view(directions, count, rows, steps, depth)


def _unskew(maps: torch.Tensor, columns: int) -> torch.Tensor:
    """Takes `_skew` back."""
    directions, count, rows, steps, depth = maps.shape
    flat = nn.functional.pad(maps.flatten(2, 3), (0, 0, 0, rows))
    return flat.view(directions, count, rows, steps + 1, depth)[:, :, :, :columns]


class MDLSTMEncoder(nn.Module):
    """A hierarchy of such layers: blocks of the picture, then each layer followed by a window of rows that become one.

    ``sizes`` are the cells of each layer and direction, ``windows`` the rows that become one after each layer but the
    last. The features are those of the last layer, all directions, normalised: (N, rows, columns, 4 x its size).
    """

    def __init__(self, sizes: Sequence[int], windows: Sequence[int]) -> None:
        super().__init__()
        self.windows = tuple(windows)
        inputs = [BLOCK[0] * BLOCK[1], *(2 * size for size in sizes[:-1])]
        self.layers = nn.ModuleList([MDLSTM(i, size) for i, size in zip(inputs, sizes, strict=True)])
        self.between = nn.ModuleList(
            [
                nn.Linear(window * DIRECTIONS * size, 2 * size)
                for window, size in zip(windows, sizes[:-1], strict=True)
            ]
        )
        self.features = DIRECTIONS * sizes[-1]
        self.norm = nn.LayerNorm(self.features)

    def forward(self, images: torch.Tensor, widths: torch.Tensor) -> Memory:
        """Images float (N, 1, height, W), the height a multiple of 48 px, and their widths."""
        features = _blocks(images)
        inside = column_mask(-(-widths // BLOCK[1]), features.shape[2])
        for place, layer in enumerate(self.layers):
            mask = inside[:, None].expand(features.shape[:3])
            features = layer(features, mask)
            if place < len(self.between):
                count, rows, columns, depth = features.shape
                window = self.windows[place]
                together = (
                    features.view(count, rows // window, window, columns, depth).transpose(2, 3).flatten(3)
                )
                features = self.between[place](together).tanh()
        return Memory(self.norm(features), mask)


def _blocks(images: torch.Tensor) -> torch.Tensor:
    """(N, 1, height, W) to (N, height / 3, W / 4, 12): the pixels of each block, the width filled up with paper."""
    images = nn.functional.pad(images, (0, -images.shape[3] % BLOCK[1]))
    count, _, height, width = images.shape
    blocks = images.view(count, height // BLOCK[0], BLOCK[0], width // BLOCK[1], BLOCK[1])
    return blocks.transpose(2, 3).flatten(3)
