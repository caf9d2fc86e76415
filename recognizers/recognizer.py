"""A trained network that turns crops into CTC log-probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from inkfield.recognizers.alphabet import DEFAULT, Alphabet
from inkfield.recognizers.models.crnn import COLUMN_STRIDE, CRNN
from inkfield.recognizers.normalise import HEIGHT, normalise

WEIGHTS = Path(__file__).parent / "weights"
FIGURES = WEIGHTS / "figures" / "figures.safetensors"
"""The same network trained on for strings of figures alone."""
_BATCH_COLUMNS = 6000
BFLOAT16 = bool(torch.cpu.get_capabilities().get("avx512_bf16"))
"""Whether this CPU multiplies bfloat16 itself: half the time then, and much more without."""


class Recognizer:
    """Reads crops of about one text line each. Takes over the network; safe to use from one thread at a time."""

    def __init__(self, network: CRNN, alphabet: Alphabet, name: str) -> None:
        self.network = network.eval().in_bfloat16() if BFLOAT16 else network.eval()
        self._precision = torch.bfloat16 if BFLOAT16 else torch.float32
        self.alphabet = alphabet
        self.name = name

    def log_probs(self, crops: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Log-softmax over the classes, float32 (columns, classes) for each crop, in the order given.

        Crops are grey uint8, dark ink on light paper, of any size. Columns are spread evenly over the ink: one
        for 4 px or, in close writing, 3 px of a crop 48 px high. Crops of similar width are read together.
        """
        images = [normalise(crop) for crop in crops]
        order = sorted(range(len(images)), key=lambda i: images[i].shape[1])
        result: list[np.ndarray] = [np.empty(0)] * len(images)
        while order:
            take = max(1, _BATCH_COLUMNS // images[order[-1]].shape[1])
            group, order = order[-take:], order[:-take]
            for index, log_probs in zip(group, self._read([images[i] for i in group]), strict=True):
                result[index] = log_probs
        return result

    def _read(self, images: list[np.ndarray]) -> list[np.ndarray]:
        columns = [-(-image.shape[1] // COLUMN_STRIDE) for image in images]
        batch = np.zeros((len(images), 1, HEIGHT, max(columns) * COLUMN_STRIDE), np.float32)
        for row, image in enumerate(images):
            batch[row, 0, :, : image.shape[1]] = image / 255.0
        with torch.inference_mode():
            logits = self.network(torch.from_numpy(batch).to(self._precision)).log_softmax(2).numpy()
        return [logits[row, :count] for row, count in enumerate(columns)]


def available_weights() -> list[str]:
    """Names of the weights that are installed."""
    return sorted(path.stem for path in WEIGHTS.glob("*.safetensors"))


@lru_cache(maxsize=4)
def load_recognizer(weights: str = "default") -> Recognizer:
    """The recogniser with these weights: a name from `available_weights` or the path of a .safetensors file.

    Loaded once a process. Raises FileNotFoundError, naming what is there, for a name that is not.
    """
    path = Path(weights) if weights.endswith(".safetensors") else WEIGHTS / f"{weights}.safetensors"
    if not path.exists():
        raise FileNotFoundError(
            f"no weights {weights!r}; there are: {', '.join(available_weights()) or 'none'}"
        )
    network = CRNN(len(DEFAULT))
    network.load_state_dict(load_file(path))
    return Recognizer(network, DEFAULT, path.stem)
