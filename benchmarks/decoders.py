"""Errors and time of the decoders on the same outputs of the network: best path, beam, beam with an n-gram model.

    python -m benchmarks.decoders --lines ../iam --language english
    python -m benchmarks.decoders --lines ../handwriting/dhsd --language address --language names

The network runs once a line; each decoder then reads the same output. Times are those of the decoder
alone; its share of the whole says what it costs beside the network.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from pathlib import Path

import numpy as np
import torch

from inkfield.lab.evaluate.evaluate_lines import load_lines, make_decoder
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.line_model import LineOutput
from inkfield.recognizers.recognizer import load_recognizer

_GROUP = 32


def outputs_of(crops: list[np.ndarray], weights: str) -> tuple[list[LineOutput], float]:
    """What the model makes of each crop, and the network's seconds a crop."""
    recognizer = load_recognizer(weights)
    recognizer.read(crops[:1])
    began = time.perf_counter()
    groups = [recognizer.read(crops[start : start + _GROUP]) for start in range(0, len(crops), _GROUP)]
    seconds = (time.perf_counter() - began) / len(crops)
    return [output for group in groups for output in group], seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=Path, required=True, help="a data set folder")
    parser.add_argument("--split", default="val")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--language", action="append", help="n-gram models to try; english without one")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    lines = load_lines(arguments.lines, arguments.split, arguments.count)
    outputs, network = outputs_of([line.read() for line in lines], arguments.weights)
    decoders = {name: make_decoder(name, "english") for name in ("greedy", "beam")}
    for language in arguments.language or ["english"]:
        decoders[f"lm {language}"] = make_decoder("lm", language)

    characters = sum(len(line.text) for line in lines)
    words = sum(len(line.text.split()) for line in lines)
    print(
        f"{len(lines)} lines of {characters / len(lines):.0f} characters; the network takes {1000 * network:.1f} ms"
    )
    print(f"{'decoder':20}{'CER %':>8}{'WER %':>8}{'exact %':>9}{'ms a line':>11}{'of network':>12}")
    for name, decode in decoders.items():
        decode(outputs[0])
        began = time.perf_counter()
        texts = [decode(output) for output in outputs]
        seconds = (time.perf_counter() - began) / len(lines)
        pairs = [(text, line.text) for text, line in zip(texts, lines, strict=True)]
        cer = 100 * sum(edit_distance(read, text) for read, text in pairs) / characters
        wer = 100 * sum(edit_distance(read.split(), text.split()) for read, text in pairs) / words
        exact = 100 * sum(read.split() == text.split() for read, text in pairs) / len(pairs)
        print(f"{name:20}{cer:8.2f}{wer:8.2f}{exact:9.1f}{1000 * seconds:11.2f}{seconds / network:12.2f}")


if __name__ == "__main__":
    main()
