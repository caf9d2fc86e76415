"""The rows of batches and documents, each step a transaction of its own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine

from pipeline.errors import DocumentError
from pipeline.intake import content_hash
from pipeline.records import DocumentReading
from schemas.database import open_database, transaction
from schemas.form import forms_key, load_forms
from schemas.store import (
    Registration,
    begin_batch,
    fail_document,
    finish_batch,
    register_document,
    save_document,
    start_document,
)
from schemas.views import sync_views


@lru_cache(maxsize=4)
def engine(url: str) -> Engine:
    """The database at this URL, its tables up to date; opened once a process. Raises DatabaseError."""
    return open_database(url)


@lru_cache(maxsize=8)
def form_version_key(form: str | None) -> str:
    """Of the forms that documents are read with: one, or (None) all that there are. Raises FormError."""
    forms = load_forms()
    return forms_key(forms.values() if form is None else [forms[form]])


def begin(url: str, name: str) -> int:
    """Begins a batch, with the views in step with the form files; returns its id. Raises ViewError."""
    sync_views(engine(url), load_forms())
    with transaction(engine(url)) as session:
        return begin_batch(session, name)


def register(url: str, batch_id: int, path: Path, form: str | None) -> Registration:
    """Notes that a document is being read, or that it was read before."""
    with transaction(engine(url)) as session:
        noted = register_document(session, batch_id, path, document_hash(path), form_version_key(form))
        if not noted.already_done:
            start_document(session, noted.document_id)
        return noted


def save(url: str, document_id: int, reading: DocumentReading, seconds: float) -> None:
    """Writes all that was read in a document, in one transaction."""
    with transaction(engine(url)) as session:
        save_document(session, document_id, reading, {"total": seconds})


def mark_failed(url: str, batch_id: int, path: Path, form: str | None, code: str, message: str) -> None:
    """Writes that a document could not be read, unless its rows are there already."""
    with transaction(engine(url)) as session:
        noted = register_document(session, batch_id, path, document_hash(path), form_version_key(form))
        if not noted.already_done:
            fail_document(session, noted.document_id, code, message)


def finish(url: str, batch_id: int) -> None:
    with transaction(engine(url)) as session:
        finish_batch(session, batch_id)


def document_hash(path: Path) -> str:
    """The SHA-256 of the file; where it cannot be read its path stands in, so that it has a row, too."""
    try:
        return content_hash(path)
    except (DocumentError, OSError):
        return f"unreadable:{path}"
