"""What a training asks of a network of any architecture: its loss on a batch of labelled pictures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from inkfield.recognizers.alphabet import BLANK


@dataclass(frozen=True)
class Batch:
    """Pictures with their texts.

    ``images`` float (N, 1, height, W), 1 is ink, padded with paper on the right; ``widths`` int64 (N,);
    ``labels`` int64 (N, longest), the classes of the alphabet from 1 on, padded with 0; ``lengths`` int64 (N,).
    """

    images: torch.Tensor
    widths: torch.Tensor
    labels: torch.Tensor
    lengths: torch.Tensor


class Trainable(nn.Module, ABC):
    """A network that can be trained on labelled pictures."""

    @abstractmethod
    def loss(self, batch: Batch) -> torch.Tensor:
        """The mean loss of a character of the batch, a scalar."""


def stack_images(images: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ink uint8 (height, width) of one height to float (N, 1, height, widest) in 0..1, and the widths int64 (N,)."""
    batch = np.zeros((len(images), 1, len(images[0]), max(image.shape[1] for image in images)), np.float32)
    for row, image in enumerate(images):
        batch[row, 0, :, : image.shape[1]] = image / 255.0
    return torch.from_numpy(batch), torch.tensor([image.shape[1] for image in images])


def make_batch(images: Sequence[np.ndarray], labels: Sequence[Sequence[int]]) -> Batch:
    """Ink uint8 (height, width) each, and the classes of each text."""
    padded = torch.zeros((len(labels), max(map(len, labels))), dtype=torch.int64)
    for row, label in enumerate(labels):
        padded[row, : len(label)] = torch.tensor(label)
    return Batch(*stack_images(images), padded, torch.tensor([len(label) for label in labels]))


def ctc_loss(
    logits: torch.Tensor, columns: torch.Tensor, labels: torch.Tensor, lengths: torch.Tensor
) -> torch.Tensor:
    """CTC loss for each character, of logits (N, T, classes); a text too long for its columns counts nothing."""
    log_probs = logits.float().log_softmax(2).transpose(0, 1)
    losses = nn.functional.ctc_loss(log_probs, labels, columns, lengths, BLANK, "none", zero_infinity=True)
    return losses.sum() / lengths.sum()


class MaskedConvolution(nn.Module):
    """A 3 x 3 convolution, batch normalisation and ReLU whose columns past a picture's end stay empty.

    Like that the padding of a batch is to each picture what the edge is to a picture alone.
    """

    def __init__(
        self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1), active: bool = True
    ) -> None:
        super().__init__()
        self.stride, self.active = stride, active
        self.convolution = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, images: torch.Tensor, widths: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(N, C, H, W) and the widths, to the features and their widths."""
        features = self.norm(self.convolution(images))
        widths = -(-widths // self.stride[1])
        if self.active:
            features = features.relu()
        return features * column_mask(widths, features.shape[3])[:, None, None], widths


def column_mask(widths: torch.Tensor, columns: int) -> torch.Tensor:
    """bool (N, columns): whether a column lies within the picture."""
    return torch.arange(columns, device=widths.device) < widths[:, None]
