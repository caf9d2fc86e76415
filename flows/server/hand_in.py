"""Files that people or programs hand in go to the watched folder, as if somebody had dropped them there."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from inkfield.flows.inbox.folder import UNFINISHED
from inkfield.flows.workers.limits import intake_limits
from inkfield.pipeline.intake.sniff import KNOWN_TYPES, archive_of, document_kind, peek
from inkfield.schemas.database.clean_text import clean

MOST_NAME = 120
"""Characters of a file name."""


class NoInbox(Exception):
    """No watched folder is set, or it is not there. The message says so."""


@dataclass(frozen=True)
class HandedIn:
    """``name`` is that of the file in the watched folder; it differs where the name was taken."""

    name: str
    sha256: str
    bytes: int


async def hand_in(inbox: str | None, name: str, request: Request) -> HandedIn:
    """Writes what a call sends to the watched folder, whole or not at all. Raises NoInbox, and ValueError for what is
    no document."""
    folder = None if inbox is None else Path(inbox)
    if folder is None or not folder.is_dir():
        raise NoInbox("no watched folder takes files here: set INKFIELD_SERVE_INBOX to one")
    draft = folder / f".{secrets.token_hex(8)}.part"  # hidden and unfinished: no watcher takes it
    try:
        sha256, size = await _write(draft, request.stream())
        head = peek(draft) if size else b""
        if not size or (document_kind(draft, head) is None and archive_of(head) != "zip"):
            raise ValueError(f"this is no document; inkfield reads {KNOWN_TYPES}, and zip archives of them")
        return HandedIn(_put(draft, folder, safe_name(name)), sha256, size)
    finally:
        draft.unlink(missing_ok=True)


def safe_name(name: str) -> str:
    """A name for a file from what somebody calls it: without folders, control characters, or what hides a file. Raises
    ValueError where nothing is left."""
    last = clean(name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    if len(kept) > MOST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: MOST_NAME - 10]}{dot}{ending[:8]}" if dot else kept[:MOST_NAME]
    if not kept or kept.lower().endswith(UNFINISHED):
        raise ValueError("this is no name for a file; name it as it should be called: scan.pdf")
    return kept


async def _write(target: Path, pieces: AsyncIterator[bytes]) -> tuple[str, int]:
    most, size, digest = intake_limits().max_bytes, 0, hashlib.sha256()
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        async for piece in pieces:
            size += len(piece)
            if size > most:
                raise ValueError(f"the file is larger than {most >> 20} MB")
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size


def _put(draft: Path, folder: Path, name: str) -> str:
    """Gives the file its name; a link, since a move would take the place of another file by that name."""
    stem, dot, ending = name.rpartition(".")
    for extra in ("", *(f"-{secrets.token_hex(3)}" for _ in range(5))):
        wanted = f"{stem}{extra}.{ending}" if dot and stem else f"{name}{extra}"
        try:
            os.link(draft, folder / wanted)
        except FileExistsError:
            continue
        return wanted
    raise NoInbox("the watched folder has files of that name")
