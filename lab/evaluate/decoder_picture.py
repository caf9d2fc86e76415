"""One picture of what decoders make of the same ink: rendered words that the best path misreads.

python -m inkfield.lab.evaluate.decoder_picture OUTPUT.png [--text "awfully good"]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from inkfield.lab.evaluate.contact_sheet import LABEL_FONT
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.render import render_line

_WIDTH = 620
_LINE = 70
_ROW = _LINE + 56


def misread(text: str, count: int, tries: int = 300) -> Iterator[tuple[np.ndarray, str, str]]:
    """The first pictures of a text, by number of the seed, that best path and language model read differently: the
    picture, the best path, the best text with the English model."""
    model, found = load_recognizer(), 0
    for seed in range(tries):
        grey = render_line(text, np.random.default_rng(seed), "hand")
        output = model.read([grey])[0]
        best, helped = output.best().text, output.n_best("english", 1)[0].text
        if best != helped:
            yield grey, best, helped
            found += 1
        if found == count:
            return


def draw_readings(readings: Sequence[tuple[np.ndarray, str, str]]) -> Image.Image:
    """Each picture with its best path (red) and what the language model makes of it (black)."""
    sheet = Image.new("RGB", (_WIDTH, _ROW * len(readings)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(LABEL_FONT), 18)
    for row, (grey, best, helped) in enumerate(readings):
        line, top = Image.fromarray(grey), row * _ROW
        scale = min(_LINE / line.height, _WIDTH / line.width)
        sheet.paste(line.resize((round(line.width * scale), round(line.height * scale))), (0, top))
        draw.text((8, top + _LINE + 4), f"best path: {best}", "firebrick", font)
        draw.text((8, top + _LINE + 26), f"with the model: {helped}", "black", font)
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    parser.add_argument("--text", default="They were awfully kind to us")
    parser.add_argument("--count", type=int, default=4)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    draw_readings(list(misread(arguments.text, arguments.count))).save(arguments.output)


if __name__ == "__main__":
    main()
