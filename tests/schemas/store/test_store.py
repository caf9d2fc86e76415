"""Storing readings: one transaction a document, the same file is the same rows."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, ReviewRow
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.store.documents import (
    Failure,
    batch_summary,
    begin_batch,
    fail_document,
    finish_batch,
    let_go,
    register_document,
    save_document,
    start_document,
    times_begun,
)
from inkfield.schemas.store.rows import field_row
from tests.support.readings import document, field, page

SHA = "ab" * 32


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


def register(
    engine: Engine, sha256: str = SHA, key: str = "slip:1", name: str = "slip.pdf"
) -> tuple[int, int, bool]:
    with transaction(engine) as session:
        batch = begin_batch(session, "night")
        return batch, *register_document(session, batch, f"in/{name}", sha256, key)


def save(engine: Engine, document_id: int, reading: DocumentReading) -> None:
    with transaction(engine) as session:
        save_document(session, document_id, reading, {"read": 0.25, "deskew": float("nan")})


def counts(engine: Engine) -> tuple[int, int, int]:
    with transaction(engine) as session:
        tables = (DocumentRow, PageRow, FieldRow)
        return tuple(session.scalar(select(func.count(t.id))) or 0 for t in tables)  # type: ignore[return-value]


def test_a_batch_with_a_key_is_begun_once(engine: Engine) -> None:
    """A watcher that is killed before it has noted its batch begins it again."""
    with transaction(engine) as session:
        first = begin_batch(session, "night", "claim-1")
    with transaction(engine) as session:
        assert begin_batch(session, "night", "claim-1") == first
        assert len({first, begin_batch(session, "night", "claim-2"), begin_batch(session, "night")}) == 3


def test_a_reading_is_kept_whole(engine: Engine) -> None:
    _, document_id, already_done = register(engine)
    assert not already_done
    save(engine, document_id, document())
    with transaction(engine) as session:
        row = session.get_one(DocumentRow, document_id)
        stored = session.scalars(select(PageRow)).one()
        fields = {f.name: f for f in session.scalars(select(FieldRow))}
    assert (row.file_name, row.path, row.status, row.page_count) == ("slip.pdf", "in/slip.pdf", "done", 1)
    assert row.timings == {"read": 0.25}
    assert row.finished_at is not None
    assert (stored.form, stored.form_version, stored.dpi) == ("slip", 1, 300.0)
    assert stored.quality == {"contrast": 0.5, "blur": None}
    assert fields["amount"].value_number == Decimal("1234.50")
    assert fields["amount"].value_text is None
    assert fields["amount"].box == [1, 2, 3, 4]
    assert fields["payee"].alternatives == [
        {"text": "Anna Muller", "value": "Anna Muller", "probability": 0.02}
    ]
    assert fields["date"].reasons == (because(ReasonCode.FAR_AHEAD),)
    assert fields["signature"].value_bool is True


def test_the_same_file_again_is_the_same_rows(engine: Engine) -> None:
    first = register(engine)
    save(engine, first[1], document())
    batch, document_id, already_done = register(engine, name="copy.pdf")
    assert (document_id, already_done) == (first[1], True)
    assert counts(engine) == (1, 1, 7)
    with transaction(engine) as session:
        assert batch_summary(session, batch).already_done == 1


def test_a_run_that_was_cut_off_is_read_again(engine: Engine) -> None:
    _, document_id, _ = register(engine)
    with transaction(engine) as session:
        start_document(session, document_id)
    batch, again, already_done = register(engine)
    assert (again, already_done) == (document_id, False)
    save(engine, document_id, document())
    save(engine, document_id, document())  # a retried task writes twice
    assert counts(engine) == (1, 1, 7)
    with transaction(engine) as session:
        assert session.get_one(DocumentRow, document_id).batch_id == batch


def test_readings_that_were_begun_and_never_ended_are_counted(engine: Engine) -> None:
    _, document_id, _ = register(engine)

    def begun() -> int:
        return times_begun(session, document_id)

    with transaction(engine) as session:
        start_document(session, document_id)
        start_document(session, document_id)  # who began first has died
        assert begun() == 2
        let_go(session, document_id)  # the second lives, and has stopped
        assert begun() == 1
        fail_document(session, document_id, "truncated", "cut short")
        assert begun() == 0
        start_document(session, document_id)
        assert begun() == 1
        save_document(session, document_id, document())
        assert begun() == 0


def test_a_reading_replaces_an_earlier_one_and_keeps_the_reviews(engine: Engine) -> None:
    _, document_id, _ = register(engine)
    save(engine, document_id, document([page(1), page(2)]))
    with transaction(engine) as session:
        field_id = session.scalars(select(FieldRow.id)).first()
        session.add(ReviewRow(field_id=field_id, reviewer="me", old_value="1", new_value="2"))
    with transaction(engine) as session:
        register_document(session, begin_batch(session, "2"), "in/slip.pdf", SHA, "slip:2")
    save(engine, document_id, document([page(1, "7.00")]))
    assert counts(engine) == (1, 1, 7)
    with transaction(engine) as session:
        assert session.scalar(select(ReviewRow.field_id)) == field_id
        assert session.scalar(select(FieldRow.value_number).where(FieldRow.name == "amount")) == 7


def test_a_reading_that_cannot_be_written_changes_nothing(engine: Engine) -> None:
    _, document_id, _ = register(engine)
    save(engine, document_id, document())
    broken = replace(page(2), fields=(field("amount", "amount", "twelve"),))
    with pytest.raises(TypeError, match="field amount has a value of type str") as caught:
        save(engine, document_id, document([page(1), broken]))
    assert "twelve" not in str(caught.value)
    assert counts(engine) == (1, 1, 7)


def test_a_failed_document_can_succeed_later(engine: Engine) -> None:
    batch, document_id, _ = register(engine)
    with transaction(engine) as session:
        fail_document(session, document_id, "encrypted", "remove the password")
        finish_batch(session, batch)
        summary = batch_summary(session, batch)
    assert summary.status == "failed"
    assert summary.documents == {"failed": 1}
    assert summary.failures == (Failure("slip.pdf", "encrypted", "remove the password"),)
    _, again, already_done = register(engine)
    assert (again, already_done) == (document_id, False)
    save(engine, document_id, document())
    with transaction(engine) as session:
        row = session.get_one(DocumentRow, document_id)
    assert (row.status, row.error_code, row.error_message) == ("done", None, None)


def test_a_failed_reading_keeps_its_error(engine: Engine) -> None:
    _, document_id, _ = register(engine)
    save(engine, document_id, DocumentReading("x", SHA, "failed", (), "truncated", "scan it again"))
    with transaction(engine) as session:
        row = session.get_one(DocumentRow, document_id)
    assert (row.status, row.error_code, row.error_message) == ("failed", "truncated", "scan it again")
    assert not row.is_current


def test_a_newer_form_that_fails_leaves_the_older_reading_in_place(engine: Engine) -> None:
    _, older, _ = register(engine, key="slip:1")
    save(engine, older, document())
    _, newer, _ = register(engine, key="slip:2")
    assert newer == older
    with transaction(engine) as session:
        fail_document(session, newer, "time_limit", "took too long")
    with transaction(engine) as session:
        assert session.get_one(DocumentRow, older).is_current
    assert counts(engine) == (1, 1, 7)


def test_an_unknown_page_keeps_its_text(engine: Engine) -> None:
    lines = tuple(TextLine((0, 0, 1, 1), text) for text in ("Dear Sir,", "thank\0 you"))
    unknown = PageReading(1, 10, 10, 300.0, None, None, "unknown_form", lines=lines)
    _, document_id, _ = register(engine)
    save(engine, document_id, replace(document([unknown]), status="review"))
    with transaction(engine) as session:
        stored = session.scalars(select(PageRow)).one()
    assert (stored.form, stored.status, stored.text) == (None, "unknown_form", "Dear Sir,\nthank you")


def test_the_summary_counts(engine: Engine) -> None:
    with transaction(engine) as session:
        batch = begin_batch(session, "night")
        for number in range(3):
            sha256 = f"{number:064x}"
            registered = register_document(session, batch, f"{number}.pdf", sha256, "slip:1")
            save_document(session, registered.document_id, document([page(1), page(2)], sha256))
        finish_batch(session, batch)
        summary = batch_summary(session, batch)
    assert (summary.status, summary.documents, summary.pages) == ("done", {"done": 3}, 6)
    assert summary.fields == {"accepted": 42}


def test_unknown_ids(engine: Engine) -> None:
    with transaction(engine) as session:
        with pytest.raises(LookupError):
            batch_summary(session, 9)
        with pytest.raises(LookupError):
            save_document(session, 9, document())


def test_an_odd_file_name_is_stored(engine: Engine) -> None:
    _, document_id, _ = register(engine, name="caf\udce9.pdf")
    with transaction(engine) as session:
        assert session.get_one(DocumentRow, document_id).file_name == "caf?.pdf"


def test_a_number_too_large_goes_to_review() -> None:
    row = field_row(field("amount", "amount", Decimal("1e20")))
    assert (row.value_number, row.status) == (None, "review")
    assert [reason.code for reason in row.reasons] == [ReasonCode.TOO_LARGE]


def test_a_confidence_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="confidence of field amount"):
        field_row(field("amount", "amount", Decimal(1), confidence=float("nan")))


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(codec=None)))
def test_clean_text_can_be_written_anywhere(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned
    assert clean(cleaned) == cleaned
