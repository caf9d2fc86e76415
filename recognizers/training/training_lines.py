"""The real lines that training sees, their labels in the case in which they were written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.recipe import Recipe


def training_lines(folder: Path, hands_in_capitals: Collection[str]) -> Iterator[LabelledLine]:
    """The training lines of a data set. Raises what `read_dataset` raises.

    Where people copied a text, the label keeps the case of that text even for those who wrote it in capitals
    throughout, which teaches a network to read capitals as small letters. The labels of ``hands_in_capitals``
    are set in capitals.
    """
    for line in read_dataset(folder, "train"):
        yield replace(line, text=line.text.upper()) if line.hand in hands_in_capitals else line


def wanted_text(recipe: Recipe) -> Callable[[str], bool]:
    """Which texts of the real lines and words a run trains on, by its ``figures_only``."""
    return is_figures if recipe.figures_only else bool


def is_figures(text: str) -> bool:
    """Whether at least half of what is written in ``text`` are digits."""
    written = text.replace(" ", "")
    return 2 * sum(c.isdigit() for c in written) >= max(1, len(written))
