"""Paragraphs of two lines, set from the words of one hand, as a data set of its own.

python -m inkfield.recognizers.training.paragraph_images WORDS --output FOLDER [--count 200]

Of validation hands alone: to measure a reader of paragraphs on hands that it has not seen.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from inkfield.recognizers.training.data.labelled_folder import write_labelled_folder
from inkfield.recognizers.training.model_recipe import load_model_recipe
from inkfield.recognizers.training.word_source import WordSource, read_pictures


def write_paragraphs(words: Path, output: Path, count: int = 200) -> None:
    """Raises FileExistsError where there is a data set already, FileNotFoundError, ValueError for one without words."""
    pictures = read_pictures([words], "val")
    source, rng = WordSource(load_model_recipe("scan_attend_read"), pictures), np.random.default_rng(1)

    def paragraphs() -> Iterator[tuple[np.ndarray, str, str, str]]:
        for _ in range(count):
            first = int(rng.integers(len(pictures)))
            ink, text = source.paragraph(first, rng)
            yield 255 - ink, "val", pictures[first].hand, text

    write_labelled_folder(output, "p", paragraphs())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", type=Path, help="a data set of words, as word_images makes it")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    write_paragraphs(arguments.words, arguments.output, arguments.count)


if __name__ == "__main__":
    main()
