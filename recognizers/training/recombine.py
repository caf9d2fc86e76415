"""Recombination: real lines cut into words by the network's own CTC alignment, and set anew.

New lines are set from the words of one hand, so that a line keeps one pen and one slant while its text is new.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inkfield.recognizers.normalise import HEIGHT
from inkfield.recognizers.training.pieces import Spans, load_pieces

_SURE = -0.7
"""Least mean log-probability of a word's characters: below, the label or the alignment is doubtful."""
_CLEAR = 40
"""Most ink (sum over the column, 255 is one full pixel) in the column where two words are cut apart."""


@dataclass(frozen=True)
class WordBank:
    """Words of all hands: ink uint8 (48, total width) side by side, with where each starts and ends."""

    ink: np.ndarray
    ends: np.ndarray
    texts: list[str]
    hands: dict[str, list[int]]

    def word(self, index: int) -> np.ndarray:
        """Ink of one word, uint8 (48, width), 255 is full ink."""
        start = int(self.ends[index - 1]) if index else 0
        return self.ink[:, start : int(self.ends[index])]

    def compose(self, rng: np.random.Generator) -> tuple[np.ndarray, str]:
        """A new line of one to seven words of one hand: grey uint8 with dark ink, and its text."""
        names = list(self.hands)
        words = self.hands[names[int(rng.integers(len(names)))]]
        chosen = [
            words[int(i)] for i in rng.integers(0, len(words), int(rng.choice([1, 1, 2, 2, 3, 4, 5, 7])))
        ]
        gap = rng.uniform(8, 30)
        pieces: list[np.ndarray] = []
        for index in chosen:
            pieces += [self.word(index), np.zeros((HEIGHT, int(gap * rng.uniform(0.7, 1.5))), np.uint8)]
        return 255 - np.hstack(pieces[:-1]), " ".join(self.texts[index] for index in chosen)


def cut_words(
    image: np.ndarray, text: str, classes: list[int], spans: Spans, log_probs: np.ndarray
) -> list[tuple[np.ndarray, str]]:
    """Words of one normalised line (uint8 (48, width), 255 is ink) that could be cut out cleanly.

    ``classes`` are those of the text, ``spans`` their columns of ``log_probs`` as `align` gives them.
    """
    scale = image.shape[1] / len(log_probs)
    column_ink = image.astype(np.int64).sum(0)
    sure = [float(log_probs[a:b, c].max()) for (a, b), c in zip(spans, classes, strict=True)]
    words, start, left = [], 0, 0
    for i in [*(i for i, c in enumerate(text) if c == " "), len(text)]:
        right = image.shape[1]
        if i < len(text):
            low = int((spans[i - 1][1]) * scale)
            high = max(low + 1, int(spans[i + 1][0] * scale))
            right = low + int(np.argmin(column_ink[low:high])) if i else 0
        clear = all(column_ink[x] <= _CLEAR for x in (left, right) if 0 < x < image.shape[1])
        if clear and i > start and right - left > 8 and np.mean(sure[start:i]) > _SURE:
            words.append((image[:, left:right], text[start:i]))
        start, left = i + 1, right
    return words


def load_words(path: Path, wanted: Callable[[str], bool] = bool) -> WordBank:
    """Reads a word bank; of the words only those that are ``wanted`` are composed. Raises FileNotFoundError."""
    pieces = load_pieces(path)
    hands: dict[str, list[int]] = {}
    for index, (text, hand) in enumerate(zip(pieces.texts, pieces.hands, strict=True)):
        if wanted(text):
            hands.setdefault(hand, []).append(index)
    return WordBank(pieces.ink, pieces.ends, pieces.texts, hands)
