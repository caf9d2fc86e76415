"""What people say about fields and pages: the queue of what waits, and settling it.

What the machine read stays in the tables: its text, confidence and alternatives in ``fields``, the value that a
person replaced in ``reviews``. What the person said holds for every later reading, too (``settled``). Every function
works in the caller's transaction and never commits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased, selectinload

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.filled_forms import FilledForm, filled_form, pages_of_form
from inkfield.schemas.database.form_tables import rewrite_page, tables_of, write_pages
from inkfield.schemas.database.table_json import refresh_tables
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, ReviewRow
from inkfield.schemas.forms.model import Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import Value
from inkfield.schemas.status import status_of
from inkfield.schemas.store.disputes import end_dispute, hold_disputed
from inkfield.schemas.store.field_check import check_value
from inkfield.schemas.store.fill_tables import reviewers
from inkfield.schemas.store.marks import field_mark
from inkfield.schemas.store.presented import post_by_hand, present
from inkfield.schemas.store.settled import WHOLE_PAGE, empty_cell, keep, of_page, set_page_status, settled_of
from inkfield.schemas.store.write_reading import Recheck, document_status, part_again


@dataclass(frozen=True)
class Waiting:
    """A field that waits for a person."""

    field_id: int
    file_name: str
    page_number: int
    form: str
    name: str
    kind: str
    text: str
    confidence: float
    reasons: tuple[str, ...]
    """The sentences of ``reason_codes``, in the same order."""
    reason_codes: tuple[str, ...]
    mark: str
    """The `field_mark` of the field as it is."""


@dataclass(frozen=True)
class WaitingPage:
    """A page of no form that waits for a person, or one of a form of several of which a page is missing, or where it is
    not certain which belong together. ``reason`` tells why."""

    page_id: int
    file_name: str
    page_number: int
    status: str
    reason: str | None
    reason_code: str | None


@dataclass(frozen=True)
class Settled:
    """What came of settling. ``old`` and ``new`` are values as text; ``changed`` are the other fields that the form's
    rules have changed, with their status; ``decision`` is None for a form without one."""

    file_name: str
    page_number: int
    form: str
    name: str
    old: str | None
    new: str | None
    changed: tuple[tuple[str, str], ...]
    decision: str | None
    still_waiting: int
    document_status: str


def waiting_fields(session: Session, form: str | None = None, limit: int = 50) -> list[Waiting]:
    """The oldest documents' fields for review, of one form or of all."""
    query = (
        select(FieldRow, PageRow, DocumentRow.file_name)
        .join(PageRow, PageRow.id == FieldRow.page_id)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(FieldRow.status == "review", DocumentRow.is_current)
        .order_by(DocumentRow.id, PageRow.number, FieldRow.id)
        .limit(limit)
    )
    if form is not None:
        query = query.where(PageRow.form == form)
    return [
        Waiting(
            field.id, file_name, page.number, page.form or "", field.name, field.kind, field.text,
            field.confidence, tuple(map(str, field.reasons)), tuple(reason.code for reason in field.reasons),
            field_mark(field),
        )
        for field, page, file_name in session.execute(query)
    ]  # fmt: skip


def waiting_pages(session: Session, limit: int = 50) -> list[WaitingPage]:
    """The oldest documents' pages that are no known form, and those of forms of which a page is missing, or where it is
    not certain which belong together; blank ones where a document has no other page."""
    other = aliased(PageRow)
    alone = ~exists().where(other.document_id == PageRow.document_id, other.status != "blank")
    in_doubt = PageRow.sheet.is_not(None) & PageRow.reason_rows.any()
    query: Select[PageRow, str] = (
        select(PageRow, DocumentRow.file_name)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(DocumentRow.is_current, DocumentRow.status == "review")
        .where((PageRow.status == "unknown_form") | ((PageRow.status == "blank") & alone) | in_doubt)
        .order_by(DocumentRow.id, PageRow.number)
        .limit(limit)
    )
    return [_waiting(page, file_name) for page, file_name in session.execute(query)]


@dataclass(frozen=True)
class Locked:
    """A field with its page and document: nobody else changes them until the transaction ends."""

    document: DocumentRow
    page: PageRow
    field: FieldRow


