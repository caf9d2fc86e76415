"""The same item (a cheque) presented twice: told, and never posted twice, whoever writes at the same time.

An item is told by its MICR line, which has the number of the cheque: no two cheques share it, whatever their amounts.
Where the line was read otherwise, its picture tells, among items of the same amount; where it was not read, what is
written on it, among the latest of all. Only hashes are kept, so that an item is still known after what was read of it
is purged.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, PresentedRow, now
from inkfield.schemas.reasons import Reason, ReasonCode, because
from inkfield.schemas.status import status_of
from inkfield.schemas.store.match_pages import distance
from inkfield.schemas.store.settled import set_page_status

SAME_PICTURE = 16
"""Bits of 256 by which the pictures of two scans of one cheque may differ. Set on 12 real Indian cheques: different
ones of one bank differ in 32 bits at least, a second scan that is cut alike in 8. One that is cut otherwise differs as
much as another cheque does: then the MICR line alone tells."""
_CANDIDATES = 2000
SAME_INK, _FEWEST_FIELDS = 28, 3
"""Bits of 216 by which the writing of the three fields that are most alike may differ. Set on 60 rendered cheques of
five banks, each compared with all others: different ones differ in 48 bits at least, 9 of 12 second scans, crooked
and cut otherwise, in 16 or fewer."""
_WHOLE_LINE = 16
"""Digits of the shortest line of a further country that has the number of the cheque and the account: of Canada's."""
_POSTED_FIRST = (PresentedRow.posted.desc(), PresentedRow.id)
_LATEST = 20_000
"""Items whose writing is compared, the latest first: a quarter of a second at most."""


def present(session: Session, page: PageRow, once: bool = True, settled: bool = False) -> None:
    """Notes the item on a page, and sends it to review where it was presented before.

    The page's row need not be in the database yet; what was noted of the page before is noted anew. Nothing happens on
    a page without a decision. ``once`` is False for a form whose items may come as often as they like; ``settled``
    where a person has settled the decision: then it stays.
    """
    decision = next((field for field in page.fields if field.kind == "decision"), None)
    if decision is None or not once:
        _forget(session, page)
        return
    item, amount = item_key(page.fields), _amount_key(page.form or "", page.fields)
    own = session.scalar(_own(page))
    if item is None and page.ink is None and (amount is None or page.picture is None):
        _forget(session, page)
        return
    earlier = _earlier(session, page, item, amount, own)
    posts = decision.value_text == "post" and decision.status == "accepted"
    # What was posted stays posted, however it is read later.
    posted = (own is not None and own.posted) or (posts and earlier is None)
    if not _note(session, page, item, amount, own, posted):
        earlier = _earlier(session, page, item, amount, own)
        _note(session, page, item, amount, own, False)
    if earlier is not None and not settled:
        _to_review(page, decision, _reason(session, *earlier))


def note_item(session: Session, page: PageRow) -> None:
    """Notes the item on a page that was read before items were noted; nothing else changes."""
    decision = next((field for field in page.fields if field.kind == "decision"), None)
    item = None if decision is None else item_key(page.fields)
    if decision is None or item is None or session.scalar(_own(page)) is not None:
        return
    amount, posts = _amount_key(page.form or "", page.fields), decision.value_text == "post"
    if not _note(session, page, item, amount, None, posts):
        _note(session, page, item, amount, None, False)


def post_by_hand(session: Session, page: PageRow, posts: bool) -> None:
    """A person settles what becomes of the item on a page. Raises ValueError where it ``posts`` an item that is posted
    already."""
    own = session.scalar(_own(page).with_for_update())
    if own is None:
        return
    other = None
    if posts and own.item is not None:
        twice = (PresentedRow.item == own.item) & PresentedRow.posted & (PresentedRow.id != own.id)
        other = session.scalar(select(PresentedRow).where(twice))
    if other is None and _note(session, page, own.item, own.amount, own, posts):
        return
    document = f"document {other.document_id}" if other else "another document"
    raise ValueError(
        f"the same cheque is posted already, in {document}; settle that one as review or reject first"
    )


def _forget(session: Session, page: PageRow) -> None:
    if page.id is not None:
        mine = (PresentedRow.document_id == page.document_id) & (PresentedRow.page_number == page.number)
        session.execute(delete(PresentedRow).where(mine))


def forget_presented(session: Session, document_id: int) -> None:
    """The pages of a document are numbered anew: its items are noted again."""
    session.execute(delete(PresentedRow).where(PresentedRow.document_id == document_id))


def item_key(fields: Iterable[FieldRow]) -> str | None:
    """A hash of what tells a cheque from all others; None where its MICR line does not.

    Of an Indian line (CTS-2010) cheque number, sort code and what follows; of a US line (ANSI X9.100-160) serial,
    routing number and account. Where the line has no serial, the check number printed above it stands in.
    """
    read = list(fields)
    line = next((field.value_text for field in read if field.kind == "micr" and field.value_text), None)
    parts = None if line is None else _parts(line)
    if parts is not None and not parts[0]:
        printed = [f.value_text or "" for f in read if f.name == "check_number" and f.status == "accepted"]
        parts = [*printed, *parts[1:]] if printed and printed[0] else None
    return None if parts is None else _hashed("item", *parts)


