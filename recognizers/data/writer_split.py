"""A split by writer for data sets that were published without one."""

from __future__ import annotations

import zlib


def split_of_writer(writer: str, validation: int = 10, test: int = 10) -> str:
    """train, val or test, the same on every machine; percentages of the writers in ``validation``, ``test``."""
    place = zlib.crc32(writer.encode()) % 100
    return "val" if place < validation else "test" if place < validation + test else "train"
