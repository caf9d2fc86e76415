"""From the paths that a user names to the list of documents to read, and of what is left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from inkfield.flows.workers.storage import DocumentPath, StoreMissing, files_below, first_bytes, to_path
from inkfield.pipeline.intake.sniff import HEAD, archive_of, document_kind, kind_of
from inkfield.schemas.errors import DocumentError

DOCUMENT_SUFFIXES = {
    *(".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".bmp", ".gif"),
    *(".heic", ".heif", ".avif", ".jp2", ".j2k", ".jpx", ".pnm", ".pbm", ".pgm", ".ppm"),
}
"""What is called so is taken without a look: whether it can be read is told when it is read."""
SIDECAR_SUFFIXES = {".csv", ".xml", ".txt", ".json", ".md5", ".sha1", ".sha256", ".log", ".ini", ".idx"}
"""What scanners write beside their scans."""
SIDECAR_NAMES = {"thumbs.db", "desktop.ini", ".ds_store"}

SIDECAR = "files beside scans, not read"
HIDDEN = "hidden"
EMPTY = "empty"
ARCHIVE = "archives: unpack them, or drop zip files into a watched folder"
UNKNOWN = "no documents: scan them or convert them to PDF"


class NoSuchPath(Exception):
    """A path that was named does not exist. The message says which."""


@dataclass
class Inputs:
    """``documents`` are absolute, each once, in a stable order. ``left_out`` says of other files why not."""

    documents: list[DocumentPath] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def find_documents(paths: Iterable[DocumentPath | str]) -> list[DocumentPath]:
    """The documents under ``paths``; see find_inputs."""
    return find_inputs(paths).documents


def find_inputs(paths: Iterable[DocumentPath | str]) -> Inputs:
    """What there is to read under ``paths``.

    A folder, or a prefix of an object store, stands for all files below it that are documents by their bytes, or
    are called so; hidden ones are left out. A file that is named itself is taken whatever it is: whether it can be
    read is told when it is read. Raises NoSuchPath.
    """
    found: dict[str, DocumentPath] = {}
    left_out: dict[str, str] = {}
    for name in paths:
        path = _existing(name)
        for file, why_not in _judged(path) if path.is_dir() else [(path, None)]:
            absolute = file.resolve() if isinstance(file, Path) else file
            if why_not is None:
                found[str(absolute)] = absolute
            else:
                left_out[str(file)] = why_not
    return Inputs(list(found.values()), {name: why for name, why in left_out.items() if name not in found})


def is_sidecar(path: DocumentPath) -> bool:
    """Whether a file is by its name, and on this machine by its bytes, what a scanner or a file manager writes
    beside scans."""
    if path.name.lower() in SIDECAR_NAMES:
        return True
    if path.suffix.lower() not in SIDECAR_SUFFIXES:
        return False
    try:
        return not isinstance(path, Path) or document_kind(path) is None
    except DocumentError:  # it cannot be opened: whoever reads it tells
        return False


def _existing(name: DocumentPath | str) -> DocumentPath:
    try:
        path = to_path(name)
        if path.exists():
            return path
    except StoreMissing as error:
        raise NoSuchPath(str(error)) from error
    except Exception as error:  # stores raise errors of their own: no keys, no such bucket, no network
        raise NoSuchPath(f"{name} cannot be reached: {type(error).__name__}: {error}") from error
    raise NoSuchPath(f"There is no file or folder {name}.")


def _judged(folder: DocumentPath) -> Iterator[tuple[DocumentPath, str | None]]:
    """All files below a folder, in order, and why they are none to read. A hidden folder is told as one."""
    depth = len(folder.parts)
    hidden: set[DocumentPath] = set()
    for path in sorted(files_below(folder), key=str):
        names = path.parts[depth:]
        begin = next((at for at, name in enumerate(names) if name.startswith(".")), None)
        if begin is None or (path.name.lower() in SIDECAR_NAMES and begin == len(names) - 1):
            yield path, _why_not(path)
            continue
        top = path if begin == len(names) - 1 else path.parents[len(names) - 2 - begin]
        if top not in hidden:
            hidden.add(top)
            yield top, HIDDEN


def _why_not(path: DocumentPath) -> str | None:
    if is_sidecar(path):
        return SIDECAR
    if path.suffix.lower() in DOCUMENT_SUFFIXES:
        return None
    try:
        head = first_bytes(path, HEAD)
        kind = document_kind(path, head) if isinstance(path, Path) else kind_of(head)
    except Exception:  # it cannot be opened, or fetched: reading it tells why
        return None
    if kind is not None:
        return None
    return ARCHIVE if archive_of(head) else UNKNOWN if head else EMPTY
