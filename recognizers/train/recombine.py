r"""Recombination: real lines cut into words by the network's own CTC alignment, and set anew.

    python -m recognizers.train.recombine --recipe recognizers/train/recipe.yaml \
        --weights .runs/default/weights.safetensors --out .runs/words.npz

New lines are set from the words of one hand, so that a line keeps one pen and one slant while its text is new.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from recognizers.data.datasets import read_dataset
from recognizers.decoding.candidates import align
from recognizers.normalise import HEIGHT, normalise
from recognizers.recognizer import Recognizer, load_recognizer

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
    image: np.ndarray, text: str, log_probs: np.ndarray, recognizer: Recognizer
) -> list[tuple[np.ndarray, str]]:
    """Words of one normalised line (uint8 (48, width), 255 is ink) that could be cut out cleanly."""
    classes = recognizer.alphabet.encode(text)
    try:
        spans = align(log_probs, classes)
    except ValueError:
        return []
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


def build(recipe: dict, weights: str, out: Path) -> int:
    """Cuts all training lines of the recipe's sources and writes the word bank; returns how many words."""
    recognizer = load_recognizer(weights)
    pieces: list[np.ndarray] = []
    texts: list[str] = []
    hands: list[str] = []
    for source in recipe["sources"]:
        for line in read_dataset(Path(recipe["data"]) / source, "train"):
            grey = line.read()
            log_probs = recognizer.log_probs([grey])[0]
            for ink, text in cut_words(normalise(grey), line.text, log_probs, recognizer):
                pieces.append(ink)
                texts.append(text)
                hands.append(f"{source}/{line.hand}")
    np.savez_compressed(
        out,
        ink=np.hstack(pieces),
        ends=np.cumsum([piece.shape[1] for piece in pieces]),
        texts=np.array(texts),
        hands=np.array(hands),
    )
    return len(texts)


def load_words(path: Path) -> WordBank:
    """Reads a word bank. Raises FileNotFoundError."""
    with np.load(path) as data:
        hands: dict[str, list[int]] = {}
        for index, hand in enumerate(data["hands"].tolist()):
            hands.setdefault(hand, []).append(index)
        return WordBank(data["ink"], data["ends"], data["texts"].tolist(), hands)


def main() -> None:
    import torch

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    print(build(yaml.safe_load(arguments.recipe.read_text()), arguments.weights, arguments.out), "words")


if __name__ == "__main__":
    main()
