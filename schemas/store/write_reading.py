"""Writes a reading in place of an earlier one: only what has changed, and never over what a person settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, selectinload

from inkfield.schemas.database.filled_forms import FilledForm, filled_form, pages_of_form, parted
from inkfield.schemas.database.form_tables import tables_of, take_out, write_pages
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, SettledRow
from inkfield.schemas.forms.key import contents, same_content
from inkfield.schemas.readings import PageReading
from inkfield.schemas.store.disputes import hold_disputed
from inkfield.schemas.store.fill_tables import reviewers
from inkfield.schemas.store.match_pages import match_pages
from inkfield.schemas.store.presented import forget_presented, present
from inkfield.schemas.store.rows import page_row
from inkfield.schemas.store.settled import WHOLE_PAGE, hold, of_page, set_page_status, settled_of


class Recheck(Protocol):
    """What the store asks of the forms, which it does not know itself; see flows/workers/recheck.py."""

    def __call__(self, pages: FilledForm, settled: Collection[str]) -> None:
        """Asks the form's rules again on a filled form, where the fields of these names are settled and stay."""

    def joins_by(self, form: str, field: str) -> bool:
        """Whether that field decides which pages belong together."""

    def regroup(self, pages: Sequence[PageRow], settled: Mapping[int, Collection[str]]) -> list[FilledForm]:
        """Parts all pages of a form in a document anew; returns the filled forms that are others than before.
        ``settled`` are names of fields by the number of their page."""


_OF_READING = (
    "number", "width", "height", "dpi", "form", "form_version", "form_key", "picture", "ink", "scan_number", "sheet",
    "part_of", "status", "quality", "text", "reason",
)  # fmt: skip
_OF_FIELD = (
    "kind", "text", "value_text", "value_number", "value_date", "value_bool", "confidence", "status", "box",
    "alternatives", "source", "reasons",
)  # fmt: skip


def write_reading(
    session: Session,
    document: DocumentRow,
    pages: Sequence[PageReading],
    key: str,
    whole: bool,
    recheck: Recheck | None = None,
) -> list[PageRow]:
    """The rows of the pages as they now stand, those of their forms' tables too where the reading is ``whole``."""
    asked = contents(key)
    new = [page_row(page, asked.get(page.form or "")) for page in pages]
    old = [] if document.page_count is None else _pages(session, document.id)
    document.page_count = len(new)
    if old:
        written, standing = _replace(session, document, old, new, asked)
        settled = settled_of(session, document.id)
    else:
        written, standing, settled = new, new, []
        for page in new:
            page.document_id = document.id
    if settled:
        _hold(session, written, settled, recheck)
    for page in written:
        _hold_disputed(session, page)
        if whole:
            _present(session, page, settled)
    session.add_all(written)
    session.flush()
    if whole:
        write_pages(session, written, reviewers(session, written) if settled else {})
    return standing


def write_page(
    session: Session, page: PageRow, reading: PageReading, key: str, recheck: Recheck | None = None
) -> None:
    """One page was read as another form than before: the new reading takes the place of the old one. ``key`` is the
    `forms_key` of that form."""
    row = page_row(reading, contents(key).get(reading.form or ""))
    row.number = page.number
    left = [one for one in pages_of_form(session, page) if one is not page] if page.sheet is not None else []
    take_out(session, page.form, page.id)
    _overwrite(page, row)
    session.flush()
    settled = settled_of(session, page.document_id)
    held = bool(settled) and _holds(session, page, settled)
    part_again(session, left, settled, recheck)
    mine = [page] if page.sheet is None else pages_of_form(session, page)
    asked = part_again(session, mine, settled, recheck)
    if held and recheck is not None and page.form and not any(page in filled for filled in asked):
        _ask(filled_form(session, page), settled, recheck)
    _hold_disputed(session, page)
    _present(session, page, settled)
    session.flush()
    pages = [*left, *mine]
    write_pages(session, pages, reviewers(session, pages) if settled else {})


def part_again(
    session: Session, pages: Sequence[PageRow], settled: Sequence[SettledRow], recheck: Recheck | None
) -> list[FilledForm]:
    """Looks again which of these pages, all of a form of several in a document, belong together; the rules are asked
    again of those filled forms that are others than before, which are returned."""
    if recheck is None or not pages or pages[0].sheet is None:
        return []
    names = {page.number: _names(page, settled) for page in pages}
    changed = recheck.regroup(pages, names)
    for filled in changed:
        if filled[0].reason is not None:
            hold(filled[0], [row for row in settled if row.name == WHOLE_PAGE])
        _ask(filled, settled, recheck)
    session.flush()
    return changed


def _ask(filled: FilledForm, settled: Sequence[SettledRow], recheck: Recheck) -> None:
    """Asks the rules of a filled form again, where that is settled."""
    recheck(filled, [name for page in filled for name in _names(page, settled)])
    for page in filled:
        set_page_status(page)


