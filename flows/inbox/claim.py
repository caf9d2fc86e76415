"""Claims: what a watcher has taken from the inbox and not finished.

    processing/<claim>/owner.<watcher>     whose it is; renaming this file is how another takes it over
    processing/<claim>/claim.json          its name, the day it came, its batch in SQL, archives that were refused
    processing/<claim>/tries               the documents whose reading began, a line each time
    processing/<claim>/drop/NAME           as it was dropped, until it is laid out
    processing/<claim>/files/...           the documents, each until it is at rest in done/ or failed/

Every step is a rename or the writing of a file that is renamed into place: a process that is killed leaves the
claim as before the step or after it. All that is needed to go on is in this folder and in the database.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from inkfield.flows.inbox.folder import Inbox
from inkfield.flows.inbox.owner import Owner
from inkfield.flows.inbox.unzip import ArchiveRefused, unzip

OWNER = "owner."


class ClaimLost(Exception):
    """Another watcher has taken the claim over, or the thing to claim."""


@dataclass(frozen=True)
class Note:
    """claim.json. ``day`` is the folder in done/ and failed/; ``refused`` tells of each archive that was
    refused, by its path among the documents, the code and the message."""

    name: str
    day: str
    batch_id: int | None = None
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)


class Claim:
    """One claim of ours. Methods raise ClaimLost where it is ours no more, and OSError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self._drop = folder / "drop"
        try:
            read = json.loads((folder / "claim.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ClaimLost(folder.name) from None
        self.note = Note(**read)

    def set(self, **values: object) -> None:
        """Changes what is noted of the claim."""
        self.note = replace(self.note, **values)  # type: ignore[arg-type]
        _write_note(self.folder, self.note)

    def is_of(self, owner: str) -> bool:
        return (self.folder / f"{OWNER}{owner}").exists()

    def lay_out(self) -> Iterator[Path]:
        """Moves what was dropped to files/, into folders that nobody else can write to, and unpacks archives.

        Yields each archive when it was unpacked, before it is deleted: its files stand for it now.
        """
        for leftover in self.folder.glob("unzip-*"):  # of a process that was killed
            shutil.rmtree(leftover)
        self.files.mkdir(mode=0o700, exist_ok=True)
        if self._drop.is_dir():
            for dropped in self._drop.iterdir():  # one, or none
                yield from self._move(dropped, self.files / dropped.name)
            with contextlib.suppress(FileNotFoundError):
                self._drop.rmdir()

    def _move(self, source: Path, target: Path) -> Iterator[Path]:
        if _is_folder(source):
            target.mkdir(mode=0o700, exist_ok=True)
            for inside in sorted(source.iterdir()):
                yield from self._move(inside, target / inside.name)
            source.rmdir()
            return
        if _is_archive(source) and self._unzip(source, target):
            yield source
            source.unlink()
        else:
            source.rename(target)

    def _unzip(self, archive: Path, target: Path) -> bool:
        """Unpacks to the folder ``target``; False where the archive is refused."""
        if target.is_dir():  # killed before the archive was deleted
            return True
        draft = self.folder / f"unzip-{secrets.token_hex(4)}"
        draft.mkdir(mode=0o700)
        try:
            unzip(archive, draft)
        except ArchiveRefused as refused:
            shutil.rmtree(draft)
            inside = str(target.relative_to(self.files))
            self.set(refused={**self.note.refused, inside: (refused.code, str(refused))})
            return False
        draft.rename(target)
        return True

    def documents(self) -> list[Path]:
        """All that lies in files/, in order."""
        return sorted(
            Path(folder, name)
            for folder, folders, files in os.walk(self.files)
            for name in [*files, *(link for link in folders if Path(folder, link).is_symlink())]
        )

    def inside(self, document: Path) -> str:
        """The path of a document among those of its claim."""
        return str(document.relative_to(self.files))

    def note_try(self, document: Path) -> int:
        """Notes that the reading of a document begins; returns how often it had begun before."""
        line = json.dumps(self.inside(document))
        tries = self.folder / "tries"
        before = tries.read_text(encoding="utf-8").splitlines().count(line) if tries.exists() else 0
        with open(tries, "a", encoding="utf-8") as file:
            file.write(f"{line}\n")
        return before

    def close(self, owner: str) -> None:
        """Removes the claim. Raises OSError while something of a user's is left in it."""
        if self.documents() or (self._drop.is_dir() and any(self._drop.iterdir())):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), str(self.folder))
        _discard(self.folder, owner)


def claim_drop(inbox: Inbox, owner: str, dropped: Path, now: datetime) -> Path:
    """Takes a file or folder out of the inbox; returns the folder of the claim.

    ``dropped`` may lie anywhere in the inbox. Raises ClaimLost when it is there no more.
    """
    identity = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    draft = inbox.processing / _hidden(owner, identity)
    (draft / "drop").mkdir(mode=0o700, parents=True)
    (draft / f"{OWNER}{owner}").touch(0o600)
    _write_note(draft, Note(dropped.name, f"{now:%Y/%m/%d}"))
    folder = inbox.processing / identity
    draft.rename(folder)
    try:
        dropped.rename(folder / "drop" / dropped.name)
    except OSError as error:
        if not any((folder / "drop").iterdir()):  # a share may tell of an error where there was none
            _discard(folder, owner)
            if isinstance(error, FileNotFoundError):
                raise ClaimLost(dropped.name) from None
            raise
    return folder


def _discard(folder: Path, owner: str) -> None:
    """Removes a claim in which nothing of a user's is: by a rename first, since a folder half removed would
    look like a claim."""
    gone = folder.with_name(_hidden(owner, folder.name))
    with contextlib.suppress(FileNotFoundError):
        folder.rename(gone)
        shutil.rmtree(gone)


def take_over(inbox: Inbox, owner: Owner, mine: set[str]) -> Iterator[Path]:
    """The claims of watchers that are dead, made ours; ``mine`` are those that are in hand already."""
    for folder in sorted(inbox.processing.iterdir()):
        if folder.name.startswith("."):
            _sweep(folder, owner)
        elif folder.name not in mine and _take_over(folder, owner):
            yield folder
    owner.forget_dead()


def _take_over(folder: Path, owner: Owner) -> bool:
    mine = folder / f"{OWNER}{owner.name}"
    try:
        for marker in list(folder.glob(f"{OWNER}*")):
            if not owner.is_alive(marker.name.removeprefix(OWNER)):
                marker.rename(mine)
                return True
    except (FileNotFoundError, NotADirectoryError):  # another was faster, or it is finished
        return False
    return False


def _sweep(folder: Path, owner: Owner) -> None:
    """Removes the beginning or the end of a claim whose watcher was killed in it. Nothing of a user's is in
    it."""
    whose, _, claim = folder.name[1:].rpartition(".")
    if claim and whose and not owner.is_alive(whose):
        shutil.rmtree(folder, ignore_errors=True)


def _hidden(owner: str, claim: str) -> str:
    return f".{owner}.{claim}"


def _write_note(folder: Path, note: Note) -> None:
    draft = folder / f".claim.{secrets.token_hex(4)}"
    draft.write_text(json.dumps(asdict(note)), encoding="utf-8")
    draft.rename(folder / "claim.json")


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(path.lstat().st_mode)


def _is_archive(path: Path) -> bool:
    # By its name, too: office documents are zip archives inside, and these are no batches of scans.
    return path.name.lower().endswith(".zip") and stat.S_ISREG(path.lstat().st_mode)
