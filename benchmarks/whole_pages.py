"""What is lost between the page and the line: pages read whole beside the same lines as people marked them.

    python -m benchmarks.whole_pages ../shared/handwriting/pages --lines ../shared/handwriting/copiste

Each page (a picture, and a JSON file of the same name with its lines: ``text``, ``polygon``) is read as any page of
text is, without a language model. A line that is read belongs to the marked line that shares most of its area.
Lines without a mark (print, which nobody marked) do not count as errors, but are counted.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from inkfield.pipeline.image.view import View
from inkfield.pipeline.page import load_page_reader
from inkfield.pipeline.records import no_trace
from inkfield.pipeline.text.read_text import NO_LANGUAGE, read_text_page
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.schemas.readings import TextLine

DPI = 200.0


@dataclass(frozen=True)
class Marked:
    """A line as people marked it; ``mask`` is uint8 0/1 of the page's size."""

    id: str
    text: str
    mask: np.ndarray


def marked_lines(page: Path, shape: tuple[int, ...]) -> list[Marked]:
    """The lines of a page's JSON file that can be scored: nothing struck out, no label found wrong."""
    found = json.loads(page.read_text(encoding="utf-8"))["lines"]
    return [
        Marked(line["id"], line["text"], _mask(line["polygon"], shape))
        for line in found
        if not line["struck"] and not line["suspect"] and line["text"].strip()
    ]


def _mask(polygon: list[list[float]], shape: tuple[int, ...]) -> np.ndarray:
    return cv2.fillPoly(np.zeros(shape, np.uint8), [np.array(polygon, np.int32)], (1,))


def belongs_to(line: TextLine, marked: list[Marked]) -> int | None:
    """The marked line that shares most area with the middle of the line's box; None where none shares a quarter."""
    x, y, width, height = line.box
    middle = slice(y + height // 4, y + height - height // 4), slice(x, x + width)
    shared = [m.mask[middle].mean() for m in marked]
    best = int(np.argmax(shared)) if shared else -1
    return best if shared and shared[best] > 0.25 else None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path, help="folder of pictures and JSON files")
    parser.add_argument("--lines", type=Path, required=True, help="data set with the same lines cut out")
    parser.add_argument("--show", action="store_true", help="print the lines that differ most")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    reader = load_page_reader(None, "default").fields
    cut = {
        line.image.stem: line for split in ("train", "val") for line in read_dataset(arguments.lines, split)
    }
    rows = []
    for path in sorted(arguments.pages.glob("*.json")):
        grey = cv2.imread(str(path.with_suffix(".jpg")), cv2.IMREAD_GRAYSCALE)
        marked = [m for m in marked_lines(path, grey.shape) if m.id in cut]
        read = read_text_page(View(grey, DPI), reader, no_trace, NO_LANGUAGE)
        texts: dict[int, list[str]] = {}
        unmarked = 0
        for line in read:
            index = belongs_to(line, marked)
            if index is None:
                unmarked += 1
            else:
                texts.setdefault(index, []).append(line.text)
        alone = [output.best().text for output in reader.recognizer.read([cut[m.id].read() for m in marked])]
        for i, m in enumerate(marked):
            whole = " ".join(texts.get(i, []))
            rows.append((m.id, m.text, whole, alone[i], len(texts.get(i, []))))
        characters = sum(len(m.text) for m in marked)
        errors = [sum(edit_distance(row[k], row[1]) for row in rows[-len(marked) :]) for k in (2, 3)]
        lost, pieces = len(marked) - len(texts), sum(len(t) > 1 for t in texts.values())
        whole, alone_ = (100 * errors[k] / characters for k in (0, 1))
        print(f"{path.stem:22} {len(marked):3} lines, {lost} not found, {pieces} in pieces, {unmarked} more; "
              f"CER {whole:.1f} whole, {alone_:.1f} cut", flush=True)  # fmt: skip
    characters = sum(len(row[1]) for row in rows)
    whole, alone_ = (sum(edit_distance(row[k], row[1]) for row in rows) for k in (2, 3))
    print(f"all: {len(rows)} lines, {sum(row[4] == 0 for row in rows)} not found, "
          f"CER {100 * whole / characters:.2f} % whole, {100 * alone_ / characters:.2f} % cut")  # fmt: skip
    if arguments.show:
        rows.sort(key=lambda row: edit_distance(row[3], row[1]) - edit_distance(row[2], row[1]))
        for row in rows[:40]:
            print(f"{row[0]} ({row[4]} pieces)\n  text  {row[1]}\n  whole {row[2]}\n  cut   {row[3]}")


if __name__ == "__main__":
    main()
