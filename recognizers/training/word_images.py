"""Cuts labelled lines into words, as a data set of its own: the pictures and labels.tsv of words that were cut cleanly.

python -m inkfield.recognizers.training.word_images SOURCE... --output FOLDER [--lines 1500]

The weights align each text with its line; a word that they are not sure of is left out, so the words are a little
easier than life. Hands keep their split.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from inkfield.recognizers.ctc.model import CTCModel
from inkfield.recognizers.training.cut_lines import align_line, load_aligner
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.data.labelled_folder import write_labelled_folder
from inkfield.recognizers.training.recombine import cut_words

LONGEST = 14
"""Characters of a word that is kept."""


def write_word_images(
    sources: Sequence[Path], output: Path, weights: str = "default", lines: int = 1500
) -> int:
    """Cuts up to ``lines`` training lines of each source, and all validation lines; returns how many words there are.

    Raises FileExistsError where ``output`` is a data set already, ValueError for weights that are not of a CTC network.
    """
    model = load_aligner(weights)
    words = (
        (255 - ink, line.split, f"{source.name}/{line.hand}", text)
        for source in sources
        for line in _drawn(source, lines)
        for ink, text in _words(line, model)
    )
    return write_labelled_folder(output, "w", words)


def _drawn(source: Path, lines: int) -> Iterator[LabelledLine]:
    training = list(read_dataset(source, "train"))
    order = np.random.default_rng(1).permutation(len(training))[:lines]
    yield from (training[index] for index in sorted(order.tolist()))
    yield from read_dataset(source, "val")


def _words(line: LabelledLine, model: CTCModel) -> Iterator[tuple[np.ndarray, str]]:
    aligned = align_line(line, model)
    for ink, text in cut_words(*aligned) if aligned else ():
        if len(text) <= LONGEST and any(c.isalnum() for c in text):
            yield ink, text


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, nargs="+", metavar="SOURCE", help="data set folders")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--lines", type=int, default=1500, help="training lines of a source at most")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(write_word_images(arguments.sources, arguments.output, arguments.weights, arguments.lines), "words")


if __name__ == "__main__":
    main()
