"""One document on its way through the watcher: judged, read by a worker process, brought to rest.

Every step can be repeated. What has been done is seen from the database and from where the file lies: so a
watcher that was killed anywhere in here is followed by one that does the rest and nothing twice.
"""

from __future__ import annotations

import logging
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from inkfield.flows.inbox.claim import Claim, ClaimLost
from inkfield.flows.inbox.false_failure import false_failures, forget_failure, remove
from inkfield.flows.inbox.file_away import DUPLICATE, REASON, is_reserved, reserve, settle, write_note
from inkfield.flows.inbox.folder import Inbox, is_companion, is_unfinished
from inkfield.flows.inbox.watch_database import Stopped, WatchDatabase
from inkfield.flows.inbox.watch_metrics import Metrics
from inkfield.flows.workers.batch_rows import form_version_key
from inkfield.flows.workers.document_outcome import Outcome, failed
from inkfield.flows.workers.event_log import event
from inkfield.flows.workers.inputs import is_sidecar
from inkfield.flows.workers.limits import max_file_bytes
from inkfield.flows.workers.reader_pool import ReaderPool
from inkfield.flows.workers.reader_process import DocumentLost, Job, ReaderBroken
from inkfield.pipeline.intake import content_hash
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.failures import advice
from inkfield.schemas.store.documents import register_document
from inkfield.schemas.store.parts import begin_file, fail_file, known_file, note_file, set_file_path
from inkfield.schemas.store.retention import Known, forget_path

TRIES = 5
"""A document whose reading was cut off so often may be what ends the watcher."""


class Later(Exception):
    """Another watcher is reading the same content: what becomes of this copy shows when it is done."""


class StillWritten(Exception):
    """The file changed while it was read."""


