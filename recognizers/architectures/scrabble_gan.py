"""ScrabbleGAN (Fogel, Averbuch-Elor, Cohen, Mazor and Litman, CVPR 2020): a network that writes words of any length.

Each character has a bank of filters; a style, one vector a word, makes of it a patch of features. The patches are laid
side by side, and convolutions let neighbours run into each other. A fully convolutional discriminator judges the ink,
and the CRNN without its recurrent part reads it.
"""

from __future__ import annotations

import itertools

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from inkfield.recognizers.models.crnn import CRNN
from inkfield.recognizers.normalise import HEIGHT

ARCHITECTURE = "scrabble_gan"
INK_HEIGHT = 32
PITCH = 16
"""Pixels of a character along the line."""
_PATCH = (4, 2)
"""Rows and columns of a character's patch of features; three times doubled they are its pixels."""


class Generator(nn.Module):
    """Writes texts. ``classes`` are those of the alphabet, ``style`` the numbers in a style vector."""

    def __init__(self, classes: int, style: int = 32, width: int = 64) -> None:
        super().__init__()
        self.style, self.width = style, width
        self.filters = nn.Embedding(classes, style * width * _PATCH[0] * _PATCH[1])
        nn.init.normal_(self.filters.weight, 0.0, style**-0.5)
        sizes = (width, 3 * width // 4, width // 2, width // 4)
        self.blocks = nn.ModuleList([StyledBlock(i, o, style) for i, o in itertools.pairwise(sizes)])
        self.norm, self.last = nn.BatchNorm2d(sizes[-1]), nn.Conv2d(sizes[-1], 1, 3, padding=1)

    def forward(self, labels: torch.Tensor, lengths: torch.Tensor, styles: torch.Tensor) -> torch.Tensor:
        """Labels int64 (N, longest), their lengths, styles float (N, style), to ink float (N, 1, 32, 16 x longest).

        1 is ink; past the end of a text there is none.
        """
        count, longest = labels.shape
        banks = self.filters(labels).view(count, longest, self.style, self.width * _PATCH[0], _PATCH[1])
        patches = torch.einsum("nlsrc,ns->nrlc", banks, styles)
        features = patches.reshape(count, self.width, _PATCH[0], longest * _PATCH[1])
        written = (torch.arange(longest) < lengths[:, None]).to(features.dtype)[:, None, None]
        for block in self.blocks:
            features = block(features, styles, written)
        ink = self.last(_within(self.norm(features).relu(), written)).sigmoid()
        return _within(ink, written)


class StyledBlock(nn.Module):
    """A residual block that doubles a map, its normalisation steered by the style (as in BigGAN: Brock et al. 2019)."""

    def __init__(self, inputs: int, outputs: int, style: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList([nn.BatchNorm2d(size, affine=False) for size in (inputs, outputs)])
        self.steer = nn.ModuleList([nn.Linear(style, 2 * size) for size in (inputs, outputs)])
        self.first = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.around = nn.Conv2d(inputs, outputs, 1)

    def forward(self, features: torch.Tensor, styles: torch.Tensor, written: torch.Tensor) -> torch.Tensor:
        """``written`` float (N, 1, 1, longest) is 1 for the characters of a text and 0 past its end."""
        double = self.first(_within(_double(self._steered(0, features, styles)), written))
        around = _double(self.around(_within(features, written)))
        return self.second(_within(self._steered(1, double, styles), written)) + around

    def _steered(self, place: int, features: torch.Tensor, styles: torch.Tensor) -> torch.Tensor:
        gain, shift = self.steer[place](styles)[:, :, None, None].chunk(2, 1)
        return ((1 + gain) * self.norms[place](features) + shift).relu()


class Discriminator(nn.Module):
    """Real or written: the mean of what each patch of ink looks like, so that a word may be of any length."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        sizes = (1, width // 4, width // 2, width)
        layers: list[nn.Module] = []
        for inputs, outputs in itertools.pairwise(sizes):
            layers += [
                spectral_norm(nn.Conv2d(inputs, outputs, 3, padding=1)),
                nn.LeakyReLU(0.2),
                spectral_norm(nn.Conv2d(outputs, outputs, 3, padding=1)),
                nn.LeakyReLU(0.2),
                nn.AvgPool2d(2),
            ]
        self.layers = nn.Sequential(*layers, spectral_norm(nn.Conv2d(width, 1, 3, padding=1)))

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """Ink float (N, 1, 32, W) to scores (N,): above 0 it looks real."""
        return self.layers(ink).mean((1, 2, 3))


class ConvolutionalReader(nn.Module):
    """The CRNN without its recurrent part, which learns a language and would read what is not written."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        whole = CRNN(classes, 1)
        self.convolutions, self.head = whole.convolutions, whole.shortcut

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """Ink float (N, 1, 32, W) to logits (N, columns, classes), a column for every 4 px of 48 px high ink."""
        scaled = nn.functional.interpolate(
            ink, (HEIGHT, ink.shape[3] * HEIGHT // INK_HEIGHT), mode="bilinear", align_corners=False
        )
        return self.head(self.convolutions(scaled).squeeze(2)).transpose(1, 2)


def _within(features: torch.Tensor, written: torch.Tensor) -> torch.Tensor:
    """Nothing past the end of a text, so that what follows there in a batch is as nothing."""
    return features * written.repeat_interleave(features.shape[3] // written.shape[3], 3)


def _double(features: torch.Tensor) -> torch.Tensor:
    return nn.functional.interpolate(features, scale_factor=2.0)
