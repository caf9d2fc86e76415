"""What kind of file it is: told by its bytes, never by its name."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from inkfield.pipeline.intake.files import PIECE, open_bytes
from inkfield.pipeline.intake.limits import IntakeLimits
from inkfield.schemas.errors import Archive, EmptyFile, FileTooLarge, NotADocument, Truncated

HEAD = 4096
"""So many bytes tell the kind, but for a PDF behind the header of a print job."""
KNOWN_TYPES = "PDF, TIFF, JPEG, PNG, WebP, HEIC, JPEG 2000, BMP, GIF or PNM"

_MAGIC = (
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),  # a bare codestream
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_ARCHIVES = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"MSCF\0\0\0\0", "cabinet"),
    (b"!<arch>\n", "ar"),
    (b"070701", "cpio"),
    (b"070707", "cpio"),
)
# Behind the header of a print job or a mail, a PDF begins on a line of its own.
_LATE_PDF = re.compile(rb"[\r\n\0]%PDF-\d\.\d")


def kind_of(head: bytes) -> str | None:
    """The type that the first bytes tell: pdf, tiff, jpeg, png, webp, heif, avif, jp2, bmp, gif, pnm or None.

    An archive is none of them, whatever is stored in it.
    """
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, min(64, len(head)), 4))}
        if brands & {b"avif", b"avis"}:
            return "avif"
        return "heif" if brands & set(_HEIF_BRANDS) else None
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "bmp"
    if re.match(rb"P[1-6][\s#]", head):
        return "pnm"
    if archive_of(head):
        return None
    # Mail gateways and printers put bytes before a PDF's header; readers look in the first kilobyte (ISO
    # 32000).
    return "pdf" if b"%PDF-" in head[:1024] or _LATE_PDF.search(head) else None


def archive_of(head: bytes) -> str:
    """The kind of archive that the first bytes tell, or nothing."""
    if head[257:262] == b"ustar":
        return "tar"
    return next((name for magic, name in _ARCHIVES if head.startswith(magic)), "")


def peek(path: Path) -> bytes:
    """As many of the first bytes as tell the kind. Raises DocumentError."""
    with open_bytes(path) as file:
        return file.read(HEAD)


def document_kind(path: Path, head: bytes | None = None) -> str | None:
    """As `kind_of`, also for a PDF that begins within the first megabyte. Raises DocumentError."""
    head = peek(path) if head is None else head
    kind = kind_of(head)
    if kind is None and len(head) == HEAD and not archive_of(head):
        with open_bytes(path) as file:
            kind = "pdf" if _LATE_PDF.search(file.read(PIECE)) else None
    return kind


def sniff(path: Path, limits: IntakeLimits) -> str:
    """The type by content, as `kind_of` has it. Raises EmptyFile, FileTooLarge, Truncated, Archive or
    NotADocument."""
    head = peek(path)
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(f"{path.name} is empty (0 bytes); copy or scan it again")
    if size > limits.max_bytes:
        raise FileTooLarge(
            f"{path.name} has {size / 2**20:.0f} MB, the limit is {limits.max_bytes / 2**20:.0f} MB; split it"
        )
    if kind := document_kind(path, head):
        return kind
    if not head.strip(b"\0"):
        raise Truncated(f"{path.name} holds only zero bytes; its copying was cut short, copy it again")
    if (archive := archive_of(head)) and not is_office_file(path):
        raise Archive(
            f"{path.name} is an archive ({archive}), whatever its name says; unpack it and send the files in it"
        )
    raise NotADocument(
        f"{path.name} is not a {KNOWN_TYPES} file, whatever its name says; scan or convert to PDF"
    )


def is_office_file(path: Path) -> bool:
    """Whether what looks like a zip archive is a text, a table or the like, or is no archive at all."""
    try:
        with open_bytes(path) as file:
            if file.read(2) != b"PK":
                return False
            with zipfile.ZipFile(file) as opened:
                return bool({"[Content_Types].xml", "mimetype"} & set(opened.namelist()))
    except Exception:  # zipfile raises a dozen kinds of errors: no archive that could be unpacked
        return True
