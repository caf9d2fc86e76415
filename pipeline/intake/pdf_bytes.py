"""Where in a file a PDF begins and ends: print jobs put a header before it, copying and spooling pad it behind.

Readers look for the header in the first kilobyte and for the end in the last one. What lies outside is cut off, in a
copy, before they see the file. A file whose end is missing is refused: readers would silently show fewer pages.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from inkfield.pipeline.intake.files import PIECE, find_first, find_last, open_bytes
from inkfield.schemas.errors import SeveralPdfs, Truncated

READERS_LOOK = 1000
"""Bytes before the header and behind the end with which PDFium and poppler get along (they look in 1024)."""

_HEADER = re.compile(rb"%PDF-")
_LATE_HEADER = re.compile(rb"[\r\n\0]%PDF-\d\.\d")
_END = re.compile(rb"startxref\s+\d+\s*(?:%%EOF)?")
_OBJECT = re.compile(rb"(?<!\d)\d{1,10}\s+\d{1,5}\s+obj\b")
_LINEARIZED = re.compile(rb"/Linearized.{0,200}?/L\s+(\d+)", re.DOTALL)
# What is embedded in a PDF ends with "endstream"; what follows an end without that is a document of its own.
_SECOND = re.compile(rb"%%EOF(?:(?!endstream|endobj|%%EOF|%PDF-).){0,4096}?%PDF-\d\.\d", re.DOTALL)


class Span(NamedTuple):
    start: int
    end: int


def pdf_span(path: Path) -> Span:
    """Where the PDF in a file begins and ends, in bytes. Raises Truncated when its end is missing."""
    size = path.stat().st_size
    with open_bytes(path) as file:
        start = _start(file)
        file.seek(start)
        head = file.read(2048)
        end = find_last(file, b"startxref", size)
        file.seek(max(0, end))
        found = _END.match(file.read(128))
        if end < start or found is None:
            raise _cut(path)
        end += found.end()
        # An update that was cut off begins with an object behind the end of what it updates.
        if find_first(file, _OBJECT, end) >= 0:
            raise _cut(path)
    linearized = _LINEARIZED.search(head)
    if linearized is not None and start + int(linearized[1]) > size:
        raise _cut(path)
    return Span(start, end)


@contextmanager
def plain_pdf(path: Path) -> Iterator[Path]:
    """The file, or where something long stands before or behind the PDF a copy without that, gone after the
    block. Raises Truncated, and SeveralPdfs for PDFs that were joined byte by byte."""
    span = pdf_span(path)
    with open_bytes(path) as file:
        if find_first(file, _SECOND, span.start, longest=4200) >= 0:
            raise SeveralPdfs(f"{path.name} is several PDFs joined into one file; send each by itself")
        if span.start <= READERS_LOOK and path.stat().st_size - span.end <= READERS_LOOK:
            yield path
            return
        with tempfile.TemporaryDirectory(prefix="inkfield-") as folder:
            copy = Path(folder) / path.name
            _cut_out(file, span, copy)
            yield copy


def _start(file: BinaryIO) -> int:
    start = find_first(file, _HEADER)
    if start < 1024:
        return max(0, start)
    late = find_first(file, _LATE_HEADER)
    return start if late < 0 else late + 1


def _cut_out(file: BinaryIO, span: Span, target: Path) -> None:
    file.seek(span.start)
    left = span.end - span.start
    with open(target, "wb") as copy:
        while left > 0 and (piece := file.read(min(PIECE, left))):
            copy.write(piece)
            left -= len(piece)


def _cut(path: Path) -> Truncated:
    return Truncated(f"{path.name} is cut short (its end is missing); copy or download it again")