def _parts(line: str) -> list[str] | None:
    """Serial (or ""), routing number, and the rest of a MICR line; None for one that is not whole."""
    line = re.sub(r"B\d*B?", "", line)  # the amount, which some bank prints on it later
    routing = re.search(r"(\d{9})A", line)
    if routing is None:
        # The lines of all other countries have the number of the cheque in them, too.
        whole = re.sub(r"[ D]", "", line)
        return [whole] if sum(c.isdigit() for c in whole) >= _WHOLE_LINE else None
    before = "".join(re.findall(r"\d", line[: routing.start()]))
    on_us = line[routing.end() :].replace("D", "")
    after = re.findall(r"\d+", on_us)
    if before:
        return [before, routing[1], *after]
    serial = "".join(re.findall(r"\d", on_us.rpartition("C")[2])) if "C" in on_us else ""
    return [serial, routing[1], *after] if after else None


def _amount_key(form: str, fields: Iterable[FieldRow]) -> str | None:
    amount = next((f.value_number for f in fields if f.name == "amount" and f.kind == "amount"), None)
    return None if amount is None else _hashed("amount", form, f"{amount:.2f}")


def _hashed(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def _own(page: PageRow) -> Select[PresentedRow]:
    return select(PresentedRow).where(
        PresentedRow.document_id == page.document_id, PresentedRow.page_number == page.number
    )


def _earlier(
    session: Session, page: PageRow, item: str | None, amount: str | None, own: PresentedRow | None
) -> tuple[PresentedRow, ReasonCode] | None:
    """The item's first presentation before this page's ``own``, or the one that is posted; and what tells it."""
    others = or_(PresentedRow.document_id != page.document_id, PresentedRow.page_number != page.number)
    before = others if own is None else others & or_(PresentedRow.id < own.id, PresentedRow.posted)
    if item is not None:
        same = select(PresentedRow).where(PresentedRow.item == item, before)
        found = session.scalar(same.order_by(*_POSTED_FIRST).limit(1))
        if found is not None:
            otherwise = None not in (found.amount, amount) and found.amount != amount
            return found, ReasonCode.PRESENTED_OTHERWISE if otherwise else ReasonCode.PRESENTED
    found = _same_picture(session, page, amount, before)
    if found is not None:
        return found, ReasonCode.PRESENTED
    found = _same_ink(session, page, item, before)
    return None if found is None else (found, ReasonCode.PRESENTED_ALIKE)


def _same_picture(
    session: Session, page: PageRow, amount: str | None, before: ColumnElement[bool]
) -> PresentedRow | None:
    """Of the items of the same amount the one whose picture is the same."""
    if amount is None or page.picture is None:
        return None
    alike = select(PresentedRow).where(
        PresentedRow.amount == amount, PresentedRow.picture.is_not(None), before
    )
    for row in session.scalars(alike.order_by(*_POSTED_FIRST).limit(_CANDIDATES)):
        if row.picture and distance(row.picture, page.picture) <= SAME_PICTURE:
            return row
    return None


def _same_ink(
    session: Session, page: PageRow, item: str | None, before: ColumnElement[bool]
) -> PresentedRow | None:
    """Of the latest items the one on which the same is written, where the line of one of them was not read surely."""
    if page.ink is None:
        return None
    alike = select(PresentedRow.id, PresentedRow.ink).where(PresentedRow.ink.is_not(None), before)
    if item is not None and all(f.status == "accepted" for f in page.fields if f.kind == "micr"):
        alike = alike.where(PresentedRow.item.is_(None))
    for found, ink in session.execute(alike.order_by(PresentedRow.id.desc()).limit(_LATEST)):
        if ink and ink_distance(ink, page.ink) <= SAME_INK:
            return session.get(PresentedRow, found)
    return None


def ink_distance(first: str, second: str) -> float:
    """Bits in which the three fields that are most alike differ of two hashes of pipeline/cheques/ink_hash.py; infinite
    where fewer fields are written on both."""
    pairs = zip(first.split("."), second.split("."), strict=True)
    bits = sorted(distance(one, other) for one, other in pairs if "-" not in (one, other))
    return sum(bits[:_FEWEST_FIELDS]) if len(bits) >= _FEWEST_FIELDS else math.inf


def _note(
    session: Session,
    page: PageRow,
    item: str | None,
    amount: str | None,
    own: PresentedRow | None,
    posted: bool,
) -> bool:
    """Notes the item; False where it was posted in the meantime: by one who wrote at the same time."""
    values = {"item": item, "amount": amount, "picture": page.picture, "ink": page.ink, "posted": posted}
    if own is not None:
        try:
            with session.begin_nested():
                session.execute(update(PresentedRow).where(PresentedRow.id == own.id).values(values))
        except IntegrityError:
            return False
        return True
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    key = {"document_id": page.document_id, "page_number": page.number, "at": now()}
    # Waits for whoever posts the same item at this moment, and then does nothing.
    noted = session.scalar(
        insert(PresentedRow).values(values | key).on_conflict_do_nothing().returning(PresentedRow.id)
    )
    return noted is not None


def _to_review(page: PageRow, decision: FieldRow, reason: Reason) -> None:
    decision.reasons = (*decision.reasons, reason)
    if decision.value_text == "post":
        decision.value_text = decision.text = "review"
        decision.status = status_of("review", decision.reasons)
    set_page_status(page)


def _reason(session: Session, earlier: PresentedRow, code: ReasonCode) -> Reason:
    document = session.get_one(DocumentRow, earlier.document_id)
    return because(code, document=document.id, file=document.file_name, page=earlier.page_number)
