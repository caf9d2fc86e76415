"""From the paths that a user names to the list of documents to read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

DOCUMENT_SUFFIXES = {".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".webp"}


class NoSuchPath(Exception):
    """A path that was named does not exist. The message says which."""


def find_documents(paths: Iterable[Path]) -> list[Path]:
    """The documents under ``paths``, absolute, each once, in a stable order.

    A folder stands for all PDF, TIFF, PNG, JPEG and WebP files below it, hidden ones left out. A file that is
    named itself is taken whatever its name: whether it can be read is told when it is read. Raises
    NoSuchPath.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise NoSuchPath(f"There is no file or folder {path}.")
        for document in _documents_in(path) if path.is_dir() else [path]:
            found[document.resolve()] = None
    return list(found)


def _documents_in(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in DOCUMENT_SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
