"""Forms of several pages, from a scan to a row and to a person's word: the built-in enrolment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import cv2
import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from inkfield.flows.workers.recheck import AskForms
from inkfield.lab.documents.enrolment_page import enrolment_form, render_enrolment
from inkfield.lab.documents.pdf import write_pdf
from inkfield.pipeline.document import read_document
from inkfield.pipeline.fields.kinds.codes import has_check_digit
from inkfield.pipeline.settings import Settings
from inkfield.pipeline.together.join import join_pages
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import FieldRow, PageRow
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.key import forms_key
from inkfield.schemas.readings import DocumentReading
from inkfield.schemas.store.answers import Rules, answer, change_form, undo
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from inkfield.schemas.store.lending import borrow
from inkfield.schemas.store.people import Person, add_person, person_named
from inkfield.schemas.store.review import dismiss_page, waiting_pages
from inkfield.schemas.store.undo import CannotUndo
from tests.support.settling import settle_field

TODAY = date(2026, 7, 1)
FORMS = {"enrolment": enrolment_form()}
RECHECK = AskForms(FORMS, TODAY)
RULES = Rules(FORMS, RECHECK)


@pytest.fixture(scope="module")
def people() -> list[tuple[list[np.ndarray], dict[str, Any]]]:
    mali = [hand for hand in UNSEEN_HANDS if hand.stem == "mali"]
    return [render_enrolment(np.random.default_rng([5, number]), mali) for number in range(3)]


@pytest.fixture(scope="module")
def reading(
    people: list[tuple[list[np.ndarray], dict[str, Any]]], tmp_path_factory: pytest.TempPathFactory
) -> DocumentReading:
    """Three people in one PDF, shuffled, one page upside down, a blank back between, the last one's page 2 missing."""
    (a, b), (c, d), (e, _) = (images for images, _ in people)
    back = np.full_like(a, 246)
    path = tmp_path_factory.mktemp("scans") / "three.pdf"
    pages = [np.ascontiguousarray(page) for page in (d, a, back, e, c[::-1, ::-1], b)]
    coded = [(cv2.imencode(".jpg", page)[1].tobytes(), (page.shape[1], page.shape[0])) for page in pages]
    write_pdf(path, coded, 300)
    return read_document(path, Settings(form="enrolment", today=TODAY))


@pytest.fixture
def engine(database_url: str) -> Engine:
    engine = open_database(database_url)
    sync_views(engine, FORMS)
    return engine


def save(engine: Engine, reading: DocumentReading, batch: str = "night") -> int:
    with transaction(engine) as session:
        key = forms_key(FORMS.values())
        found = register_document(
            session, begin_batch(session, batch), "three.pdf", reading.sha256, key, again=True
        )
        save_document(session, found.document_id, reading, form_version_key=key, recheck=RECHECK)
        return found.document_id


def rows(
    engine: Engine, columns: str = "page_number, status, member_number, member_number_again"
) -> list[Any]:
    return [
        tuple(row) for row in run_query(engine, f"SELECT {columns} FROM enrolment ORDER BY page_number")[1]
    ]


def field_id(session: Session, page: int, name: str) -> int:
    query = select(FieldRow.id).join(PageRow).where(PageRow.number == page, FieldRow.name == name)
    return session.scalars(query).one()


def other_person(number: str) -> str:
    """Another member number with a right check digit."""
    return next(
        f"{other:09}"
        for other in range(int(number) - 500, int(number))
        if has_check_digit(f"{other:09}", "luhn") and f"{other:09}"[:8] != number[:8]
    )


def clerk(session: Session) -> Person:
    return person_named(session, "anna") or add_person(
        session, "anna", "reviewer", "no password", "the tests"
    )


def test_each_person_is_a_row_whatever_the_order_of_the_pages(
    engine: Engine, reading: DocumentReading, people: list[tuple[list[np.ndarray], dict[str, Any]]]
) -> None:
    numbers = [truth["member_number"] for _, truth in people]
    save(engine, reading)
    assert [(row[0], *row[2:]) for row in rows(engine)] == [
        (2, numbers[0], numbers[0]), (4, numbers[2], None), (5, numbers[1], numbers[1]),
    ]  # fmt: skip
    told = rows(engine, "last_name, date_signed, beneficiary_relation_status, waived")
    truth = people[0][1]
    assert told[0] == (truth["last_name"], *told[0][1:3], truth["waived"])
    assert str(told[0][1]) == truth["date_signed"] and told[0][2] == "accepted"
    assert told[1][1:] == (None, None, None)  # not empty: nobody has seen that page
    lines = run_query(engine, "SELECT page_number, count(*) FROM enrolment_dependents GROUP BY page_number")[
        1
    ]
    written = {2: len(people[0][1]["dependents"]), 5: len(people[1][1]["dependents"])}
    assert dict(tuple(line) for line in lines) == {page: count for page, count in written.items() if count}


def test_a_missing_page_waits_until_a_person_settles_it(engine: Engine, reading: DocumentReading) -> None:
    save(engine, reading)
    reasons = "SELECT page_number, reason FROM current_reasons WHERE field IS NULL AND reason <> 'blank'"
    with transaction(engine) as session:
        (waiting,) = waiting_pages(session)
        assert (waiting.page_number, waiting.reason_code) == (4, "missing_page")
        assert waiting.reason == "missing of the form: page 2"
        ids = session.scalars(
            select(FieldRow.id).join(PageRow).where(PageRow.number == 4, FieldRow.status == "review")
        )
        for one in ids:
            settle_field(session, one, "clerk", None, FORMS, RECHECK)
    assert rows(engine)[1][1] == "review"
    with transaction(engine) as session:
        dismiss_page(session, waiting.page_id, "clerk")
        assert not waiting_pages(session)
    assert rows(engine)[1][1] == "done" and rows(engine, "reviewed_by")[1] == ("clerk",)
    assert not run_query(engine, reasons)[1]
    save(engine, reading, "read again")
    assert rows(engine)[1][1] == "done" and not run_query(engine, reasons)[1]


