"""Whether new weights are better: on settled fields that they never saw, and not worse on rendered ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import numpy as np

from inkfield.lab.learning.ink import as_line, unpacked
from inkfield.pipeline.fields.ranking import Evidence, evidence
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS, covers
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import random_text
from inkfield.schemas.forms.model import Column, Field, Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.store.lessons import Lesson


@dataclass(frozen=True)
class JudgeLimits:
    """When weights are adopted."""

    held_out: int = limit(5, "th", "standard", "Of the documents, by their content: never trained on")
    fewest: int = limit(20, "fields", "guess", "Held out, under which nothing can be said")
    sure: float = limit(
        0.9, "probability", "guess", "That fewer characters are wrong on other documents, too"
    )
    rendered: int = limit(300, "lines", "guess", "Rendered by hands that no training sees")
    forgotten: float = limit(
        0.2,
        "points of CER",
        "guess",
        "By which the rendered lines may be read worse than by the shipped weights",
    )


LIMITS = JudgeLimits()
_DRAWS = 2000
_SEED = 20261128


@dataclass(frozen=True)
class Judged:
    """One held-out field: edits between the text read freely and what is written; whether the value is right; and the
    evidence for it, where there is any."""

    hand: str
    edits: int
    length: int
    kind: str
    form: str
    right: bool
    found: Evidence | None


@dataclass(frozen=True)
class Score:
    """How held-out fields are read: CER in percent, values right, and of the values that would be accepted the wrong
    ones."""

    fields: int
    cer: float
    right: int
    accepted: int
    accepted_wrong: int


def is_held_out(lesson: Lesson) -> bool:
    """Whether a lesson is for judging alone: a fifth of the documents, always the same ones, by their content."""
    return int(lesson.hand[:12], 16) % LIMITS.held_out == 0


def judge_fields(reader: FieldReader, lessons: Sequence[Lesson], forms: Mapping[str, Form]) -> list[Judged]:
    """Reads the ink of settled fields as fields are read, and compares with what people settled."""
    judged = []
    for lesson in lessons:
        form = forms.get(lesson.form)
        described = form.described(lesson.name) if form else None
        ink = unpacked(lesson.ink, lesson.parts, lesson.in_cells)
        line = as_line(described, ink) if described else None
        if form is None or described is None or line is None:
            continue
        read = reader.recognizer.read([line])[0].best().text
        fields = reader.for_form(form)
        looks = fields.looks(described, ink)
        candidates, output = looks if looks is not None else ([], None)
        right = bool(candidates) and candidates[0].value == kind_of(described.kind).typed(lesson.value)
        found = evidence(candidates, output) if candidates and output is not None else None
        judged.append(
            Judged(lesson.hand, edit_distance(read, lesson.written), len(lesson.written), described.kind,
                   f"{form.name}.{lesson.name}", right, found)
        )  # fmt: skip
    return judged


def score(judged: Sequence[Judged], sure: Sequence[float], accept_at: Mapping[str, float]) -> Score:
    """Sums; ``sure`` are the confidences, ``accept_at`` from which on a field (FORM.FIELD) is accepted."""
    accepted = [j.found is not None and s >= accept_at[j.form] for j, s in zip(judged, sure, strict=True)]
    return Score(
        fields=len(judged),
        cer=round(100 * sum(j.edits for j in judged) / max(1, sum(j.length for j in judged)), 3),
        right=sum(j.right for j in judged),
        accepted=sum(accepted),
        accepted_wrong=sum(yes and not j.right for j, yes in zip(judged, accepted, strict=True)),
    )


def chance_of_gain(before: Sequence[Judged], after: Sequence[Judged]) -> float:
    """The probability that fewer characters are wrong, by bootstrap over documents (Efron 1979): fields of one document
    are of one hand."""
    saved: dict[str, float] = defaultdict(float)
    for old, new in zip(before, after, strict=True):
        saved[old.hand] += old.edits - new.edits
    return chance_above_nothing(list(saved.values()))


def chance_above_nothing(gains: Sequence[float]) -> float:
    """The probability that others like these would gain in sum, by bootstrap over them (Efron 1979)."""
    every = np.array(gains)
    drawn = np.random.default_rng(_SEED).integers(len(every), size=(_DRAWS, len(every)))
    return float((every[drawn].sum(1) > 0).mean())


def rendered_cer(model: LineModel) -> float:
    """CER in percent on lines that are rendered in hands that no training sees: what a shipped network is held to where
    nothing but the package is at hand."""
    edits = length = 0
    for crop, text in rendered_lines():
        edits += edit_distance(model.read([crop])[0].best().text, text)
        length += len(text)
    return round(100 * edits / length, 3)


@lru_cache(maxsize=1)
def rendered_lines() -> tuple[tuple[np.ndarray, str], ...]:
    """The lines and their texts; always the same with the same packages and fonts."""
    rng = np.random.default_rng(_SEED)
    lines: list[tuple[np.ndarray, str]] = []
    while len(lines) < LIMITS.rendered:
        text = random_text(rng)
        hands = [hand for hand in UNSEEN_HANDS if covers(hand, text)]
        if hands:
            lines.append((render_line(text, rng, "hand", held_out=True, hands=hands), text))
    return tuple(lines)


def reasons_against(before: Score, after: Score, chance: float, shipped: float, rendered: float) -> list[str]:
    """Why the new weights are not adopted; nothing where they are. ``shipped`` and ``rendered`` are the CER of the
    shipped and of the new weights on rendered lines."""
    against = {
        f"{before.fields} held-out fields, fewer than {LIMITS.fewest}": before.fields < LIMITS.fewest,
        f"characters wrong {after.cer:.2f} %, before {before.cer:.2f} %": after.cer >= before.cer,
        f"a gain on other documents is only {chance:.0%} sure": chance < LIMITS.sure,
        f"{after.right} values right, before {before.right}": after.right < before.right,
        f"{after.accepted_wrong} wrong values would be accepted, before {before.accepted_wrong}": (
            after.accepted_wrong > before.accepted_wrong
        ),
        f"rendered lines read with {rendered:.2f} % CER, by the shipped weights with {shipped:.2f} %": (
            rendered > shipped + LIMITS.forgotten
        ),
    }
    return [reason for reason, holds in against.items() if holds]


def accept_limits(judged: Sequence[Judged], forms: Mapping[str, Form]) -> dict[str, float]:
    """From which confidence on each judged field is accepted."""
    limits = {}
    for name in {j.form for j in judged}:
        form, _, field = name.partition(".")
        described = forms[form].described(field)
        assert isinstance(described, Field | Column)
        limits[name] = described.accept_at
    return limits


def as_figures(found: Score) -> dict[str, float]:
    """For the database."""
    return asdict(found)
