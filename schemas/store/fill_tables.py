"""Fills the tables of a form from the evidence: once, when they are made in a database that has readings already."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session, selectinload

from inkfield.schemas.database.filled_forms import filled_form
from inkfield.schemas.database.form_tables import FormTable, FormTables
from inkfield.schemas.database.tables import DocumentRow, PageRow, SettledRow
from inkfield.schemas.store.presented import note_item

AT_ONCE = 500


def fill_tables(connection: Connection, form: str, tables: FormTables, new: Sequence[FormTable]) -> None:
    """Writes the current pages of a form into those of its tables that are new."""
    with Session(connection, join_transaction_mode="rollback_only") as session:
        last = 0
        while True:
            pages = session.scalars(
                select(PageRow)
                .join(DocumentRow, DocumentRow.id == PageRow.document_id)
                .where(PageRow.form == form, DocumentRow.is_current, PageRow.id > last)
                .order_by(PageRow.id)
                .limit(AT_ONCE)
                .options(selectinload(PageRow.fields))
            ).all()
            if not pages:
                return
            last = pages[-1].id
            first = [page for page in pages if page.part_of is None]
            rows = tables.rows_of([filled_form(session, page) for page in first], reviewers(session, pages))
            for part in new:
                if rows[part.table.name]:
                    connection.execute(insert(part.table), rows[part.table.name])
            for page in pages:
                note_item(session, page)
            session.expunge_all()


def reviewers(session: Session, pages: Sequence[PageRow]) -> dict[int, str]:
    """Who settled something on a page last, by page id."""
    documents = {page.document_id for page in pages}
    said = session.execute(
        select(SettledRow.document_id, SettledRow.page_number, SettledRow.form, SettledRow.reviewer)
        .where(SettledRow.document_id.in_(documents))
        .order_by(SettledRow.at, SettledRow.id)
    )
    last = {(document, number, form): reviewer for document, number, form, reviewer in said}
    found = {page.id: last.get((page.document_id, page.number, page.form or "")) for page in pages}
    return {page_id: reviewer for page_id, reviewer in found.items() if reviewer is not None}
