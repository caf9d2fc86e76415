"""Files that people or programs hand in go to the watched folder, as if somebody had dropped them there."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from inkfield.flows.inbox import file_away
from inkfield.flows.inbox.folder import is_ignored
from inkfield.flows.server.desk import Desk
from inkfield.flows.workers.limits import intake_limits
from inkfield.pipeline.intake.sniff import KNOWN_TYPES, archive_of, document_kind, peek
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.store.audit import note


class NoInbox(Exception):
    """No watched folder is set, or it is not there. The message says so."""


@dataclass(frozen=True)
class HandedIn:
    """``name`` is that of the file in the watched folder; it differs where the name was taken."""

    name: str
    sha256: str


async def hand_in(at: Desk, who: str, name: str, request: Request) -> HandedIn:
    """Writes what a call sends to the watched folder, whole or not at all, and notes who sent it. Raises NoInbox, and
    ValueError for what is no document."""
    folder = None if at.settings.serve_inbox is None else Path(at.settings.serve_inbox)
    if folder is None or not folder.is_dir():
        raise NoInbox("no watched folder takes files here: set INKFIELD_SERVE_INBOX to one")
    wanted = fit_name(name)
    draft = folder / f".{secrets.token_hex(8)}.part"  # hidden and unfinished: no watcher takes it
    try:
        sha256 = await write_file(draft, request.stream())
        return await run_in_threadpool(_come_in, at, who, draft, wanted, sha256)  # waits for the disk
    finally:
        draft.unlink(missing_ok=True)


def fit_name(name: str) -> str:
    """A name for a file from what somebody calls it: without folders, control characters, or what hides a file. Raises
    ValueError where nothing is left, or a name that the watched folder passes over."""
    last = clean(name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    if not kept or is_ignored(kept):
        raise ValueError("this is no name for a file; name it as it should be called: scan.pdf")
    return kept


async def write_file(target: Path, pieces: AsyncIterator[bytes]) -> str:
    """Writes the pieces to a new file; the SHA-256 of all. Raises ValueError for more than a file may have."""
    most, size, digest = intake_limits().max_bytes, 0, hashlib.sha256()
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        async for piece in pieces:
            size += len(piece)
            if size > most:
                raise ValueError(f"the file is larger than {most >> 20} MB")
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _come_in(at: Desk, who: str, draft: Path, name: str, sha256: str) -> HandedIn:
    """The draft is on the disk and a document: it gets its name, and who sent it is noted."""
    with open(draft, "rb") as file:
        os.fsync(file.fileno())
    head = peek(draft)
    if document_kind(draft, head) is None and archive_of(head) != "zip":
        raise ValueError(f"this is no document; inkfield reads {KNOWN_TYPES}, and zip archives of them")
    place = file_away.reserve(draft, draft.parent, name)
    file_away.settle(draft, place)
    with at.transaction() as session:
        note(session, who, "handed in", note=f"sha256 {sha256}")
    return HandedIn(place.name, sha256)
