"""A watched folder: where things lie in it, what is dropped there, and when it is complete.

    INBOX/                      people and programs drop files, folders and zip archives here
    INBOX/processing/           what a watcher has taken and not finished (see inbox_claim.py)
    INBOX/done/YYYY/MM/DD/      what was read
    INBOX/failed/YYYY/MM/DD/    what was not, each with a NAME.reason.txt beside it

The three are inside, because only within one file system is a move one step that cannot be cut in two; a
network share is one. What is complete is found by looking again and again: notices of the operating system do
not come from other machines.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.inbox.inbox_group import share
from pipeline.errors import DocumentError
from pipeline.intake import check_pdf_whole

PROCESSING, DONE, FAILED = "processing", "done", "failed"
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".opdownload")
"""Endings that programs give to a file while they write it."""
COMPANIONS = ("thumbs.db", "desktop.ini")
"""Files that file managers leave in folders; as hidden files, they are no documents."""
DEEPEST = 32
"""Folders within folders."""
PATIENCE = 10
"""What does not look whole is waited for so many times longer than what does."""

Signature = tuple[tuple[str, int, int, int], ...]
"""Of every file of a drop: path within it, mode, size, time of change in ns."""


class InboxError(Exception):
    """A folder cannot be watched. The message says why and what to do."""


@dataclass(frozen=True)
class Inbox:
    """The folders of one inbox, all absolute."""

    root: Path

    @property
    def processing(self) -> Path:
        return self.root / PROCESSING

    @property
    def done(self) -> Path:
        return self.root / DONE

    @property
    def failed(self) -> Path:
        return self.root / FAILED


@dataclass(frozen=True)
class Drop:
    """One thing in the inbox: a file or a folder, or what is neither (a link, a device), ``other``."""

    name: str
    kind: Literal["file", "folder", "other"]
    signature: Signature
    problem: str = ""
    """Why it cannot be taken, where it cannot: it stays."""

    @property
    def since(self) -> float:
        """The time of its oldest file, seconds since 1970 by the clock of its file system."""
        return min((changed for *_, changed in self.signature), default=0) / 1e9


def open_inbox(folder: Path) -> Inbox:
    """The inbox at ``folder``, its own folders made for their owner only, or also for the group that may look into
    done/ and failed/. Raises InboxError and GroupError."""
    root = folder.resolve()
    if not root.is_dir():
        raise InboxError(f"There is no folder {folder}. Create it, or correct the name.")
    inbox = Inbox(root)
    for own in (inbox.processing, inbox.done, inbox.failed):
        try:
            own.mkdir(mode=0o700, exist_ok=True)
            found = own.lstat()
        except OSError as error:
            raise InboxError(
                f"{own} cannot be made ({error.strerror}). Give inkfield the right to."
            ) from error
        if not stat.S_ISDIR(found.st_mode):
            raise InboxError(f"{own} is a link or a file. inkfield needs a folder there: move it away.")
        if found.st_dev != root.stat().st_dev:
            raise InboxError(
                f"{own} is on another file system than {root}: moves could be cut off in the middle."
            )
        if not os.access(own, os.W_OK | os.X_OK):
            raise InboxError(f"{own} cannot be written to. Give inkfield the right to.")
    for shown in (inbox.done, inbox.failed):
        share(shown)
    return inbox


def is_ignored(name: str) -> bool:
    """Whether something of this name is left where it is: hidden, of a file manager, or still being written."""
    return is_companion(name) or is_unfinished(name)


def is_companion(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in COMPANIONS


def is_unfinished(name: str) -> bool:
    return name.lower().endswith(UNFINISHED)


def look(inbox: Inbox) -> list[Drop]:
    """What lies in the inbox now and is to be taken, oldest first."""
    drops: list[Drop] = []
    with os.scandir(inbox.root) as entries:
        for entry in entries:
            if is_ignored(entry.name) or entry.name in (PROCESSING, DONE, FAILED):
                continue
            drop = _drop(entry)
            # Of an empty folder there is nothing to take; it may be about to be filled.
            if drop is not None and (drop.signature or drop.problem):
                drops.append(drop)
    return sorted(drops, key=lambda drop: (drop.since, drop.name))


def _drop(entry: os.DirEntry[str]) -> Drop | None:
    try:
        if entry.is_dir(follow_symlinks=False):
            return Drop(entry.name, "folder", tuple(sorted(_files(entry.path, "", DEEPEST))))
        found = entry.stat(follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):  # another watcher took it
        return None
    except OSError as error:
        return Drop(entry.name, "other", (), f"{error.strerror}; correct its permissions or its path")
    signature = (("", found.st_mode, found.st_size, found.st_mtime_ns),)
    return Drop(entry.name, "file" if stat.S_ISREG(found.st_mode) else "other", signature)


def _files(folder: str, inside: str, deeper: int) -> Iterator[tuple[str, int, int, int]]:
    if deeper == 0:
        raise OSError(errno.ENAMETOOLONG, "folders within folders are too many")
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{inside}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path, f"{name}/", deeper - 1)
            else:
                found = entry.stat(follow_symlinks=False)
                yield name, found.st_mode, found.st_size, found.st_mtime_ns


@dataclass
class _Seen:
    """``first``: when the drop was first seen; ``since``: since when it is as it is."""

    signature: Signature
    first: float
    since: float
    whole: bool = False


class Settling:
    """Tells which drops are complete: unchanged for ``seconds``, and whole as far as their bytes tell.

    What never gets whole is taken after ten times as long: then it is told why it cannot be read. Times are
    seconds of a clock that never goes back.
    """

    def __init__(self, inbox: Inbox, seconds: float) -> None:
        self._inbox = inbox
        self._seconds = seconds
        self._seen: dict[str, _Seen] = {}

    def note(self, drops: Iterable[Drop], now: float) -> None:
        """Compares what lies in the inbox with what lay there before."""
        before, self._seen = self._seen, {}
        for drop in drops:
            seen = before.get(drop.name) or _Seen(drop.signature, now, now)
            if seen.signature != drop.signature:
                seen = _Seen(drop.signature, seen.first, now)
            self._seen[drop.name] = seen

    def is_complete(self, drop: Drop, now: float) -> bool:
        """Whether a drop that was noted can be taken."""
        seen = self._seen[drop.name]
        quiet = now - seen.since
        if drop.problem or quiet < self._seconds:
            return False
        seen.whole = seen.whole or looks_whole(self._inbox.root / drop.name, drop)
        return seen.whole or quiet >= PATIENCE * self._seconds

    def is_endless(self, drop: Drop, now: float) -> bool:
        """Whether a drop cannot be taken, or goes on changing after all patience: `--once` leaves it."""
        seen = self._seen[drop.name]
        return bool(drop.problem) or seen.since - seen.first > PATIENCE * self._seconds


def looks_whole(path: Path, drop: Drop) -> bool:
    """Whether every file of a drop can be opened, is not being written by a program on this machine, and has
    its end where its format has one (PDF, zip). Looks at bytes and parses nothing."""
    if drop.kind == "other":
        return True
    inside = [path / name if name else path for name, mode, *_ in drop.signature if stat.S_ISREG(mode)]
    return all(_file_is_whole(file) for file in inside) and not any(
        is_unfinished(name) for name, *_ in drop.signature
    )


def _file_is_whole(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    with os.fdopen(handle, "rb") as file:
        if _is_being_written(file.fileno()):
            return False
        head = file.read(1024)
    try:
        if b"%PDF-" in head:
            check_pdf_whole(path)
        return not path.name.lower().endswith(".zip") or zipfile.is_zipfile(path)
    except (DocumentError, OSError):
        return False


def _is_being_written(handle: int) -> bool:
    """Whether a program on this machine has the file open for writing: a lease for reading is refused then."""
    try:
        # Whoever opens the file in this moment makes the kernel signal us: by one that nobody minds.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:  # a share without leases, or a file of another user: then only time tells
        return False
    return False
