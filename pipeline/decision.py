"""What becomes of a page as a whole: post it, have a person review it, or reject it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

from pipeline.records import FieldReading
from pipeline.rules import LOW_CONFIDENCE
from schemas.form import Form, Limit


def quality_reasons(form: Form, quality: Mapping[str, float]) -> list[str]:
    """The form's quality limits that the page does not keep to, as reasons for review."""
    return [
        f"{fault(name, limit, quality[name])}: {name} {quality[name]:.3g}"
        for name, limit in form.quality.items()
        if name in quality and not limit.contains(quality[name])
    ]


_FAULTS = {
    "paper_width_mm": ("undersize image", "oversize image"),
    "paper_height_mm": ("undersize image", "oversize image"),
    "torn_corner_mm2": ("", "torn or folded corner"),
    "skew_degrees": ("skewed image", "skewed image"),
    "brightness": ("too dark", "too light"),
    "contrast": ("too light", ""),
    "ink_share": ("too light", "too dark"),
    "piggyback": ("", "piggyback"),
    "streaks": ("", "streaks"),
    "focus": ("out of focus", ""),
    "noise": ("", "noise"),
    "dpi": ("resolution too low", ""),
    "signature_score": ("signature unlike the specimens on file", ""),
}
"""What image exchange (ANSI X9.100-180) calls a figure below its least and above its most."""
MEASURES = frozenset(_FAULTS)
"""Names of the measures that such a test is known for, those of cheques among them."""


def fault(name: str, limit: Limit, value: float) -> str:
    """The industry's name of a quality test that a figure fails."""
    below, above = _FAULTS.get(name, ("", ""))
    named = below if limit.min is not None and value < limit.min else above
    return named or "page quality"


def joint_confidence(form: Form, readings: Sequence[FieldReading]) -> float:
    """Probability that all values that the decision counts are right; that something is signed is no value."""
    names = form.decision.fields if form.decision else ()
    return prod(r.confidence for r in readings if r.name in names and r.kind != "signature")


def decide(
    form: Form, readings: Sequence[FieldReading], quality: Mapping[str, float], post_at: float | None = None
) -> list[FieldReading]:
    """The readings with the form's ``decision`` field added at its place; as they are for a form without one.

    post: every field that counts is accepted and they are jointly sure enough. reject: one of them is surely
    not there (nothing written, unsigned). Everything else is for a person, with the reasons. ``post_at`` replaces the
    form's.
    """
    readings = list(readings)
    if form.decision is None:
        return readings
    field = next(f for f in form.fields if f.kind == "decision")
    by_name = {reading.name: reading for reading in readings}
    counted = [by_name[name] for name in form.decision.fields if name in by_name]
    missing = [name for name in form.decision.fields if name not in by_name]
    absent = [r.name for r in counted if r.status == "empty" or (r.kind == "signature" and r.value is False)]
    surely_absent = [n for n in absent if by_name[n].confidence >= form.decision.reject_at]
    # Under a calibrated threshold the joint confidence decides: a single low one is no reason of its own.
    unsure_only = {
        r.name
        for r in counted
        if post_at is not None
        and r.value is not None
        and r.kind != "signature"
        and set(r.reasons) <= {LOW_CONFIDENCE}
    }
    doubtful = [
        r.name
        for r in counted
        if r.status != "accepted" and r.name not in absent and r.name not in unsure_only
    ]
    joint = joint_confidence(form, readings)
    reasons = [f"{name} is not there" for name in [*missing, *absent]]
    reasons += [f"{name} is for review" for name in doubtful]
    reasons += quality_reasons(form, quality)
    if surely_absent:
        value = "reject"
    elif reasons or joint < (form.decision.post_at if post_at is None else post_at):
        value = "review"
        reasons = reasons or ["the fields together are not sure enough"]
    else:
        value = "post"
    reading = FieldReading(
        field.name,
        field.kind,
        value,
        value,
        round(joint, 4),
        "accepted",
        None,
        (),
        "decision",
        tuple(reasons),
    )
    if value == "review":
        reading = replace(reading, status="review")
    return [*readings, reading]
