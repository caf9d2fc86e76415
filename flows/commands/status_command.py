"""`inkfield status`: what is in, what is done, what failed, what waits, and how fast it goes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from inkfield.flows.commands.query_command import open_existing
from inkfield.flows.inbox.folder import PROCESSING, Drop, Inbox, look
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.tables import DOCUMENT_STATUSES
from inkfield.schemas.reasons import Reason
from inkfield.schemas.store.retention import count_documents


@dataclass(frozen=True)
class InboxCounts:
    """What lies in an inbox: files that were dropped, and those that a watcher has taken and not finished."""

    files: int
    taken: int
    oldest: datetime | None


def status_of(url: str, folder: Path | None, at: datetime) -> dict[str, Any]:
    """The figures of `inkfield status` at a time, as JSON takes them. Raises DatabaseError."""
    engine = open_existing(url)
    try:
        with transaction(engine) as session:
            counts = count_documents(session, at)
    finally:
        engine.dispose()
    documents = {status: counts.by_status.get(status, 0) for status in DOCUMENT_STATUSES}
    found: dict[str, Any] = {
        "documents": documents,
        "failed_by_code": counts.by_code,
        "pages_to_review": counts.pages_to_review,
        "no_form_by_reason": {str(reason): count for reason, count in counts.by_reason.items()},
        "no_form_by_code": _by_code(counts.by_reason),
        "finished_last_hour": counts.last_hour,
        "finished_last_day": counts.last_day,
        "per_hour_last_day": round(counts.last_day / 24, 1),
        "oldest_waiting": counts.oldest_waiting and counts.oldest_waiting.isoformat(timespec="seconds"),
    }
    if folder is not None:
        waiting = waiting_in(folder)
        found["inbox"] = {
            **asdict(waiting),
            "oldest": waiting.oldest and waiting.oldest.isoformat(timespec="seconds"),
        }
    return found


def _by_code(by_reason: Mapping[Reason, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for reason, count in by_reason.items():
        found[reason.code] += count
    return dict(found)


def waiting_in(folder: Path) -> InboxCounts:
    """Counts the files of an inbox; changes nothing in it."""
    inbox = Inbox(folder.resolve())
    drops: list[Drop] = look(inbox)
    oldest = min((drop.since for drop in drops if drop.signature), default=None)
    taken = sum(1 for file in inbox.processing.glob("[!.]*/*/**/*") if not file.is_dir())
    return InboxCounts(
        files=sum(len(drop.signature) or 1 for drop in drops),
        taken=taken,
        oldest=None if oldest is None else datetime.fromtimestamp(oldest, UTC),
    )


def print_status(url: str, folder: Path | None, as_json: bool) -> None:
    """Raises DatabaseError."""
    found = status_of(url, folder, datetime.now(UTC))
    if as_json:
        print(json.dumps(found, indent=2))
        return
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, value in _lines(found):
        table.add_row(name, "-" if value is None else str(value))
    Console().print(table)


def _lines(found: dict[str, Any]) -> list[tuple[str, object]]:
    lines: list[tuple[str, object]] = []
    if inbox := found.get("inbox"):
        lines += [
            ("waiting in the inbox", inbox["files"]),
            ("  the oldest since", inbox["oldest"]),
            (f"taken, in {PROCESSING}/", inbox["taken"]),
        ]
    documents = found["documents"]
    lines += [
        ("received, not begun", documents["received"]),
        ("being read", documents["processing"]),
        ("  the oldest since", found["oldest_waiting"]),
        ("done", documents["done"]),
        ("to review", documents["review"]),
        ("  pages among them", found["pages_to_review"]),
        *((f"  {reason}", count) for reason, count in found["no_form_by_reason"].items()),
        ("failed", documents["failed"]),
        *((f"  {code}", count) for code, count in found["failed_by_code"].items()),
        ("finished in the last hour", found["finished_last_hour"]),
        ("finished in the last day", found["finished_last_day"]),
        ("  an hour, on average", found["per_hour_last_day"]),
    ]
    return lines
