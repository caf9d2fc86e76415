"""Which documents of an inbox are to be read now: not those still being written, nor those read before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from inkfield.flows.workers.storage import DocumentPath
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.store.retention import read_before

SETTLED = timedelta(seconds=60)
"""A file that was changed since then may still be written to: it is left for the next run."""
CLOCKS = timedelta(minutes=10)
"""By how much the clocks of a file server or store and of the reading machines may differ."""
AT_ONCE = 500
"""Databases take only so many values in one question."""


class Fresh(NamedTuple):
    """``left`` counts the files that were too new."""

    documents: list[DocumentPath]
    left: int


def fresh_files(
    engine: Engine, documents: Sequence[DocumentPath], form_version_key: str, now: datetime
) -> Fresh:
    """What of an inbox is to be read at ``now``.

    A document counts as read when its path has rows that are younger than its last change. That only saves
    reading its bytes: what has changed, or is doubtful, is told by its content hash as ever.
    """
    changed = {str(path): _changed(path) for path in documents}
    read_at = _read_at(engine, list(changed), form_version_key)
    fresh, left = [], 0
    for path in documents:
        moment, read = changed[str(path)], read_at.get(clean(str(path)))
        if moment is not None and read is not None and moment < read - CLOCKS:
            continue
        if moment is not None and moment > now - SETTLED:
            left += 1
        else:
            fresh.append(path)
    return Fresh(fresh, left)


def _changed(path: DocumentPath) -> datetime | None:
    """When the file was last changed; of local ones the inode, since a copy may keep the time of its original."""
    try:
        found = path.stat()
        seconds = found.st_ctime if isinstance(path, Path) else found.st_mtime
        return datetime.fromtimestamp(seconds, UTC)
    except Exception:  # gone, or its store gives no time: reading it tells
        return None


def _read_at(engine: Engine, paths: Sequence[str], form_version_key: str) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    with transaction(engine) as session:
        for start in range(0, len(paths), AT_ONCE):
            found |= read_before(session, paths[start : start + AT_ONCE], form_version_key)
    return found
