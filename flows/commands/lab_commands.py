"""The commands for those who measure and train: evaluate, train, render, sensitivity."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from inkfield.flows.commands.command_line import OwnWords, own_words_of, stop

if TYPE_CHECKING:
    from inkfield.recognizers.training.model_trainer import ModelTrainer

PEER_MISSING = 3
TRAINING_PACKAGES = ("matplotlib", "names", "num2words", "wordfreq")
"""What the extra ``train`` brings."""


class UnitName(StrEnum):
    lines = "lines"
    words = "words"


class HalfName(StrEnum):
    choose = "choose"
    report = "report"


class Decoder(StrEnum):
    greedy = "greedy"
    beam = "beam"
    lm = "lm"


def evaluate(
    lines: Annotated[
        Path | None,
        typer.Option("--lines", help="A data set folder; see `inkfield data check`.", exists=True),
    ] = None,
    cheques: Annotated[
        Path | None,
        typer.Option("--cheques", help="A folder with labels.jsonl and cheque images.", exists=True),
    ] = None,
    split: Annotated[str, typer.Option("--split", help="Which split of the lines.")] = "val",
    half: Annotated[
        HalfName | None,
        typer.Option("--half", help="One half of the writers only: choose on one, report on the other."),
    ] = None,
    unit: Annotated[
        UnitName, typer.Option("--unit", help="Lines or words, where a data set has both.")
    ] = UnitName.lines,
    weights: Annotated[
        str, typer.Option("--weights", help="Name or path of the recogniser's weights.")
    ] = "default",
    decoder: Annotated[
        Decoder, typer.Option("--decoder", help="greedy: best path; beam; lm: beam with an n-gram model.")
    ] = Decoder.greedy,
    language: Annotated[
        str, typer.Option("--language", help="The n-gram model of --decoder lm: its name, or its path.")
    ] = "english",
    words: OwnWords = None,
    form: Annotated[str, typer.Option("--form", help="The form of the cheques.")] = "cheque_in",
    limit: Annotated[int | None, typer.Option("--limit", help="Only so many lines, drawn at random.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Worker processes for cheques.")] = 1,
    worst: Annotated[
        Path | None, typer.Option("--worst", help="PNG for the lines that were read worst.")
    ] = None,
    peers: Annotated[
        str, typer.Option("--peers", help="Others that read the same lines: rapidocr,tesseract,easyocr.")
    ] = "",
    calibration: Annotated[
        Path | None,
        typer.Option("--calibration", help="PNG that tells how far the confidences can be trusted."),
    ] = None,
    errors: Annotated[
        Path | None,
        typer.Option("--errors", help="Folder for a picture of each misread field of the cheques."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure how well labelled lines or cheques are read.

    Lines: CER and WER in percent and the time of one thread. The words of WER are what white space separates;
    punctuation stays with its word, case and accents count; the 95 % interval comes from a bootstrap over writers.
    Cheques: per field how many are exact, accepted, wrong
    though accepted, and sent to review; and how many would be posted, and wrongly, over the threshold. Exit code 3:
    a peer is not installed; 2: the call was wrong.

    Examples:

    - `inkfield evaluate --lines handwriting/copiste --decoder lm --worst worst.png`
    - `inkfield evaluate --lines handwriting/dhsd --peers rapidocr,tesseract --limit 300`
    - `inkfield evaluate --cheques cheques --calibration cheques.png --json`
    """
    import torch

    from inkfield.flows.workers.reader_process import ReaderBroken
    from inkfield.lab.calibrate.evaluate_confidence import (
        cheque_reliability,
        line_reliability,
        print_reliability,
    )
    from inkfield.lab.evaluate.evaluate_cheques import evaluate_cheques, print_cheques
    from inkfield.lab.evaluate.evaluate_lines import evaluate_line_folder, print_lines
    from inkfield.lab.evaluate.evaluate_peers import evaluate_beside_peers
    from inkfield.lab.evaluate.research_weights import NoResearchWeights, weights_to_measure

    torch.set_num_threads(1)
    if calibration:
        with training_packages():  # now, not after the reading
            import_module("matplotlib")
    if (lines is None) == (cheques is None):
        stop("Give either --lines DIR or --cheques DIR.")
    if peers and (cheques or worst or calibration):
        stop("--peers compares lines: leave out --cheques, --worst and --calibration.")
    try:
        weights = weights_to_measure(weights)
        if lines is not None and peers:
            complete = evaluate_beside_peers(
                lines, split, weights, decoder.value, language, limit, unit.value, peers.split(","), as_json
            )
            raise typer.Exit(0 if complete else PEER_MISSING)
        if lines is not None:
            found = evaluate_line_folder(
                lines,
                split,
                weights,
                decoder.value,
                language,
                limit,
                unit.value,
                half.value if half else None,
                own_words_of(words),
            )
            reliability = line_reliability(found, weights, calibration)
            print_lines(found, as_json, worst, reliability)
        elif cheques is not None:
            judged = evaluate_cheques(cheques, form, weights, workers, errors)
            reliability = cheque_reliability(judged.fields, calibration)
            print_cheques(judged, as_json, reliability)
        if not as_json:
            print_reliability(reliability)
    except (NoResearchWeights, OSError, ValueError, ReaderBroken) as error:
        stop(str(error))


def train(
    recipe: Annotated[
        Path | None,
        typer.Option("--recipe", help="The recipe (YAML). Default: the model's own.", exists=True),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="Folder of checkpoints and log; continued if it is there."),
    ] = None,
    processes: Annotated[
        int, typer.Option("--processes", min=1, help="Processes that train together, one a core.")
    ] = 1,
    model: Annotated[
        str | None, typer.Option("--model", help="A reader or writer of docs/architectures.md to train.")
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", help="With --model: a data set folder; may be repeated.", exists=True),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", help="With --model: of the processor, for those of the recipe."),
    ] = None,
    at_most: Annotated[
        float, typer.Option("--at-most", help="With --model: minutes now; the same command goes on later.")
    ] = math.inf,
) -> None:
    """Train a recogniser. The same command continues a run that was stopped.

    Examples:

    - `inkfield train --recipe recognizers/training/recipe.yaml --run .runs/default`
    - `inkfield train --model transformer --data words --run .runs/transformer --minutes 60`
    """
    import torch

    torch.set_num_threads(1)
    if model is not None:
        if not data or processes > 1:
            stop("--model goes with --data DIR, and trains in one process.")
        model_trainer(model, data, run or Path(".runs") / model, recipe, minutes).train(at_most)
    elif recipe is None or run is None:
        stop("Give --recipe FILE and --run FOLDER, or --model NAME and --data DIR.")
    else:
        train_lines(recipe, run, processes)


def model_trainer(
    model: str, data: list[Path], run: Path, recipe: Path | None, minutes: float | None
) -> ModelTrainer:
    """The training of a network of `recognizers.architectures`; stops with what is wrong with the call."""
    from inkfield.recognizers.training.model_recipe import load_model_recipe
    from inkfield.recognizers.training.model_trainer import ModelTrainer

    try:
        wanted = load_model_recipe(model, recipe)
        if minutes is not None:
            wanted = wanted.model_copy(update={"minutes": minutes})
        return ModelTrainer(wanted, data, run)
    except (FileNotFoundError, ValueError) as error:
        stop(str(error))


def train_lines(recipe: Path, run: Path, processes: int) -> None:
    """Trains the reader of lines that is shipped."""
    with training_packages():
        from inkfield.recognizers.training.parallel import run_processes
        from inkfield.recognizers.training.recipe import RecipeError, load_recipe
        from inkfield.recognizers.training.trainer import train as train_in_process

    try:
        wanted = load_recipe(recipe)
    except RecipeError as error:
        stop(str(error))
    run_processes(processes, train_in_process, wanted, run)


def render(
    folder: Annotated[Path, typer.Argument(help="Where the PDFs and expected.json go.")],
    count: Annotated[int, typer.Option("--count", min=1, help="How many documents.")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same documents.")] = 1,
) -> None:
    """Make rendered cheques and claim forms, filled in with rendered handwriting, with a file of the true values."""
    with training_packages():
        from inkfield.lab.documents.write_set import write_set

        typer.echo(write_set(folder, count, seed))


def sensitivity(
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents",
            help="A folder with labels.jsonl, or as `inkfield render` writes it. Default: documents rendered now.",
            exists=True,
        ),
    ] = None,
    stage: Annotated[
        list[str] | None,
        typer.Option(
            "--stage", help="Only the stages whose names begin so; see docs/limits.md. May be repeated."
        ),
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="How many documents.")] = 6,
    seed: Annotated[int, typer.Option("--seed", help="Of the rendered documents.")] = 2,
    form: Annotated[
        str | None, typer.Option("--form", help="The form of all documents. Default: recognised.")
    ] = None,
    weights: Annotated[
        str, typer.Option("--weights", help="Name or path of the recogniser's weights.")
    ] = "default",
    workers: Annotated[int, typer.Option("--workers", min=1, help="Worker processes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Move each tuned number of the pipeline by 10 % and show what is then read otherwise.

    All documents are read once for each number and direction: name a stage, or take a few documents. Numbers that
    reading them does not ask for are left out.

    Examples:

    - `inkfield sensitivity --stage pipeline.cheques --count 4 --workers 4`
    - `inkfield sensitivity --documents cheques --form cheque_in --stage pipeline.image.ruled_lines`
    """
    from inkfield.flows.workers.reader_process import ReaderBroken
    from inkfield.lab.limits.development_set import samples_in
    from inkfield.lab.limits.sensitivity import measure, print_sensitivity

    with TemporaryDirectory() as rendered:
        folder = documents or Path(rendered)
        if documents is None:
            with training_packages():
                from inkfield.lab.documents.write_set import RENDERERS, write_set

                write_set(folder, count, seed, tuple(RENDERERS))
        try:
            samples = samples_in(folder, count)
            print_sensitivity(measure(samples, stage or (), form, weights, workers), as_json)
        except (OSError, ValueError, ReaderBroken) as error:
            stop(str(error))


@contextmanager
def training_packages() -> Iterator[None]:
    """Stops with what to install where a package of the extra ``train`` is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name not in TRAINING_PACKAGES:
            raise
        stop(f"{error.name} is not installed. Training and rendering need: pip install 'inkfield[train]'")
