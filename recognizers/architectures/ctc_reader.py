"""The CRNN as a network to be trained on words, so that the others are measured against it by the same trainer."""

from __future__ import annotations

import torch

from inkfield.recognizers.architectures.trainable import Batch, Trainable, ctc_loss
from inkfield.recognizers.models.crnn import COLUMN_STRIDE, CRNN


class TrainableCRNN(CRNN, Trainable):
    """The CRNN with its own loss: CTC, and a fifth of the CTC of its shortcut."""

    def loss(self, batch: Batch) -> torch.Tensor:
        widest = -(-batch.images.shape[3] // COLUMN_STRIDE) * COLUMN_STRIDE
        images = torch.nn.functional.pad(batch.images, (0, widest - batch.images.shape[3]))
        columns = -(-batch.widths // COLUMN_STRIDE)
        main, shortcut = self.both_heads(images)
        loss = ctc_loss(main, columns, batch.labels, batch.lengths)
        return loss + 0.2 * ctc_loss(shortcut, columns, batch.labels, batch.lengths)
