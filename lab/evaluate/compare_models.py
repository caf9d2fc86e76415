"""The readers of the survey beside each other: what each costs and reads, and where each looks.

python -m inkfield.lab.evaluate.compare_models RUN... --lines FOLDER [--picture alignments.png]

A RUN is the folder of an `inkfield train --model`. Prints one table.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from inkfield.lab.evaluate.contact_sheet import LABEL_FONT
from inkfield.lab.evaluate.evaluate_lines import load_lines
from inkfield.lab.evaluate.line_errors import evaluate_lines
from inkfield.recognizers.line_model import LineModel
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.weights_file import read_weights

_HEAD = "| model | parameters | minutes trained | CER % over the minutes | CER % | WER % | ms a picture |"
_SCALE = 3


def row(run: Path, lines: Sequence[LabelledLine]) -> str:
    """The row of one run: its size, how its CER fell, and what it reads."""
    weights = run / "weights.safetensors"
    count = sum(tensor.numel() for tensor in read_weights(weights).tensors.values())
    log = [json.loads(entry) for entry in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    fell = ", ".join(f"{entry['minutes']:.0f} min: {entry['cer']:.0f}" for entry in log if "cer" in entry)
    found = evaluate_lines(lines, load_recognizer(str(weights)))
    figures = f"{found.cer():.1f} | {found.wer():.1f} | {found.summary()['ms_per_line']:.1f}"
    return f"| {run.name} | {count / 1e6:.2f} M | {log[-1]['minutes']:.1f} | {fell} | {figures} |"


def draw_alignments(models: Mapping[str, LineModel], line: LabelledLine) -> Image.Image:
    """The picture of a line once for each model, with every character that is read where the model sees it."""
    grey = line.read()
    crop = Image.fromarray(np.ascontiguousarray(grey)).resize(
        (grey.shape[1] * _SCALE, grey.shape[0] * _SCALE)
    )
    high, name = crop.height + 34, 210
    sheet = Image.new("RGB", (crop.width + name, high * len(models)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(LABEL_FONT), 18)
    for number, (title, model) in enumerate(models.items()):
        top = number * high
        sheet.paste(crop, (name, top))
        draw.text((6, top + crop.height // 2 - 10), title, "grey", font)
        for span in model.read([grey])[0].spans().characters:
            left, right = (name + round(edge * _SCALE) for edge in (span.left, span.right))
            draw.line((left, top, left, top + crop.height + 8), "firebrick")
            draw.text(((left + right) / 2, top + crop.height + 16), span.text, "firebrick", font, "mm")
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", type=Path, nargs="+", metavar="RUN")
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--picture", type=Path, help="PNG of the alignments on one picture")
    parser.add_argument("--pictured", type=int, default=0, help="which of the pictures")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    lines = load_lines(arguments.lines, "val", arguments.limit)
    print(_HEAD, "|---|---|---|---|---|---|---|", sep="\n")
    for run in arguments.runs:
        print(row(run, lines), flush=True)
    if arguments.picture is not None:
        models = {run.name: load_recognizer(str(run / "weights.safetensors")) for run in arguments.runs}
        draw_alignments(models, lines[arguments.pictured]).save(arguments.picture)


if __name__ == "__main__":
    main()
