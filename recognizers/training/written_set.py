"""A data set of ink that a trained writer made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from inkfield.recognizers.architectures.writer import Writer
from inkfield.recognizers.training.data.labelled_folder import write_labelled_folder

_STYLES = 1000


def write_set(
    folder: Path, writer: Writer, texts: Sequence[str], count: int, style: int | None, thickness: float
) -> None:
    """Writes ``count`` pictures of the texts, taken in turn, with labels.tsv; all of the split ``train``.

    The hand is the style: a picture's own, of a thousand, where ``style`` is None. Raises FileExistsError where there
    is a data set already, ValueError for a text that cannot be written.
    """
    rng = np.random.default_rng(1)

    def written() -> Iterator[tuple[np.ndarray, str, str, str]]:
        for number in range(count):
            text = texts[number % len(texts)]
            own = int(rng.integers(_STYLES)) if style is None else style
            yield writer.write(text, own, thickness), "train", f"style{own}", text

    write_labelled_folder(folder, "g", written())
