"""Documents to try changes on, read once for each change, and what was read in each of their fields."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

from inkfield.lab.evaluate.evaluate_cheques import ChequeEvaluation, judge
from inkfield.lab.limits.stages import Change, looked_at, made
from inkfield.schemas.forms.model import Form, load_forms
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import DocumentReading, PageReading

SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")


@dataclass(frozen=True)
class Sample:
    """A document with what is known of it: the line of a labels.jsonl, or the pages of an expected/NAME.json, or
    nothing."""

    path: Path
    label: dict[str, Any] | None = None
    pages: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What was read in one field, and whether it was accepted unseen; ``right`` is None where the truth is unknown."""

    shown: str
    accepted: bool
    right: bool | None


Outcomes = dict[tuple[str, ...], Outcome]
"""By file, page and field."""


@dataclass(frozen=True)
class Tried:
    """What was read after a change; ``looked_at`` are the stages and limits that reading asked for, where nothing was
    changed."""

    outcomes: Outcomes
    looked_at: frozenset[tuple[str, str]] = frozenset()


def samples_in(folder: Path, count: int | None = None) -> list[Sample]:
    """The documents of a folder, the first ``count`` of them: those of its labels.jsonl, as `evaluate --cheques` takes
    it, or else all, with the truth beside them as `inkfield render` writes it. Raises FileNotFoundError for none."""
    labels = folder / "labels.jsonl"
    if labels.is_file():
        lines = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines() if line]
        found = [Sample(folder / line["image"], line) for line in lines]
    else:
        found = [_with_truth(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES]
    if not found:
        raise FileNotFoundError(f"{folder} holds no documents: {', '.join(SUFFIXES)}")
    return found[:count]


def _with_truth(path: Path) -> Sample:
    truth = path.parent / "expected" / f"{path.stem}.json"
    if not truth.is_file():
        return Sample(path)
    return Sample(path, pages=tuple(json.loads(truth.read_text(encoding="utf-8"))["pages"]))


@dataclass(frozen=True)
class TrySetup:
    """Reads all samples once for each change, or as they are for None. The caches of the pipeline are emptied before:
    what is in them was made with other numbers."""

    samples: tuple[Sample, ...]
    form: str | None
    weights: str

    def open(self, on_page: Callable[[int], None]) -> Callable[[Change | None], Tried]:
        import torch

        from inkfield.pipeline.page import load_page_reader

        torch.set_num_threads(1)
        load_page_reader(self.form, self.weights)
        return self.read

    def read(self, change: Change | None) -> Tried:
        forget()
        if change is None:
            with looked_at() as seen:
                outcomes = self._outcomes()
            return Tried(outcomes, frozenset(seen))
        with made(change):
            return Tried(self._outcomes())

    def _outcomes(self) -> Outcomes:
        from inkfield.pipeline.document import read_document
        from inkfield.pipeline.settings import Settings

        settings = Settings(form=self.form, weights=self.weights)
        forms = load_forms()
        found: Outcomes = {}
        for sample in self.samples:
            reading = read_document(sample.path, settings)
            found |= {(sample.path.name, *key): outcome for key, outcome in _judged(sample, reading, forms)}
        return found


def forget() -> None:
    """Empties the caches of functions of the pipeline; those of recognisers hold weights, which no number changes."""
    for name, module in list(sys.modules.items()):
        if name.startswith("inkfield.pipeline."):
            for value in vars(module).values():
                if isinstance(value, _lru_cache_wrapper):
                    value.cache_clear()


Judgement = tuple[tuple[str, ...], Outcome]


def _judged(sample: Sample, reading: DocumentReading, forms: dict[str, Form]) -> Iterator[Judgement]:
    if sample.label is not None:
        yield from _by_label(sample.label, reading.pages)
        return
    for number, page in enumerate(reading.pages):
        truth = sample.pages[number] if number < len(sample.pages) else None
        right = None if truth is None else page.form == truth["form"]
        yield (str(number + 1), "form"), Outcome(page.form or page.status, page.status == "done", right)
        for key, outcome in _by_page(page, truth, forms):
            yield (str(number + 1), *key), outcome


def _by_label(label: dict[str, Any], pages: Sequence[PageReading]) -> Iterator[Judgement]:
    evaluation = ChequeEvaluation()
    judge(evaluation, label, {field.name: field for page in pages[:1] for field in page.fields})
    for name, (judged,) in evaluation.fields.items():
        yield ("1", name), Outcome(judged.read, judged.accepted, judged.exact)


def _by_page(page: PageReading, truth: dict[str, Any] | None, forms: dict[str, Form]) -> Iterator[Judgement]:
    """The fields of a page, and its lines where it has no form."""
    written = truth["fields"] if truth is not None and truth["form"] == page.form else {}
    for field in page.fields:
        right = kind_of(field.kind).same(written[field.name], field.value) if field.name in written else None
        yield (field.name,), Outcome(str(field.value), field.status == "accepted", right)
    for number, line in enumerate(page.lines if page.form is None else (), start=1):
        yield (f"line {number}",), Outcome(line.text, False, None)
