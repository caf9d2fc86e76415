"""The amount of a cheque: its figures, its words, and what both support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from inkfield.pipeline.cheques.alteration.one_more_figure import LIMITS as ADDED_LIMITS
from inkfield.pipeline.cheques.alteration.one_more_figure import one_more_figure
from inkfield.pipeline.cheques.alteration.overwritten import overwritten
from inkfield.pipeline.cheques.alteration.signs import signs_of_alteration
from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.crops import holds_words, with_margin
from inkfield.pipeline.cheques.joint_reading import joint_reading
from inkfield.pipeline.fields.kinds.amount_locale import locale_of
from inkfield.pipeline.fields.kinds.amount_proof import Proof, figures_seen, prove
from inkfield.pipeline.fields.kinds.amount_reading import AmountHypothesis
from inkfield.pipeline.fields.kinds.joint_amount import read_joint_amount
from inkfield.pipeline.fields.ranking import Candidate
from inkfield.pipeline.fields.reader import FieldReader, Ink, unread
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput
from inkfield.schemas.forms.model import Field, Form
from inkfield.schemas.readings import Box, FieldReading
from inkfield.schemas.reasons import ReasonCode, because


@dataclass(frozen=True)
class ReadAmountsLimits:
    """What is assumed of the first stroke of figures."""

    leading_odds: float = limit(
        2.0,
        "nats",
        "guess",
        "Log odds that a first stroke of the figures is rather a 1 than a remnant of the box. In "
        "training many crops begin with the side of a box that is no character; here boxes are taken "
        "out, and a stroke before the figures is nearly always a 1.",
    )


LIMITS = ReadAmountsLimits()
_FIRST = {"courtesy_amount": "courtesy_amount", "legal_amount": "legal_amount_1"}
"""The region in which a field begins."""


def read_amounts(cheque: Cheque, form: Form, reader: FieldReader) -> dict[str, FieldReading]:
    """Courtesy amount and legal amount, each alone, and the amount that both support."""
    crops = cheque.crops
    boxes = [cheque.scan_box(name) for name in _FIRST.values()]
    lines = [crops[name] for name in ("legal_amount_1", "legal_amount_2") if name in crops]
    words_on = [line for line in lines if holds_words(line, cheque.layout.scale)]
    locale = locale_of(form.field("courtesy_amount").grammar, cheque.standard.amounts)
    figures = crops["courtesy_amount"]
    for name, ink in (("courtesy_amount", (figures,)), ("legal_amount", tuple(words_on))):
        reader.saw(form.field(name), Ink(ink, cheque.scan_box(_FIRST[name])))
    looks = [
        reader.look(Ink((figures,), boxes[0]), reader.figures),
        reader.look(Ink((with_margin(figures),), boxes[0])),
    ]
    seen = [look.favour_first("1", LIMITS.leading_odds) for look in looks if look is not None]
    words = reader.look(Ink(tuple(words_on), boxes[1]))
    sides = (seen[0] if seen else None, words)
    joint, courtesy, legal = read_joint_amount(seen, words, locale)
    proofs = (
        prove(seen, courtesy, "figures"),
        prove([words] if words is not None else [], legal, "words"),
    )
    readings = {
        name: _side(form.field(name), box, inks, found, output, proof, reader)
        for name, box, inks, found, output, proof in zip(
            ("courtesy_amount", "legal_amount"),
            boxes,
            ((figures,), lines),
            (courtesy, legal),
            sides,
            proofs,
            strict=True,
        )
    }
    amount = joint_reading(form.field("amount"), boxes[0], reader, joint, sides, tuple(readings.values()))
    altered = signs_of_alteration(cheque, reader.recognizer)
    if isinstance(amount.value, Decimal) and one_more_figure(courtesy, amount.value) >= ADDED_LIMITS.odds:
        altered += (because(ReasonCode.ONE_MORE_FIGURE),)
    if courtesy and not figures_seen(seen, courtesy[0].text):
        altered += (because(ReasonCode.HARDLY_LEGIBLE),)
    if courtesy and seen and overwritten(figures, seen[0], courtesy[0].text):
        altered += (because(ReasonCode.OVERWRITTEN),)
    new = [reason for reason in altered if reason not in amount.reasons]
    if new and amount.status != "empty":
        amount = replace(amount, reasons=(*amount.reasons, *new))
    readings["amount"] = amount
    return readings


def _side(
    field: Field,
    box: Box | None,
    crops: Sequence[np.ndarray],
    found: Sequence[AmountHypothesis],
    output: LineOutput | None,
    proof: Proof,
    reader: FieldReader,
) -> FieldReading:
    """One of the two amounts by itself. What is no amount when it is read freely has no value."""
    if output is None:
        return reader.empty(field, box, crops)
    if proof.verdict == "none":
        return unread(field, box, because(ReasonCode.NO_AMOUNT), proof.free)
    candidates = _merged([Candidate(h.text, h.value, h.log_probability) for h in found])
    reading = reader.decide(field, box, candidates, output)
    if proof.verdict == "amount":
        return reading
    return replace(reading, reasons=(*reading.reasons, because(ReasonCode.HARDLY_AN_AMOUNT)))


def _merged(candidates: list[Candidate]) -> list[Candidate]:
    """One candidate a value, probabilities added, best first."""
    merged: dict[object, Candidate] = {}
    for c in candidates:
        known = merged.get(c.value)
        total = (
            c.log_probability
            if known is None
            else float(np.logaddexp(known.log_probability, c.log_probability))
        )
        merged[c.value] = replace(known or c, log_probability=total)
    return sorted(merged.values(), key=lambda c: -c.log_probability)
