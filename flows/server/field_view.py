"""What the page shows of a field: its reading with the doubtful characters marked, its rivals, why it waits, and what
the other fields of the page say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from inkfield.flows.server.desk import Desk
from inkfield.flows.server.html import words
from inkfield.flows.server.where_on_page import box_of
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.forms.model import Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.store.answers import Said, said_of
from inkfield.schemas.store.lending import MOST_ANSWERS
from inkfield.schemas.store.marks import field_mark
from inkfield.schemas.store.people import Person

MOST_RIVALS = 9
"""As many as there are digits to choose them with."""
_RARE = 0.0005


def field_views(session: Session, at: Desk, person: Person, ids: Sequence[int]) -> list[dict[str, Any]]:
    """These fields as the page shows them, as JSON; those that are gone by now are left out."""
    if not ids:
        return []
    query = (
        select(FieldRow, PageRow, DocumentRow)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(FieldRow.id.in_(ids))
        .options(selectinload(PageRow.fields))
    )
    said = said_of(session, ids)
    rows = {row[0].id: row for row in session.execute(query)}
    return [_view(*rows[field], at, person, said[field]) for field in ids if field in rows]


def _view(
    field: FieldRow, page: PageRow, document: DocumentRow, at: Desk, person: Person, said: list[Said]
) -> dict[str, Any]:
    form = at.rules.forms.get(page.form or "")
    value, rivals = field.value_as_text(), rivals_of(field, form)
    hard = any(one.action == "unreadable" for one in said)
    answers = [one for one in said if one.action == "answer"]
    final = person.may("supervisor") and (hard or len(answers) >= MOST_ANSWERS)
    return {
        "id": field.id,
        "mark": field_mark(field),
        "name": field.name,
        "label": words(field.name),
        "kind": field.kind,
        "status": field.status,
        "value": value or "",
        "read": field.text,
        "pieces": doubtful(value or "", [rival["value"] for rival in rivals if rival["percent"] is not None]),
        "confidence": field.confidence,
        "rivals": rivals,
        "reasons": [str(reason) for reason in field.reasons],
        "hint": hint_of(field.kind, form, field.name),
        "document": document.id,
        "file": document.file_name,
        "page": page.id,
        "number": page.number,
        "size": [page.width, page.height],
        "box": box_of(page, field, form),
        "form": form.title if form else page.form or "no form",
        "others": [_other(other) for other in in_order(page.fields) if _is_told(other, field)],
        "notes": [
            f"{one.who} left it: {one.why or _ACTIONS[one.action]}" for one in said if one.action != "answer"
        ],
        "answers": [{"who": one.who, "value": one.value or ""} for one in answers] if final else [],
        "answered": len(answers),
        "decides": any(other.kind == "decision" for other in page.fields),
    }  # fmt: skip


def in_order(fields: Iterable[FieldRow]) -> list[FieldRow]:
    """The fields of a page as the form has them: they were written in its order."""
    return sorted(fields, key=lambda field: field.id)


def rivals_of(field: FieldRow, form: Form | None) -> list[dict[str, Any]]:
    """What a person may choose instead: the values that a field of this kind can have, where they are few, or else the
    other readings, the likeliest first."""
    few = _few_values(field, form)
    if few:
        return [{"value": value, "percent": None} for value in few if value != field.value_as_text()]
    found: dict[str, float] = {}
    for other in field.alternatives:
        value, sure = _typed(field.kind, other), float(other.get("probability") or 0.0)
        if value and value != field.value_as_text() and sure >= _RARE:
            found[value] = max(found.get(value, 0.0), sure)
    best = sorted(found.items(), key=lambda item: -item[1])[:MOST_RIVALS]
    return [{"value": value, "percent": round(100 * sure, 1)} for value, sure in best]


def doubtful(value: str, rivals: list[str]) -> list[list[Any]]:
    """The value in pieces, each with whether a rival has something else there: ``[["12", false], ["7", true]]``."""
    doubts = [False] * len(value)
    for rival in rivals[:3]:
        matcher = SequenceMatcher(None, value, rival, autojunk=False)
        if matcher.ratio() < 0.5:
            continue  # another word altogether: it says nothing of single characters
        for operation, start, end, _, _ in matcher.get_opcodes():
            for place in range(start, end) if operation != "equal" else ():
                doubts[place] = True
    pieces: list[list[Any]] = []
    for character, doubt in zip(value, doubts, strict=True):
        if pieces and pieces[-1][1] == doubt:
            pieces[-1][0] += character
        else:
            pieces.append([character, doubt])
    return pieces


def typed_text(form: Form | None, name: str, text: str) -> str:
    """What a person types in a field, as `settle_on` takes it: a date may be written as on the form (31.3.2026)."""
    part = form.described(name) if form else None
    order = getattr(part, "date_order", None)
    figures = re.fullmatch(r"(\d{1,4})[./\- ](\d{1,2})[./\- ](\d{1,4})", text.strip())
    together = re.fullmatch(r"\d{8}", text.strip())
    if order is None or not (figures or together):
        return text
    if figures:
        parts = list(figures.groups())
    else:
        lengths = [4 if letter == "Y" else 2 for letter in order]
        starts = [sum(lengths[:place]) for place in range(3)]
        parts = [text.strip()[start : start + length] for start, length in zip(starts, lengths, strict=True)]
    if len(parts[0]) == 4:
        order = "YMD"
    named = dict(zip(order, parts, strict=True))
    if len(named["Y"]) != 4:
        return text
    try:
        return date(int(named["Y"]), int(named["M"]), int(named["D"])).isoformat()
    except ValueError:
        return text


def _few_values(field: FieldRow, form: Form | None) -> list[str]:
    if kind_of(field.kind).stored == "bool":
        return ["yes", "no"]
    if field.kind == "decision":
        return ["post", "reject"]
    part = form.described(field.name) if form else None
    return [option.value for option in getattr(part, "options", ())][:MOST_RIVALS]


def _typed(kind: str, other: dict[str, Any]) -> str | None:
    value = other.get("value")
    if value is None:
        return None
    try:
        return kind_of(kind).as_text(kind_of(kind).typed(str(value)))
    except ValueError:
        return None


def hint_of(kind: str, form: Form | None, name: str) -> str:
    """How a value of a field may be written."""
    part = form.described(name) if form else None
    if getattr(part, "pattern", None):
        return f"as {part.pattern}"  # type: ignore[union-attr]
    order = getattr(part, "date_order", None)
    if kind_of(kind).stored == "date":
        return "year-month-day" + (f", or {' '.join(_LETTERS[letter] for letter in order)}" if order else "")
    return {"amount": "1234.50", "integer": "a whole number", "bool": "yes or no"}.get(
        kind_of(kind).stored, ""
    )


def _is_told(other: FieldRow, field: FieldRow) -> bool:
    """Cells are told beside the cells of their own line only; a table as a whole never."""
    if other.kind == "table":
        return False
    if "." not in other.name:
        return True
    return other.name.rpartition(".")[0] == field.name.rpartition(".")[0]


def _other(other: FieldRow) -> dict[str, Any]:
    return {
        "id": other.id,
        "label": words(other.name),
        "value": other.value_as_text() or "",
        "status": other.status,
        "box": other.box,
    }


_ACTIONS = {"skip": "no reason", "unreadable": "nobody can read it"}
_LETTERS = {"D": "day", "M": "month", "Y": "year"}
