"""From the paths that a user names to the list of documents to read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from flows.storage import DocumentPath, StoreMissing, files_below, to_path

DOCUMENT_SUFFIXES = {".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".webp"}


class NoSuchPath(Exception):
    """A path that was named does not exist. The message says which."""


def find_documents(paths: Iterable[DocumentPath | str]) -> list[DocumentPath]:
    """The documents under ``paths``, absolute, each once, in a stable order.

    A folder, or a prefix of an object store, stands for all PDF, TIFF, PNG, JPEG and WebP files below it, hidden
    ones left out. A file that is named itself is taken whatever its name: whether it can be read is told when it
    is read. Raises NoSuchPath.
    """
    found: dict[str, DocumentPath] = {}
    for name in paths:
        path = _existing(name)
        for document in _documents_in(path) if path.is_dir() else [path]:
            absolute = document.resolve() if isinstance(document, Path) else document
            found[str(absolute)] = absolute
    return list(found.values())


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


def _documents_in(folder: DocumentPath) -> list[DocumentPath]:
    depth = len(folder.parts)
    return sorted(
        (
            path
            for path in files_below(folder)
            if path.suffix.lower() in DOCUMENT_SUFFIXES
            and not any(part.startswith(".") for part in path.parts[depth:])
        ),
        key=str,
    )
