"""Fits the confidence of each field of a cheque on whole rendered cheques, read as any page is read.

    python -m inkfield.lab.calibrate.calibrate_cheques --weights default

The cheques are written by hands that training never sees (recognizers/synthesis/unseen_fonts). Rerun after new weights:
it takes about five minutes of one core for each hundred cheques of a form. No
cheque that is used for measuring takes part.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from inkfield.lab.calibrate.calibrate_lines import joint
from inkfield.lab.documents.sheet import DPI
from inkfield.lab.documents.write_set import RENDERERS
from inkfield.pipeline.cheques.registry import STANDARDS
from inkfield.pipeline.fields.calibration import (
    confidence,
    fit_signed,
    load_calibration,
    load_page_calibration,
    posting_threshold,
)
from inkfield.pipeline.fields.kinds.amount_locale import locale_of
from inkfield.pipeline.fields.ranking import Evidence
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.recognizers.recognizer import WEIGHTS
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.forms.model import Form, load_forms
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import FieldReading

_TODAY = date(2026, 6, 30)
_FEWEST = 25
"""A field with fewer readings keeps the calibration of its kind."""
_FEWEST_WRONG = 3
"""Of one field. Without errors nothing tells doubtful evidence from good, and all readings would be as sure as the
best: then what was fitted on a weaker network's errors stays."""
_AMOUNTS = 4
"""Amounts read as lines for each whole cheque."""
_AT_ONCE = 10
"""Cheques that a process takes at a time."""
_SEED = 20260101
_JOINT = ("amount", "date")
"""What must be right for a cheque to be posted rightly."""


Judged = tuple[str, Evidence, bool]
"""Calibration key of a field's reading, its evidence, and whether it is right."""


@dataclass
class Collected:
    """What was seen of one form: evidence and whether it was right, by calibration key; and of each cheque, by field,
    the keys and evidence."""

    by_key: dict[str, list[tuple[Evidence, bool]]] = field(default_factory=lambda: defaultdict(list))
    cheques: list[dict[str, Judged]] = field(default_factory=list)


def collect(form: Form, weights: str, count: int, processes: int = 1) -> Collected:
    """Renders and reads ``count`` cheques of a form, and amounts alone; the same whatever the number of processes."""
    collected = Collected()
    parts = [range(start, min(start + _AT_ONCE, count)) for start in range(0, count, _AT_ONCE)]
    with get_context("spawn").Pool(processes, initializer=_one_thread) as pool:
        lines = pool.apply_async(_read_amounts, (form, weights, _AMOUNTS * count))
        for cheques in pool.imap(partial(_read_cheques, form, weights), parts):
            for judged in cheques:
                for key, found, right in judged.values():
                    collected.by_key[key].append((found, right))
                collected.cheques.append(judged)
        # A cheque has one amount: many more are read as lines, to see rare errors of the joint reading.
        for kind, found, right in lines.get():
            collected.by_key[f"{form.name}.amount.{kind}"].append((found, right))
    return collected


def _read_cheques(form: Form, weights: str, numbers: Sequence[int]) -> list[dict[str, Judged]]:
    reader = PageReader(form.name, weights)
    cheques = []
    for i in numbers:
        rng = np.random.default_rng([_SEED, i])
        hand = UNSEEN_HANDS[i % len(UNSEEN_HANDS)]
        (image,), truth = RENDERERS[form.name](rng, [hand])
        seen: dict[str, tuple[str, Evidence]] = {}
        reader.fields.witness = lambda key, name, found, seen=seen: seen.update({name: (key, found)})
        pages = reader.read(Page("rendered", 1, image, DPI), _TODAY)
        readings = {reading.name: reading for reading in pages[0].fields}
        judged = {
            name: (key, found, is_right(readings[name], truth[name]))
            for name, (key, found) in seen.items()
            if name in readings and name in truth
        }
        cheques.append(judged)
    return cheques


def _read_amounts(form: Form, weights: str, count: int) -> list[tuple[str, Evidence, bool]]:
    locale = locale_of(form.field("courtesy_amount").grammar, STANDARDS[form.layout].amounts)
    return list(joint(PageReader(form.name, weights).fields, np.random.default_rng(_SEED), count, locale))


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def is_right(reading: FieldReading, truth: Any) -> bool:
    """Whether a reading is the true value: texts without regard to case, amounts to the cent."""
    shown = kind_of(reading.kind).shown(reading.value)
    return shown is not None and " ".join(shown.lower().split()) == str(truth).lower()


def fitted(collected: Collected, earlier: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """Coefficients by key; where hardly anything was wrong, the ``earlier`` ones are kept."""
    return {
        key: list(earlier[key])
        if key in earlier and key.count(".") == 1 and sum(not right for _, right in seen) < _FEWEST_WRONG
        else fit_signed(np.array([e.vector() for e, _ in seen]), np.array([right for _, right in seen]))
        for key, seen in collected.by_key.items()
        if len(seen) >= _FEWEST
    }


def posting(
    collected: Collected, coefficients: dict[str, list[float]], known: dict[str, list[float]]
) -> list[list[float]]:
    """Joint confidence, and 1 for right or 0 for wrong, of the cheques on which all that is posted has a value."""
    pairs = []
    for judged in collected.cheques:
        if not all(name in judged for name in _JOINT):
            continue
        sure = 1.0
        for name in _JOINT:
            key, found, _ = judged[name]
            kind = key.split(".", 2)[-1] if key.count(".") == 2 else name
            sure *= confidence(found, coefficients.get(key) or known.get(kind))
        pairs.append([round(sure, 4), float(all(judged[name][2] for name in _JOINT))])
    return pairs


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="default")
    parser.add_argument("--count", type=int, default=100, help="cheques of each form")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    stem = Path(arguments.weights).stem
    known = {
        key: list(value) for key, value in load_calibration(WEIGHTS / f"{stem}.calibration.json").items()
    }
    earlier = load_page_calibration(WEIGHTS / f"{stem}.cheques.json").coefficients
    result: dict[str, dict[str, Any]] = {"coefficients": {}, "posting": {}}
    forms = load_forms()
    for name in sorted(name for name in RENDERERS if forms[name].layout in STANDARDS):
        collected = collect(forms[name], arguments.weights, arguments.count, arguments.processes)
        coefficients = fitted(collected, earlier)
        for key, seen in sorted(collected.by_key.items()):
            _tell(key, seen, coefficients.get(key))
        pairs = posting(collected, coefficients, known)
        decision = forms[name].decision
        if decision is not None and decision.error_rate is not None:
            threshold = posting_threshold(pairs, decision.error_rate)
            posted = [right for sure, right in pairs if sure >= threshold]
            print(f"{name}: posts from {threshold:.3f}: {len(posted)} of {len(collected.cheques)}, "
                  f"{len(posted) - sum(posted):.0f} wrong")  # fmt: skip
        result["coefficients"].update(coefficients)
        result["posting"][name] = pairs
    (WEIGHTS / f"{stem}.cheques.json").write_text(json.dumps(result) + "\n")


def _tell(key: str, seen: list[tuple[Evidence, bool]], coefficients: list[float] | None) -> None:
    right = np.array([ok for _, ok in seen])
    text = f"{key:36} n {len(seen):4} right {right.mean():.3f}"
    if coefficients is not None:
        sure = np.array([confidence(found, coefficients) for found, _ in seen])
        accepted = sure >= 0.9
        wrong = int((~right[accepted]).sum())
        text += f" at 0.9: read {accepted.mean():.3f}, {wrong} wrong; {[round(c, 2) for c in coefficients]}"
    print(text)


if __name__ == "__main__":
    main()
