"""status, retry and purge; what is written about them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

import inkfield.flows
import inkfield.pipeline
import inkfield.schemas
from inkfield.flows.commands.cli import app
from inkfield.flows.commands.purge_command import files_before
from inkfield.flows.commands.retry_command import inbox_of
from inkfield.flows.commands.status_command import status_of
from inkfield.flows.inbox.claim import Claim, take_over
from inkfield.flows.inbox.folder import Inbox, open_inbox
from inkfield.flows.inbox.owner import Owner
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.tables import BatchRow, DocumentRow, FieldRow
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.failures import FAILURES, as_markdown
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.store.documents import begin_batch, fail_document, register_document, save_document
from inkfield.schemas.store.parts import known_file, set_file_path
from inkfield.schemas.store.retention import PURGED
from tests.support.checkout import ROOT
from tests.support.readings import document as reading
from tests.support.readings import page


def call(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join((result.stdout + result.stderr).split())


def store(url: str, path: Path | str, sha256: str, code: str | None = None, days_ago: int = 0) -> int:
    """A document in the database, read or failed so many days ago."""
    engine = open_database(url)
    with transaction(engine) as session:
        batch = begin_batch(session, f"batch of {Path(path).name}")
        number = register_document(session, batch, path, sha256, "slip:1").document_id
        if code:
            fail_document(session, number, code, f"{Path(path).name}: see to it")
        else:
            save_document(session, number, reading([page(1)], sha256))
        at = datetime.now(UTC) - timedelta(days=days_ago)
        session.execute(update(DocumentRow).where(DocumentRow.id == number).values(finished_at=at))
        session.execute(update(BatchRow).where(BatchRow.id == batch).values(started_at=at))
    engine.dispose()
    return number


def new_inbox(folder: Path) -> Inbox:
    (folder / "inbox").mkdir()
    return open_inbox(folder / "inbox")


def put(path: Path, content: bytes = b"scan") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_status_counts(database_url: str, tmp_path: Path) -> None:
    inbox = new_inbox(tmp_path)
    store(database_url, "a.pdf", "a" * 64)
    store(database_url, "b.pdf", "b" * 64, code="truncated")
    store(database_url, "c.pdf", "c" * 64, code="timed_out", days_ago=3)
    put(inbox.root / "waiting.pdf")
    put(inbox.root / "batch" / "waiting.pdf")
    put(inbox.processing / "20260101T000000-ab" / "files" / "taken.pdf")
    found = status_of(database_url, inbox.root, datetime.now(UTC))
    assert found["documents"] == {"received": 0, "processing": 0, "done": 1, "review": 0, "failed": 2}
    assert found["failed_by_code"] == {"truncated": 1, "timed_out": 1}
    assert (found["finished_last_hour"], found["finished_last_day"]) == (2, 2)
    assert (found["inbox"]["files"], found["inbox"]["taken"]) == (2, 1)
    code, printed = call("status", "--db", database_url, "--inbox", inbox.root, "--json")
    assert code == 0
    assert json.loads(printed)["inbox"]["oldest"] is not None
    code, printed = call("status", "--db", database_url)
    assert code == 0 and "truncated 1" in printed


def test_status_of_no_database_says_so(tmp_path: Path) -> None:
    code, printed = call("status", "--db", f"sqlite:///{tmp_path}/none.db")
    assert code == 2 and "none.db" in printed


def test_retry_gives_failed_documents_back_to_the_watcher(database_url: str, tmp_path: Path) -> None:
    inbox = new_inbox(tmp_path)
    day = inbox.failed / "2026" / "01" / "02"
    for name, code in (("a.pdf", "timed_out"), ("b.pdf", "truncated"), ("gone.pdf", "timed_out")):
        store(database_url, put(day / name, name.encode()), name[0] * 64, code=code)
        put(day / f"{name}.reason.txt")
    (day / "gone.pdf").unlink()
    code, printed = call("retry", "--code", "timed_out", "--db", database_url)
    assert code == 3
    assert "gone.pdf" in printed and "gone from" in printed and "1 go back" in printed
    assert sorted(path.name for path in day.iterdir()) == ["b.pdf", "b.pdf.reason.txt", "gone.pdf.reason.txt"]
    owner = Owner(inbox.processing)
    (folder,) = take_over(inbox, owner, set())
    claim = Claim(folder)
    list(claim.lay_out())
    assert [document.read_bytes() for document in claim.documents()] == [b"a.pdf"]
    owner.close()
    with transaction(open_database(database_url)) as session:
        row = known_file(session, "a" * 64)
    assert row is not None and row.status == "received" and row.error_code is None


def test_retry_of_nothing_is_no_fault(database_url: str) -> None:
    store(database_url, "a.pdf", "a" * 64)
    assert call("retry", "--db", database_url)[0] == 0


def test_an_inbox_is_known_by_its_folders(tmp_path: Path) -> None:
    inbox = open_inbox(tmp_path)
    assert inbox_of(inbox.failed / "2026/01/02/batch/deep/a.pdf") == inbox
    assert inbox_of(inbox.done / "2026/01/02/a.pdf") is None
    assert inbox_of(tmp_path / "a.pdf") is None


def test_what_failed_under_older_forms_is_superseded(database_url: str) -> None:
    old = store(database_url, "a.pdf", "a" * 64, code="truncated")
    engine = open_database(database_url)
    with transaction(engine) as session:
        batch = begin_batch(session, "again")
        new = register_document(session, batch, "a.pdf", "a" * 64, "slip:2").document_id
        save_document(session, new, reading([page(1)], "a" * 64))
        set_file_path(session, new, "/done/a.pdf")
    with transaction(engine) as session:
        assert new == old
        assert session.get_one(DocumentRow, new).path == "/done/a.pdf"
        assert session.get_one(DocumentRow, new).error_code is None


def test_purge_takes_what_is_past_its_time_and_nothing_else(database_url: str, tmp_path: Path) -> None:
    inbox = new_inbox(tmp_path)
    old_day, new_day = (date.today() - timedelta(days=days) for days in (100, 2))
    old = put(inbox.done / f"{old_day:%Y/%m/%d}" / "batch" / "old.pdf")
    put(inbox.failed / f"{old_day:%Y/%m/%d}" / "worse.pdf.reason.txt")
    new = put(inbox.done / f"{new_day:%Y/%m/%d}" / "new.pdf")
    elsewhere = put(tmp_path / "elsewhere" / "mine.pdf")
    (old.parent / "link").symlink_to(elsewhere.parent)
    store(database_url, old, "a" * 64, days_ago=100)
    store(database_url, new, "b" * 64, days_ago=2)
    store(database_url, elsewhere, "c" * 64, days_ago=100)
    arguments = ("purge", "--older-than", "90d", "--inbox", inbox.root, "--db", database_url)
    code, printed = call(*arguments, "--dry-run")
    assert code == 0 and "14 fields on 2 pages" in printed and "3 files" in printed
    assert old.exists()
    code, printed = call(*arguments)
    assert code == 0, printed
    assert [path.name for path in inbox.root.rglob("*.pdf")] == ["new.pdf"]
    assert elsewhere.exists() and not old.parent.parent.exists()
    with transaction(open_database(database_url)) as session:
        fields = session.scalars(select(FieldRow.id)).all()
        kept = known_file(session, "a" * 64)
    assert len(fields) == 7
    assert kept is not None and (kept.file_name, kept.path, kept.status) == (PURGED, "", "done")
    assert "0 fields" in call(*arguments)[1]


def test_what_was_purged_is_no_more_in_the_file_of_the_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"
    store(url, "a.pdf", "a" * 64, days_ago=100)
    content = b"".join(path.read_bytes() for path in tmp_path.glob("rows.db*"))
    assert "Anna Müller".encode() in content
    assert call("purge", "--older-than", "12w", "--db", url)[0] == 0
    content = b"".join(path.read_bytes() for path in tmp_path.glob("rows.db*"))
    assert "Anna Müller".encode() not in content and b"a.pdf" not in content


@pytest.mark.parametrize("age", ["90", "-1d", "0d", "90 days", "1m", ""])
def test_an_age_that_is_none_is_refused(age: str, tmp_path: Path) -> None:
    code, printed = call("purge", f"--older-than={age}", "--db", f"sqlite:///{tmp_path}/rows.db")
    assert code == 2 and "90d" in printed


def test_only_folders_of_days_are_purged(tmp_path: Path) -> None:
    inbox = open_inbox(tmp_path)
    put(inbox.done / "1999" / "01" / "01" / "a.pdf")
    put(inbox.done / "mine" / "01" / "01" / "b.pdf")
    put(inbox.done / "c.pdf")
    os.symlink(put(tmp_path / "x" / "d.pdf").parent, inbox.done / "1999" / "01" / "02")
    assert [path.name for path in files_before(tmp_path, date(2026, 1, 1))] == ["a.pdf"]


def test_every_error_code_is_told_what_to_do_about() -> None:
    for room in (
        inkfield.schemas,
        inkfield.pipeline,
        inkfield.flows,
    ):  # a kind of error exists once its module is imported
        for module in walk_packages(room.__path__, f"{room.__name__}."):
            import_module(module.name)
    kinds = all_kinds(DocumentError)
    assert len(kinds) >= 12
    assert {kind.code for kind in kinds} <= set(FAILURES)


def test_the_page_of_failures_is_the_catalogue() -> None:
    assert (ROOT / "docs" / "failures.md").read_text(encoding="utf-8") == as_markdown()


def all_kinds(kind: type[DocumentError]) -> set[type[DocumentError]]:
    return {kind}.union(*map(all_kinds, kind.__subclasses__()))


def test_status_counts_a_document_once_however_often_it_was_read(database_url: str) -> None:
    letter = replace(page(1), form=None, fields=(), status="unknown_form", reason=because(ReasonCode.NO_FORM))
    for key in ("slip:1", "slip:2", "other:1,slip:2"):
        with transaction(open_database(database_url)) as session:
            noted = register_document(session, begin_batch(session, "b"), "a.pdf", "a" * 64, key)
            assert not noted.already_done
            save_document(session, noted.document_id, replace(reading([letter], "a" * 64), status="review"))
    found = status_of(database_url, None, datetime.now(UTC))
    assert found["documents"]["review"] == found["pages_to_review"] == 1
    assert found["no_form_by_reason"] == {"text, but no known form": 1}
