"""Cuts the real training lines into the words and capitals of which new lines are set.

python -m inkfield.recognizers.training.cut_lines --recipe recognizers/training/recipe.yaml --weights default

Writes the files that the recipe names as ``words`` and ``capitals``. The weights align each text with its line.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from inkfield.recognizers.ctc.model import CTCModel
from inkfield.recognizers.ctc.text_score import align
from inkfield.recognizers.normalise import normalise
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.capitals import cut_capitals
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.pieces import Spans, save_pieces
from inkfield.recognizers.training.recipe import Recipe, load_recipe
from inkfield.recognizers.training.recombine import cut_words
from inkfield.recognizers.training.training_lines import training_lines

Pieces = list[tuple[np.ndarray, str, str]]
"""Ink, text and hand of each."""
AlignedLine = tuple[np.ndarray, str, list[int], Spans, np.ndarray]
"""Normalised ink, text, classes, their columns, log-probabilities."""


def cut_lines(recipe: Recipe, weights: str, processes: int = 1) -> dict[str, int]:
    """Cuts all training lines of the recipe's sources; returns how many words and capitals there are."""
    lines = [
        (replace(line, hand=f"{source}/{line.hand}"), weights)
        for source in recipe.sources
        for line in training_lines(recipe.data / source, recipe.hands_in_capitals)
    ]
    found: dict[str, Pieces] = {"words": [], "capitals": []}
    with ProcessPoolExecutor(processes, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        for pieces in pool.map(_cut_line, lines, chunksize=64):
            for kind, cut in pieces.items():
                found[kind] += cut
    for kind, path in {"words": recipe.words, "capitals": recipe.capitals}.items():
        if path is not None:
            save_pieces(path, found[kind])
    return {kind: len(cut) for kind, cut in found.items()}


def load_aligner(weights: str) -> CTCModel:
    """Raises ValueError for weights that are not of a CTC network."""
    model = load_recognizer(weights)
    if not isinstance(model, CTCModel):
        raise ValueError(
            f"the weights {weights!r} are not of a CTC network: they align no text with its line"
        )
    return model


def align_line(line: LabelledLine, model: CTCModel) -> AlignedLine | None:
    """What `cut_words` and `cut_capitals` are given; None where the text does not fit its line."""
    if not model.alphabet.covers(line.text):
        return None
    grey = line.read()
    log_probs = model.read([grey])[0].log_probs
    classes = model.alphabet.encode(line.text)
    try:
        spans = align(log_probs, classes)
    except ValueError:  # the text is too long for its line: a wrong label
        return None
    return normalise(grey), line.text, classes, spans, log_probs


def _cut_line(task: tuple[LabelledLine, str]) -> dict[str, Pieces]:
    line, weights = task
    aligned = align_line(line, load_aligner(weights))
    if aligned is None:
        return {}
    cut = {"words": cut_words(*aligned), "capitals": cut_capitals(*aligned)}
    return {kind: [(ink, text, line.hand) for ink, text in pieces] for kind, pieces in cut.items()}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipe", type=Path, required=True)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--processes", type=int, default=1, help="one a core")
    arguments = parser.parse_args()
    print(cut_lines(load_recipe(arguments.recipe), arguments.weights, arguments.processes))


if __name__ == "__main__":
    main()
