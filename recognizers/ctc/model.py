"""A network trained with CTC, as a model of lines: normalised crops in batches, and their outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.cells import join_cells
from inkfield.recognizers.ctc.output import CTCOutput, join
from inkfield.recognizers.line_model import LineModel
from inkfield.recognizers.normalise import HEIGHT, normalise_in_place

_BATCH_WIDTH = 6000
"""Pixels of all images of a batch together."""


class CTCModel(LineModel):
    """``network`` maps images (N, 1, 48, W), float of ``precision`` in 0..1, to logits (N, W / stride, classes).

    Time steps are spread evenly over the ink: with a stride of 4 one for 4 px or, in close writing, 3 px of a crop
    48 px high. Crops of similar width are read together. Takes over the network. One that is ``masked`` is given the
    widths in pixels, int64 (N,), besides, and does not see the padding.
    """

    def __init__(
        self,
        name: str,
        network: nn.Module,
        alphabet: Alphabet,
        stride: int,
        precision: torch.dtype = torch.float32,
        masked: bool = False,
    ) -> None:
        self.name = name
        self.network = network.eval()
        self.alphabet = alphabet
        self._stride, self._precision, self._masked = stride, precision, masked

    def read(self, crops: Sequence[np.ndarray]) -> list[CTCOutput]:
        placed = [normalise_in_place(crop) for crop in crops]
        read = self._log_probs([image for image, _ in placed])
        outputs = []
        for (image, (left, right)), log_probs in zip(placed, read, strict=True):
            steps = np.minimum(np.arange(len(log_probs) + 1) * self._stride, image.shape[1])
            edges = left + steps * ((right - left) / image.shape[1])
            outputs.append(CTCOutput(log_probs, self.alphabet, edges))
        return outputs

    def read_as_one(self, crops: Sequence[np.ndarray]) -> CTCOutput:
        return join(self.read(crops))

    def read_cells(self, cells: Sequence[np.ndarray | None]) -> CTCOutput:
        return join_cells(cells, self.read([cell for cell in cells if cell is not None]))

    def _log_probs(self, images: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Log-softmax over the classes, float32 (T, C), for each normalised crop."""
        order = sorted(range(len(images)), key=lambda i: images[i].shape[1])
        result: list[np.ndarray] = [np.empty(0)] * len(images)
        while order:
            take = max(1, _BATCH_WIDTH // images[order[-1]].shape[1])
            group, order = order[-take:], order[:-take]
            for index, log_probs in zip(group, self._read_batch([images[i] for i in group]), strict=True):
                result[index] = log_probs
        return result

    def _read_batch(self, images: list[np.ndarray]) -> list[np.ndarray]:
        steps = [-(-image.shape[1] // self._stride) for image in images]
        batch = np.zeros((len(images), 1, HEIGHT, max(steps) * self._stride), np.float32)
        for row, image in enumerate(images):
            batch[row, 0, :, : image.shape[1]] = image / 255.0
        widths = [torch.tensor([image.shape[1] for image in images])] if self._masked else []
        with torch.inference_mode():
            logits = self.network(torch.from_numpy(batch).to(self._precision), *widths).log_softmax(2).numpy()
        return [logits[row, :count] for row, count in enumerate(steps)]