def lock_field(session: Session, field_id: int) -> Locked:
    """Locks the document of a field, and reads what stands on its page. Raises LookupError."""
    document = session.scalar(
        select(DocumentRow)
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .join(FieldRow, FieldRow.page_id == PageRow.id)
        .where(FieldRow.id == field_id)
        .with_for_update(of=DocumentRow)
        .execution_options(populate_existing=True)
    )
    page = session.scalar(
        select(PageRow)
        .join(FieldRow, FieldRow.page_id == PageRow.id)
        .where(FieldRow.id == field_id)
        .options(selectinload(PageRow.fields))
        .execution_options(populate_existing=True)
    )
    if document is None or page is None:
        raise LookupError(f"there is no field {field_id}; `inkfield review list` shows those that wait")
    return Locked(document, page, next(field for field in page.fields if field.id == field_id))


def settle_on(
    session: Session,
    locked: Locked,
    reviewer: str,
    value: str | None,
    forms: Mapping[str, Form] | None = None,
    recheck: Recheck | None = None,
) -> Settled:
    """Accepts a field as a person sees it: ``value`` as the form's view writes it, or None for what was read.

    The value has to be one that the field of the form in ``forms`` can have. A table takes its lines as JSON; accepting
    it as it was read accepts its cells. Then the form's rules are asked again (``recheck``), and the page, and the
    document with it, are done when nothing of them waits any longer. Raises ValueError for a text that is no value of
    the field.
    """
    document, page, field = locked.document, locked.page, locked.field
    form = (forms or {}).get(page.form or "")
    before = {f.name: (f.value, f.status) for one in filled_form(session, page) for f in one.fields}
    old = field.value_as_text()
    if field.kind == "table":
        _settle_table(session, page, field, reviewer, value, form)
    else:
        _settle_one(session, page, field, reviewer, value, form)
    moved = _settle_decision(session, page, field, recheck)
    filled = filled_form(session, page)
    for one in filled:
        hold_disputed(session, one)
        refresh_tables(one)
        set_page_status(one)
    document.status = document_status_now(session, document)
    session.flush()
    if moved:
        write_pages(session, moved, reviewers(session, moved))
    rewrite_page(session, page, clean(reviewer))
    return _told(filled, page, document, field, old, before)


def dismiss_page(session: Session, page_id: int, reviewer: str) -> WaitingPage:
    """A page of no form needs no more. It stays so when it is read again, unless it is a known form by then. Of a form
    of several pages: what is missing, or which pages belong together, is settled, and its row stands as it is. Raises
    LookupError for a page that does not exist, ValueError for another one of a form: its fields are settled one by
    one."""
    page = session.get(PageRow, page_id)
    if page is None:
        raise LookupError(f"there is no page {page_id}; `inkfield review list` shows those that wait")
    document = session.get_one(DocumentRow, page.document_id, with_for_update=True, populate_existing=True)
    if page.form is not None and page.reason is None:
        raise ValueError(
            f"page {page_id} is a {page.form}: settle its fields, `inkfield review list` shows them"
        )
    told = _waiting(page, document.file_name)
    if page.reason is None or page.form is None:
        keep(session, page, WHOLE_PAGE, "page", "dismissed", reviewer)
        page.status = "done"
    else:
        keep(session, page, WHOLE_PAGE, "page", str(page.reason.code), reviewer)
        page.reason = None
        set_page_status(page)
        session.flush()
        rewrite_page(session, page, clean(reviewer))
    session.flush()
    document.status = document_status_now(session, document)
    session.flush()
    return told


def _waiting(page: PageRow, file_name: str) -> WaitingPage:
    reason = page.reason
    sentence, code = (None, None) if reason is None else (str(reason), reason.code)
    return WaitingPage(page.id, file_name, page.number, page.status, sentence, code)


def said_value(field: FieldRow, value: str | None, form: Form | None) -> Value:
    """The value that a person gives a field, as `settle_on` takes it. Raises ValueError for a text that is none."""
    kind = kind_of(field.kind)
    new = field.value if value is None else kind.typed(value)
    if new is None and value is None:
        raise ValueError(f"field {field.id} has no value to accept; name the right one")
    said = kind.as_text(new)
    if form is not None and said is not None:
        check_value(form.described(field.name), field.name, new, said, date.today())
    return new


def _settle_one(
    session: Session, page: PageRow, field: FieldRow, reviewer: str, value: str | None, form: Form | None
) -> None:
    new = said_value(field, value, form)
    said = kind_of(field.kind).as_text(new)
    old = field.value_as_text()
    field.value = new
    end_dispute(session, field, old, said)
    session.add(ReviewRow(field_id=field.id, reviewer=clean(reviewer), old_value=old, new_value=said))
    keep(session, page, field.name, field.kind, said, reviewer)
    field.status = status_of(new, written=new is not None)
    field.reasons = ()
    session.flush()


