"""Nightly runs: missed nights, two at once, what is counted and told. The hour is told, not waited for."""

from __future__ import annotations

import json
import random
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from benchmarks.soak_watch import make_document
from inkfield.flows.nightly.due_times import BadSchedule, check, due_times
from inkfield.flows.nightly.night_charts import HEIGHT, SPARK_HEIGHT, SPARK_WIDTH, nights_chart, sparkline
from inkfield.flows.nightly.night_checks import check_night, is_usual, rates
from inkfield.flows.nightly.night_report import as_html, as_json, as_markdown, as_text, title, write_html
from inkfield.flows.nightly.run_night import Night, NothingDue, Plan, run_night
from inkfield.flows.nightly.totals import batch_totals, column_of
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.hold_lease import LeaseTaken, held
from inkfield.flows.workers.read_into_database import DocumentReader
from inkfield.flows.workers.reader_process import ReaderSetup
from inkfield.flows.workers.storage import DocumentPath
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import DocumentRow, LeaseRow
from inkfield.schemas.store import leases
from inkfield.schemas.store.batch_counts import BatchCounts, batch_counts
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from inkfield.schemas.store.nights import begin_run
from tests.support.footprint import grows, megabytes, open_files
from tests.support.readings import document, field, page

MONDAY = datetime(2030, 3, 4, 12, tzinfo=UTC)
"""Far enough ahead that the files of a test are old by then."""
THURSDAY = datetime(2030, 3, 7, 2, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_open_database() -> None:
    """Each test has an empty database at the same URL: none may think that its tables are there."""
    batch_rows.engine.cache_clear()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    image = np.full((400, 1200), 250, np.uint8)
    cv2.putText(image, "Paid in full", (60, 220), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    cv2.imwrite(str(folder / "letter.png"), image)
    (folder / "<b>bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    return folder


def plan_for(inbox: Path, **more: Any) -> Plan:
    return replace(Plan("claims", str(inbox), "0 2 * * *", "UTC", MONDAY), **more)


def reader(url: str) -> Callable[[list[DocumentPath]], int]:
    """Reads as the worker processes do, in this process."""

    def read(documents: list[DocumentPath]) -> int:
        batch = batch_rows.begin(url, "night")
        one = DocumentReader(ReaderSetup(url))
        for path in documents:
            one.read(path, batch)
        batch_rows.finish(url, batch)
        return batch

    return read


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    return run_query(open_database(url), sql)[1]


def test_the_first_run_after_missed_nights_stands_for_all_of_them(database_url: str, inbox: Path) -> None:
    plan = plan_for(inbox)
    night = run_night(database_url, plan, THURSDAY, False, reader(database_url))
    assert (night.nights, night.due_at) == (3, datetime(2030, 3, 7, 2, tzinfo=UTC))
    assert (night.figures["documents"], night.figures["review"], night.figures["failed"]) == (2, 1, 1)
    assert night.figures["codes"] == {"truncated": 1}
    assert not night.good  # it says that nights were missed
    with pytest.raises(NothingDue):  # the run of Tuesday, which comes late
        run_night(database_url, plan, THURSDAY + timedelta(minutes=5), False, reader(database_url))
    assert rows(database_url, "SELECT schedule, nights, status FROM runs") == [("claims", 3, "done")]


def test_what_was_read_is_not_read_again_and_what_changed_is(database_url: str, inbox: Path) -> None:
    plan = plan_for(inbox)
    run_night(database_url, plan, THURSDAY, False, reader(database_url))
    with transaction(open_database(database_url)) as session:  # as if the files had come an hour before
        session.execute(update(DocumentRow).values(received_at=datetime.now(UTC) + timedelta(hours=1)))
    seen, read = listening(reader(database_url))
    friday = THURSDAY + timedelta(days=1)
    run_night(database_url, plan, friday, False, read)
    assert seen == []
    with transaction(open_database(database_url)) as session:
        session.execute(update(DocumentRow).values(received_at=datetime.now(UTC) - timedelta(hours=1)))
    night = run_night(database_url, plan, friday + timedelta(days=1), False, read)
    assert seen == ["letter.png"]  # its time is no proof; its content is
    assert title(night).endswith("GREEN: no new document came")
    assert rows(database_url, "SELECT count(*) FROM documents") == [(2,)]


def listening(read: Callable[[list[DocumentPath]], int]) -> tuple[list[str], Callable[..., int]]:
    """A reader as ``read``, and the names of what it was given so far."""
    seen: list[str] = []

    def listen(documents: list[DocumentPath]) -> int:
        seen.extend(path.name for path in documents)
        return read(documents)

    return seen, listen


def test_a_file_that_failed_is_told_once_and_tried_again_when_it_changes(
    database_url: str, inbox: Path
) -> None:
    plan, nights = plan_for(inbox), [THURSDAY + timedelta(days=day) for day in range(6)]
    bad = inbox / "<b>bad.pdf"
    first = run_night(database_url, plan, nights[0], False, reader(database_url))
    assert first.failed == ((bad.name, "truncated"),)

    (inbox / "copy.pdf").write_bytes(bad.read_bytes())  # under another name it is as broken
    second = run_night(database_url, plan, nights[1], False, reader(database_url))
    assert (second.figures["failed"], second.figures["known_failures"]) == (0, 2)
    assert second.failed == () and second.good
    assert "100" not in as_text(second)

    bad.write_bytes(b"%PDF-1.4 and still no more")
    third = run_night(database_url, plan, nights[2], False, reader(database_url))
    assert third.failed == ((bad.name, "truncated"),)
    assert third.figures["known_failures"] == 1


def test_a_failure_of_which_nobody_heard_is_told_by_the_next_night(tmp_path: Path, inbox: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"

    def cut_off(documents: list[DocumentPath]) -> int:
        reader(url)(documents)
        raise RuntimeError("the machine is shut down")

    with pytest.raises(RuntimeError):
        run_night(url, plan_for(inbox), THURSDAY, False, cut_off)
    night = run_night(url, plan_for(inbox), THURSDAY, False, reader(url))
    assert night.failed == (("<b>bad.pdf", "truncated"),)


def test_what_is_no_fault_of_the_file_is_tried_again_for_a_week(tmp_path: Path, inbox: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"
    plan = plan_for(inbox)
    run_night(url, plan, THURSDAY, False, reader(url))

    def hinder() -> None:  # as if poppler had been missing
        with transaction(open_database(url)) as session:
            failed = update(DocumentRow).where(DocumentRow.status == "failed")
            session.execute(failed.values(error_code="missing_tool", received_at=THURSDAY))

    hinder()
    seen, read = listening(reader(url))
    run_night(url, plan, THURSDAY + timedelta(days=2), False, read)
    assert "<b>bad.pdf" in seen
    hinder()
    seen.clear()
    run_night(url, plan, THURSDAY + timedelta(days=8), False, read)
    assert "<b>bad.pdf" not in seen


def test_three_weeks_of_nights_leave_nothing_open_and_nothing_stuck(tmp_path: Path) -> None:
    """Two documents come each day, one in ten of no use; every seventh night the machine is off."""
    url, folder, chance = f"sqlite:///{tmp_path}/rows.db", tmp_path / "inbox", random.Random(5)
    folder.mkdir()
    plan, read, dropped = plan_for(folder), reader(url), 0
    handles: list[float] = []
    memory: list[float] = []
    for day in range(1, 22):
        for _ in range(2):
            made = make_document(dropped, chance, 0.1)
            (folder / made.name).write_bytes(made.content)
            dropped += 1
        if day % 7:
            run_night(url, plan, MONDAY + timedelta(days=day), False, read)
            with transaction(batch_rows.engine(url)) as session:  # the files are from the day before
                session.execute(
                    update(DocumentRow).values(received_at=datetime.now(UTC) + timedelta(hours=1))
                )
            handles.append(open_files())
            memory.append(megabytes())
    night = run_night(url, plan, MONDAY + timedelta(days=22), False, read)
    assert (night.nights, night.figures["left_for_next_run"]) == (2, 0)
    assert rows(url, "SELECT count(*), sum(nights) FROM runs WHERE status = 'done'") == [(19, 22)]
    assert rows(url, "SELECT count(*) FROM documents") == [(dropped,)]
    assert rows(url, "SELECT count(*) FROM documents WHERE finished_at IS NULL") == [(0,)]
    assert rows(url, "SELECT count(*) FROM batches WHERE status = 'running'") == [(0,)]
    assert rows(url, "SELECT count(*) FROM leases") == [(0,)]
    assert not grows(handles, by=2), handles
    assert not grows(memory, by=40), memory


def test_a_file_that_is_still_being_written_waits(tmp_path: Path, inbox: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"
    plan = plan_for(inbox, since=datetime.now(UTC) - timedelta(days=2))
    night = run_night(url, plan, datetime.now(UTC), False, reader(url))
    assert (night.figures["documents"], night.figures["left_for_next_run"]) == (0, 2)


def test_two_never_run_at_once(database_url: str, inbox: Path) -> None:
    engine = open_database(database_url)
    with held(engine, "schedule-claims", 1.0), pytest.raises(LeaseTaken):
        run_night(database_url, plan_for(inbox), THURSDAY, False, reader(database_url), lease_seconds=1.0)
    assert rows(database_url, "SELECT count(*) FROM runs") == [(0,)]


def test_a_run_that_was_killed_is_done_again(database_url: str, inbox: Path) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:  # what a dead process leaves behind
        leases.take(session, "schedule-claims", "dead", 0.5)
        begin_run(session, "claims", datetime(2030, 3, 7, 2, tzinfo=UTC), 3)
    night = run_night(database_url, plan_for(inbox), THURSDAY, False, reader(database_url), lease_seconds=1.0)
    assert night.nights == 3
    assert rows(database_url, "SELECT status FROM runs") == [("done",)]


def test_a_run_that_fails_owes_its_night(tmp_path: Path, inbox: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"

    def broken(documents: list[DocumentPath]) -> int:
        raise RuntimeError("no worker")

    with pytest.raises(RuntimeError):
        run_night(url, plan_for(inbox), THURSDAY, False, broken)
    assert rows(url, "SELECT status FROM runs") == [("failed",)]
    assert run_night(url, plan_for(inbox), THURSDAY, False, reader(url)).nights == 3
    assert rows(url, "SELECT status FROM runs") == [("done",)]


def owner_of(session: Session, name: str) -> str:
    return session.scalars(select(LeaseRow.owner).where(LeaseRow.name == name)).one()


def test_a_lost_lease_is_told(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/rows.db")
    with held(engine, "x", 3.0) as lost:
        assert not lost.is_set()
        with transaction(engine) as session:
            leases.release(session, "x", owner_of(session, "x"))
            assert leases.take(session, "x", "another", 60)
            assert owner_of(session, "x") == "another"
        assert lost.wait(timeout=120)
    with transaction(engine) as session:
        assert not leases.renew(session, "x", "me", 60)
        leases.release(session, "x", "me")
        assert owner_of(session, "x") == "another"


def counts(**more: Any) -> BatchCounts:
    return replace(BatchCounts(100, 80, 15, 5, 0, 0, 100, 900, 100, 0, 60.0, {"truncated": 5}), **more)


def found_good(counts: BatchCounts, earlier: list[dict[str, Any]], **more: Any) -> dict[str, bool]:
    return {check.name: check.good for check in check_night(counts, 1, earlier, **more)}


def test_a_rate_far_from_the_earlier_ones_is_unusual() -> None:
    earlier = [
        {"documents": 100, "rates": {"failed": 0.02 + 0.01 * (run % 2), "accepted": 0.9}} for run in range(30)
    ]
    assert all(found_good(counts(), earlier).values())
    half_read = counts(fields_accepted=450, fields_review=550)
    assert not found_good(half_read, earlier)["fields accepted"]
    assert found_good(half_read, earlier[:3])["fields accepted"]  # too few to compare with
    more_failed = counts(done=65, review=15, failed=20)
    assert not found_good(more_failed, earlier, max_failed=0.5)["documents that failed"]
    assert found_good(counts(done=85, failed=0), earlier)["documents that failed"]  # fewer are no problem


@pytest.mark.parametrize(("failed", "limit", "good"), [(5, 0.05, True), (6, 0.05, False), (6, 0.1, True)])
def test_too_many_failed_documents_are_red_from_the_first_night_on(
    failed: int, limit: float, good: bool
) -> None:
    first = counts(done=85 - failed, review=15, failed=failed)
    assert found_good(first, [], max_failed=limit)["documents that failed"] is good


def test_an_empty_night_is_red_where_there_has_never_been_one() -> None:
    empty = counts(documents=0, done=0, review=0, failed=0, fields_accepted=0, fields_review=0)
    usual = [{"documents": 80 + night, "rates": {}} for night in range(7)]
    assert found_good(empty, usual)["documents that came"] is False
    assert all(found_good(empty, [*usual, {"documents": 0, "rates": {}}]).values())  # as on Sundays
    assert all(found_good(empty, usual[:3]).values())
    assert all(found_good(empty, []).values())


@given(st.floats(0.05, 0.95), st.integers(1, 2000), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_chance_alone_makes_no_night_unusual(share: float, documents: int, seed: int) -> None:
    """Nights that all have the same true share, however few their documents: the red ones are rare."""
    nights = np.random.default_rng(seed).binomial(documents, share, 52) / documents
    before, after = [float(rate) for rate in nights[:12]], nights[12:]
    assert sum(is_usual(float(rate), documents, before) for rate in after) >= 32


def test_nothing_is_called_good_that_nothing_can_be_said_of() -> None:
    words = {check.name: check.word for check in check_night(counts(), 1, [])}
    assert words["documents that failed"] == "ok"  # it has a limit
    assert words["documents to review"] == words["fields accepted"] == "too early to tell"


def test_a_document_without_a_result_is_seen() -> None:
    lost = counts(unsettled=1, done=79)
    assert not check_night(lost, 1, [])[0].good
    assert rates(counts(done=0, review=0, failed=0, fields_accepted=0, fields_review=0)) == {}


def test_totals_are_exact_and_those_of_few_are_not_told(database_url: str) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:
        batch = begin_batch(session, "night")
        for number in range(5):
            noted = register_document(session, batch, f"{number}.pdf", f"{number:064x}", "slip:1")
            save_document(session, noted.document_id, document([page(amount="0.10")]), {"total": 2.5})
        few = begin_batch(session, "few")
        noted = register_document(session, few, "one.pdf", "f" * 64, "slip:1")
        save_document(session, noted.document_id, document([page(amount="123.45")]))
    with transaction(engine) as session:
        slip = {"form": "slip", "column": "amount", "currency": None}
        assert batch_totals(session, batch, {}) == [{**slip, "count": 5, "sum": "0.50"}]
        assert batch_totals(session, few, {}) == [{**slip, "count": 1, "sum": None}]
        found = batch_counts(session, batch, 6)
    assert (found.done, found.already_read, found.pages, found.reading_seconds) == (5, 1, 5, 12.5)
    assert json.dumps(found.as_dict())


@pytest.fixture
def night(tmp_path: Path, inbox: Path) -> Night:
    url = f"sqlite:///{tmp_path}/rows.db"
    return run_night(url, plan_for(inbox), THURSDAY, False, reader(url))


def test_no_report_holds_what_stood_in_a_document(night: Night, tmp_path: Path) -> None:
    (text,) = rows(f"sqlite:///{tmp_path}/rows.db", "SELECT text FROM pages")[0]
    assert text.strip()
    sent = [as_markdown(night), as_text(night), json.dumps(as_json(night))]
    for report in [*sent, as_html(night)]:
        assert not any(line in report for line in text.split("\n"))
        assert "truncated" in report
    assert not any("bad" in report for report in sent)  # a name of a file may name a person
    assert "&lt;b&gt;bad.pdf" in as_html(night)


def test_the_report_is_red_or_green_at_its_top_and_says_what_to_do(night: Night) -> None:
    assert title(night) == (
        "claims, 2030-03-07 02:00 UTC: RED: missed nights: 2, caught up now; "
        "documents that failed: 1 of 2 (50.0 %)"
    )
    page = as_html(night)
    assert page.index("RED") < page.index("<h2>") and "GREEN" not in page
    for report in (page, as_text(night), as_markdown(night)):
        assert "Copy or scan it again." in report  # what to do about a truncated file
        assert "inkfield schedule list" in report  # what to do about missed nights
    good = replace(night, checks=tuple(replace(check, good=True) for check in night.checks))
    assert "GREEN: 2 new documents, all is well" in title(good) and "RED" not in as_html(good)
    assert "inkfield review list" in page  # the letter waits for a person
    assert "no known form" in page


def test_times_are_those_of_the_schedules_zone(tmp_path: Path, inbox: Path) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"
    night = run_night(url, plan_for(inbox, timezone="Asia/Kolkata"), THURSDAY, False, reader(url))
    assert "02:00 IST" in title(night)
    assert night.figures["due_at"].endswith("T02:00:00+05:30")
    assert night.figures["review_queue_since"].endswith("+05:30")
    assert "UTC" not in as_html(night) + as_text(night) + as_markdown(night)


def test_totals_have_a_line_a_column_and_the_currency_of_the_form(tmp_path: Path) -> None:
    """However many rows a table has, and though each of them is a field of its own."""
    engine = open_database(f"sqlite:///{tmp_path}/rows.db")
    cells = tuple(field(f"services.{row}.charge", "amount", Decimal("10.10")) for row in range(1, 12))
    unsure = field("services.12.charge", "amount", Decimal("9999.00"), status="review")
    with transaction(engine) as session:
        batch = begin_batch(session, "night")
        noted = register_document(session, batch, "claim.pdf", "a" * 64, "claim:1")
        read = replace(page(form="claim"), fields=(*cells, unsure))
        save_document(session, noted.document_id, document([read]))
    forms: Any = {"claim": SimpleNamespace(currency="CHF")}
    with transaction(engine) as session:
        totals = batch_totals(session, batch, forms)
    assert totals == [
        {"form": "claim", "column": "services.charge", "count": 11, "sum": "111.10", "currency": "CHF"}
    ]
    assert column_of("total") == "total"


def test_the_charts_show_every_night_however_large_one_was() -> None:
    nights = [
        {"due_at": f"2030-03-{day:02d}T02:00:00+01:00", "done": 20 + day, "review": 5, "failed": day % 3}
        for day in range(1, 31)
    ]
    nights.append({"due_at": "2030-03-31T02:00:00+02:00", "done": 100_000, "review": 0, "failed": 400})
    drawing = ElementTree.fromstring(str(nights_chart(nights)))
    heights = [float(bar.get("height", "0")) for bar in drawing.iter("rect")]
    assert all(0 <= height <= HEIGHT for height in heights)
    assert min(heights[::3][:30]) > HEIGHT / 10  # not made invisible by the last one
    told = [title.text or "" for title in drawing.iter("title")]
    assert told[0] == "1 Mar: 21 done, 5 review, 1 failed"
    assert told[-1] == "31 Mar: 100,000 done, 0 review, 400 failed"
    ElementTree.fromstring(str(nights_chart([])))
    ElementTree.fromstring(str(nights_chart([{"done": 0}])))


@given(st.lists(st.floats(0, 1), max_size=30), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_a_sparkline_stays_within_its_frame(before: list[float], tonight: float) -> None:
    drawing = ElementTree.fromstring(str(sparkline(before, tonight, good=True)))
    (line,) = drawing.iter("polyline")
    points = [tuple(map(float, point.split(","))) for point in line.get("points", "").split()]
    assert len(points) == len(before) + 1
    assert all(0 <= x <= SPARK_WIDTH and 0 <= y <= SPARK_HEIGHT for x, y in points)


def test_after_a_month_of_nights_the_report_compares_and_stays_small(tmp_path: Path, night: Night) -> None:
    earlier = tuple(
        {**night.figures, "documents": 20 + day, "done": 15, "review": 5 + day, "failed": 0,
         "rates": {"failed": 0.0, "review": 0.2, "accepted": 0.9}}
        for day in range(30)
    )  # fmt: skip
    many = tuple((f"{number}.pdf", "truncated") for number in range(200))
    codes = {"truncated": 1_400, "encrypted": 3}
    large = replace(night, earlier=earlier, failed=many, figures={**night.figures, "codes": codes})
    page = as_html(large)
    assert page.count("<svg") >= 4 and "usually" in page
    assert "195 more" in page and "1,200 are not named here" in page
    assert len(page) < 60_000


def test_the_file_is_for_its_owner_only(night: Night, tmp_path: Path) -> None:
    path = write_html(night, tmp_path / "reports")
    assert path.stat().st_mode & 0o077 == 0
    assert path.read_text() == as_html(night)
    assert Decimal(str(night.figures["reading_seconds"])) > 0


@pytest.mark.parametrize(
    ("cron", "timezone"), [("0 2 * *", "UTC"), ("0 99 * * *", "UTC"), ("0 2 * * *", "Europe/Nowhere")]
)
def test_a_schedule_that_cannot_be_is_refused(cron: str, timezone: str) -> None:
    with pytest.raises(BadSchedule):
        check(cron, timezone)


def test_summer_time_takes_and_gives_no_night() -> None:
    spring = due_times(
        "30 2 * * *",
        "Europe/Zurich",
        datetime(2026, 3, 27, 12, tzinfo=UTC),
        datetime(2026, 3, 31, tzinfo=UTC),
    )
    autumn = due_times(
        "30 2 * * *",
        "Europe/Zurich",
        datetime(2026, 10, 23, 12, tzinfo=UTC),
        datetime(2026, 10, 27, tzinfo=UTC),
    )
    assert len(spring) == len(autumn) == 3


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.timedeltas(timedelta(0), timedelta(days=9))
)
@settings(max_examples=50, deadline=None)
def test_due_times_lie_between(after: datetime, length: timedelta) -> None:
    start = after.replace(tzinfo=UTC)
    found = due_times("15 2,14 * * *", "America/New_York", start, start + length)
    assert found == sorted(set(found))
    assert all(start < moment <= start + length for moment in found)
    assert abs(len(found) - 2 * (length / timedelta(days=1))) <= 2
