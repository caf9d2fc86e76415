"""`inkfield evaluate`: the figures on labelled lines and on labelled cheques."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inkfield.lab.calibrate.reliability import Reliability
from inkfield.lab.evaluate.contact_sheet import write_contact_sheet
from inkfield.lab.evaluate.line_errors import Decoder, Evaluation, LineResult, evaluate_lines, greedy
from inkfield.recognizers.line_model import LineOutput
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.data.labelled import LabelledLine, Unit
from inkfield.recognizers.training.data.writer_split import Half, half_of_writer

_HANDS = 5


def load_lines(
    folder: Path, split: str = "val", limit: int | None = None, unit: Unit = "lines", half: Half | None = None
) -> list[LabelledLine]:
    """The lines (or words) of one split of a data set. Boilerplate (the copied consent sentence) is left out.

    ``half`` keeps one half of the writers: what is chosen on one is reported on the other.
    ``limit`` draws that many at random, always the same ones. Raises FileNotFoundError, ValueError.
    """
    boilerplate_file = folder / "boilerplate.txt"
    boilerplate = set(boilerplate_file.read_text().split()) if boilerplate_file.exists() else set()
    found = [line for line in read_dataset(folder, None, unit) if line.image.stem not in boilerplate]
    lines = [line for line in found if line.split == split]
    if lines and half is not None:
        lines = [line for line in lines if half_of_writer(line.hand) == half]
        if not lines:
            raise ValueError(f"{folder} has no writer in the half {half!r} of split {split!r}")
    if not lines:
        there = ", ".join(sorted({line.split for line in found if line.split})) or "none"
        raise ValueError(f"{folder} has no {unit} in split {split!r}; its splits are: {there}")
    if limit is not None and limit < len(lines):
        chosen = random.Random(1).sample(range(len(lines)), limit)
        lines = [
            lines[i] for i in sorted(chosen)
        ]  # in file order: lines of one page are cut from it together
    return lines


def evaluate_line_folder(
    folder: Path,
    split: str = "val",
    weights: str = "default",
    decoder: str = "greedy",
    language: str = "english",
    limit: int | None = None,
    unit: Unit = "lines",
    half: Half | None = None,
    own_words: frozenset[str] = frozenset(),
) -> Evaluation:
    """Reads the lines of one data set folder, of any layout that `open_dataset` knows.

    Raises FileNotFoundError, ValueError, OSError for a picture that cannot be decoded.
    """
    lines = load_lines(folder, split, limit, unit, half)
    return evaluate_lines(lines, load_recognizer(weights), make_decoder(decoder, language, own_words))


def make_decoder(name: str, language: str, own_words: frozenset[str] = frozenset()) -> Decoder:
    """A decoder by name: greedy (best path), beam (no language model), lm (with the n-gram model).

    Raises ValueError for any other name, FileNotFoundError for a model that is not there.
    """
    if name == "greedy":
        return greedy
    if name not in ("beam", "lm"):
        raise ValueError(f"no decoder {name!r}: choose greedy, beam or lm")
    model = language if name == "lm" else None

    def decode(output: LineOutput) -> str:
        found = output.n_best(model, 1, own_words)
        return found[0].text if found else ""

    return decode


def print_lines(
    evaluation: Evaluation,
    as_json: bool,
    worst: Path | None,
    reliability: Mapping[str, Reliability] | None = None,
) -> None:
    """The figures as JSON or as tables; ``worst`` gets a picture of the lines with the most errors."""
    if worst is not None:
        write_contact_sheet(worst, evaluation)
    if as_json:
        figures = {name: found.figures() for name, found in (reliability or {}).items()}
        details = evaluation.details() | ({"calibration": figures} if figures else {})
        print(json.dumps({**evaluation.summary(), "details": details}, ensure_ascii=False))
        return
    console = Console()
    table = Table("measure", "value", title="Lines")
    for key, value in evaluation.summary().items():
        table.add_row(key, f"{value:g}")
    for key, (low, high) in evaluation.interval().items():
        table.add_row(f"{key}, 95 % interval over writers", f"{low:g} to {high:g}")
    console.print(table)
    console.print(_groups("characters of the line", evaluation, evaluation.by_length()))
    hands = evaluation.by_hand()
    shown = dict(list(hands.items())[:_HANDS])
    console.print(_groups(f"hand (the worst {len(shown)} of {len(hands)})", evaluation, shown))
    confusions = Table("written", "read", "times", title="Commonest confusions")
    for written, read, times in evaluation.confusions():
        confusions.add_row(repr(written), repr(read), str(times))
    console.print(confusions)


def _groups(heading: str, evaluation: Evaluation, groups: dict[str, list[LineResult]]) -> Table:
    table = Table(heading, "lines", "CER %")
    for name, group in groups.items():
        table.add_row(escape(name), str(len(group)), f"{evaluation.cer(group):.2f}")
    return table
