"""Lines in capitals from real ink: the capitals that begin people's words, cut out and set side by side.

Forms ask for capitals throughout, and hardly any line of the open data sets is written so; but every name and
every sentence begins with one. A new line takes its letters from one hand as far as that hand has them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inkfield.recognizers.training.pieces import Spans, load_pieces

_SURE = -0.5
"""Least log-probability of the letter itself."""
_CLEAR = 60
"""Most ink (sum over the column, 255 is one full pixel) in the column where two letters are cut apart."""
_LETTER_HEIGHT = 32
"""Height in pixels of a capital as it is kept and set."""


@dataclass(frozen=True)
class CapitalBank:
    """Capitals of all hands: ink uint8 (32, width) each, by hand and letter, and by letter alone."""

    by_hand: dict[str, dict[str, list[np.ndarray]]]
    by_letter: dict[str, list[np.ndarray]]

    def compose(self, text: str, rng: np.random.Generator) -> tuple[np.ndarray, str] | None:
        """The words of ``text`` in capitals: grey uint8 with dark ink, and what was written.

        Words with a character of which the bank has none are left out; None if no word is left.
        """
        words = [word for word in text.upper().split() if all(c in self.by_letter for c in word)]
        if not words:
            return None
        hands = list(self.by_hand)
        hand = self.by_hand[hands[int(rng.integers(len(hands)))]]
        # Many people write the first letter of a word larger, though all of them are capitals.
        first = rng.uniform(1.2, 1.6) if rng.random() < 0.4 else 1.0
        stretch, gap, space = rng.uniform(0.75, 1.7), rng.uniform(0.0, 6.0), rng.uniform(12, 40)
        pieces: list[tuple[np.ndarray, float]] = []
        for word in words:
            for place, letter in enumerate(word):
                choice = hand.get(letter) or self.by_letter[letter]
                ink = choice[int(rng.integers(len(choice)))]
                scale = (first if place == 0 else 1.0) * rng.normal(1.0, 0.05)
                size = (max(2, round(ink.shape[1] * scale * stretch)), max(4, round(ink.shape[0] * scale)))
                pieces.append((cv2.resize(ink, size, interpolation=cv2.INTER_AREA), gap))
            pieces[-1] = (pieces[-1][0], space)
        return 255 - _side_by_side(pieces, rng), " ".join(words)


def _side_by_side(pieces: list[tuple[np.ndarray, float]], rng: np.random.Generator) -> np.ndarray:
    """Letters, each with the gap that follows it, about one baseline: uint8 ink."""
    gaps = [max(0, round(gap * rng.uniform(0.5, 1.5))) for _, gap in pieces]
    high = max(ink.shape[0] for ink, _ in pieces) + 4
    line = np.zeros((high + 4, sum(ink.shape[1] for ink, _ in pieces) + sum(gaps)), np.uint8)
    x = 0
    for (ink, _), gap in zip(pieces, gaps, strict=True):
        y = int(np.clip(high - ink.shape[0] + rng.normal(0, 1), 0, line.shape[0] - ink.shape[0]))
        line[y : y + ink.shape[0], x : x + ink.shape[1]] = ink
        x += ink.shape[1] + gap
    return line


def cut_capitals(
    image: np.ndarray, text: str, classes: list[int], spans: Spans, log_probs: np.ndarray
) -> list[tuple[np.ndarray, str]]:
    """Capitals of one normalised line (uint8 (48, width), 255 is ink) that stand free, each (32, width).

    ``classes`` are those of the text, ``spans`` their columns of ``log_probs`` as `align` gives them.
    """
    scale = image.shape[1] / len(log_probs)
    column_ink = image.astype(np.int64).sum(0)

    def cut(left: int, right: int) -> int:
        """The column with the least ink between the spans of two neighbouring characters."""
        low = int(spans[left][1] * scale) if left >= 0 else 0
        high = int(spans[right][0] * scale) if right < len(text) else image.shape[1]
        return low + int(np.argmin(column_ink[low : max(high, low + 1)]))

    letters = []
    for i, letter in enumerate(text):
        if not letter.isupper() or log_probs[spans[i][0] : spans[i][1], classes[i]].max() < _SURE:
            continue
        left, right = cut(i - 1, i), cut(i, i + 1)
        free = all(column_ink[x] <= _CLEAR for x in (left, right) if 0 < x < image.shape[1])
        if free and (ink := _trimmed(image[:, left:right])) is not None:
            letters.append((ink, letter))
    return letters


def _trimmed(ink: np.ndarray) -> np.ndarray | None:
    """A letter cut to its ink and brought to the common height, or None for what cannot be a letter."""
    rows, columns = np.flatnonzero(ink.max(1) > 90), np.flatnonzero(ink.max(0) > 90)
    if rows.size == 0 or rows[-1] - rows[0] < 14 or columns[-1] - columns[0] > 60:
        return None
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    width = max(2, round(ink.shape[1] * _LETTER_HEIGHT / ink.shape[0]))
    return cv2.resize(ink, (width, _LETTER_HEIGHT), interpolation=cv2.INTER_LINEAR)


def load_capitals(path: Path) -> CapitalBank:
    """Reads a bank of capitals. Raises FileNotFoundError."""
    by_hand: dict[str, dict[str, list[np.ndarray]]] = defaultdict(lambda: defaultdict(list))
    by_letter: dict[str, list[np.ndarray]] = defaultdict(list)
    pieces = load_pieces(path)
    letters = np.split(pieces.ink, pieces.ends[:-1], axis=1)
    for ink, letter, hand in zip(letters, pieces.texts, pieces.hands, strict=True):
        by_hand[hand][letter].append(ink)
        by_letter[letter].append(ink)
    return CapitalBank({hand: dict(letters) for hand, letters in by_hand.items()}, dict(by_letter))
