"""A file that failed because it was not yet whole, and comes again: its failure was none.

A scanner that takes longer than the watcher waits shows half a file, which fails, and writes it anew. Once the whole
is read, what failed before goes: its bytes are the beginning of the whole, so nothing is lost with it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from inkfield.flows.inbox.file_away import REASON, numbered_names, safe_name
from inkfield.flows.inbox.folder import Inbox
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.tables import BatchRow, DocumentRow
from inkfield.schemas.store.documents import finish_batch

CODES = ("empty_file", "truncated")
HEADER = 16
"""Bytes at the beginning that may differ: writers come back there to note sizes and offsets."""
PIECE = 1 << 20


def false_failures(inbox: Inbox, day: str, inside: str, whole: Path) -> Iterator[Path]:
    """The files in failed/ that are the beginning of ``whole``, came under its name on ``day`` (YYYY/MM/DD) or the
    day before, and failed for want of their ends."""
    today = date(*(int(part) for part in day.split("/")))
    *folders, name = (safe_name(part) for part in Path(inside).parts)
    for moment in (today, today - timedelta(days=1)):
        for place in numbered_names(inbox.failed.joinpath(f"{moment:%Y/%m/%d}", *folders), name):
            if not os.path.lexists(place):
                break
            if _code(place) in CODES and is_beginning(place, whole):
                yield place


def forget_failure(session: Session, place: Path) -> None:
    """Removes what is noted of the document that failed and lies there; its batch has one failure less."""
    row = session.scalar(
        select(DocumentRow).where(DocumentRow.path == clean(str(place)), DocumentRow.status == "failed")
    )
    if row is None:
        return
    batch_id = row.batch_id
    session.execute(delete(DocumentRow).where(DocumentRow.sha256 == row.sha256))  # all its parts
    batch = session.get(BatchRow, batch_id)
    if batch is not None and batch.finished_at is not None:
        finish_batch(session, batch_id)


def remove(place: Path) -> None:
    """Deletes a file in failed/ with its note."""
    place.unlink(missing_ok=True)
    place.with_name(place.name + REASON).unlink(missing_ok=True)


def is_beginning(part: Path, whole: Path) -> bool:
    """Whether the bytes of ``part``, but for its header and zeros at its end, are the first ones of ``whole``."""
    if not stat.S_ISREG(part.lstat().st_mode):
        return False
    with open(part, "rb") as one, open(whole, "rb") as other:
        begun, header = one.read(HEADER), other.read(HEADER)
        if begun[:2] != header[: len(begun[:2])]:
            return not begun.strip(b"\0")
        ended = False
        while piece := one.read(PIECE):
            same = other.read(len(piece))
            if ended or piece != same:
                # Space that was reserved and not yet filled.
                kept = piece.rstrip(b"\0")
                if (ended and kept) or not same.startswith(kept):
                    return False
                ended = True
    return True


def _code(place: Path) -> str:
    try:
        text = place.with_name(place.name + REASON).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    codes = (line.removeprefix("code: ") for line in text.splitlines() if line.startswith("code: "))
    return next(codes, "")
