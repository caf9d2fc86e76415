"""`inkfield evaluate`: the figures on labelled lines and on labelled cheques."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from flows.contact_sheet import write_contact_sheet
from recognizers.alphabet import Alphabet
from recognizers.data.lines import read_lines
from recognizers.decoding.beam import BeamDecoder
from recognizers.evaluation import Evaluation, evaluate_lines, greedy
from recognizers.language.model import load_language
from recognizers.recognizer import load_recognizer


def evaluate_line_folder(
    folder: Path,
    split: str = "val",
    weights: str = "default",
    decoder: str = "greedy",
    language: str = "english",
    limit: int | None = None,
) -> Evaluation:
    """Reads the lines of one data set folder. Boilerplate lines (the copied consent sentence) are left out.

    ``limit`` draws that many lines at random (always the same ones). Raises FileNotFoundError, ValueError.
    """
    boilerplate_file = folder / "boilerplate.txt"
    boilerplate = set(boilerplate_file.read_text().split()) if boilerplate_file.exists() else set()
    lines = [line for line in read_lines(folder, split) if line.image.stem not in boilerplate]
    if not lines:
        raise ValueError(f"{folder} has no lines in split {split!r}")
    if limit is not None and limit < len(lines):
        lines = random.Random(1).sample(lines, limit)
    recognizer = load_recognizer(weights)
    return evaluate_lines(lines, recognizer, make_decoder(decoder, recognizer.alphabet, language))


def make_decoder(name: str, alphabet: Alphabet, language: str) -> Callable[[np.ndarray], str]:
    """A decoder by name: greedy (best path), beam (no language model), lm (with the n-gram model)."""
    if name == "greedy":
        return greedy(alphabet)
    if name not in ("beam", "lm"):
        raise ValueError(f"no decoder {name!r}: choose greedy, beam or lm")
    beam = BeamDecoder(alphabet, load_language(language) if name == "lm" else None)

    def decode(log_probs: np.ndarray) -> str:
        found = beam.decode(log_probs, n_best=1)
        return found[0].text if found else ""

    return decode


def print_lines(evaluation: Evaluation, as_json: bool, worst: Path | None) -> None:
    """The figures as JSON or as tables; ``worst`` gets a picture of the lines with the most errors."""
    if worst is not None:
        write_contact_sheet(worst, evaluation)
    if as_json:
        print(json.dumps(evaluation.summary()))
        return
    console = Console()
    table = Table("measure", "value", title="Lines")
    for key, value in evaluation.summary().items():
        table.add_row(key, f"{value:g}")
    for name, cer in evaluation.by_length().items():
        table.add_row(f"CER, {name} characters", f"{cer:.2f}")
    hands = evaluation.by_hand()
    for hand, cer in sorted(hands.items(), key=lambda item: -item[1])[:5]:
        table.add_row(f"CER of hand {hand}", f"{cer:.2f}")
    console.print(table)
    confusions = Table("written", "read", "times", title="Commonest confusions")
    for written, read, times in evaluation.confusions():
        confusions.add_row(repr(written), repr(read), str(times))
    console.print(confusions)
