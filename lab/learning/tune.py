"""`inkfield tune`: from some corrected pages to weights for the hands on them, and how much each more page gains.

A fifth of the pages is kept for judging. On a quarter, a half and all of the others the shipped network is trained on,
each time anew, as `inkfield learn` trains it: the curve tells whether more pages are worth the work.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inkfield.flows.workers.weights_in_use import PICTURES
from inkfield.lab.evaluate.line_errors import Evaluation, evaluate_lines
from inkfield.lab.learning import judge
from inkfield.lab.learning.teach import mixed, teach
from inkfield.recognizers.limits import limit
from inkfield.recognizers.recognizer import WEIGHTS, load_recognizer
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.data.labelled_folder import write_labelled_folder
from inkfield.schemas.store.weights import SHIPPED

Tell = Callable[[str], None]


@dataclass(frozen=True)
class TuneLimits:
    """When there is enough to tune with."""

    fewest: int = limit(5, "pages", "guess", "With labelled lines, under which nothing is begun")
    shares: tuple[float, ...] = limit(
        (0.25, 0.5, 1.0),
        "shares",
        "standard",
        "Of the pages to train on, from few to all: points of the curve",
    )


LIMITS = TuneLimits()
_SEED = 20


class TooFewPages(Exception):
    """There is not enough to learn from. The message says how much is missing."""


@dataclass(frozen=True)
class Point:
    """Of the curve: so many pages and lines were trained on; CER in percent on the pages that were kept."""

    pages: int
    lines: int
    cer: float


@dataclass(frozen=True)
class Tuned:
    """What came of it. ``against``: why the weights are not written; nothing where they are. ``rendered`` are the CER
    of the shipped and of the new weights on lines that the package renders."""

    curve: tuple[Point, ...]
    kept_pages: int
    kept_lines: int
    rendered: tuple[float, float]
    against: tuple[str, ...]


def tune(folder: Path, target: Path, tell: Tell, steps: int | None = None) -> Tuned:
    """Trains on the pages (or hands) of a data set, of any layout that `open_dataset` knows, and writes the weights to
    ``target`` where they read the kept pages better.

    ``steps`` are those of one training, by default as `inkfield learn` has them. Raises TooFewPages, OSError (also for
    a picture that cannot be decoded), ValueError for a folder of no known layout.
    """
    kept, pages = _parted(folder)
    others = [line for page in kept for line in page]
    start = WEIGHTS / f"{SHIPPED}.safetensors"
    shipped = evaluate_lines(others, load_recognizer(SHIPPED))
    forgotten = judge.rendered_cer(load_recognizer(SHIPPED))
    curve = [Point(0, 0, round(shipped.cer(), 2))]
    with tempfile.TemporaryDirectory(prefix="inkfield-tune-") as run:
        for count in _counts(len(pages)):
            tell(f"Training on {count} of {len(pages)} pages")
            lines = [line for page in pages[:count] for line in page]
            here = Path(run) / str(count)
            _write_pictures(here, lines)
            most = forgotten + judge.LIMITS.forgotten
            new, rendered = mixed(here, start, teach(here, start, steps), judge.rendered_cer, most)
            found = evaluate_lines(others, load_recognizer(str(new)))
            curve.append(Point(count, len(lines), round(found.cer(), 2)))
            tell(f"Characters wrong on the pages that were kept: {curve[-1].cer:.2f} %")
        against = _reasons_against(shipped, found, forgotten, rendered)
        if not against:
            shutil.copyfile(new, target)
    return Tuned(tuple(curve), len(kept), len(others), (forgotten, rendered), tuple(against))


def _parted(folder: Path) -> tuple[list[list[LabelledLine]], list[list[LabelledLine]]]:
    """The lines of pages that are kept for judging, and of those to train on, page by page; drawn, always alike."""
    by_page: dict[str, list[LabelledLine]] = defaultdict(list)
    for line in read_dataset(folder):
        by_page[line.hand].append(line)
    if len(by_page) < LIMITS.fewest:
        raise TooFewPages(
            f"{folder} has {len(by_page)} pages with labelled lines. {LIMITS.fewest} are the least, 20 a good start."
        )
    pages = [by_page[name] for name in sorted(by_page)]
    random.Random(_SEED).shuffle(pages)
    keep = max(2, len(pages) // judge.LIMITS.held_out)
    return pages[:keep], pages[keep:]


def _counts(pages: int) -> list[int]:
    return sorted({max(1, round(share * pages)) for share in LIMITS.shares})


def _write_pictures(here: Path, lines: Sequence[LabelledLine]) -> None:
    pictures = ((line.read(), "train", line.hand, line.text) for line in lines)
    write_labelled_folder(here / PICTURES, "line", pictures)


def _reasons_against(old: Evaluation, new: Evaluation, shipped: float, rendered: float) -> list[str]:
    sure = _chance_of_gain(old, new)
    against = {
        f"on the kept pages {new.cer():.2f} % of the characters are wrong, before {old.cer():.2f} %": (
            new.cer() >= old.cer()
        ),
        f"a gain on other pages is only {sure:.0%} sure: correct more pages": sure < judge.LIMITS.sure,
        f"other hands would be read worse: rendered lines with {rendered:.2f} % CER, before {shipped:.2f} %": (
            rendered > shipped + judge.LIMITS.forgotten
        ),
    }
    return [reason for reason, holds in against.items() if holds]


def _chance_of_gain(old: Evaluation, new: Evaluation) -> float:
    """The probability that fewer characters are wrong on other pages, from the lines of the kept ones: of pages there
    are too few to draw from."""
    return judge.chance_above_nothing(
        [b.character_errors - a.character_errors for b, a in zip(old.results, new.results, strict=True)]
    )


def write_curve(curve: Sequence[Point], picture: Path) -> None:
    """The curve as a picture, its numbers beside it as TSV."""
    from matplotlib.figure import Figure  # of the extra `train`

    rows = ["pages\tlines\tcer", *(f"{p.pages}\t{p.lines}\t{p.cer}" for p in curve)]
    picture.with_suffix(".tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([p.pages for p in curve], [p.cer for p in curve], marker="o")
    axes.set_xlabel("corrected pages")
    axes.set_ylabel("characters wrong, %")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    figure.savefig(picture, dpi=120)