def test_a_page_that_a_person_calls_the_missing_one_joins_its_form(
    engine: Engine, reading: DocumentReading
) -> None:
    lost = reading.pages[5]  # page 2 of the first person, as if it had not been recognised
    unknown = replace(
        lost, form=None, form_version=None, fields=(), sheet=None, part_of=None, status="unknown_form"
    )
    save(engine, replace(reading, pages=(*reading.pages[:5], unknown)))
    assert rows(engine)[0][3] is None
    with transaction(engine) as session:
        page = session.scalars(select(PageRow).where(PageRow.number == 6)).one()
        change_form(session, clerk(session), page.id, replace(lost, part_of=None), RULES)
    first = rows(engine)[0]
    assert first[2] == first[3] and len(rows(engine)) == 3


def test_the_right_number_brings_a_page_where_it_belongs(engine: Engine, reading: DocumentReading) -> None:
    number = str(next(f.value for f in reading.pages[1].fields if f.name == "member_number"))
    wrong = {"value": "100000009", "text": "100000009", "confidence": 0.999, "status": "accepted"}
    fields = tuple(
        replace(f, **wrong) if f.name == "member_number_again" else f for f in reading.pages[5].fields
    )
    apart = replace(
        reading, pages=(*reading.pages[:5], replace(reading.pages[5], fields=fields, part_of=None))
    )
    save(engine, apart)
    assert [row[0] for row in rows(engine)] == [2, 4, 5, 6]
    with transaction(engine) as session:
        person, field = clerk(session), field_id(session, 6, "member_number_again")
        assert borrow(session, person, field, 5)
        answer(session, person, field, number, RULES)
    together = (2, number, number)
    assert [row[0] for row in rows(engine)] == [2, 4, 5] and together in [
        (r[0], *r[2:]) for r in rows(engine)
    ]
    with transaction(engine) as session, pytest.raises(CannotUndo, match="say the right value"):
        undo(session, clerk(session))
    save(engine, apart, "read again")
    assert [row[0] for row in rows(engine)] == [2, 4, 5] and together in [
        (r[0], *r[2:]) for r in rows(engine)
    ]


def test_a_number_that_may_be_misread_joins_pages_until_a_person_says_it(
    engine: Engine, reading: DocumentReading
) -> None:
    number = str(next(f.value for f in reading.pages[1].fields if f.name == "member_number"))
    other = number[:4] + ("7" if number[4] != "7" else "1") + number[5:]
    unsure = {"value": other, "text": other, "confidence": 0.6, "status": "review"}
    fields = tuple(
        replace(f, **unsure) if f.name == "member_number_again" else f for f in reading.pages[5].fields
    )
    pages = [*reading.pages[:5], replace(reading.pages[5], fields=fields)]
    save(engine, replace(reading, pages=tuple(join_pages(pages, FORMS, TODAY))))
    doubt = "SELECT page_number, reason FROM current_reasons WHERE reason = 'pages_in_doubt'"
    assert run_query(engine, doubt)[1] == [(2, "pages_in_doubt")]
    assert rows(engine)[0] == (2, "review", number, other)
    assert rows(engine, "member_number_status, member_number_again_status")[0] == ("review", "review")
    with transaction(engine) as session:
        settle_field(session, field_id(session, 6, "member_number_again"), "clerk", number, FORMS, RECHECK)
    assert not run_query(engine, doubt)[1] and rows(engine)[0][2:] == (number, number)
    with transaction(engine) as session:  # or it is of somebody else
        settle_field(
            session,
            field_id(session, 6, "member_number_again"),
            "clerk",
            other_person(number),
            FORMS,
            RECHECK,
        )
    assert [row[0] for row in rows(engine)] == [2, 4, 5, 6]
    assert {row[0]: row[1] for row in rows(engine)}[2] == "review"


def test_a_step_on_one_page_is_undone_with_what_it_did_on_the_other(
    engine: Engine, reading: DocumentReading
) -> None:
    save(engine, reading)
    both = "SELECT f.name, f.value_date, f.status FROM fields f JOIN pages p ON p.id = f.page_id"
    both += " WHERE p.number IN (2, 6) ORDER BY f.id"
    before = run_query(engine, both)[1]
    with transaction(engine) as session:
        person, field = clerk(session), field_id(session, 2, "hired")
        assert borrow(session, person, field, 5)
        answer(session, person, field, "2026-06-30", RULES)  # after the day on which page 2 was signed
    reasons = "SELECT field FROM current_reasons WHERE reason = 'wrong_order'"
    assert ("date_signed",) in [tuple(row) for row in run_query(engine, reasons)[1]]
    with transaction(engine) as session:
        undo(session, clerk(session))
    assert not run_query(engine, reasons)[1]
    assert run_query(engine, both)[1] == before


def test_older_databases_are_brought_up_to_date_with_their_rows(
    engine: Engine, reading: DocumentReading
) -> None:
    save(engine, reading)
    before = rows(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW enrolment")
        connection.exec_driver_sql("DROP TABLE form_enrolment")
    sync_views(engine, FORMS)
    assert rows(engine) == before
