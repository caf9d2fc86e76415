"""The dashboard says how the work stands, and spot checks what is wrong among what was accepted."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text, update

from inkfield.flows.server.error_rate import error_rates, limits
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.review_tables import AuditRow
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, RunRow, now
from inkfield.schemas.store import figures
from inkfield.schemas.store.people import people
from inkfield.schemas.store.retention import purge_before
from inkfield.schemas.store.spot_checks import Checked, checks_since, next_check, pick, to_check
from inkfield.schemas.store.webhook_calls import begin_with_what_is, calls_due, note_changes
from tests.support.office import Office
from tests.support.review_desk import opened, scan, slip, store


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, serve_spot_share=1.0)


def test_the_limits_are_those_of_the_tables() -> None:
    # Clopper and Pearson, 95 %: no one of 100; 5 of 100 (Agresti 2002, and every table of them)
    assert limits(0, 100) == pytest.approx((0, 0.03622), abs=1e-5)
    assert limits(5, 100) == pytest.approx((0.01643, 0.11284), abs=1e-5)
    assert limits(0, 0) == (0.0, 1.0) and limits(3, 3)[1] == 1.0
    few, many = (error_rates([Checked("slip", "payee", n, n // 20, 0)], 0.02)[0] for n in (40, 2000))
    assert few.share == many.share == 0.05 and not few.alarm and many.alarm


def checks(office: Office) -> dict[str, tuple[int, int]]:
    with transaction(office.engine) as session:
        found = checks_since(session, now() - timedelta(days=1))
    return {one.field: (one.answered, one.wrong) for one in found}


def status(office: Office, field: int) -> str:
    with transaction(office.engine) as session:
        return str(session.scalar(text("SELECT status FROM fields WHERE id = :f"), {"f": field}))


def test_spot_checks_find_what_is_wrong_without_showing_the_reading(office: Office) -> None:
    anna, ben = office.person("anna"), office.person("ben")
    with transaction(office.engine) as session:
        session.execute(update(DocumentRow).values(finished_at=now()))
    seen: dict[int, str] = {}
    field = anna.post("/api/spot-next", json={}).json()
    assert set(field) == {"id", "label", "form", "hint"}  # nothing of what was read
    other = ben.post("/api/spot-next", json={}).json()
    assert other["id"] != field["id"]
    stolen = ben.post("/api/spot-answer", json={"field": field["id"], "value": "x"})
    assert stolen.status_code == 409
    assert ben.post("/api/spot-later", json={"field": other["id"]}).status_code == 200
    while field:
        seen[field["id"]] = field["label"]
        said = {"date": "15.3.2026" if len(seen) > 1 else "16.3.2026", "services 1 charge": "12.50"}
        answer = anna.post("/api/spot-answer", json={"field": field["id"], "value": said[field["label"]]})
        assert answer.status_code == 200 and not {"right", "value"} & set(answer.json())
        field = answer.json()
    # Of each of the two slips the date and the charge: what waits, and what has no place, is not asked for.
    assert sorted(seen.values()) == ["date", "date", "services 1 charge", "services 1 charge"]
    first = next(iter(seen))
    wrong = seen[first]
    assert status(office, first) == "review" and wrong == "date"
    assert checks(office)["date"] == (1, 0)  # the other one waits for who settles it
    twice = anna.post("/api/spot-answer", json={"field": first, "value": "2026-03-15"})
    assert twice.status_code == 404
    lent = ben.post("/api/borrow", json={"field": first}).json()
    assert any("did not see the reading" in reason for reason in lent["reasons"])
    ben.post("/api/answer", json={"field": first, "value": "2026-03-15", "mark": lent["mark"]})
    assert checks(office)["date"] == (2, 0)  # the reading was right after all
    ben.post("/api/undo")
    lent = ben.post("/api/borrow", json={"field": first}).json()
    ben.post("/api/answer", json={"field": first, "value": "2026-03-16", "mark": lent["mark"]})
    assert checks(office)["date"] == (2, 1)
    with transaction(office.engine) as session:
        assert "2026-03" not in str(session.execute(text("SELECT form, field_name FROM spot_checks")).all())
        purge_before(session, now() + timedelta(days=1))
    assert checks(office)["date"] == (2, 1)  # figures outlive what was read
    shown = re.sub(r"<[^>]+>|\s+", " ", office.person("rea").get("/dashboard").text)
    assert "1 of 4 spot checks" in re.sub(r" +", " ", shown)


def test_a_dispute_outlives_another_reading_and_settling_the_table(office: Office) -> None:
    anna = office.person("anna")
    with transaction(office.engine) as session:
        session.execute(update(DocumentRow).values(finished_at=now()))
    disputed: dict[str, int] = {}
    field = anna.post("/api/spot-next", json={}).json()
    while field and len(disputed) < 2:
        disputed[field["label"]] = field["id"]
        said = {"date": "16.3.2026", "services 1 charge": "99.00"}[field["label"]]
        field = anna.post("/api/spot-answer", json={"field": field["id"], "value": said}).json()
    with transaction(office.engine) as session:
        document = session.scalar(
            select(PageRow.document_id)
            .join(FieldRow, FieldRow.page_id == PageRow.id)
            .where(FieldRow.id == disputed["date"])
        )
        path = Path(str(session.get_one(DocumentRow, document).path))
    assert store(office.engine, path, [slip("4800.00")], "again", key="slip:2") == document
    assert [status(office, field) for field in disputed.values()] == ["review", "review"]
    assert checks(office) == {"date": (0, 0), "services.charge": (0, 0)}
    with transaction(office.engine) as session:
        page = select(FieldRow.page_id).where(FieldRow.id == disputed["date"]).scalar_subquery()
        table = session.scalar(
            select(FieldRow.id).where(FieldRow.page_id == page, FieldRow.name == "services")
        )
    mark = anna.post("/api/borrow", json={"field": table}).json()["mark"]
    lines = {"field": table, "value": '[{"charge": "12.50"}]', "mark": mark}
    assert anna.post("/api/answer", json=lines).json()["outcome"] == "settled"
    assert checks(office)["services.charge"] == (1, 0)  # the reading was right
    assert anna.post("/api/undo").status_code == 200
    assert store(office.engine, path, [slip("4900.00")], "again", key="slip:3") == document
    assert [status(office, field) for field in disputed.values()] == ["review", "review"]
    assert checks(office)["services.charge"] == (0, 0)  # nobody has settled it any more


def test_nothing_is_asked_for_where_spot_checks_are_off(tmp_path: Path) -> None:
    office = Office(tmp_path)
    anna = office.person("anna")
    assert anna.post("/api/spot-next", json={}).json() == {}
    assert "Spot checks are off" in anna.get("/spot-checks").text


def row(page: str, name: str) -> list[str]:
    """The cells of the line of a table that begins with a name."""
    lines = re.findall(rf"<tr[^>]*><th>{name}</th>(.*?)</tr>", page, re.S)
    assert lines, name
    cells = re.findall(r"<td[^>]*>(.*?)</td>", lines[0], re.S)
    return [re.sub(r"<svg.*?</svg>", "", cell, flags=re.S).strip() for cell in cells]


def test_the_dashboard_counts_what_is_there(office: Office) -> None:
    old = store(office.engine, scan(office.folder / "old.png", 3), [slip()], "old")
    with transaction(office.engine) as session:
        week = now() - timedelta(days=7)
        session.execute(update(DocumentRow).where(DocumentRow.id == old).values(received_at=week))
        for number in range(3):
            due = now() - timedelta(days=number)
            night = {"done": 10 - number, "review": number, "failed": 0}
            session.add(RunRow(schedule="claims", due_at=due, nights=1, status="done", figures=night))
    anna = office.person("anna")
    _answer(anna, {"payee": "Nina Ray"}, old)
    page = office.person("sue").get("/dashboard").text
    assert row(page, "slip") == ["5", "4", "0", "0", "1", "7 days"]
    assert row(page, "payee") == ["3", "0.0 %", "", "1", "1", "100.0 %"]
    assert row(page, "date") == ["3", "100.0 %", "", "0", "0", "–"]
    assert row(page, "anna")[0] == "1" and row(page, "all")[0] == "1"
    assert "Nights: claims" in page and "last 100 %" in page
    readers = office.person("rea").get("/dashboard").text
    assert "anna" not in readers and "Hand in documents" not in readers
    assert "Nina" not in page and " style=" not in page
    assert anna.get("/dashboard?days=0").status_code == 422


def _answer(client: TestClient, values: dict[str, str], document: int) -> None:
    for name, value in values.items():
        queue = {"document": document, "field": name}
        field = client.post("/api/next", json=queue).json()["fields"][0]
        said = {"field": field["id"], "value": value, "mark": field["mark"]}
        assert client.post("/api/answer", json=said).json()["outcome"] == "settled"


def test_the_figures_are_asked_for_on_every_database(database_url: str, tmp_path: Path) -> None:
    engine, _ = opened(tmp_path, database_url)
    store(engine, scan(tmp_path / "a.png", 1), [slip()])
    with transaction(engine) as session:
        begin_with_what_is(session)
        note_changes(session)
        assert calls_due(session) == []
        assert [(one.form, one.fields) for one in figures.waiting_by_age(session)] == [("slip", 2)]
        through = {one.field: one for one in figures.straight_through(session, now() - timedelta(days=1))}
        assert (through["date"].straight, through["payee"].straight) == (1, 0)
        found = to_check(session, 1.0)
        pick(session, found)
        pick(session, found)  # by another person at the same moment
        found = checks_since(session, now() - timedelta(days=1))
        assert {one.field: one.open for one in found} == {"date": 1, "services.charge": 1}
        anna = next(person for person in people(session) if person.name == "anna")
        assert next_check(session, anna, 5) is not None
        assert figures.paces(session, now() - timedelta(days=1))[0].answers == 0


def test_answers_are_counted_by_day_and_person_however_many_there_are(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "MOST_TIMES", 10)
    with transaction(office.engine) as session:
        for days, count in ((0, 30), (1, 20), (29, 5), (30, 7)):
            for number in range(count):
                at = now().replace(hour=0, minute=0, second=number) - timedelta(days=days)
                session.add(AuditRow(who=("anna", "ben")[number % 2], action="settled", at=at))
        session.flush()
        by_day = [count for _, count in figures.answers_by_day(session, 30)]
        assert (by_day[-1], by_day[-2], by_day[0], sum(by_day)) == (30, 20, 5, 55)
        every, anna, ben = figures.paces(session, now() - timedelta(days=40))
        assert (every.answers, anna.answers, ben.answers) == (62, 32, 30)
