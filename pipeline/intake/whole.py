"""Whether a file has its end: told by its bytes, without decoding anything.

Scanners and copying programs show a file before it is whole. Each format says in its own way where it ends. A file
that is whole by this may still be damaged; of what cannot be told (a text, a PNM) it is taken that it is whole.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from inkfield.pipeline.intake.files import PIECE, find_first, open_bytes
from inkfield.pipeline.intake.pdf_bytes import pdf_span
from inkfield.pipeline.intake.sniff import archive_of, document_kind, peek
from inkfield.schemas.errors import DocumentError

MOST_STEPS = 100_000
"""Parts of a file that are walked through; a file with more is left to its reader."""
MOST_STRIPS = 1 << 20

_JPEG_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_TIFF_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_TIFF_INTEGERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_OFFSETS, _COUNTS = (273, 324), (279, 325)
"""Tags of strips and of tiles."""


def is_whole(path: Path) -> bool:
    """Whether the file has all its bytes, as far as its format tells. Raises DocumentError where it cannot be
    opened, OSError where it cannot be read."""
    head = peek(path)
    kind = document_kind(path, head)
    if kind is None and not head.strip(b"\0"):  # empty, or made in its full length and not yet filled
        return False
    if kind == "pdf":
        try:
            pdf_span(path)
        except DocumentError:
            return False
        return True
    if kind is None:
        return archive_of(head) != "zip" or zipfile.is_zipfile(path)
    check = _CHECKS.get(kind)
    if check is None:
        return True
    with open_bytes(path) as file:
        return check(file, os.fstat(file.fileno()).st_size)


def _png(file: BinaryIO, size: int) -> bool:
    at = 8
    for _ in range(MOST_STEPS):
        file.seek(at)
        header = file.read(8)
        if len(header) < 8:
            return False
        at += 12 + int.from_bytes(header[:4], "big")
        if header[4:] == b"IEND":
            return at <= size
    return True


def _jpeg(file: BinaryIO, size: int) -> bool:
    """Walks from segment to segment: previews inside have ends of their own."""
    at = 2
    for _ in range(MOST_STEPS):
        at = find_first(file, _JPEG_MARKER, at, longest=1)
        if at < 0:
            return False
        file.seek(at + 1)
        marker = file.read(3)
        if marker[:1] == b"\xd9":
            return True
        if len(marker) < 3:
            return False
        at += 2 + max(2, int.from_bytes(marker[1:], "big"))
    return True


def _gif(file: BinaryIO, size: int) -> bool:
    header = file.read(13)
    if len(header) < 13:
        return False
    at = 13 + _palette(header[10])
    for _ in range(MOST_STEPS):
        file.seek(at)
        block = file.read(10)
        if block[:1] == b";":
            return True
        if block[:1] == b"!":
            at = _behind_blocks(file, at + 2, size)
        elif block[:1] == b"," and len(block) == 10:
            at = _behind_blocks(file, at + 11 + _palette(block[9]), size)
        else:
            return False
    return True


def _palette(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(file: BinaryIO, at: int, size: int) -> int:
    while at < size:
        file.seek(at)
        length = file.read(1)[0]
        at += 1 + length
        if length == 0:
            return at
    return size


def _bmp(file: BinaryIO, size: int) -> bool:
    return int.from_bytes(file.read(6)[2:], "little") <= size


def _webp(file: BinaryIO, size: int) -> bool:
    return int.from_bytes(file.read(8)[4:], "little") + 8 <= size


def _boxes(file: BinaryIO, size: int) -> bool:
    """JPEG 2000 and HEIF: boxes, one behind the other; the last may go on to the end of the file."""
    if file.read(4) == b"\xff\x4f\xff\x51":
        return _ends_codestream(file, size)
    at, filled = 0, False
    for _ in range(MOST_STEPS):
        if at == size:
            return filled
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:
            return False
        length, name = int.from_bytes(header[:4], "big"), header[4:8]
        filled |= name in (b"jp2c", b"mdat", b"idat", b"meta")
        if length == 0 and not name.strip(b"\0"):
            return filled  # padding
        if length == 0:
            return name != b"jp2c" or _ends_codestream(file, size)
        if length == 1:
            length = int.from_bytes(header[8:], "big")
        at += max(8, length)
        if name == b"jp2c" and at <= size and not _ends_codestream(file, at):
            return False
        if at > size:
            return not name.strip(b"\0") and filled  # padding
    return True


def _ends_codestream(file: BinaryIO, size: int) -> bool:
    start = max(0, size - PIECE)
    file.seek(start)
    return file.read(size - start).rstrip(b"\0").endswith(b"\xff\xd9")


def _tiff(file: BinaryIO, size: int) -> bool:
    """Whether the chain of directories has an end, and all strips and tiles lie in the file."""
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = head[2:4] in (b"+\0", b"\0+")
    if len(head) < 16:
        return False
    (at,) = struct.unpack_from(order + ("Q" if big else "I"), head, 8 if big else 4)
    seen: set[int] = set()
    while at and at not in seen and len(seen) < MOST_STEPS:
        seen.add(at)
        following = _directory(file, size, at, order, big)
        if following is None:
            return False
        at = following
    return bool(seen)


def _directory(file: BinaryIO, size: int, at: int, order: str, big: bool) -> int | None:
    """Offset of the next directory; None where something of this one lies behind the end of the file."""
    width, entry, word = (8, 20, "Q") if big else (2, 12, "I")
    room = struct.calcsize(order + word)
    file.seek(at)
    start = file.read(width)
    if len(start) < width:
        return None
    (count,) = struct.unpack(order + ("Q" if big else "H"), start)
    if count == 0 or count > 65535:
        return None
    table = file.read(count * entry + room)
    if len(table) < count * entry + room:
        return None
    places: dict[int, list[int]] = {}
    for offset in range(0, count * entry, entry):
        tag, kind = struct.unpack_from(order + "HH", table, offset)
        (number,) = struct.unpack_from(order + word, table, offset + 4)
        length = _TIFF_SIZES.get(kind, 1) * number
        where = offset + entry - room
        if length > room:
            (where,) = struct.unpack_from(order + word, table, where)
            if where + length > size:
                return None
        if tag in (*_OFFSETS, *_COUNTS) and kind in _TIFF_INTEGERS and number <= MOST_STRIPS:
            file.seek(where)
            raw = file.read(length) if length > room else table[where : where + length]
            places[tag] = list(struct.unpack(f"{order}{number}{_TIFF_INTEGERS[kind]}", raw))
    for offsets, counts in zip(_OFFSETS, _COUNTS, strict=True):
        ends = [a + b for a, b in zip(places.get(offsets, []), places.get(counts, []), strict=False)]
        if max(ends, default=0) > size:
            return None
    return int(struct.unpack_from(order + word, table, count * entry)[0])


_CHECKS: dict[str, Callable[[BinaryIO, int], bool]] = {
    "png": _png,
    "jpeg": _jpeg,
    "gif": _gif,
    "bmp": _bmp,
    "webp": _webp,
    "heif": _boxes,
    "avif": _boxes,
    "jp2": _boxes,
    "tiff": _tiff,
}
