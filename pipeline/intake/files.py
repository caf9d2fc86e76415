"""Bytes of a file: opening, hashing, searching, always in pieces."""

from __future__ import annotations

import hashlib
import re
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from inkfield.schemas.errors import DocumentError

PIECE = 1 << 20


def open_bytes(path: Path) -> BufferedReader:
    """Opens for reading; an operating system error becomes a `DocumentError`."""
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise DocumentError(f"{path.name}: there is no such file; check the name") from None
    except IsADirectoryError:
        raise DocumentError(f"{path.name} is a folder; name the files in it") from None
    except OSError as error:
        raise DocumentError(
            f"{path.name} cannot be opened ({error.strerror}); check its permissions"
        ) from None


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes as 64 hex digits."""
    with open_bytes(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_first(file: BinaryIO, pattern: re.Pattern[bytes], start: int = 0, longest: int = 64) -> int:
    """Offset of the first match of at most ``longest`` bytes at or behind ``start``; -1 without one."""
    file.seek(start)
    kept = b""
    while piece := file.read(PIECE):
        text = kept + piece
        if match := pattern.search(text):
            return start - len(kept) + match.start()
        start += len(piece)
        kept = text[-longest:]
    return -1


def find_last(file: BinaryIO, word: bytes, size: int) -> int:
    """Offset of the last ``word`` in the first ``size`` bytes; -1 where there is none."""
    end = size
    kept = b""
    while end > 0:
        begin = max(0, end - PIECE)
        file.seek(begin)
        text = file.read(end - begin) + kept
        if (found := text.rfind(word)) >= 0:
            return begin + found
        kept = text[: len(word) - 1]
        end = begin
    return -1
