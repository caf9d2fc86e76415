"""What is said of the amount from both its sides: their joint value, or that they disagree, or state none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inkfield.pipeline.cheques.rivals import beside_rivals
from inkfield.pipeline.fields.kinds.joint_amount import JointAmount
from inkfield.pipeline.fields.ranking import Evidence
from inkfield.pipeline.fields.reader import FieldReader, empty_reading, unread
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput
from inkfield.schemas.forms.model import Field
from inkfield.schemas.readings import Alternative, Box, FieldReading
from inkfield.schemas.reasons import ReasonCode, because


@dataclass(frozen=True)
class JointReadingLimits:
    """When figures and words disagree."""

    legible: float = limit(
        0.5,
        "probability",
        "guess",
        "Confidence from which on figures or words are rather right than wrong: both are where they disagree",
    )
    struck_out: float = limit(
        0.1,
        "nats a time step",
        "dev cheques",
        "Doubt a column, in nats, from which ink is struck out or smeared rather than written: of 50 "
        "real cheques one altered side is as doubtful",
    )
    apart: float = limit(
        10.0,
        "nats",
        "rendered",
        "Nats by which both prefer their own value to the other's where they disagree. Hardly legible "
        "ink gives 8 as well. Of 147 badly rendered pairs that agree 9 were called disagreeing "
        "without this, 3 with it; of 122 others 112 and 100.",
    )
    something_else: float = limit(
        0.5,
        "probability",
        "guess",
        "How sure it is that a cheque states no amount where something is written that is none: ink "
        "that nobody can read",
    )
    shown: int = limit(5, "readings", "guess", "That a person has to choose from")


LIMITS = JointReadingLimits()


def joint_evidence(joint: JointAmount, outputs: Sequence[LineOutput | None]) -> tuple[str, Evidence]:
    """The calibration kind (do both sides support the best value, or one?) and the evidence for it.

    ``outputs`` are those of figures and words, None for a side without ink: how much less likely the ink is under the
    value than under its freest reading tells of values that are none of the candidates.
    """
    best = joint.candidates[0]
    share = min(max(best.probability, 1e-6), 1 - 1e-6)
    kind = "joint_both" if len(best.supported_by) == 2 else "joint_one"
    inked = [(side, score) for side, score in zip(outputs, best.scores, strict=True) if side is not None]
    lacks = [
        max(0.0, side.best().log_probability - score) / max(1, len(side.best().text)) for side, score in inked
    ]
    doubt = max(side.doubt for side, _ in inked)
    return kind, Evidence(math.log(share / (1 - share)), sum(lacks), doubt)


def joint_reading(
    field: Field,
    box: Box | None,
    reader: FieldReader,
    joint: JointAmount,
    outputs: Sequence[LineOutput | None],
    sides: Sequence[FieldReading],
) -> FieldReading:
    """The amount from both ``sides``, each read by itself: their joint value, or that they disagree.

    They disagree where each side is by itself rather right than wrong and can hardly be the other's value. Where one
    can hardly be read it is the joint value that is shown, as unsure as it is that there are no two. Where one of them
    is no amount the other stands alone, which is for a person to see.
    """
    stated = [side for side in sides if side.value is not None]
    if not stated or not joint.candidates:
        return _no_amount(field, box, sides)
    if len(stated) < len(sides):
        alone = stated[0]
        lacking = next(side.name for side in sides if side.value is None)
        return FieldReading(
            field.name, field.kind, str(alone.value), alone.value, alone.confidence, box=box,
            alternatives=alone.alternatives, source="joint",
            reasons=(because(ReasonCode.ONE_SIDE, field=lacking),),
        )  # fmt: skip
    shown = _shown_amounts(joint)
    kind, found = joint_evidence(joint, outputs)
    legible = min(side.confidence for side in sides) >= LIMITS.legible and found.doubt < LIMITS.struck_out
    if joint.disagreement and legible and joint.apart >= LIMITS.apart:
        return replace(unread(field, box, because(ReasonCode.DISAGREE), source="joint"), alternatives=shown)
    sure = reader.confidence(field, found, kind) * joint.agreement
    reasons = (because(ReasonCode.HARDLY_LEGIBLE),) if joint.disagreement else ()
    best = joint.candidates[0].value
    others = tuple(alternative for alternative in shown if alternative.value != best)
    reading = FieldReading(
        field.name, field.kind, str(best), best, round(sure, 4),
        box=box, alternatives=others, source="joint", reasons=reasons,
    )  # fmt: skip
    return beside_rivals(reading)


def _no_amount(field: Field, box: Box | None, sides: Sequence[FieldReading]) -> FieldReading:
    """That neither side states an amount: nothing is written, or something else is."""
    reading = empty_reading(field, box)
    if all(side.status == "empty" for side in sides):
        return replace(reading, confidence=min(side.confidence for side in sides))
    return replace(
        reading, confidence=LIMITS.something_else, reasons=(*reading.reasons, because(ReasonCode.NO_AMOUNT))
    )


def _shown_amounts(joint: JointAmount) -> tuple[Alternative, ...]:
    """The values that a person has to choose from: where the sides differ first what each says by itself."""
    by_value = {candidate.value: candidate.probability for candidate in joint.candidates}
    own = [value for value in joint.own if value is not None] if joint.disagreement else []
    values = list(dict.fromkeys([*own, *by_value]))[: LIMITS.shown]
    return tuple(Alternative(str(value), value, round(by_value[value], 4)) for value in values)