class Refused(Exception):
    """A document that is not read. ``key`` stands for its content hash where it has none."""

    def __init__(self, code: str, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.code, self.key = code, key


@dataclass(frozen=True)
class Tools:
    """What the watcher hands to every document."""

    inbox: Inbox
    database: WatchDatabase
    pool: ReaderPool
    metrics: Metrics
    stop: threading.Event
    time_limit: float


class DocumentHandler:
    """Brings documents from processing/ to rest. Use from any thread."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._database = tools.database
        self._form_key = form_version_key(tools.pool.setup.form)
        self._max_bytes = max_file_bytes()
        self._contents = _OneAtATime()

    def handle(self, claim: Claim, document: Path, give_up: bool = False) -> None:
        """Brings one document to rest; with ``give_up`` unread, as a fault of ours.

        Raises Stopped, ClaimLost, Later and StillWritten, and OSError where the inbox is out of reach: then the
        document is as it was, to be handled again.
        """
        if self._tools.stop.is_set():
            raise Stopped
        try:
            sha256 = self._judge(claim, document)
            if give_up and sha256:
                raise Refused("internal_error", f"{document.name} ended in a fault again and again", sha256)
        except FileNotFoundError:
            raise ClaimLost(claim.folder.name) from None
        except Refused as refused:
            row = self._fail(
                claim,
                document,
                refused.key or f"refused:{claim.folder.name}/{claim.inside(document)}",
                refused,
                whole=True,
            )
            return self._rest(claim, document, row, duplicate=row.is_read)
        if sha256 is None:
            return self._put_away(claim, document)
        with self._contents.alone(sha256):
            row, is_ours = self._database.do(lambda session: self._take(session, claim, document, sha256))
            if not is_ours:
                return self._rest(claim, document, row, duplicate=True)
            if row.finished_at is None:
                row = self._read(claim, document, sha256)
            self._rest(claim, document, row)

    # --- judge ----------------------------------------------------------------------------------------------

    def _judge(self, claim: Claim, document: Path) -> str | None:
        """The content hash of a document that may be read; None for what is none and just put away. Raises
        Refused."""
        found = document.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise Refused("not_a_file", f"{document.name} is a link or a device, not a file")
        if is_companion(document.name) or is_sidecar(document):
            return None
        if found.st_size > self._max_bytes:
            raise Refused(
                "file_too_large",
                f"{document.name} has {found.st_size / 2**20:.0f} MB, the limit is {self._max_bytes / 2**20:.0f} MB",
            )
        try:
            sha256 = content_hash(document)
        except DocumentError as error:
            raise Refused(error.code, str(error)) from error
        if claim.inside(document) in claim.note.refused:
            raise Refused(*claim.note.refused[claim.inside(document)], sha256)
        if is_unfinished(document.name):
            raise Refused("unfinished", f"{document.name} was still being written, by its name", sha256)
        return sha256

    # --- read -----------------------------------------------------------------------------------------------

    def _take(self, session: Session, claim: Claim, document: Path, sha256: str) -> tuple[Known, bool]:
        """The row of a content, and whether this document is to be (or was) read for it; if not, it is a
        duplicate of one that was read. Raises Later.

        ``finished_at`` of the row is None where it is still to be read.
        """
        batch_id = _batch_of(claim)
        row = note_file(session, batch_id, document, sha256, self._form_key)
        if row.is_read or (row.status == "failed" and row.finished_at):
            if _was_read_by(row, claim, document):
                return row, True
            if row.is_read:
                register_document(session, batch_id, document, sha256, self._form_key)  # counts it
                return row, False
        elif self._is_in_other_hands(row, claim):
            raise Later(document.name)
        begin_file(session, batch_id, document, sha256, self._form_key)
        return note_file(session, batch_id, document, sha256, self._form_key), True

    def _is_in_other_hands(self, row: Known, claim: Claim) -> bool:
        path = Path(row.path)
        return (
            path.is_relative_to(self._tools.inbox.processing)
            and not path.is_relative_to(claim.folder)
            and path.exists()
        )

    def _read(self, claim: Claim, document: Path, sha256: str) -> Known:
        """The row of a document after reading. Raises Stopped, StillWritten and ClaimLost."""
        batch_id = _batch_of(claim)
        before = _stamp(document)
        outcome = self._outcome(claim, document, sha256)
        if _stamp(document) != before:
            self._database.do(lambda session: forget_path(session, batch_id, str(document)))
            raise StillWritten(document.name)
        row = self._database.do(lambda session: known_file(session, sha256))
        if row is None or row.finished_at is None:
            # The worker could not write why: a database that refuses to.
            refused = Refused(
                outcome.error_code or "database_error", outcome.error_message or "It was not stored."
            )
            row = self._fail(claim, document, sha256, refused, whole=True)
        self._tools.metrics.seconds.observe(outcome.seconds)
        self._tools.metrics.pages.inc(outcome.pages)
        return row

    def _outcome(self, claim: Claim, document: Path, sha256: str) -> Outcome:
        batch_id = _batch_of(claim)
        started = time.perf_counter()
        noted = False
        pause = 0.5
        while True:
            with self._tools.pool.reader() as reader:
                try:
                    reader.await_ready()
                    if not noted and claim.note_try(document) >= TRIES:
                        code, message = "gave_up", f"Reading {document.name} was cut off {TRIES} times."
                        self._fail(claim, document, sha256, Refused(code, message), whole=True)
                        return failed(str(document), code, message)
                    noted = True
                    outcome = reader.read(Job(document, batch_id), self._tools.time_limit)
                except ReaderBroken as broken:
                    event("worker_broken", logging.ERROR, reason=str(broken))
                    reader.restart()
                except DocumentLost as lost:
                    # A machine that is shut down ends all processes at once, the workers perhaps first.
                    if lost.code == "worker_died" and self._tools.stop.wait(0.5):
                        raise Stopped from None
                    row = self._fail(claim, document, sha256, Refused(lost.code, str(lost)))
                    if row.finished_at is None:  # other parts of it are left to read
                        continue
                    return failed(str(document), lost.code, str(lost), time.perf_counter() - started)
                else:
                    if outcome.error_code != "database_busy":
                        return outcome
            if self._tools.stop.wait(pause):
                raise Stopped
            pause = min(2 * pause, 30.0)
            self._database.do(lambda session: session.connection())  # waits until it is there again

    def _fail(
        self, claim: Claim, document: Path, sha256: str, refused: Refused, whole: bool = False
    ) -> Known:
        """The row of a document that was not read, unless its content was, earlier. Of a file that is split it is the
        part that was being read, or with ``whole`` all that are not read."""

        def write(session: Session) -> Known:
            batch_id, key = _batch_of(claim), self._form_key
            row = note_file(session, batch_id, document, sha256, key)
            if row.is_read:
                return row
            fail_file(session, batch_id, document, sha256, key, refused.code, str(refused), whole)
            return known_file(session, sha256) or row

        return self._database.do(write)

    # --- rest -----------------------------------------------------------------------------------------------

    def _rest(self, claim: Claim, document: Path, row: Known, duplicate: bool = False) -> None:
        inbox = self._tools.inbox
        base = inbox.done if row.is_read else inbox.failed
        try:
            place = reserve(document, base, f"{claim.note.day}/{claim.inside(document)}")
            if duplicate:
                write_note(place, DUPLICATE, _duplicate_facts(place, row))
            elif not row.is_read:
                write_note(place, REASON, _reason_facts(place, row))
            if not duplicate:
                self._database.do(lambda session: set_file_path(session, row.document_id, str(place)))
            settle(document, place)
        except FileNotFoundError:
            if os.path.lexists(document):  # its place went away under it
                raise
            raise ClaimLost(claim.folder.name) from None
        if row.is_read and not duplicate:
            self._replace_failures(claim, document, place)
        result = "duplicate" if duplicate else row.status
        self._tools.metrics.documents.labels(result).inc()
        if row.status == "failed":
            self._tools.metrics.failures.labels(row.error_code).inc()
        event(
            "document",
            logging.WARNING if row.status == "failed" else logging.INFO,
            result=result,
            file=claim.inside(document),
            document=row.document_id,
            batch=claim.note.batch_id,
            code=row.error_code,
            at=str(place.relative_to(inbox.root)),
        )

    def _replace_failures(self, claim: Claim, document: Path, place: Path) -> None:
        """What failed earlier because it was not yet whole goes, now that the whole of it is read."""
        try:
            failures = list(false_failures(self._tools.inbox, claim.note.day, claim.inside(document), place))
            for failure in failures:
                self._database.do(lambda session, failure=failure: forget_failure(session, failure))  # type: ignore[misc]
                remove(failure)
                at = str(failure.relative_to(self._tools.inbox.root))
                event("replaced", file=claim.inside(document), at=at)
        except (
            OSError
        ) as error:  # the document itself is at rest: an old failure that stays is no reason to stop
            event("not_replaced", logging.WARNING, file=claim.inside(document), reason=type(error).__name__)

    def _put_away(self, claim: Claim, document: Path) -> None:
        """What scanners and file managers write beside scans comes along, unread."""
        place = reserve(document, self._tools.inbox.done, f"{claim.note.day}/{claim.inside(document)}")
        settle(document, place)
        at = str(place.relative_to(self._tools.inbox.root))
        event("passed_over", file=claim.inside(document), batch=claim.note.batch_id, at=at)


def _reason_facts(place: Path, row: Known) -> dict[str, object]:
    return {
        "file": place.name,
        "code": row.error_code,
        "message": row.error_message,
        "what to do": advice(row.error_code),
        "document": row.document_id,
        "batch": row.batch_id,
        "time": row.finished_at.isoformat(timespec="seconds") if row.finished_at else None,
    }


def _duplicate_facts(place: Path, row: Known) -> dict[str, object]:
    return {
        "file": place.name,
        "message": "The same content was read before: it was not read again.",
        "document": row.document_id,
        "first file": row.path or row.file_name,
        "time": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def _was_read_by(row: Known, claim: Claim, document: Path) -> bool:
    """Whether a finished row is that of this very document: then only its coming to rest was cut off."""
    if row.batch_id != claim.note.batch_id:
        return False
    if not row.is_read or row.path == clean(str(document)):
        return True
    place = Path(row.path)
    return is_reserved(place, document) or not os.path.lexists(place)


def _batch_of(claim: Claim) -> int:
    assert claim.note.batch_id is not None
    return claim.note.batch_id


def _stamp(document: Path) -> tuple[int, int]:
    try:
        found = document.lstat()
    except FileNotFoundError:
        raise ClaimLost(document.name) from None
    return found.st_size, found.st_mtime_ns


class _OneAtATime:
    """Lets one thread at a time work on a content."""

    def __init__(self) -> None:
        self._busy: set[str] = set()
        self._change = threading.Condition()

    @contextmanager
    def alone(self, content: str) -> Iterator[None]:
        with self._change:
            self._change.wait_for(lambda: content not in self._busy)
            self._busy.add(content)
        try:
            yield
        finally:
            with self._change:
                self._busy.discard(content)
                self._change.notify_all()