def document_status(pages: Collection[str], read: str, waits: bool) -> str:
    """The status of a document by those of its pages; ``read`` is that of its reading. A blank page is no reason to
    wait beside others; the document ``waits`` by itself where a page is missing or its beginning is in doubt."""
    if waits or any(status in ("review", "unknown_form") for status in pages):
        return "review"
    if all(status == "blank" for status in pages):
        return read
    return "done"


def _hold(
    session: Session, pages: Sequence[PageRow], settled: Sequence[SettledRow], recheck: Recheck | None
) -> None:
    """Lets what is settled hold on these pages; then the rules are asked again."""
    held = [page for page in pages if _holds(session, page, settled) and page.form]
    if recheck is None:
        return
    asked = []
    for form in {page.form for page in held if page.sheet is not None}:
        asked += part_again(session, [page for page in pages if page.form == form], settled, recheck)
    for filled in parted(pages):
        if any(page in held for page in filled) and filled not in asked:
            _ask(filled, settled, recheck)


def _holds(session: Session, page: PageRow, settled: Sequence[SettledRow]) -> bool:
    tables = tables_of(session, page.form) if page.form is not None else None
    return hold(page, settled, tables.layout.ask_again if tables else ())


def _names(page: PageRow, settled: Sequence[SettledRow]) -> list[str]:
    return [row.name for row in of_page(page, settled)]


def _hold_disputed(session: Session, page: PageRow) -> None:
    if page.id is not None and hold_disputed(session, page):
        set_page_status(page)


def _present(session: Session, page: PageRow, settled: Sequence[SettledRow]) -> None:
    decision = next((field.name for field in page.fields if field.kind == "decision"), None)
    if decision is None and page.id is None:
        return
    tables = tables_of(session, page.form) if page.form is not None else None
    by_hand = any(row.name == decision for row in of_page(page, settled))
    present(session, page, tables is None or tables.layout.presented_once, by_hand)


def _pages(session: Session, document_id: int) -> list[PageRow]:
    query = select(PageRow).where(PageRow.document_id == document_id).order_by(PageRow.number)
    return list(session.scalars(query.options(selectinload(PageRow.fields))))


def _replace(
    session: Session,
    document: DocumentRow,
    old: Sequence[PageRow],
    new: Sequence[PageRow],
    asked: Mapping[str, str],
) -> tuple[list[PageRow], list[PageRow]]:
    """Puts the new rows in place of the old ones; returns those that are written, and all that stand then."""
    matched = match_pages(old, new)
    if any(mine.number != number for number, mine in matched.items()) or len(new) < len(old):
        _renumber(session, document.id, old, matched)
    written, standing = [], []
    for row in new:
        before = matched.get(row.number)
        if before is None:
            row.document_id = document.id
            written.append(row)
        elif document.is_current and row.sheet is None and _stays(before, row, asked):
            row = before
        else:
            take_out(session, before.form, before.id)
            _overwrite(before, row)
            row = before
            written.append(row)
        standing.append(row)
    return written, standing


def _stays(before: PageRow, row: PageRow, asked: Mapping[str, str]) -> bool:
    """Whether a page keeps its rows: its own form is what it was, or was not asked for and no other one fits."""
    if before.form is None:
        return False
    if before.form in asked:
        return same_content(before.form_key, asked[before.form])
    return row.form is None


def _overwrite(before: PageRow, row: PageRow) -> None:
    """Gives a page the new reading. Fields keep their ids, so that a list of them that somebody works on stays right,
    and the reviews of them stay."""
    for name in _OF_READING:
        setattr(before, name, getattr(row, name))
    before.pairs = list(row.pairs)
    mine = {field.name: field for field in before.fields}
    fields: list[FieldRow] = []
    for field in list(row.fields):
        found = mine.get(field.name)
        if found is None:
            found = FieldRow(name=field.name)
        for name in _OF_FIELD:
            setattr(found, name, getattr(field, name))
        fields.append(found)
    before.fields = fields


def _renumber(
    session: Session, document_id: int, old: Sequence[PageRow], matched: Mapping[int, PageRow]
) -> None:
    """Pages have other numbers now: what was settled goes with its page, or waits until the page is found again."""
    number_of = {page.id: number for number, page in matched.items()}
    moved_to = {page.number: number for number, page in matched.items()}
    forget_presented(session, document_id)
    for page in old:
        mine = (SettledRow.document_id == document_id) & (SettledRow.page_number == page.number)
        moved = number_of.get(page.id)
        session.execute(update(SettledRow).where(mine).values(page_number=None if moved is None else -moved))
        if moved is None:
            take_out(session, page.form, page.id)
            session.execute(delete(PageRow).where(PageRow.id == page.id))
            session.expunge(page)
        else:
            page.number = -moved
    session.flush()
    for page in old:
        if page.id in number_of:
            page.number = number_of[page.id]
            page.part_of = moved_to.get(page.part_of or 0)
    session.flush()
    moved_here = (SettledRow.document_id == document_id) & (SettledRow.page_number < 0)
    session.execute(update(SettledRow).where(moved_here).values(page_number=-SettledRow.page_number))
