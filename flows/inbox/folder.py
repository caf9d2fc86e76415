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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inkfield.flows.inbox.group import share
from inkfield.flows.workers.inputs import is_sidecar
from inkfield.pipeline.intake.sniff import kind_of, peek
from inkfield.pipeline.intake.whole import is_whole
from inkfield.schemas.errors import DocumentError

PROCESSING, DONE, FAILED = "processing", "done", "failed"
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".opdownload")
"""Endings that programs give to a file while they write it."""
COMPANIONS = ("thumbs.db", "desktop.ini")
"""Files that file managers leave in folders; as hidden files, they are no documents, and stay where they are."""
DEEPEST = 32
"""Folders within folders."""
PATIENCE = 10
"""What does not look whole is waited for so many times longer than what does."""
EMPTY_PATIENCE = 60
"""As long for an empty file: some scanners make it before the first page is drawn in, and it costs nothing."""
TIFF_PATIENCE = 5
"""A TIFF is whole after each of its pages: one to which a scanner may add the next is left for so many times longer.
With the usual 5 s that is more than a slow scanner needs for a page."""
PACE = 3
"""A TIFF that has grown before is left for so many times the longest pause that it made in growing."""

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
    def is_empty(self) -> bool:
        """Whether it is one file without a byte."""
        return self.kind == "file" and self.signature[0][2] == 0

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
                f"{own} cannot be created ({error.strerror}). Give inkfield permission to."
            ) from error
        if not stat.S_ISDIR(found.st_mode):
            raise InboxError(f"{own} is a link or a file. inkfield needs a folder there: move it away.")
        if found.st_dev != root.stat().st_dev:
            raise InboxError(
                f"{own} is on another file system than {root}: moves could be cut off in the middle."
            )
        if not os.access(own, os.W_OK | os.X_OK):
            raise InboxError(f"{own} cannot be written to. Give inkfield permission to.")
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
        raise OSError(errno.ENAMETOOLONG, "folders are nested too deeply")
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
    """``first``: when the drop was first seen; ``since``: since when it is as it is; ``longest``: the longest
    that it was as it was before it changed again."""

    signature: Signature
    first: float
    since: float
    longest: float = 0.0
    has_end: bool | None = None
    """Whether all its files have their ends; None where nobody has looked since it changed."""
    grows: bool = False
    """Whether it may be whole and yet go on growing, as a TIFF may."""


class Settling:
    """Tells which drops are complete: unchanged for ``seconds``, and whole as far as their bytes tell.

    What never gets whole is taken after ten times as long, an empty file after sixty times: then it is told why it
    cannot be read. Times are seconds of a clock that never goes back.
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
                seen = _Seen(drop.signature, seen.first, now, max(seen.longest, now - seen.since))
            self._seen[drop.name] = seen

    def is_complete(self, drop: Drop, now: float) -> bool:
        """Whether a drop that was noted can be taken."""
        seen = self._seen[drop.name]
        quiet = now - seen.since
        if drop.problem or quiet < self._seconds:
            return False
        path = self._inbox.root / drop.name
        if seen.has_end is None:
            seen.has_end = has_end(path, drop)
            seen.grows = seen.has_end and may_grow(path, drop)
        if not seen.has_end or is_in_use(path, drop):
            patience = EMPTY_PATIENCE if drop.is_empty else PATIENCE
            return quiet >= patience * self._seconds
        if not seen.grows:
            return True
        pace = min(PACE * seen.longest, PATIENCE * self._seconds)
        return quiet >= max(TIFF_PATIENCE * self._seconds, pace)

    def is_endless(self, drop: Drop, now: float) -> bool:
        """Whether a drop cannot be taken, or goes on changing after all patience: `--once` leaves it."""
        seen = self._seen[drop.name]
        return bool(drop.problem) or seen.since - seen.first > PATIENCE * self._seconds


def has_end(path: Path, drop: Drop) -> bool:
    """Whether every file of a drop can be opened and has its end where its format has one, and none is called
    as one that is still written. Looks at bytes and decodes nothing."""
    if any(is_unfinished(name) for name, *_ in drop.signature):
        return False
    return all(_file_has_end(file) for file in _regular_files(path, drop))


def is_in_use(path: Path, drop: Drop) -> bool:
    """Whether a program on this machine has a file of the drop open for writing, or it cannot be opened."""
    return any(_is_in_use(file) for file in _regular_files(path, drop))


def may_grow(path: Path, drop: Drop) -> bool:
    """Whether a drop has a file to which pages can be added while it is whole at any moment."""
    try:
        return any(kind_of(peek(file)) == "tiff" for file in _regular_files(path, drop))
    except (DocumentError, OSError):
        return False


def _regular_files(path: Path, drop: Drop) -> list[Path]:
    if drop.kind == "other":
        return []
    return [path / name if name else path for name, mode, *_ in drop.signature if stat.S_ISREG(mode)]


def _file_has_end(path: Path) -> bool:
    try:
        if not stat.S_ISREG(path.lstat().st_mode):  # was a file when it was looked at
            return False
        return is_sidecar(path) or is_whole(path)
    except (DocumentError, OSError):
        return False


def _is_in_use(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return True
    with os.fdopen(handle, "rb") as file:
        return _is_being_written(file.fileno())


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
