"""The pages of one filled form: of a form of several pages those that belong together, of every other form one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from inkfield.schemas.database.tables import PageRow

FilledForm = Sequence[PageRow]
"""The page under which it stands first, then the others, as the form has them."""


def filled_form(session: Session, page: PageRow) -> FilledForm:
    """The filled form that a page, which has its id, is of."""
    if page.sheet is None:
        return [page]
    first = page.number if page.part_of is None else page.part_of
    return _found(session, page, (PageRow.number == first) | (PageRow.part_of == first))[0]


def pages_of_form(session: Session, page: PageRow) -> list[PageRow]:
    """All pages of its document that are of the form of a page, in the document's order."""
    return sorted((one for form in _found(session, page) for one in form), key=lambda one: one.number)


def all_filled_forms(session: Session, pages: Iterable[PageRow]) -> list[FilledForm]:
    """Each filled form that one of these pages is of, once."""
    found: dict[tuple[int, str | None], list[FilledForm]] = {}
    every: list[FilledForm] = []
    for page in pages:
        if page.sheet is None:
            every.append([page])
        elif (page.document_id, page.form) not in found:
            found[page.document_id, page.form] = _found(session, page)
    return [*every, *(form for forms in found.values() for form in forms)]


def parted(pages: Iterable[PageRow]) -> list[FilledForm]:
    """The filled forms of pages of one document, which may have no ids yet."""
    by_first: dict[tuple[str | None, int], list[PageRow]] = {}
    for page in pages:
        by_first.setdefault((page.form, page.part_of or page.number), []).append(page)
    return [
        sorted(form, key=lambda one: (one.part_of is not None, one.sheet or 0)) for form in by_first.values()
    ]


def _found(session: Session, page: PageRow, which: ColumnElement[bool] | None = None) -> list[FilledForm]:
    query = select(PageRow).where(
        PageRow.document_id == page.document_id, PageRow.form == page.form, PageRow.sheet.is_not(None)
    )
    if which is not None:
        query = query.where(which)
    return parted(session.scalars(query.order_by(PageRow.number).options(selectinload(PageRow.fields))))
