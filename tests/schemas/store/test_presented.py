"""A cheque that was presented before: told, and never posted twice, across files and batches, also at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, select

from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import FieldRow
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import Form, load_form, load_forms
from inkfield.schemas.readings import PageReading
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from inkfield.schemas.store.presented import item_key
from inkfield.schemas.store.retention import purge_before
from inkfield.schemas.store.rows import field_row
from tests.support.readings import document, field, page
from tests.support.settling import settle_field

LINE = "C083654C 500025033A 290062C 31"


@pytest.fixture
def engine(database_url: str) -> Engine:
    engine = open_database(database_url)
    sync_views(engine, load_forms())
    return engine


def cheque(
    line: str | None = LINE,
    amount: str | None = "4700.00",
    number: int = 1,
    picture: str | None = None,
    ink: str | None = None,
) -> PageReading:
    fields = (
        field("amount", "amount", None if amount is None else Decimal(amount)),
        field("micr", "micr", line),
        field("decision", "decision", "post"),
    )
    return replace(page(number), form="cheque_in", fields=fields, picture=picture, ink=ink)


def save(engine: Engine, name: str, *pages: PageReading, key: str = "cheque_in:1") -> int:
    sha256 = name.encode().hex().ljust(64, "0")
    with transaction(engine) as session:
        found = register_document(session, begin_batch(session, name), f"{name}.pdf", sha256, key)
    with transaction(engine) as session:
        save_document(session, found.document_id, document(pages, sha256))
    return found.document_id


def decisions(engine: Engine) -> list[tuple[str, str]]:
    return run_query(engine, "SELECT decision, status FROM cheque_in ORDER BY document_id, page_number")[1]


def reason(engine: Engine, document_id: int) -> str:
    with transaction(engine) as session:
        rows = session.scalars(select(FieldRow).where(FieldRow.name == "decision").order_by(FieldRow.id))
        return "; ".join(str(reason) for row in rows for reason in row.reasons)


def test_another_scan_of_a_cheque_is_told_and_not_posted(engine: Engine) -> None:
    first = save(engine, "first", cheque())
    again = save(engine, "again", cheque())
    assert decisions(engine) == [("post", "done"), ("review", "review")]
    assert f"presented before: it is the cheque of document {first} (first.pdf, page 1)" in reason(
        engine, again
    )
    assert run_query(engine, "SELECT status FROM documents ORDER BY id")[1] == [("done",), ("review",)]


def test_five_cheques_with_one_line_do_not_all_post(engine: Engine) -> None:
    pages = [cheque(amount=f"{n}000.00", number=n) for n in range(1, 6)]
    document_id = save(engine, "strip", *pages)
    assert [decision for decision, _ in decisions(engine)] == ["post", *["review"] * 4]
    assert "the same MICR line and another amount" in reason(engine, document_id)


def test_different_cheques_of_one_account_are_no_second_presentation(engine: Engine) -> None:
    for n in range(3):
        save(engine, f"c{n}", cheque(f"C08365{n}C 500025033A 290062C 31"))
    assert decisions(engine) == [("post", "done")] * 3


def test_reading_a_file_again_is_no_second_presentation(engine: Engine) -> None:
    for version in (1, 2, 3):
        save(engine, "first", cheque(), key=f"cheque_in:{version}")
    assert decisions(engine) == [("post", "done")]
    save(engine, "again", cheque())
    save(engine, "first", cheque(), key="cheque_in:4")
    assert decisions(engine) == [("post", "done"), ("review", "review")]


def test_a_cheque_is_known_after_it_was_purged(engine: Engine) -> None:
    save(engine, "first", cheque())
    with transaction(engine) as session:
        purge_before(session, datetime.now(UTC) + timedelta(days=1))
    save(engine, "again", cheque())
    assert decisions(engine) == [("review", "review")]
    assert run_query(engine, "SELECT count(*) FROM presented WHERE item LIKE '%083654%'")[1] == [(0,)]


INK = ".".join(["0f" * 9, "33" * 9, "-", "55" * 9, "99" * 9])


def test_the_same_writing_tells_where_line_and_amount_were_not_read(engine: Engine) -> None:
    again = ".".join(["0f" * 8 + "0e", "33" * 9, "-", "54" * 9, "66" * 9])  # another date was read into it
    other = ".".join(["f0" * 9, "33" * 9, "-", "aa" * 9, "99" * 9])
    save(engine, "first", cheque(ink=INK))
    second = save(engine, "second", cheque(None, None, ink=again))
    save(engine, "other", cheque(None, None, ink=other))
    save(engine, "empty", cheque(None, None, ink="-.-.-.-." + "99" * 9))
    assert [decision for decision, _ in decisions(engine)] == ["post", "review", "post", "post"]
    assert "what is written is the same as on document 1" in reason(engine, second)
    # What was read later with its line is the cheque that was read without it.
    save(engine, "third", cheque("C083655C 500025033A 290062C 31", ink=other))
    assert decisions(engine)[-1] == ("review", "review")


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("C123456C 40D2518A 12345678C 01", True),
        ("<0000147< 012345678909> 123456789012:", True),
        ("C12C 4A", False),
    ],
)
def test_lines_of_other_countries_tell_an_item(line: str, known: bool) -> None:
    row = field_row(field("micr", "micr", line))
    assert (item_key([row]) is not None) is known


def test_the_same_picture_tells_where_the_line_was_read_otherwise(engine: Engine) -> None:
    first, alike, other = "f" * 64, "f" * 62 + "0f", "f" * 56 + "0" * 8
    save(engine, "first", cheque(picture=first))
    save(engine, "again", cheque("C083651C 500025033A 290062C 31", picture=alike))
    save(engine, "other", cheque("C083652C 500025033A 290062C 31", picture=other))
    save(engine, "more", cheque("C083653C 500025033A 290062C 31", "9.00", picture=alike))
    assert [decision for decision, _ in decisions(engine)] == ["post", "review", "post", "post"]


def test_a_form_may_do_without_the_rule(engine: Engine, tmp_path: Path) -> None:
    text = Path(load_forms()["cheque_in"].folder or "", "cheque_in.yaml").read_text()
    (tmp_path / "cheque_in.yaml").write_text(text + "presented_once: false\n")
    form: Form = load_form(tmp_path / "cheque_in.yaml")
    sync_views(engine, [form])
    save(engine, "first", cheque())
    save(engine, "again", cheque())
    assert decisions(engine) == [("post", "done")] * 2


def test_a_person_cannot_post_a_cheque_twice_either(engine: Engine) -> None:
    save(engine, "first", cheque())
    again = save(engine, "again", cheque())
    with transaction(engine) as session:
        ids = session.scalars(
            select(FieldRow.id).where(FieldRow.name == "decision").order_by(FieldRow.id)
        ).all()
    with pytest.raises(ValueError, match="posted already"), transaction(engine) as session:
        settle_field(session, ids[1], "clerk", "post")
    with transaction(engine) as session:
        settle_field(session, ids[0], "clerk", "reject")
        settle_field(session, ids[1], "clerk", "post")
    assert [decision for decision, _ in decisions(engine)] == ["reject", "post"]
    save(engine, "again", cheque(), key="cheque_in:2")  # what the person said stays
    assert [decision for decision, _ in decisions(engine)] == ["reject", "post"]
    assert again


def test_workers_that_write_one_cheque_at_the_same_time_post_it_once(engine: Engine) -> None:
    workers, lines = 4, [f"C08365{n}C 500025033A 290062C 31" for n in range(5)]
    barrier = Barrier(workers)

    def write(worker: int) -> None:
        for n, line in enumerate(lines):
            sha256 = f"{worker}{n}" * 32
            with transaction(engine) as session:
                found = register_document(
                    session, begin_batch(session, "b"), f"{worker}.pdf", sha256, "cheque_in:1"
                )
            barrier.wait(timeout=60)
            with transaction(engine) as session:
                save_document(session, found.document_id, document([cheque(line)], sha256))

    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(write, range(workers)))
    found = run_query(engine, "SELECT micr, decision FROM cheque_in")[1]
    assert len(found) == workers * len(lines)
    assert sorted(line for line, decision in found if decision == "post") == lines


@pytest.mark.parametrize(
    ("line", "other", "same"),
    [
        (LINE, LINE, True),
        ("C083654C 500025033A 31", "C083654C500025033A31", True),
        (LINE, "C083655C 500025033A 290062C 31", False),
        ("C001234C A021000021A 123456789C", "C001234C A021000021A 123456789C B0000012345B", True),
        ("A021000021A 123456789C 0101", "A021000021A 123456789C 0102", False),
        ("A021000021A 12D345D6C 0101", "A021000021A 123456C 0101", True),
    ],
)
def test_what_tells_cheques_apart(line: str, other: str, same: bool) -> None:
    keys = [item_key([field_row(field("micr", "micr", text))]) for text in (line, other)]
    assert None not in keys and (keys[0] == keys[1]) is same


@pytest.mark.parametrize(
    "line", ["", "500025033 31", "A021000021A 123456789C", "C083654C", "A02100002A 123C 0101"]
)
def test_a_line_that_tells_no_cheque_from_another_is_not_compared(line: str) -> None:
    assert item_key([field_row(field("micr", "micr", line))]) is None


def test_the_printed_number_stands_in_for_a_serial(engine: Engine) -> None:
    line = field_row(field("micr", "micr", "A021000021A 123456789C"))
    keys = {item_key([line, field_row(field("check_number", "code", number))]) for number in ("101", "102")}
    assert len(keys) == 2 and None not in keys
