"""What people settled outlives every new reading: the value that holds, and that the machine reads otherwise by now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.table_json import refresh_tables
from inkfield.schemas.database.tables import FieldRow, PageRow, SettledRow, now
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.status import status_of

WHOLE_PAGE = ""
"""The name under which it stands that a page of no form needs no more, or that of a form of several pages it is settled
what is missing, or which pages belong together: the value is the code of that reason."""


def settled_of(session: Session, document_id: int) -> list[SettledRow]:
    """All that people settled in a document, oldest first."""
    query = select(SettledRow).where(SettledRow.document_id == document_id)
    return list(session.scalars(query.order_by(SettledRow.at, SettledRow.id)))


def keep(session: Session, page: PageRow, name: str, kind: str, value: str | None, reviewer: str) -> None:
    """Notes what a person settled on a page, in place of what was settled before."""
    form = page.form or ""
    row = session.scalar(
        select(SettledRow).where(
            SettledRow.document_id == page.document_id,
            SettledRow.page_number == page.number,
            SettledRow.form == form,
            SettledRow.name == name,
        )
    )
    if row is None:
        row = SettledRow(document_id=page.document_id, page_number=page.number, form=form, name=name)
        session.add(row)
    row.kind, row.value, row.reviewer, row.at, row.picture = kind, value, clean(reviewer), now(), page.picture
    session.flush()


def of_page(page: PageRow, settled: Iterable[SettledRow]) -> list[SettledRow]:
    """What of it was settled on a page as the form that it is."""
    return [row for row in settled if row.page_number == page.number and row.form == (page.form or "")]


def hold(page: PageRow, settled: Sequence[SettledRow], ask_again: Iterable[str] = ()) -> bool:
    """Lets what people settled hold on a page that was read anew; returns whether there was anything.

    ``ask_again`` are the names of fields (of tables: ``services.charge``) for which a person is asked again when the
    machine reads otherwise.
    """
    mine, ask = of_page(page, settled), set(ask_again)
    fields = {field.name: field for field in page.fields}
    for row in mine:
        if row.name == WHOLE_PAGE:
            page.status = "done"
            if page.reason is not None and page.form is not None and page.reason.code == row.value:
                page.reason = None
            continue
        field = fields.get(row.name) or _missing_cell(page, row, fields)
        if field is not None:
            _hold(field, row, _column(row.name) in ask)
    if mine and page.form is not None:
        refresh_tables(page)
        set_page_status(page)
    return bool(mine)


def set_page_status(page: PageRow) -> None:
    """A page of a form waits while a field of it does, or while its filled form does, which stands under it."""
    waits = page.reason is not None or any(field.status == "review" for field in page.fields)
    page.status = "review" if waits else "done"


def _hold(field: FieldRow, row: SettledRow, ask: bool) -> None:
    read = field.value
    try:
        value = kind_of(field.kind).typed(row.value or "")
    except ValueError:
        field.reasons = (*field.reasons, because(ReasonCode.OTHER_KIND))
        field.status = status_of(read, field.reasons)
        return
    field.reasons = () if read == value else (because(ReasonCode.READ_OTHERWISE),)
    asked = ask and read != value
    field.status = status_of(value, field.reasons if asked else (), written=asked or value is not None)
    if read == value:
        return
    field.alternatives = [
        {"text": field.text, "value": field.value_as_text(), "probability": field.confidence},
        *field.alternatives,
    ]
    field.value = value


def empty_cell(name: str, kind: str) -> FieldRow:
    """A cell of a table in which the machine has read nothing."""
    return FieldRow(
        name=name,
        kind=kind,
        text="",
        confidence=0.0,
        status=status_of(None, written=False),
        alternatives=[],
        source="",
    )


def _missing_cell(page: PageRow, row: SettledRow, fields: dict[str, FieldRow]) -> FieldRow | None:
    """A field for a cell that a person settled on a line which the machine does not see any more."""
    table = fields.get(row.name.partition(".")[0])
    if "." not in row.name or table is None or table.kind != "table":
        return None
    cell = empty_cell(row.name, row.kind)
    page.fields.append(cell)
    fields[row.name] = cell
    return cell


def _column(name: str) -> str:
    """``services.charge`` for ``services.1.charge``."""
    table, dot, cell = name.partition(".")
    return f"{table}.{cell.partition('.')[2]}" if dot else name
