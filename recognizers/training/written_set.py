"""A data set of ink that a trained writer made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from inkfield.recognizers.architectures.writer import Writer

_STYLES = 1000


def write_set(
    folder: Path, writer: Writer, texts: Sequence[str], count: int, style: int | None, thickness: float
) -> None:
    """Writes ``count`` pictures of the texts, taken in turn, with labels.tsv; all of the split ``train``.

    The hand is the style: a picture's own, of a thousand, where ``style`` is None. Raises FileExistsError where there
    is a data set already, ValueError for a text that cannot be written.
    """
    labels = folder / "labels.tsv"
    if labels.exists():
        raise FileExistsError(f"{labels} is there already")
    (folder / "images").mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    rows = ["id\tsplit\tpage_or_writer\ttext\n"]
    for number in range(count):
        text = texts[number % len(texts)]
        own = int(rng.integers(_STYLES)) if style is None else style
        cv2.imwrite(str(folder / "images" / f"g{number:06d}.png"), writer.write(text, own, thickness))
        rows.append(f"g{number:06d}\ttrain\tstyle{own}\t{text}\n")
    labels.write_text("".join(rows), encoding="utf-8")
