"""Unpacks a zip archive that a stranger made, whole or not at all.

Runs as a process of its own (``python -m inkfield.flows.inbox.unzip ARCHIVE FOLDER``), under the limit on memory and
stopped after a time: an index of millions of entries or a dictionary of gigabytes ends this process and not
the watcher. Prints its verdict as JSON; the exit code is 0 where the archive was unpacked.
"""

from __future__ import annotations

import errno
import json
import lzma
import os
import stat
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from inkfield.flows.workers.limits import ArchiveLimits, archive_limits, limit_memory

SECONDS = 300.0
"""Longest time for one archive: 2 GB unpack in about 20 s."""
PIECE = 1 << 20
LONGEST_NAME = 255
DEEPEST = 32
DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, ValueError, IndexError, RuntimeError, NotImplementedError),
)
"""What zipfile raises for archives that are none."""
UTF8_NAME = 0x800
"""Bit of a member's flags (APPNOTE 4.4.4)."""
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class ArchiveRefused(Exception):
    """The archive is not taken. ``code`` is bad_archive, unsafe_archive, archive_too_large or encrypted."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def unzip(archive: Path, folder: Path) -> None:
    """Unpacks ``archive`` into the empty ``folder`` by a process of its own.

    Raises ArchiveRefused, and OSError where the disk is full: then the archive is not to blame.
    """
    command = [sys.executable, "-m", "inkfield.flows.inbox.unzip", str(archive), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise ArchiveRefused(
            "archive_too_large", f"{archive.name} took more than {SECONDS:g} s to unpack; split it"
        ) from None
    if done.returncode == 0:
        return
    try:
        verdict = json.loads(done.stdout)
    except ValueError:
        raise ArchiveRefused("bad_archive", f"{archive.name} cannot be unpacked; pack it again") from None
    if verdict["code"] == "disk_full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    raise ArchiveRefused(verdict["code"], verdict["message"])


def unpack(archive: Path, folder: Path, limits: ArchiveLimits) -> None:
    """Unpacks into ``folder``, files and folders for the owner only. Raises ArchiveRefused or OSError.

    All names are judged before anything is written; sizes are counted while it is written, since an archive
    may lie about them.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [member for member in opened.infolist() if not member.is_dir()]
            _check(archive, members, limits)
            left = _allowed(archive, limits)
            for member in members:
                target = folder.joinpath(*_parts(archive, real_name(member)))
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                # Opened by its entry, not by its name: two entries may have one name.
                with opened.open(member) as source, _new_file(target) as file:
                    left -= _copy(archive, source, file, left)  # type: ignore[arg-type]
    except FileExistsError:
        raise ArchiveRefused(
            "unsafe_archive", f"{archive.name} holds two files with the same name; pack it again"
        ) from None
    except DAMAGED as error:
        raise ArchiveRefused(
            "bad_archive", f"{archive.name} is damaged or packed in an unusual way; pack it again"
        ) from error


def _check(archive: Path, members: list[zipfile.ZipInfo], limits: ArchiveLimits) -> None:
    name = archive.name
    if not members:
        raise ArchiveRefused("bad_archive", f"{name} holds no files; pack it again")
    if len(members) > limits.max_files:
        raise ArchiveRefused(
            "archive_too_large",
            f"{name} holds {len(members)} files, the limit is {limits.max_files}; split it",
        )
    if sum(member.file_size for member in members) > _allowed(archive, limits):
        raise _too_large(archive)
    for member in members:
        _parts(archive, real_name(member))
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise ArchiveRefused(
                "unsafe_archive", f"{name} holds a link or device; pack the files themselves"
            )
        if member.flag_bits & 0x1:
            raise ArchiveRefused("encrypted", f"{name} needs a password; pack it without one")
        if member.filename.lower().endswith(".zip"):
            raise ArchiveRefused("unsafe_archive", f"{name} holds another archive; unpack that one first")


def real_name(member: zipfile.ZipInfo) -> str:
    """The name of a member. Many packers write UTF-8 without the flag that says so: what is UTF-8 by its bytes
    is taken for that, and for code page 437 else."""
    if member.flag_bits & UTF8_NAME:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _allowed(archive: Path, limits: ArchiveLimits) -> int:
    """How many bytes the archive may unpack to."""
    by_ratio = max(limits.ratio_from, int(limits.max_ratio * archive.stat().st_size))
    return min(limits.max_bytes, by_ratio)


def _parts(archive: Path, name: str) -> tuple[str, ...]:
    """The path of a member below the folder. Raises ArchiveRefused for one that could lead out of it."""
    path = PurePosixPath(name.replace("\\", "/"))
    drive = len(name) > 1 and name[1] == ":"
    control = any(ord(sign) < 32 or ord(sign) == 127 for sign in name)
    if path.is_absolute() or drive or control or not path.parts or ".." in path.parts:
        raise ArchiveRefused(
            "unsafe_archive",
            f"{archive.name} holds a file whose path points outside the archive; pack it again",
        )
    if len(path.parts) > DEEPEST or any(
        len(part.encode("utf-8", "replace")) > LONGEST_NAME for part in path.parts
    ):
        raise ArchiveRefused("unsafe_archive", f"{archive.name} holds a path that is too long; shorten it")
    return path.parts


def _new_file(target: Path) -> BinaryIO:
    return os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _copy(archive: Path, source: BinaryIO, file: BinaryIO, left: int) -> int:
    written = 0
    while piece := source.read(PIECE):  # checks the CRC at the end
        written += len(piece)
        if written > left:
            raise _too_large(archive)
        file.write(piece)
    return written


def _too_large(archive: Path) -> ArchiveRefused:
    return ArchiveRefused(
        "archive_too_large", f"{archive.name} would unpack to far more than is allowed; split it"
    )


def main() -> int:
    os.umask(0o077)
    archive = Path(sys.argv[1])
    try:
        limit_memory()
        unpack(archive, Path(sys.argv[2]), archive_limits())
    except ArchiveRefused as refused:
        print(json.dumps({"code": refused.code, "message": str(refused)}))
    except MemoryError:
        message = f"{archive.name} needs more memory than is allowed; pack it again"
        print(json.dumps({"code": "archive_too_large", "message": message}))
    except OSError as error:
        if error.errno in DISK_FULL:
            print(json.dumps({"code": "disk_full", "message": ""}))
        else:
            message = f"{archive.name} cannot be unpacked ({error.strerror}); pack it again"
            print(json.dumps({"code": "bad_archive", "message": message}))
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
