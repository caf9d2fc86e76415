"""What a worker process does with a document for the archive: note it, read its whole text, write and index it."""

from __future__ import annotations

import time

from sqlalchemy.exc import DBAPIError

from inkfield.flows.reports.whole_text import read_whole_text
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.document_outcome import Outcome, outcome_of, outcome_of_rows
from inkfield.flows.workers.read_into_database import DocumentReader
from inkfield.flows.workers.storage import DocumentPath, local_copy
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.readings import DocumentReading
from inkfield.schemas.store.archive import NO_FORMS, archived_pages, is_archived, lies_at, write_archive
from inkfield.schemas.store.documents import save_document
from inkfield.schemas.store.weights import SHIPPED


class ArchiveReader(DocumentReader):
    """Reads documents into the archive. One that was read for its forms keeps what was read then."""

    def _read(self, path: DocumentPath, batch_id: int, most_begun: int | None, started: float) -> Outcome:
        setup = self._setup
        with local_copy(path) as file:
            sha256 = batch_rows.document_hash(file)
            noted = batch_rows.register(
                setup.database_url, batch_id, path, sha256, setup.form, setup.again, most_begun
            )
            if noted.already_done:
                earlier = self._archived(path, noted.document_id)
                if earlier is not None:
                    return earlier
            reading = read_whole_text(file, self._weights, setup.language, on_page=self._on_page, rivals=True)
        seconds = time.perf_counter() - started
        try:
            self._save(path, noted.document_id, reading, seconds, noted.already_done)
        except DBAPIError:
            if not noted.already_done:
                batch_rows.stop_reading(setup.database_url, noted.document_id)
            raise
        return outcome_of(str(path), reading, seconds)

    @property
    def _read_with(self) -> str:
        return f"{self._weights} {self._setup.language}"

    @property
    def _weights(self) -> str:
        return self._setup.weights or SHIPPED

    def _archived(self, path: DocumentPath, document_id: int) -> Outcome | None:
        """The outcome of a document that is in the archive already; None where it is not."""
        with transaction(batch_rows.engine(self._setup.database_url)) as session:
            if not is_archived(session, document_id, self._read_with):
                return None
            lies_at(session, document_id, str(path))
            pages = archived_pages(session, document_id)
        return outcome_of_rows(str(path), "done", [None] * pages, ())

    def _save(
        self, path: DocumentPath, document_id: int, reading: DocumentReading, seconds: float, noted: bool
    ) -> None:
        """Writes the text, in one transaction; ``noted``: what else is known of the document stays as it is."""
        with transaction(batch_rows.engine(self._setup.database_url)) as session:
            if not noted:
                save_document(session, document_id, reading, {"total": seconds}, NO_FORMS)
            write_archive(session, document_id, reading, self._read_with)
            lies_at(session, document_id, str(path))
