"""Trains the network on with what people settled, by the trainer of all networks; nothing of its own but the recipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from inkfield.flows.workers.weights_in_use import PICTURES
from inkfield.lab.learning.ink import as_line, unpacked
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.labelled_folder import write_labelled_folder
from inkfield.recognizers.training.export import export
from inkfield.recognizers.training.recipe import Recipe
from inkfield.recognizers.training.trainer import Trainer
from inkfield.schemas.forms.model import Form
from inkfield.schemas.store.lessons import Lesson


@dataclass(frozen=True)
class TeachLimits:
    """How the network is trained on."""

    trained: tuple[str, ...] = limit(
        (), "parts", "validation lines", "Of the network that are trained; none: all"
    )
    steps: int = limit(120, "updates", "guess", "Of a run: some four minutes of a core")
    learning_rate: float = limit(0.001, "a step", "validation lines", "At its highest")
    rendered: float = limit(
        0.3, "share", "guess", "Of rendered lines among those trained on, so that nothing is forgotten"
    )
    augmentation: float = limit(0.7, "strength", "guess", "Of the variation of the ink")
    average: float = limit(0.98, "share", "guess", "Of the moving average that stays at a step")
    columns: int = limit(12000, "px", "guess", "Of all lines of a batch together")
    pool: int = limit(128, "lines", "guess", "Drawn at once")
    mixes: tuple[tuple[int, int], ...] = limit(
        ((0, 1), (1, 2), (1, 1)),
        "parts",
        "validation lines",
        "Of old and of new weights, that are tried in turn",
    )
    minutes_between: float = limit(
        1.0, "minutes", "guess", "Of training that are lost at most when it is killed"
    )


LIMITS = TeachLimits()


def write_pictures(folder: Path, lessons: Sequence[Lesson], forms: Mapping[str, Form]) -> int:
    """Writes the lessons as a data set, as the network reads them; returns how many there are."""
    target = folder / PICTURES
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True, mode=0o700)
    pictures = []
    for lesson in lessons:
        described = forms[lesson.form].described(lesson.name) if lesson.form in forms else None
        if described is None:
            continue
        line = as_line(described, unpacked(lesson.ink, lesson.parts, lesson.in_cells))
        if line is not None:
            pictures.append((line, "train", lesson.hand, lesson.written))
    return write_labelled_folder(target, "lesson", pictures)


def teach(folder: Path, start: Path, steps: int | None = None) -> Path:
    """Trains the weights at ``start`` on with the pictures in the folder; returns the new ones.

    Killed, the same call goes on from the last checkpoint in the folder.
    """
    recipe = Recipe(
        data=folder,
        sources={PICTURES: 1.0},
        rendered_share=LIMITS.rendered,
        rendered_again=0.7,
        warm_start=start,
        trained=LIMITS.trained,
        minutes=1.0,
        steps=steps or LIMITS.steps,
        learning_rate=LIMITS.learning_rate,
        weight_decay=0.01,
        ema=LIMITS.average,
        seed=1,
        columns_per_batch=LIMITS.columns,
        pool=LIMITS.pool,
        loaders=0,
        augmentation=(LIMITS.augmentation, LIMITS.augmentation),
        first_longest=2600,
        curriculum_until=0.0,
    )
    trainer = Trainer(recipe, folder)
    with redirect_stdout(sys.stderr):
        while trainer.done() < 1:
            trainer.train(LIMITS.minutes_between)
    return folder / "weights.safetensors"


def mixed(
    folder: Path, start: Path, new: Path, cer: Callable[[LineModel], float], most: float
) -> tuple[Path, float]:
    """The new weights, in half precision, or a mean of the old and the new that does not forget what was known before
    (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"): of those tried the one with most of the new whose
    ``cer`` is ``most`` at most, or else the last; and that CER."""
    for old_parts, new_parts in LIMITS.mixes:
        path = export([start] * old_parts + [new] * new_parts, uuid4().hex, folder)
        found = cer(load_recognizer(str(path)))
        if found <= most:
            break
    return path, found
