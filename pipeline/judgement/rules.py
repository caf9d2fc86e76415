"""Rules across the fields of a form, and the status of each field: accepted, review or empty.

A rule that holds is evidence for all the values in it, one that fails evidence against them: confidences are
updated by Bayes' rule on the assumption that fields are misread independently. Only a sum may change a value,
to one that its field holds as an alternative (see sum_rule.py). Table cells are readings named
``TABLE.ROW.COLUMN``, rows from 1 (see table.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import prod

from inkfield.pipeline.fields.calibration import LIMITS as CALIBRATION_LIMITS
from inkfield.pipeline.fields.calibration import most_sure
from inkfield.pipeline.fields.table import column_cells, with_rows
from inkfield.pipeline.judgement.sum_rule import LIMITS as SUM_LIMITS
from inkfield.pipeline.judgement.sum_rule import read_sum
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Column, DateOrderRule, EqualRule, Field, Form, OneOfRule, SumRule
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import FieldReading
from inkfield.schemas.reasons import Reason, ReasonCode, because
from inkfield.schemas.status import status_of


@dataclass(frozen=True)
class RuleLimits:
    """What is assumed where rules hold or fail."""

    chance_order: float = limit(0.5, "probability", "guess", "That dates, or ticks, keep to a rule by chance")
    days_ahead: int = limit(366, "days", "guess", "That a date may lie ahead at most")


LIMITS = RuleLimits()


def apply_rules(form: Form, fields: Sequence[FieldReading], today: date) -> list[FieldReading]:
    """The readings with the status that the form's rules and confidence limits give them, in their order.

    A reading goes to review when it has no value, when a rule that it is part of fails, when its date lies
    far ahead, when its confidence stays under ``accept_at``, or when it came with a reason of its own.
    """
    readings = {reading.name: reading for reading in fields}
    for rule in form.every_rule():
        if isinstance(rule, SumRule):
            readings.update({reading.name: reading for reading in _summed(rule, readings)})
            continue
        found = _check(rule, readings)
        if found is not None:
            readings.update({reading.name: reading for reading in _informed(found)})
    judged = [_judged(form, readings[reading.name], today) for reading in fields]
    return [with_rows(reading, judged) if reading.kind == "table" else reading for reading in judged]


@dataclass(frozen=True)
class _Finding:
    """What a rule has to say: the readings in it, whether it holds, how often it would hold by chance."""

    readings: tuple[FieldReading, ...]
    holds: bool
    chance: float
    reason: Reason


def _check(rule: EqualRule | DateOrderRule | OneOfRule, readings: dict[str, FieldReading]) -> _Finding | None:
    """None where the rule cannot be checked: something it needs is empty or has no value."""
    match rule:
        case EqualRule(fields=names):
            return _check_equal(names, readings)
        case DateOrderRule():
            return _check_order(rule, readings)
        case OneOfRule():
            return _check_one_of(rule, readings)


def _check_equal(names: Sequence[str], readings: dict[str, FieldReading]) -> _Finding | None:
    parts = _present(readings, names)
    if len(parts) < 2:
        return None
    holds = len({reading.value for reading in parts}) == 1
    return _Finding(
        parts, holds, SUM_LIMITS.chance, because(ReasonCode.DIFFER, fields=tuple(r.name for r in parts))
    )


def _summed(rule: SumRule, readings: dict[str, FieldReading]) -> Sequence[FieldReading]:
    """The column and its total read jointly; nothing where a value is missing."""
    cells = [c for c in column_cells(list(readings.values()), rule.table, rule.column) if c.status != "empty"]
    total = readings.get(rule.total)
    if not cells or total is None or any(not _is_number(reading) for reading in (*cells, total)):
        return ()
    found = read_sum(cells, total)
    if found.adds_up:
        return found.readings
    reason = because(ReasonCode.WRONG_SUM, total=rule.total, column=f"{rule.table}.{rule.column}")
    return [replace(reading, reasons=(*reading.reasons, reason)) for reading in found.readings]


def _check_order(rule: DateOrderRule, readings: dict[str, FieldReading]) -> _Finding | None:
    early = _dates(readings, rule.earlier)
    late = _dates(readings, rule.later)
    wrong = {
        reading.name: reading
        for pair in _pairs(early, late)
        for reading in pair
        if isinstance(pair[0].value, date)
        and isinstance(pair[1].value, date)
        and pair[0].value > pair[1].value
    }
    if not wrong:
        return None  # that dates are in order says next to nothing about how well they were read
    reason = because(ReasonCode.WRONG_ORDER, earlier=rule.earlier, later=rule.later)
    return _Finding(tuple(wrong.values()), False, LIMITS.chance_order, reason)


def _check_one_of(rule: OneOfRule, readings: dict[str, FieldReading]) -> _Finding | None:
    boxes = tuple(readings[name] for name in rule.fields if name in readings)
    ticked = tuple(box for box in boxes if box.value is True)
    if len(ticked) > 1:
        return _Finding(
            ticked, False, LIMITS.chance_order, because(ReasonCode.SEVERAL_OF, fields=rule.fields)
        )
    if rule.required and not ticked and boxes:
        return _Finding(boxes, False, LIMITS.chance_order, because(ReasonCode.NONE_OF, fields=rule.fields))
    return None


def _informed(finding: _Finding) -> list[FieldReading]:
    """The readings with confidences updated by what the rule found, and with its reason where it fails."""
    sure = [reading.confidence for reading in finding.readings]
    # That values support each other makes none of them surer than any test has shown.
    most = most_sure(CALIBRATION_LIMITS.tested_lines)
    informed = []
    for i, reading in enumerate(finding.readings):
        rest = prod(sure[:i] + sure[i + 1 :])
        if finding.holds:
            if_right = rest * (1 - SUM_LIMITS.writer_errs) + (1 - rest) * finding.chance
            if_wrong = finding.chance
        else:
            if_right = rest * SUM_LIMITS.writer_errs + (1 - rest) * (1 - finding.chance)
            if_wrong = 1 - finding.chance
        right, wrong = sure[i] * if_right, (1 - sure[i]) * if_wrong
        confidence = round(min(right / (right + wrong), most), 4) if right + wrong > 0 else 0.0
        reasons = reading.reasons if finding.holds else (*reading.reasons, finding.reason)
        informed.append(replace(reading, confidence=confidence, reasons=reasons))
    return informed


def _judged(form: Form, reading: FieldReading, today: date) -> FieldReading:
    """The reading with its status."""
    field = form.described(reading.name)
    if field is None or not kind_of(field.kind).judged:
        return reading
    written = reading.status != "empty"
    told = {reason.code for reason in reading.reasons}
    more = [code for code in _against(field, reading, today) if code not in told]
    reasons = (*reading.reasons, *map(because, more))
    status = status_of(reading.value, reasons, reading.confidence, field.accept_at, written)
    return replace(reading, status=status, reasons=reasons)


def _against(field: Field | Column, reading: FieldReading, today: date) -> list[ReasonCode]:
    """What a form's limits have against a reading."""
    if reading.status == "empty":
        return [ReasonCode.NOT_WRITTEN] if field.required else []
    if reading.value is None:
        return [ReasonCode.NO_VALUE]
    late = _untimely(field, reading.value, today) if isinstance(reading.value, date) else []
    return [*late, ReasonCode.LOW_CONFIDENCE] if reading.confidence < field.accept_at else late


