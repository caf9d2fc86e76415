"""Cuts the real training lines into the words and capitals of which new lines are set.

python -m recognizers.train.cut_lines --recipe recognizers/train/recipe.yaml --weights default

Writes the files that the recipe names as ``words`` and ``capitals``. The weights align each text with its line.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from recognizers.decoding.candidates import align
from recognizers.normalise import normalise
from recognizers.recognizer import load_recognizer
from recognizers.train.capitals import cut_capitals
from recognizers.train.pieces import save_pieces
from recognizers.train.recombine import cut_words
from recognizers.train.training_lines import training_lines


def cut_lines(recipe: dict, weights: str) -> tuple[int, int]:
    """Cuts all training lines of the recipe's sources; returns how many words and how many capitals."""
    recognizer = load_recognizer(weights)
    words, capitals = [], []
    for source in recipe["sources"]:
        for line in training_lines(Path(recipe["data"]) / source, recipe.get("hands_in_capitals", [])):
            if not recognizer.alphabet.covers(line.text):
                continue
            grey, hand = line.read(), f"{source}/{line.hand}"
            log_probs = recognizer.log_probs([grey])[0]
            classes = recognizer.alphabet.encode(line.text)
            try:
                spans = align(log_probs, classes)
            except ValueError:  # the text is too long for its line: a wrong label
                continue
            ink = normalise(grey)
            words += [(*w, hand) for w in cut_words(ink, line.text, classes, spans, log_probs)]
            capitals += [(*c, hand) for c in cut_capitals(ink, line.text, classes, spans, log_probs)]
    save_pieces(Path(recipe["words"]), words)
    save_pieces(Path(recipe["capitals"]), capitals)
    return len(words), len(capitals)


def main() -> None:
    import torch

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--weights", required=True)
    arguments = parser.parse_args()
    words, capitals = cut_lines(yaml.safe_load(arguments.recipe.read_text()), arguments.weights)
    print(f"{words} words, {capitals} capitals")


if __name__ == "__main__":
    main()