def _settle_table(
    session: Session, page: PageRow, table: FieldRow, reviewer: str, value: str | None, form: Form | None
) -> None:
    cells = {cell.name: cell for cell in page.fields if cell.name.startswith(f"{table.name}.")}
    if value is None:
        for cell in cells.values():
            if cell.status == "review" and cell.value is None:
                raise ValueError(f"{cell.name} (id {cell.id}) has no value to accept; settle it first")
        for cell in cells.values():
            if cell.status == "review":
                _settle_one(session, page, cell, reviewer, None, form)
        if not cells:  # read without cells, by an older version
            _settle_one(session, page, table, reviewer, None, None)
        return
    if form is None:
        raise ValueError(
            f"the form {page.form} is not known here; settle the cells of {table.name} one by one"
        )
    columns = {column.name: column for column in form.field(table.name).columns}
    said = _lines(value, table.name, list(columns))
    wanted = {
        f"{table.name}.{number}.{name}": "" if line.get(name) is None else str(line[name])
        for number, line in enumerate(said, start=1)
        for name in columns
    }
    for name in wanted:
        if name not in cells:
            cells[name] = empty_cell(name, columns[name.rpartition(".")[2]].kind)
            page.fields.append(cells[name])
    session.flush()
    for name, cell in cells.items():
        if cell.value_as_text() != (wanted.get(name) or None) or cell.status == "review":
            _settle_one(session, page, cell, reviewer, wanted.get(name, ""), form)


def _lines(value: str, table: str, columns: list[str]) -> list[dict[str, object]]:
    wrong = (
        f'the lines of {table} are written as JSON: [{{"{columns[0]}": "..."}}], columns {", ".join(columns)}'
    )
    if not value.strip():
        return []
    try:
        found = json.loads(value)
    except json.JSONDecodeError:
        raise ValueError(wrong) from None
    if not isinstance(found, list) or not all(
        isinstance(line, dict) and set(line) <= set(columns) for line in found
    ):
        raise ValueError(wrong)
    return found


def _settle_decision(
    session: Session, page: PageRow, field: FieldRow, recheck: Recheck | None
) -> list[PageRow]:
    """What becomes of the page after a field was settled: by the person's word, or by the rules again. Returns the
    pages that belong together otherwise than before."""
    decision = next((f for f in page.fields if f.kind == "decision"), None)
    settled, moved = settled_of(session, page.document_id), []
    names = {row.name for row in settled if row.page_number == page.number}
    if recheck is not None and page.form is not None:
        if page.sheet is not None and recheck.joins_by(page.form, field.name):
            again = part_again(session, pages_of_form(session, page), settled, recheck)
            moved = [one for filled in again for one in filled]
        if page not in moved:
            filled = filled_form(session, page)
            recheck(filled, [row.name for one in filled for row in of_page(one, settled)])
    if decision is None:
        return moved
    if decision.name in names:
        if decision is field:
            post_by_hand(session, page, decision.value_text == "post")
        return moved
    tables = tables_of(session, page.form or "")
    present(session, page, tables is None or tables.layout.presented_once)
    return moved


def document_status_now(session: Session, document: DocumentRow) -> str:
    """The status of a document that was read, by its pages as they are now."""
    if document.status not in ("done", "review"):
        return document.status
    pages = session.scalars(select(PageRow.status).where(PageRow.document_id == document.id))
    return document_status(list(pages), "review", document.waits)


def _told(
    filled: FilledForm,
    page: PageRow,
    document: DocumentRow,
    field: FieldRow,
    old: str | None,
    before: Mapping[str, tuple[object, str]],
) -> Settled:
    now = {f.name: (f.value, f.status) for one in filled for f in one.fields}
    decision = next((f.value_text for one in filled for f in one.fields if f.kind == "decision"), None)
    return Settled(
        file_name=document.file_name,
        page_number=page.number,
        form=page.form or "",
        name=field.name,
        old=old,
        new=field.value_as_text(),
        changed=tuple(
            (name, status)
            for name, (value, status) in now.items()
            if name != field.name and before.get(name) != (value, status)
        ),
        decision=decision,
        still_waiting=sum(f.status == "review" for one in filled for f in one.fields),
        document_status=document.status,
    )
