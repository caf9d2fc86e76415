"""Asks a form's rules again on a page of the database after a person settled something on it.

Settled values are certain; what the rules said of the others before goes, and is said anew. So an amount that is
settled gives the sum that it is part of its due, and the decision about the page is made again.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from inkfield.pipeline.judgement.decision import decide
from inkfield.pipeline.judgement.rules import apply_rules
from inkfield.pipeline.together.group import SeenPage
from inkfield.pipeline.together.join import grouped, key_of, reason_to_wait
from inkfield.schemas.database.filled_forms import FilledForm, parted
from inkfield.schemas.database.tables import FieldRow, PageRow
from inkfield.schemas.forms.model import EqualRule, Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import Alternative, FieldReading
from inkfield.schemas.reasons import RULES, Reason, ReasonCode, because
from inkfield.schemas.status import status_of
from inkfield.schemas.store.rows import field_row

_SURE = 0.99
"""Confidence of a value that a person found by another way: one reading, one person."""


@dataclass(frozen=True)
class AskForms:
    """What `review.settle_on` and `documents.save_document` (inkfield.schemas.store) ask, with these forms, as of
    ``today`` (default: the day on which it is asked)."""

    forms: Mapping[str, Form]
    today: date | None = None

    def __call__(self, pages: FilledForm, settled: Collection[str]) -> None:
        form = self.forms.get(pages[0].form or "")
        if form is not None:
            _recheck(form, pages, settled, self.today or date.today())

    def joins_by(self, form: str, field: str) -> bool:
        return form in self.forms and field in self.forms[form].together.fields

    def regroup(self, pages: Sequence[PageRow], settled: Mapping[int, Collection[str]]) -> list[FilledForm]:
        form = self.forms.get(pages[0].form or "")
        return [] if form is None else _regroup(form, pages, settled)


def _regroup(
    form: Form, pages: Sequence[PageRow], settled: Mapping[int, Collection[str]]
) -> list[FilledForm]:
    """Parts the pages as the pipeline does when it has read them; returns the filled forms that are others now."""
    by_number = {page.number: page for page in pages}
    before = {tuple(page.number for page in filled): filled[0].reason for filled in parted(pages)}
    seen = []
    for page in sorted(pages, key=lambda one: one.number):
        said = settled.get(page.number, ())
        readings = [_reading(row, row.name in said) for row in page.fields if row.kind != "decision"]
        seen.append(SeenPage(page.number, page.sheet or 1, *key_of(form, readings, said)))
    changed: list[FilledForm] = []
    for found in grouped(form, seen):
        numbers, reason = tuple(one.place for one in found.pages), reason_to_wait(form, found)
        filled = [by_number[number] for number in numbers]
        if numbers in before and (before[numbers] == reason or before[numbers] is None):
            continue  # as it was, or a person has settled what is missing
        for page in filled:
            page.part_of, page.reason = (None if page is filled[0] else numbers[0]), None
        filled[0].reason = reason
        changed.append(filled)
    return changed


def _recheck(form: Form, pages: FilledForm, settled: Collection[str], today: date) -> None:
    rows = {field.name: field for page in pages for field in page.fields}
    before = [_reading(row, row.name in settled) for row in rows.values() if row.kind != "decision"]
    before = _derived(form, before, settled)
    readings = apply_rules(form, before, today)
    # What a person settled is accepted, but what a rule has against it (stale, post-dated) is for the decision.
    objections = [reason for r in readings if r.name in settled for reason in _left(r)]
    asks = {row.name for row in rows.values() if row.status == "review"}
    readings = [_held(r, r.name in asks) if r.name in settled else r for r in readings]
    derived = {reading.name for reading in before if reading.confidence == _SURE}
    for reading in readings:
        row = rows[reading.name]
        if reading.name in settled or reading.kind == "table" or form.described(reading.name) is None:
            continue
        status = row.status
        waits = status == "review" and not row.reasons and reading.name not in derived
        _write(row, reading)
        if waits:  # no rule made it wait, so none lets it go
            row.status = status
    decision = next((row for row in rows.values() if row.kind == "decision"), None)
    if decision is None or decision.name in settled:
        return
    quality = {name: math.nan if value is None else value for name, value in pages[0].quality.items()}
    decided = decide(form, readings, quality)[-1]
    if objections and decided.value == "post":
        waiting = status_of("review", objections)
        decided = replace(decided, value="review", text="review", status=waiting, reasons=tuple(objections))
    _write(decision, decided)


def _reading(row: FieldRow, settled: bool) -> FieldReading:
    reasons = () if settled else tuple(reason for reason in row.reasons if not _is_of_rules(reason))
    return FieldReading(
        name=row.name,
        kind=row.kind,
        text=row.text,
        value=row.value,
        confidence=1.0 if settled else row.confidence,
        status="empty" if row.status == "empty" else "review",
        box=None if row.box is None else (row.box[0], row.box[1], row.box[2], row.box[3]),
        alternatives=() if settled else _alternatives(row),
        source=row.source,
        reasons=reasons,
    )


def _alternatives(row: FieldRow) -> tuple[Alternative, ...]:
    found = []
    for other in row.alternatives:
        try:
            value = kind_of(row.kind).typed(str(other["value"])) if other["value"] is not None else None
        except ValueError:
            continue
        found.append(Alternative(str(other["text"]), value, float(other["probability"] or 0.0)))
    return tuple(found)


def _derived(form: Form, readings: list[FieldReading], settled: Collection[str]) -> list[FieldReading]:
    """The joint amount of a cheque follows figures and words that are settled, and they it, where they say the same."""
    joint = next(
        (r for r in readings if form.decision and r.name in form.decision.fields and r.kind == "amount"), None
    )
    sides = [
        r for rule in form.rules if isinstance(rule, EqualRule) for r in readings if r.name in rule.fields
    ]
    if joint is None or not sides:
        return readings
    if joint.name in settled:
        agree = {r.name: _sure(r) for r in sides if r.value == joint.value and r.name not in settled}
        return [agree.get(reading.name, reading) for reading in readings]
    values = {r.value for r in sides}
    if len(values) == 1 and None not in values and any(r.name in settled for r in sides):
        value = values.pop()
        made = replace(_sure(joint), value=value, text=str(value), status="review")
        return [made if reading.name == joint.name else reading for reading in readings]
    return readings


def _sure(reading: FieldReading) -> FieldReading:
    return replace(reading, confidence=max(reading.confidence, _SURE), reasons=())


def _held(reading: FieldReading, asks: bool) -> FieldReading:
    """A settled reading; for review where the form has a person asked again."""
    against = (because(ReasonCode.READ_OTHERWISE),) if asks else ()
    return replace(
        reading, status=status_of(reading.value, against, written=asks or reading.value is not None)
    )


def _left(reading: FieldReading) -> list[Reason]:
    return [
        because(ReasonCode.OBJECTION, field=reading.name, objection=str(reason))
        for reason in reading.reasons
        if reason.code not in (ReasonCode.LOW_CONFIDENCE, ReasonCode.NOT_WRITTEN)
    ]


def _is_of_rules(reason: Reason) -> bool:
    return reason.code.topic == RULES or reason.code == ReasonCode.READ_OTHERWISE


def _write(row: FieldRow, reading: FieldReading) -> None:
    """What the rules have changed. The evidence (text, box, alternatives) stays unless the value is another one."""
    made = field_row(reading)
    if made.value != row.value:
        row.value, row.text, row.alternatives = made.value, made.text, made.alternatives
    row.confidence, row.status, row.reasons = made.confidence, made.status, made.reasons
