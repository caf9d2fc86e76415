"""`inkfield evaluate --cheques DIR`: what was read on labelled cheques, field by field.

DIR holds labels.jsonl (one cheque a line) and the images it names. Truth of the joint ``amount`` is where figures
and words agree; where they disagree the only right answer is review.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import numpy as np
from rich.console import Console
from rich.table import Table

from inkfield.flows.workers.limits import intake_limits
from inkfield.flows.workers.read_isolated import ask_all
from inkfield.flows.workers.reader_process import DocumentLost
from inkfield.lab.calibrate.reliability import Reliability
from inkfield.lab.evaluate.cheque_curve import curve_table, decision_curve
from inkfield.lab.evaluate.cheque_errors import write_error
from inkfield.pipeline.records import CROP_STAGE, Picture
from inkfield.recognizers.distance import edit_distance
from inkfield.schemas.readings import FieldReading, Value

_TEXT_FIELDS = ("payee", "memo")
_LABELS = {"courtesy_amount": "amount", "legal_amount": "legal_amount", "date": "date"}


@dataclass(frozen=True)
class Judged:
    """One field of one cheque: what stands there, what was read, and whether it was accepted unseen."""

    truth: str
    read: str
    accepted: bool
    confidence: float

    @property
    def exact(self) -> bool:
        return self.truth == self.read


@dataclass
class ChequeEvaluation:
    """All judged fields by name, and the cheques by decision."""

    fields: dict[str, list[Judged]] = field(default_factory=dict)
    posted: int = 0
    posted_wrong: int = 0
    cheques: int = 0
    joint: list[tuple[float, bool]] = field(default_factory=list)
    """Of each cheque the joint confidence (0 for what may never be posted) and whether amount and date are right."""
    errors: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """JSON keys as others script against them; rates in 0..1, CER in percent."""
        result: dict[str, Any] = {}
        for name, judged in self.fields.items():
            characters = sum(len(j.truth) for j in judged)
            errors = sum(edit_distance(j.read, j.truth) for j in judged)
            accepted = [j for j in judged if j.accepted]
            result[name] = {
                "cheques": len(judged),
                "read_rate": round(len(accepted) / len(judged), 4),
                "exact_rate": round(sum(j.exact for j in judged) / len(judged), 4),
                "exact": sum(j.exact for j in judged),
                "wrong_accepted": sum(not j.exact for j in accepted),
                "review": len(judged) - len(accepted),
                "cer": round(100 * errors / max(1, characters), 2),
            }
        result["cheques"] = self.cheques
        result["posted_rate"] = round(self.posted / max(1, self.cheques), 4)
        result["posted_wrong"] = self.posted_wrong
        result["decision_curve"] = decision_curve(self.joint)
        return result


def evaluate_cheques(
    folder: Path,
    form: str = "cheque_in",
    weights: str = "default",
    workers: int = 1,
    errors: Path | None = None,
) -> ChequeEvaluation:
    """Reads every labelled cheque image of the folder and judges its fields. Raises FileNotFoundError.

    ``errors`` is a folder for a picture of each misread field.
    """
    labels = [
        json.loads(line)
        for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
        if line
    ]
    evaluation = ChequeEvaluation()
    images = [folder / label["image"] for label in labels]
    setup = ChequeSetup(form, weights)
    for label, (readings, crops) in zip(labels, _read_all(setup, images, workers), strict=True):
        evaluation.cheques += 1
        misread = judge(evaluation, label, readings)
        if errors is not None:
            for name, judged in misread.items():
                cheque = Path(label["image"]).stem
                write_error(errors, cheque, name, crops, judged.truth, judged.read, judged.confidence)
    return evaluation


Read = tuple[dict[str, FieldReading], dict[str, np.ndarray]]
"""The fields of a cheque by name, and their cleaned crops."""


@dataclass(frozen=True)
class ChequeSetup:
    """Reads the fields of a cheque image and keeps their crops."""

    form: str
    weights: str

    def open(self, on_page: Callable[[int], None]) -> Callable[[Path], Read]:
        import torch

        from inkfield.pipeline.page import load_page_reader

        torch.set_num_threads(1)
        load_page_reader(self.form, self.weights)
        return lambda path: _read(path, self, on_page)


def _read_all(setup: ChequeSetup, images: list[Path], workers: int) -> Iterator[Read]:
    """Of a cheque whose reading cost the worker process nothing was read."""
    for answer in ask_all(setup, images, workers):
        yield ({}, {}) if isinstance(answer, DocumentLost) else cast(Read, answer)


def _read(path: Path, setup: ChequeSetup, on_page: Callable[[int], None]) -> Read:
    from inkfield.pipeline.document import read_document
    from inkfield.pipeline.settings import Settings

    crops: dict[str, np.ndarray] = {}

    def keep(stage: str, picture: Picture | None) -> None:
        if picture and stage.startswith(CROP_STAGE):
            crops[stage.removeprefix(CROP_STAGE)] = picture().copy()

    settings = Settings(form=setup.form, weights=setup.weights, limits=intake_limits(), on_page=on_page)
    reading = read_document(path, settings, keep)
    return {f.name: f for page in reading.pages[:1] for f in page.fields}, crops


def judge(
    evaluation: ChequeEvaluation, label: dict[str, Any], readings: dict[str, FieldReading]
) -> dict[str, Judged]:
    """Adds one cheque to the evaluation; returns its misread fields. ``label`` as a line of labels.jsonl."""
    misread = {}
    agree = _decimal(label["amount"]) == _decimal(label["legal_amount"])
    truths = {
        name: canonical(label[key], name) for name, key in _LABELS.items() if label.get(key) is not None
    }
    for name in ("payee", "memo", "account_number", "check_number", "micr"):
        if label.get(name):
            truths[name] = canonical(label[name], name)
    truths["amount"] = canonical(label["amount"], "amount") if agree else "review"
    for name, truth in truths.items():
        found = readings.get(name)
        if found is None and readings and name not in ("payee", "amount", "date"):
            continue  # the form has no such field
        accepted = found is not None and found.status == "accepted"
        read = canonical(_shown(found), name) if found is not None else ""
        if name == "amount" and not agree:
            read = read if accepted else "review"
        judged = Judged(truth, read, accepted, found.confidence if found else 0.0)
        evaluation.fields.setdefault(name, []).append(judged)
        if not judged.exact:
            evaluation.errors.append(f"{label['image']}: {name}{' (accepted)' if accepted else ''}")
            misread[name] = judged
    decision = readings.get("decision")
    wrong = any(name in misread for name in ("amount", "date"))
    if decision is not None and decision.value == "post":
        evaluation.posted += 1
        evaluation.posted_wrong += wrong
    barred = decision is None or decision.value == "reject" or (not agree and "amount" not in misread)
    evaluation.joint.append((0.0 if barred or decision is None else decision.confidence, not wrong))
    return misread


def _shown(reading: FieldReading) -> Value:
    return reading.value if reading.value is not None else ""


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def canonical(value: Any, name: str) -> str:
    """A value as a text that can be compared: amounts with two decimals, dates as ISO, names without case."""
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if "amount" in name:
        return str(_decimal(value))
    text = " ".join(str(value).split())
    return text.lower() if name in _TEXT_FIELDS else text


def print_cheques(
    evaluation: ChequeEvaluation, as_json: bool, reliability: Mapping[str, Reliability] | None = None
) -> None:
    """The figures as JSON or as a table. Contents of fields are not printed, only which were misread."""
    summary = evaluation.summary()
    if as_json:
        figures = {name: found.figures() for name, found in (reliability or {}).items()}
        print(json.dumps(summary | ({"calibration": figures} if figures else {})))
        return
    console = Console()
    table = Table(
        "field", "cheques", "exact", "accepted", "wrong accepted", "to review", "CER %", title="Cheques"
    )
    for name, figures in summary.items():
        if isinstance(figures, dict):
            cells = (
                figures["cheques"],
                figures["exact"],
                f"{figures['read_rate']:.0%}",
                figures["wrong_accepted"],
            )
            table.add_row(name, *map(str, cells), str(figures["review"]), f"{figures['cer']:.1f}")
    console.print(table)
    console.print(
        f"posted {summary['posted_rate']:.0%} of {summary['cheques']}, wrong {summary['posted_wrong']}"
    )
    console.print(curve_table(summary["decision_curve"]))
    for error in evaluation.errors:
        console.print("  misread:", error)
