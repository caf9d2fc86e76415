"""What becomes of a page as a whole: post it, have a person review it, or reject it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

from inkfield.schemas.forms.model import EqualRule, Form, Limit
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import Reason, ReasonCode, because
from inkfield.schemas.status import status_of


def quality_reasons(form: Form, quality: Mapping[str, float]) -> list[Reason]:
    """The form's quality limits that the page does not keep to, as reasons for review."""
    return [
        because(fault(name, limit, quality[name]), measure=name, value=float(quality[name]))
        for name, limit in form.quality.items()
        if name in quality and not limit.contains(quality[name])
    ]


_FAULTS = {
    "paper_width_mm": (ReasonCode.UNDERSIZE, ReasonCode.OVERSIZE),
    "paper_height_mm": (ReasonCode.UNDERSIZE, ReasonCode.OVERSIZE),
    "torn_corner_mm2": (None, ReasonCode.TORN_CORNER),
    "skew_degrees": (ReasonCode.SKEWED, ReasonCode.SKEWED),
    "brightness": (ReasonCode.TOO_DARK, ReasonCode.TOO_LIGHT),
    "contrast": (ReasonCode.TOO_LIGHT, None),
    "ink_share": (ReasonCode.TOO_LIGHT, ReasonCode.TOO_DARK),
    "piggyback": (None, ReasonCode.PIGGYBACK),
    "streaks": (None, ReasonCode.STREAKS),
    "focus": (ReasonCode.OUT_OF_FOCUS, None),
    "noise": (None, ReasonCode.NOISE),
    "dpi": (ReasonCode.LOW_RESOLUTION, None),
    "signature_score": (ReasonCode.UNLIKE_SPECIMENS, None),
    "endorsed": (ReasonCode.NOT_ENDORSED, None),
    "deposit_only": (ReasonCode.NOT_RESTRICTED, None),
    "back_account": (ReasonCode.OTHER_ACCOUNT, None),
}
"""What image exchange (ANSI X9.100-180) calls a figure below its least and above its most."""
MEASURES = frozenset(_FAULTS)
"""Names of the measures that such a test is known for, those of cheques among them."""


def fault(name: str, limit: Limit, value: float) -> ReasonCode:
    """The industry's name of a quality test that a figure fails."""
    below, above = _FAULTS.get(name, (None, None))
    named = below if limit.min is not None and value < limit.min else above
    return named or ReasonCode.PAGE_QUALITY


def joint_confidence(form: Form, readings: Sequence[FieldReading]) -> float:
    """Probability that all values that the decision counts are right; that something is signed is no value."""
    names = form.decision.fields if form.decision else ()
    return prod(r.confidence for r in readings if r.name in names and r.kind != "signature")


def decide(
    form: Form, readings: Sequence[FieldReading], quality: Mapping[str, float], post_at: float | None = None
) -> list[FieldReading]:
    """The readings with the form's ``decision`` field added at its place; as they are for a form without one.

    post: every field that counts is accepted, what a rule wants equal is all there and equal, and they are jointly
    sure enough. reject: date or signature are surely not there, on a page whose other marks prove that its places
    were found. Everything else is for a person, with the reasons. ``post_at`` replaces the form's.
    """
    readings = list(readings)
    if form.decision is None:
        return readings
    field = next(f for f in form.fields if f.kind == "decision")
    by_name = {reading.name: reading for reading in readings}
    amounts = _sides(form)
    counted = [by_name[name] for name in form.decision.fields if name in by_name]
    stated = [by_name[name] for name in amounts if name in by_name]
    missing = [name for name in (*form.decision.fields, *amounts) if name not in by_name]
    absent = [r for r in (*counted, *stated) if _is_absent(r)]
    doubtful = [r for r in (*counted, *stated) if r.status != "accepted" and r not in absent]
    joint = joint_confidence(form, readings)
    reasons = [because(ReasonCode.ABSENT, field=name) for name in [*missing, *(r.name for r in absent)]]
    reasons += [because(ReasonCode.IN_REVIEW, field=r.name) for r in doubtful]
    if not (absent or doubtful) and len({r.value for r in (*stated, *_totals(form, counted))}) > 1:
        reasons.append(because(ReasonCode.NOT_ONE_AMOUNT, fields=tuple(r.name for r in stated)))
    reasons += quality_reasons(form, quality)
    surely_absent = _surest_absence(counted) if _is_found(counted) else 0.0
    if surely_absent >= form.decision.reject_at:
        value, sure = "reject", surely_absent
    elif reasons or joint < (form.decision.post_at if post_at is None else post_at):
        value, sure = "review", joint
        reasons = reasons or [because(ReasonCode.UNCERTAIN)]
    else:
        value, sure = "post", joint
    status = status_of(value, reasons if value == "review" else ())
    reading = FieldReading(
        field.name, field.kind, value, value, round(sure, 4), status, None, (), "decision", tuple(reasons)
    )
    return [*readings, reading]


def objected(decision: FieldReading, reasons: Sequence[Reason]) -> FieldReading:
    """The decision when something more speaks against posting: one to post is for review, others gain the reasons."""
    value = "review" if decision.value == "post" else decision.value
    every = (*decision.reasons, *reasons)
    status = status_of(value, every if value == "review" else ())
    return replace(decision, value=value, text=str(value), status=status, reasons=every)


def _sides(form: Form) -> tuple[str, ...]:
    """The fields that must state one value: figures and words, each by itself."""
    return tuple(
        dict.fromkeys(name for rule in form.rules if isinstance(rule, EqualRule) for name in rule.fields)
    )


def _totals(form: Form, counted: Sequence[FieldReading]) -> list[FieldReading]:
    """The counted fields that say the same as the sides: the joint amount."""
    return [r for r in counted if r.kind == "amount"] if _sides(form) else []


def _is_absent(reading: FieldReading) -> bool:
    return reading.status == "empty" or (reading.kind == "signature" and reading.value is False)


def _is_found(counted: Sequence[FieldReading]) -> bool:
    """Whether the page is surely what it is taken for, and its places where they are looked for: what was not found is
    not absent. The MICR line proves both."""
    return all(r.status == "accepted" for r in counted if r.kind == "micr")


def _surest_absence(counted: Sequence[FieldReading]) -> float:
    """How sure it is that a field is not there. That an amount is not there may be somebody's doing who covered it."""
    return max(
        (r.confidence for r in counted if _is_absent(r) and r.kind in ("date", "signature")), default=0.0
    )
