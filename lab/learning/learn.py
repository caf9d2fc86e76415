"""`inkfield learn`: gathers what people settled, trains the network on, judges it, and adopts it or not.

Every step can be cut off and is taken up again by the same call. The weights in use change in the last transaction
only, and the old ones stay.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine

from inkfield.flows.workers.hold_lease import held
from inkfield.flows.workers.weights_in_use import LEASE, RUN, forget_pictures, learning_folder, weights_file
from inkfield.lab.learning import judge
from inkfield.lab.learning.cut import cut_settled
from inkfield.lab.learning.judge import (
    Score,
    accept_limits,
    as_figures,
    chance_of_gain,
    is_held_out,
    judge_fields,
    reasons_against,
    score,
)
from inkfield.lab.learning.refit import Known, confidences, cross_fitted, of_cheques, refitted
from inkfield.lab.learning.teach import mixed, teach, write_pictures
from inkfield.pipeline.fields.calibration import KINDS_ENDING, PAGES_ENDING
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.recognizers.limits import limit
from inkfield.recognizers.recognizer import WEIGHTS, load_recognizer
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.forms.model import Form, load_forms
from inkfield.schemas.store.lessons import Lesson, lessons
from inkfield.schemas.store.weights import SHIPPED, add_weights, use_weights, weights_in_use

_LEASE_SECONDS = 120.0
_BY = "inkfield learn"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class LearnLimits:
    """When there is enough to learn from."""

    fewest: int = limit(80, "fields", "guess", "Settled fields to train on, under which nothing is begun")


LIMITS = LearnLimits()


class TooFew(Exception):
    """There is not enough to learn from yet. The message says how much is missing."""


class Interrupted(Exception):
    """Another process may have taken over: nothing was adopted."""


@dataclass(frozen=True)
class Learned:
    """What came of it: the name of the new weights, why they are not adopted (nothing: they are), and the figures."""

    name: str
    against: tuple[str, ...]
    figures: Mapping[str, Any]


def learn(engine: Engine, tell: Tell, steps: int | None = None) -> Learned:
    """Learns from all that was settled, and adopts what came of it where it is better.

    ``steps`` are those of the training, by default as usual. Raises TooFew, LeaseTaken where another process learns,
    Interrupted, OthersInUse where the weights in use were changed meanwhile, ReaderBroken, OSError, DatabaseError.
    """
    with held(engine, LEASE, _LEASE_SECONDS) as lost:
        with transaction(engine) as session:
            base = weights_in_use(session)
        start = WEIGHTS / f"{SHIPPED}.safetensors" if base == SHIPPED else weights_file(engine, base)
        tell("Cutting out the ink of settled fields")
        cut_settled(engine, str(start), lambda done, of: tell(f"Page {done + 1} of {of}"))
        with transaction(engine) as session:
            known = lessons(session)
        taught = [lesson for lesson in known if not is_held_out(lesson)]
        held_out = [lesson for lesson in known if is_held_out(lesson)]
        _check(taught, held_out)
        forms = load_forms()
        run = learning_folder() / RUN
        taught = _planned(run, base, taught)
        try:
            tell(f"Training on {len(taught)} settled fields")
            write_pictures(run, taught, forms)
            trained = teach(run, start, steps)
            shipped = judge.rendered_cer(load_recognizer(SHIPPED))
            most = shipped + judge.LIMITS.forgotten
            new, rendered = mixed(run, start, trained, judge.rendered_cer, most)
            tell(f"Judging on {len(held_out)} settled fields that were not trained on")
            learned = _judged(
                engine, start, new, base, len(taught), held_out, forms, (shipped, rendered), lost
            )
        finally:
            forget_pictures()
        shutil.rmtree(run)
        return learned


def _check(taught: Sequence[Lesson], held_out: Sequence[Lesson]) -> None:
    if len(taught) < LIMITS.fewest or len(held_out) < judge.LIMITS.fewest:
        raise TooFew(
            f"{len(taught)} settled fields can be trained on and {len(held_out)} kept for judging; {LIMITS.fewest} and "
            f"{judge.LIMITS.fewest} are the least. Of {judge.LIMITS.held_out} documents one is kept for judging, "
            "chosen by its content."
        )


def _planned(run: Path, base: str, taught: Sequence[Lesson]) -> list[Lesson]:
    """The lessons of a training that was cut off, to be gone on with; else all, and a new folder."""
    plan = run / "plan.json"
    if plan.exists():
        found = json.loads(plan.read_text(encoding="utf-8"))
        if found["base"] == base:
            begun = set(found["lessons"])
            return [lesson for lesson in taught if lesson.id in begun]
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True, mode=0o700)
    text = json.dumps({"base": base, "lessons": [lesson.id for lesson in taught]})
    (run / "plan.tmp").write_text(text, encoding="utf-8")
    os.replace(run / "plan.tmp", plan)
    return list(taught)


def _judged(
    engine: Engine,
    start: Path,
    new: Path,
    base: str,
    taught: int,
    held_out: Sequence[Lesson],
    forms: Mapping[str, Form],
    rendered: tuple[float, float],
    lost: Event,
) -> Learned:
    """Judges the new weights, writes them into the database, and has them used where nothing speaks against it.

    ``rendered``: the CER on rendered lines of the shipped weights and of these.
    """
    old_reader, new_reader = (FieldReader(load_recognizer(str(path))) for path in (start, new))
    before, after = (judge_fields(reader, held_out, forms) for reader in (old_reader, new_reader))
    at, most = accept_limits(before, forms), old_reader.most_sure
    known = Known(old_reader.calibration, old_reader.posting)
    old_score = score(before, confidences(before, [known.coefficients] * len(before), most), at)
    chance = chance_of_gain(before, after)

    def verdict() -> tuple[Score, list[str]]:
        new_score = score(after, cross_fitted(after, known.coefficients, most), at)
        return new_score, reasons_against(old_score, new_score, chance, *rendered)

    new_score, against = verdict()
    if not against:  # what takes minutes comes last
        known = of_cheques(
            known, [forms[name] for name in sorted({lesson.form for lesson in held_out} & forms.keys())], new
        )
        new_score, against = verdict()
    figures = {
        "learned_on": base,
        "taught": taught,
        "before": as_figures(old_score),
        "after": as_figures(new_score),
        "chance_of_gain": round(chance, 3),
        "rendered_shipped": rendered[0],
        "rendered": rendered[1],
        "against": against,
    }
    if lost.is_set():
        raise Interrupted("this took so long that another process may learn by now; nothing was adopted")
    fitted = _split(Known(refitted(after, known.coefficients), known.posting))
    with transaction(engine) as session:
        name = add_weights(session, None if against else new.read_bytes(), {} if against else fitted, figures)
        if not against:
            use_weights(session, name, _BY, instead_of=base)
    return Learned(name, tuple(against), figures)


def _split(known: Known) -> dict[str, Any]:
    """The confidences as their two files hold them: of kinds, and of fields of forms with what posting follows from."""
    pages = {key: value for key, value in known.coefficients.items() if "." in key}
    return {
        KINDS_ENDING: {key: value for key, value in known.coefficients.items() if key not in pages},
        PAGES_ENDING: {"coefficients": pages, "posting": dict(known.posting)},
    }
