"""Where a document comes to rest: done/ or failed/, by the day it came, under a name that nobody else has.

First its place is reserved, then what is to be known of it is written (a note beside it, its path in SQL), then
it leaves processing/. A place is reserved by a hard link to the document itself, which no other process can
overwrite; where there are none (some network shares), by a small file that says for which document it is, and that
the document then replaces. A process that is killed in between is followed by one that finds the same place again.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from inkfield.flows.inbox.group import share

REASON = ".reason.txt"
DUPLICATE = ".duplicate.txt"
LONGEST = 200
"""Bytes of a name; file systems take 255, notes and numbers need some."""


def reserve(document: Path, base: Path, inside: str) -> Path:
    """A place for ``document`` at or near ``base``/``inside``, its folders made for their owner, or see inbox_group.py.

    Raises OSError, among them FileNotFoundError when the document is gone.
    """
    *folders, name = Path(inside).parts
    folder = base
    for part in folders:
        folder = _real_folder(folder, safe_name(part))
    for place in numbered_names(folder, safe_name(name)):
        if is_reserved(place, document):
            return place
        try:
            os.link(document, place, follow_symlinks=False)
            return place
        except FileExistsError:
            continue
        except FileNotFoundError:
            raise
        except OSError:  # no hard links here
            pass
        with contextlib.suppress(FileExistsError):
            handle = os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            os.write(handle, _ticket(document))
            os.close(handle)
            return place
    raise AssertionError("names never end")


def settle(document: Path, place: Path) -> None:
    """Ends the move to a reserved place. Raises FileNotFoundError where the document is not there (any more),
    nor at its place."""
    if _is_same(document, place):
        document.unlink(missing_ok=True)
        return
    try:
        document.replace(place)
    except FileNotFoundError:
        if not os.path.lexists(place) or is_reserved(place, document):
            raise


def is_reserved(place: Path, document: Path) -> bool:
    """Whether a place is reserved for that document, which is not wholly there yet."""
    if _is_same(document, place):
        return True
    try:
        if not stat.S_ISREG(place.lstat().st_mode):
            return False
        with open(place, "rb") as file:
            return file.read(len(_ticket(document)) + 1) == _ticket(document)
    except OSError:
        return False


def _ticket(document: Path) -> bytes:
    return f"inkfield: reserved for {os.fsencode(document)!r}\n".encode()


def write_note(place: Path, ending: str, facts: Mapping[str, object]) -> None:
    """A text file beside a document, one fact a line."""
    lines = [f"{name}: {' '.join(str(value).split())}" for name, value in facts.items() if value is not None]
    draft = place.with_name(f".{place.name}{ending}")  # the same again when a process was killed here
    draft.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
    share(draft)
    draft.replace(place.with_name(place.name + ending))


def safe_name(name: str) -> str:
    """A name that terminals, scripts and shares take: no control characters, nothing that is no text, not
    too long, and never that of a note."""
    text = "".join(
        sign if sign.isprintable() else "_" for sign in os.fsencode(name).decode("utf-8", "replace")
    )
    stem, dot, ending = text.rpartition(".")
    if not stem or len(ending) > 10:
        stem, dot, ending = text, "", ""
    room = LONGEST - len((dot + ending).encode())
    text = stem.encode()[:room].decode("utf-8", "ignore") + dot + ending
    return f"{text}_" if text.endswith((REASON, DUPLICATE)) else text


def numbered_names(folder: Path, name: str) -> Iterator[Path]:
    """``name``, and where it is taken ``name (2)``, ``name (3)``, the ending kept."""
    yield folder / name
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    number = 2
    while True:
        yield folder / f"{stem} ({number}){dot}{ending}"
        number += 1


def _real_folder(above: Path, name: str) -> Path:
    """The folder of that name; beside it, where a file or a link has it: nothing is put where a link leads."""
    for folder in numbered_names(above, name):
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            share(folder)
        if stat.S_ISDIR(folder.lstat().st_mode):
            return folder
    raise AssertionError("names never end")


def _is_same(one: Path, other: Path) -> bool:
    try:
        mine, there = one.lstat(), other.lstat()
    except FileNotFoundError:
        return False
    return (mine.st_dev, mine.st_ino) == (there.st_dev, there.st_ino)