def _untimely(field: Field | Column, written: date, today: date) -> list[ReasonCode]:
    """What speaks against a date on the day of reading."""
    ahead = (written - today).days
    if ahead > LIMITS.days_ahead:
        return [ReasonCode.FAR_AHEAD]
    if ahead > 0 and not field.post_dated:
        return [ReasonCode.POST_DATED]
    if field.stale_after_days is not None and -ahead > field.stale_after_days:
        return [ReasonCode.STALE]
    return []


def _present(readings: dict[str, FieldReading], names: Sequence[str]) -> tuple[FieldReading, ...]:
    found = (readings.get(name) for name in names)
    return tuple(r for r in found if r is not None and r.status != "empty" and r.value is not None)


def _dates(readings: dict[str, FieldReading], reference: str) -> list[FieldReading]:
    table, dot, column = reference.partition(".")
    found = (
        column_cells(list(readings.values()), table, column)
        if dot
        else [r for r in (readings.get(table),) if r is not None]
    )
    return [reading for reading in found if reading.status != "empty" and isinstance(reading.value, date)]


def _pairs(early: list[FieldReading], late: list[FieldReading]) -> list[tuple[FieldReading, FieldReading]]:
    """Two columns of one table are compared row by row, everything else each with each."""
    same_table = bool(early and late) and _table_of(early[0]) == _table_of(late[0]) != ""
    return [(a, b) for a in early for b in late if not same_table or _row_of(a) == _row_of(b)]


def _row_of(reading: FieldReading) -> str:
    return reading.name.rpartition(".")[0]


def _table_of(reading: FieldReading) -> str:
    return reading.name.split(".")[0] if "." in reading.name else ""


def _is_number(reading: FieldReading) -> bool:
    return isinstance(reading.value, Decimal | int) and not isinstance(reading.value, bool)
