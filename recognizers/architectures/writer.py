"""A trained ScrabbleGAN as a writer: from texts to pictures of ink."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.architectures.scrabble_gan import ARCHITECTURE, INK_HEIGHT, Generator
from inkfield.recognizers.weights_file import read_weights

_FINE = 4
"""How much larger ink is while its strokes are thickened, so that parts of a pixel count."""
_STROKE = 3.0
"""Pixels of a stroke in ink 32 px high, roughly."""


class Writer:
    """Takes over the network. ``alphabet`` are the characters that it can write."""

    def __init__(self, network: Generator, alphabet: Alphabet) -> None:
        self.network, self.alphabet = network.eval(), alphabet

    def write(self, text: str, style: int, thickness: float = 1.0) -> np.ndarray:
        """A line of one or more words: grey uint8 (32, width), dark ink on white.

        The same number is the same style. ``thickness`` is that of the strokes against the network's own. Raises
        ValueError for a text that is empty or has other characters than the alphabet.
        """
        words = text.split()
        if not words or not all(self.alphabet.covers(word) for word in words):
            raise ValueError(f"{text!r} is empty or has a character that the writer does not know")
        gap = np.zeros((INK_HEIGHT, INK_HEIGHT // 3), np.float32)
        row = [piece for word in words for piece in (self._word(word, style), gap)]
        ink = thicken(np.hstack(row[:-1]), thickness)
        return (255 * (1 - ink)).round().astype(np.uint8)

    def _word(self, word: str, style: int) -> np.ndarray:
        labels = torch.tensor([self.alphabet.encode(word)])
        drawn = torch.randn(1, self.network.style, generator=torch.Generator().manual_seed(style))
        with torch.inference_mode():
            return self.network(labels, torch.tensor([len(word)]), drawn)[0, 0].numpy()


def thicken(ink: np.ndarray, thickness: float) -> np.ndarray:
    """Ink float32 (height, width) in 0..1 with strokes ``thickness`` times as wide."""
    grown = round((thickness - 1) * _STROKE * _FINE)
    if grown == 0:
        return ink
    fine = cv2.resize(ink, None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_LINEAR)
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(grown) + 1, abs(grown) + 1))
    fine = cv2.dilate(fine, pen) if grown > 0 else cv2.erode(fine, pen)
    return cv2.resize(fine, ink.shape[::-1], interpolation=cv2.INTER_AREA)


def load_writer(path: Path) -> Writer:
    """Raises FileNotFoundError, ValueError for weights of another network."""
    stored = read_weights(path)
    if stored.architecture != ARCHITECTURE:
        raise ValueError(f"{path} is of a {stored.architecture}, which does not write")
    size = dict(stored.arguments)
    alphabet = Alphabet(size.pop("characters"))
    network = Generator(len(alphabet), **size)
    network.load_state_dict(dict(stored.tensors))
    return Writer(network, alphabet)
