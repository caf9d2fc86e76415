"""Cuts labelled lines into words, as a data set of its own: the pictures and labels.tsv of words that were cut cleanly.

python -m inkfield.recognizers.training.word_images SOURCE... --output FOLDER [--lines 1500]

The weights align each text with its line; a word that they are not sure of is left out, so the words are a little
easier than life. Hands keep their split.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from inkfield.recognizers.ctc.model import CTCModel
from inkfield.recognizers.ctc.text_score import align
from inkfield.recognizers.normalise import normalise
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.recombine import cut_words

LONGEST = 14
"""Characters of a word that is kept."""
_HEADER = "id\tsplit\tpage_or_writer\ttext\n"


def write_word_images(
    sources: Sequence[Path], output: Path, weights: str = "default", lines: int = 1500
) -> int:
    """Cuts up to ``lines`` training lines of each source, and all validation lines; returns how many words there are.

    Raises FileExistsError where ``output`` is a data set already, ValueError for weights that are not of a CTC network.
    """
    labels = output / "labels.tsv"
    if labels.exists():
        raise FileExistsError(f"{labels} is there already")
    model = load_recognizer(weights)
    if not isinstance(model, CTCModel):
        raise ValueError(f"the weights {weights!r} align no text with its line")
    (output / "images").mkdir(parents=True, exist_ok=True)
    rows: list[str] = []
    for source in sources:
        for line in _drawn(source, lines):
            for ink, text in _words(line, model):
                name = f"w{len(rows):06d}"
                cv2.imwrite(str(output / "images" / f"{name}.png"), 255 - ink)
                rows.append(f"{name}\t{line.split}\t{source.name}/{line.hand}\t{text}\n")
    labels.write_text(_HEADER + "".join(rows), encoding="utf-8")
    return len(rows)


def _drawn(source: Path, lines: int) -> Iterator[LabelledLine]:
    training = list(read_dataset(source, "train"))
    order = np.random.default_rng(1).permutation(len(training))[:lines]
    yield from (training[index] for index in sorted(order.tolist()))
    yield from read_dataset(source, "val")


def _words(line: LabelledLine, model: CTCModel) -> Iterator[tuple[np.ndarray, str]]:
    if not model.alphabet.covers(line.text):
        return
    grey = line.read()
    log_probs = model.read([grey])[0].log_probs
    classes = model.alphabet.encode(line.text)
    try:
        spans = align(log_probs, classes)
    except ValueError:  # the text is too long for its line: a wrong label
        return
    for ink, text in cut_words(normalise(grey), line.text, classes, spans, log_probs):
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
