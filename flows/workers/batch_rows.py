"""The rows of batches and documents, each step a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Engine, select

from inkfield.flows.workers.reader_process import NO_FORM
from inkfield.flows.workers.storage import DocumentPath, local_copy
from inkfield.flows.workers.wait_for_database import patiently
from inkfield.pipeline.intake import content_hash
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.tables import BatchRow
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.forms.key import forms_key
from inkfield.schemas.forms.model import Form, load_forms
from inkfield.schemas.readings import DocumentReading
from inkfield.schemas.store import parts
from inkfield.schemas.store.archive import NO_FORMS
from inkfield.schemas.store.documents import (
    Registration,
    Stored,
    begin_batch,
    finish_batch,
    is_read,
    is_settled,
    let_go,
    register_document,
    save_document,
    start_document,
    times_begun,
)
from inkfield.schemas.store.parts import NewPart, NotedPart, fail_file, rows_of


class BegunTooOften(Exception):
    """The reading of a document was begun again and again and never came to an end."""


@lru_cache(maxsize=4)
def engine(url: str) -> Engine:
    """The database at this URL, its tables up to date; opened once a process. Raises DatabaseError."""
    return open_database(url)


@lru_cache(maxsize=1)
def _forms() -> dict[str, Form]:
    return load_forms()


@lru_cache(maxsize=8)
def form_version_key(form: str | None) -> str:
    """Of the forms that documents are read with: one, or (None) all that there are, or (NO_FORM) none. Raises
    FormError."""
    if form == NO_FORM:
        return NO_FORMS
    forms = _forms()
    return forms_key(forms.values() if form is None else [forms[form]])


@patiently
def begin(url: str, name: str, key: str | None = None) -> int:
    """Begins a batch, with the views in step with the form files; returns its id. ``key`` as begin_batch takes it.
    Raises ViewError."""
    sync_views(engine(url), load_forms())
    with transaction(engine(url)) as session:
        return begin_batch(session, name, key)


@patiently
def batch_of(url: str, key: str) -> int | None:
    """The batch that was begun with a key; None where this database has none."""
    with transaction(engine(url)) as session:
        return session.scalar(select(BatchRow.id).where(BatchRow.key == key))


def register(
    url: str,
    batch_id: int,
    path: DocumentPath,
    sha256: str,
    form: str | None,
    again: bool = False,
    most_begun: int | None = None,
    part: int = 1,
) -> Registration:
    """Notes that a document is being read, or that it was read before; ``again`` reads it even so.

    Raises BegunTooOften for one that was begun more than ``most_begun`` times: it joins the batch, and is not begun.
    """
    with transaction(engine(url)) as session:
        noted = register_document(session, batch_id, str(path), sha256, form_version_key(form), again, part)
        if noted.already_done:
            return noted
        begun = times_begun(session, noted.document_id)
        if most_begun is None or begun <= most_begun:
            start_document(session, noted.document_id)
            return noted
    raise BegunTooOften(f"Whoever read it died {begun} times.")


@patiently
def stop_reading(url: str, document_id: int) -> None:
    """Notes that whoever read the document has stopped, and lives."""
    with transaction(engine(url)) as session:
        let_go(session, document_id)


def save(
    url: str, document_id: int, reading: DocumentReading, seconds: float, form: str | None
) -> Stored | None:
    """Writes all that was read in a document, in one transaction; returns what stands in the database then.

    The first reader wins: where another was faster, its rows stay, and None is returned.
    """
    from inkfield.flows.workers.recheck import AskForms  # brings torch: only who reads needs it

    with transaction(engine(url)) as session:
        if is_read(session, document_id):
            return None
        key = form_version_key(form)
        return save_document(session, document_id, reading, {"total": seconds}, key, AskForms(_forms()))


def noted_parts(url: str, batch_id: int, sha256: str, form: str | None, again: bool) -> list[NotedPart]:
    """The parts of a file whose separators were found before; see parts.noted_parts."""
    with transaction(engine(url)) as session:
        return parts.noted_parts(session, batch_id, sha256, form_version_key(form), again)


def note_parts(
    url: str, batch_id: int, path: DocumentPath, sha256: str, form: str | None, found: Sequence[NewPart]
) -> list[NotedPart]:
    """Notes how a file is split; see parts.note_parts."""
    with transaction(engine(url)) as session:
        return parts.note_parts(session, batch_id, str(path), sha256, form_version_key(form), found)


@patiently
def mark_failed(
    url: str, batch_id: int, path: DocumentPath, form: str | None, code: str, message: str
) -> bool:
    """Writes that a document could not be read, unless its rows are there already. Of a file that is split it is the
    part that was being read: then True is returned, for other parts may be left to read."""
    sha256 = document_hash(path)
    with transaction(engine(url)) as session:
        return fail_file(session, batch_id, str(path), sha256, form_version_key(form), code, message)


@patiently
def mark_lost(url: str, batch_id: int, path: DocumentPath, form: str | None, code: str, message: str) -> bool:
    """As mark_failed, of all parts, but a document that has failed in this batch keeps its own reason. True where
    marked."""
    sha256, key = document_hash(path), form_version_key(form)
    with transaction(engine(url)) as session:
        rows = rows_of(session, sha256)
        if rows and all(is_settled(session, batch_id, row, key) for row in rows):
            return False
        fail_file(session, batch_id, str(path), sha256, key, code, message, whole=True)
    return True


@patiently
def finish(url: str, batch_id: int) -> None:
    with transaction(engine(url)) as session:
        finish_batch(session, batch_id)


def document_hash(path: DocumentPath) -> str:
    """The SHA-256 of the file; where it cannot be read its path stands in, so that it has a row, too."""
    try:
        with local_copy(path) as file:
            return content_hash(file)
    except (DocumentError, OSError):
        return f"unreadable:{path}"
