"""Of which status of a document the webhook was told, and of which it is to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.review_tables import WebhookCallRow
from inkfield.schemas.database.tables import DocumentRow, now

TOLD = ("done", "review", "failed")
AT_ONCE = 100
MOST_ATTEMPTS = 12
"""Twelve calls within a day and a half; after that the status is not told any more."""


@dataclass(frozen=True)
class Call:
    document_id: int
    sha256: str
    status: str
    attempts: int


def begin_with_what_is(session: Session) -> None:
    """A webhook that is set for the first time is told of nothing that is old."""
    if session.scalar(select(WebhookCallRow.document_id).limit(1)) is not None:
        return
    old = select(DocumentRow.id, DocumentRow.status, literal(True), literal(0), literal(now())).where(
        DocumentRow.status.in_(TOLD)
    )
    names = ["document_id", "status", "told", "attempts", "next_at"]
    session.execute(insert(WebhookCallRow).from_select(names, old))


def anything_to_tell(session: Session) -> bool:
    """Whether `note_changes` or `calls_due` would find something. A session that only reads will do."""
    return bool(_changes(session, 1) or calls_due(session))


def note_changes(session: Session) -> None:
    """Notes the documents that have another status than the one that was told, or noted, last."""
    for document_id, status, before in _changes(session, AT_ONCE):
        if before is None:
            session.add(WebhookCallRow(document_id=document_id, status=status))
        else:
            mine = WebhookCallRow.document_id == document_id
            values = {"status": status, "told": False, "attempts": 0, "next_at": now()}
            session.execute(update(WebhookCallRow).where(mine).values(values))
    session.flush()


def _changes(session: Session, limit: int) -> Sequence[tuple[int, str, str | None]]:
    """Documents with their status, and the one that was told or noted last."""
    query = (
        select(DocumentRow.id, DocumentRow.status, WebhookCallRow.status)
        .outerjoin(WebhookCallRow, WebhookCallRow.document_id == DocumentRow.id)
        .where(DocumentRow.status.in_(TOLD))
        .where(WebhookCallRow.status.is_(None) | (WebhookCallRow.status != DocumentRow.status))
        .limit(limit)
    )
    return [(document_id, status, before) for document_id, status, before in session.execute(query)]


def calls_due(session: Session) -> list[Call]:
    """What is to be told now, the longest waiting first."""
    query = (
        select(DocumentRow.id, DocumentRow.sha256, WebhookCallRow.status, WebhookCallRow.attempts)
        .join(WebhookCallRow, WebhookCallRow.document_id == DocumentRow.id)
        .where(~WebhookCallRow.told, WebhookCallRow.next_at <= now(), WebhookCallRow.attempts < MOST_ATTEMPTS)
        .order_by(WebhookCallRow.next_at)
        .limit(AT_ONCE)
    )
    return [Call(*row) for row in session.execute(query)]


def note_told(session: Session, call: Call) -> None:
    _change(session, call, {"told": True})


def note_failed(session: Session, call: Call) -> None:
    """It was not taken: again after 1, 2, 4 … minutes, 12 hours at most."""
    pause = min(timedelta(minutes=2**call.attempts), timedelta(hours=12))
    _change(session, call, {"attempts": call.attempts + 1, "next_at": now() + pause})


def _change(session: Session, call: Call, values: dict[str, object]) -> None:
    mine = (WebhookCallRow.document_id == call.document_id) & (WebhookCallRow.status == call.status)
    session.execute(update(WebhookCallRow).where(mine).values(values))
