"""Documents on this machine or in an object store: a store is named by a URL as ``s3://bucket/prefix/``.

fsspec does the talking. Keys and the address of the store come from the environment, as its own tools have them
(for S3: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL). What reads a document sees a file on this
machine only: a copy that lives as long as the reading.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from upath import UPath

from inkfield.pipeline.intake import IntakeLimits
from inkfield.schemas.errors import DocumentError, FileTooLarge

DocumentPath = Path | UPath
"""A local file, or one in a store. Both have ``name``, ``suffix`` and ``exists``; ``str`` names them in SQL."""


class StoreMissing(Exception):
    """A URL that nothing here can open. The message says what to install."""


class Unreachable(DocumentError):
    """A document that cannot be fetched from its store."""

    code = "unreachable"


def to_path(name: str | DocumentPath) -> DocumentPath:
    """A path from what a user wrote. Raises StoreMissing for a URL of a kind that is not installed."""
    if not isinstance(name, str) or not re.match(r"[a-z][a-z0-9+.-]+://", name):
        return Path(name) if isinstance(name, str) else name
    if name.startswith("file://"):
        return Path(UPath(name).path)
    try:
        path = UPath(name)
        path.fs  # noqa: B018  (imports the store's package)
        return path
    except (ImportError, ValueError) as error:
        raise StoreMissing(f"{name} cannot be opened: {error}. For S3: pip install 'inkfield[s3]'") from error


def files_below(folder: DocumentPath) -> Iterable[DocumentPath]:
    """All files below a folder or a prefix."""
    if isinstance(folder, Path):
        return (path for path in folder.rglob("*") if path.is_file())
    protocol = f"{folder.protocol}://"
    return (UPath(protocol + key) for key in folder.fs.find(folder.path))


def first_bytes(path: DocumentPath, count: int) -> bytes:
    """So many bytes of a document, or all where it has fewer. Raises what its store raises."""
    if isinstance(path, Path):
        with open(path, "rb") as file:
            return file.read(count)
    return bytes(path.fs.cat_file(path.path, start=0, end=count))


@contextmanager
def local_copy(path: DocumentPath, max_bytes: int = IntakeLimits.max_bytes) -> Iterator[Path]:
    """The document as a file on this machine: itself, or a copy for the owner only, gone after the block.

    Raises Unreachable when its store does not give it, FileTooLarge before a byte is fetched.
    """
    if isinstance(path, Path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="inkfield-") as folder:
        copy = Path(folder) / (path.name or "document")
        try:
            size = int(path.fs.info(path.path).get("size") or 0)
            if size > max_bytes:
                raise FileTooLarge(f"{path.name} has {size:,} bytes, more than {max_bytes:,}; split it")
            path.fs.get_file(path.path, str(copy))
        except DocumentError:
            raise
        except Exception as error:  # each store has errors of its own; all mean that the file is not here
            raise Unreachable(
                f"{path.name} cannot be fetched ({type(error).__name__}); check the store and its keys"
            ) from error
        yield copy
