"""What a worker process does with a document: note it, read it, write its rows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import torch
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from inkfield.flows.settings import FormSettings, SeparatorSettings, settings
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.document_outcome import (
    KILLS_WORKER,
    Outcome,
    failed,
    outcome_of,
    outcome_of_parts,
    outcome_of_rows,
    with_stored,
)
from inkfield.flows.workers.event_log import where
from inkfield.flows.workers.limits import intake_limits
from inkfield.flows.workers.reader_process import ReaderSetup
from inkfield.flows.workers.storage import DocumentPath, local_copy
from inkfield.flows.workers.wait_for_database import patiently
from inkfield.flows.workers.weights_in_use import weights_now
from inkfield.pipeline.document import read_document
from inkfield.pipeline.separators.parts import SeparatorRules, find_parts
from inkfield.pipeline.settings import Settings, nobody
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.database.connection import is_temporary, transaction
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.forms.model import FormError
from inkfield.schemas.readings import DocumentReading
from inkfield.schemas.store.parts import NewPart, NotedPart

log = logging.getLogger(__name__)


class DocumentReader:
    """Reads documents into a database. Loads the model and opens the database when it is made.

    Raises DatabaseError where the database stays locked or away for longer than patience.py waits.
    """

    def __init__(self, setup: ReaderSetup, on_page: Callable[[int], None] = nobody) -> None:
        torch.set_num_threads(1)
        cv2.setNumThreads(1)
        self._setup = setup
        self._limits = intake_limits()
        self._labelled_values = settings(FormSettings).labelled_values
        self._on_page = on_page
        self._separators = separator_rules()
        database = patiently(batch_rows.engine)(setup.database_url)
        load_recognizer(setup.weights or patiently(weights_now)(database))
        batch_rows.form_version_key(setup.form)

    def read(self, path: DocumentPath, batch_id: int, most_begun: int | None = None) -> Outcome:
        """Reads one document and writes its rows. Never raises: what goes wrong is in the outcome.

        A busy database is told as ``database_busy``, which is worth another try. One that was begun more than
        ``most_begun`` times is told as ``kills_worker``; its rows do not say so.
        """
        started = time.perf_counter()
        try:
            return self._read(path, batch_id, most_begun, started)
        except batch_rows.BegunTooOften as reason:
            return failed(str(path), KILLS_WORKER, str(reason))
        except DocumentError as error:  # its store does not give it
            return self._note_failure(path, batch_id, error.code, str(error), started)
        except Exception as error:
            if is_temporary(error):
                seconds = time.perf_counter() - started
                return failed(str(path), "database_busy", "The database is busy.", seconds)
            # Only the type: the message of an error may quote what stood in a field.
            log.error("%s: %s in %s", path.name, type(error).__name__, where(error))
            code, message = fault(path, error)
            return self._note_failure(path, batch_id, code, message, started)

    def _read(self, path: DocumentPath, batch_id: int, most_begun: int | None, started: float) -> Outcome:
        setup = self._setup
        url, form = setup.database_url, setup.form
        with local_copy(path) as file:
            sha256 = batch_rows.document_hash(file)
            parts = batch_rows.noted_parts(url, batch_id, sha256, form, setup.again)
            begun = not parts
            if not parts:
                noted = batch_rows.register(url, batch_id, path, sha256, form, setup.again, most_begun)
                if noted.already_done:
                    return self._earlier(path, noted.document_id)
                parts = self._split(path, file, batch_id, sha256)
            if parts:
                return self._read_parts(path, file, batch_id, sha256, parts, begun, most_begun)
            reading = read_document(file, self._settings(form), sha256=sha256)
        return self._write(path, noted.document_id, reading, time.perf_counter() - started)

    def _split(self, path: DocumentPath, file: Path, batch_id: int, sha256: str) -> list[NotedPart]:
        """The documents of a file in which there are separators; nothing where it is one document."""
        try:
            found = (
                find_parts(file, self._separators, self._limits, self._on_page) if self._separators else ()
            )
        except DocumentError:  # it is told when it is read
            found = ()
        if not found and not self._setup.again:  # an ordinary document: nothing to note
            return []
        new = [NewPart(part.first, part.last, part.label, part.doubt) for part in found]
        return batch_rows.note_parts(self._setup.database_url, batch_id, path, sha256, self._setup.form, new)

    def _read_parts(
        self,
        path: DocumentPath,
        file: Path,
        batch_id: int,
        sha256: str,
        parts: Sequence[NotedPart],
        begun: bool,
        most_begun: int | None,
    ) -> Outcome:
        """Reads each document of a file by itself: what goes wrong in one costs none of the others. ``begun``: the
        reading of the first is noted. Raises BegunTooOften once all others are read."""
        outcomes, left = [], None
        for part in parts:
            begun_here = begun and part.number == 1
            try:
                outcome = self._read_part(path, file, batch_id, sha256, part, begun_here, most_begun)
            except batch_rows.BegunTooOften as reason:
                left = reason
                continue
            outcomes.append(replace(outcome, part=part.number))
        if left is not None:
            raise left
        return outcome_of_parts(str(path), outcomes)

    def _read_part(
        self,
        path: DocumentPath,
        file: Path,
        batch_id: int,
        sha256: str,
        part: NotedPart,
        begun: bool,
        most_begun: int | None,
    ) -> Outcome:
        setup, started = self._setup, time.perf_counter()
        if part.settled and not begun:
            return self._earlier(path, part.document_id)
        if not begun:
            noted = batch_rows.register(
                setup.database_url, batch_id, path, sha256, setup.form, setup.again, most_begun, part.number
            )
            if noted.already_done:
                return self._earlier(path, part.document_id)
        if part.pages:
            try:
                reading = read_document(file, self._settings(setup.form), sha256=sha256, only=part.pages)
            except Exception as error:
                if is_temporary(error):
                    raise
                log.error("%s: %s in %s", path.name, type(error).__name__, where(error))
                reading = DocumentReading(path.name, sha256, "failed", (), *fault(path, error))
        else:
            message = f"Between two separators of {path.name} there is no page; scan what belongs there."
            reading = DocumentReading(path.name, sha256, "failed", (), "no_pages", message)
        return self._write(path, part.document_id, reading, time.perf_counter() - started)

    def _write(
        self, path: DocumentPath, document_id: int, reading: DocumentReading, seconds: float
    ) -> Outcome:
        url = self._setup.database_url
        try:
            stored = batch_rows.save(url, document_id, reading, seconds, self._setup.form)
        except DBAPIError:
            batch_rows.stop_reading(url, document_id)
            raise
        outcome = outcome_of(str(path), reading, seconds)
        return outcome if stored is None else with_stored(outcome, stored)

    def _settings(self, form: str | None) -> Settings:
        return Settings(
            form=form,
            weights=self._setup.weights or weights_now(batch_rows.engine(self._setup.database_url)),
            limits=self._limits,
            on_page=self._on_page,
            labelled_values=self._labelled_values,
        )

    def _earlier(self, path: DocumentPath, document_id: int) -> Outcome:
        """The outcome of a document that an earlier run read, from its rows."""
        with transaction(batch_rows.engine(self._setup.database_url)) as session:
            row = session.get_one(DocumentRow, document_id)
            if row.status == "failed":
                return failed(str(path), row.error_code or "", row.error_message or "")
            status = row.status
            forms = session.scalars(select(PageRow.form).where(PageRow.document_id == document_id)).all()
            fields = session.scalars(
                select(FieldRow.status)
                .join(PageRow, PageRow.id == FieldRow.page_id)
                .where(PageRow.document_id == document_id)
            ).all()
        return outcome_of_rows(str(path), status, forms, fields)

    def _note_failure(
        self, path: DocumentPath, batch_id: int, code: str, message: str, started: float
    ) -> Outcome:
        setup = self._setup
        try:
            batch_rows.mark_failed(setup.database_url, batch_id, path, setup.form, code, message)
        except DBAPIError as second:
            log.error("%s: its failure could not be written: %s", path.name, type(second).__name__)
        return failed(str(path), code, message, time.perf_counter() - started)


def separator_rules() -> SeparatorRules | None:
    """Which barcodes split files, by the settings; None where none does. Raises BadSetting."""
    found = settings(SeparatorSettings)
    return SeparatorRules(found.separator_sheets, found.separator_stickers) if found.separators else None


def fault(path: DocumentPath, error: Exception) -> tuple[str, str]:
    """The code and message of an error that is none of the document's."""
    if _is_want_of_memory(error):
        return "out_of_memory", f"{path.name} needs more memory than a worker process is allowed to have."
    if isinstance(error, FormError):
        return "bad_form", str(error)
    code = "database_error" if isinstance(error, DBAPIError) else "internal_error"
    return code, f"A fault in inkfield ({type(error).__name__} in {where(error)}). Please report the file."


def _is_want_of_memory(error: Exception) -> bool:
    """Each library has its own error for a request for memory that failed."""
    if isinstance(error, cv2.error):
        return bool(error.code == cv2.Error.STS_NO_MEM)
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )
