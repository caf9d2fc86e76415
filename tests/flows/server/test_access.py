"""Who may do what on the review page, and what tricks in names, values and addresses come to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from inkfield.flows.server.app import make_app
from inkfield.flows.settings import ServeSettings
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.review_tables import ROLES, SessionRow
from inkfield.schemas.database.tables import now
from inkfield.schemas.store.retention import purge_before
from tests.support.office import BASE, TRICK, Office, signed_in
from tests.support.review_desk import PASSWORD, opened, scan, slip, store

OPEN = {"/sign-in", "/sign-in/service", "/sign-in/back", "/health"}
"""What needs no session; the files of the pages (/static) neither."""
LEAST = {
    "/": "reader", "/documents": "reader", "/documents/{document_id}": "reader", "/crops/{field_id}.jpg": "reader",
    "/pages/{page_id}.jpg": "reader", "/review": "reviewer", "/audit": "supervisor", "/users": "admin",
    "/api/next": "reviewer", "/api/answer": "reviewer", "/api/leave": "reviewer", "/api/reject": "reviewer",
    "/api/undo": "reviewer", "/api/borrow": "reviewer", "/api/close-page": "reviewer", "/api/access": "admin",
    "/api/read-as": "reviewer", "/api/sign-out": "reader", "/dashboard": "reader", "/api/upload": "reviewer",
    "/spot-checks": "reviewer", "/api/spot-next": "reviewer", "/api/spot-answer": "reviewer",
    "/api/spot-later": "reviewer", "/api/page-missing": "reviewer",
    "/archive": "reader", "/archive/{document_id}/{number}": "reader",
    "/archive/{document_id}/{number}/{line}.jpg": "reader", "/api/correct-line": "reviewer",
    "/iiif/collection": "reader", "/iiif/{document_id}/manifest": "reader", "/iiif/{document_id}-{number}": "reader",
    "/iiif/{document_id}-{number}/text": "reader", "/iiif/{document_id}-{number}/info.json": "reader",
    "/iiif/{document_id}-{number}/{region}/{size}/{rotation}/{quality}.{form}": "reader",
    "/forms/{name}": "supervisor", "/forms/{name}/{number}.jpg": "supervisor", "/api/form-save": "supervisor",
    "/api/form-try": "supervisor",
}  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def anna(office: Office) -> TestClient:
    return office.person("anna")


def filled(path: str, number: int = 1) -> str:
    return re.sub(r"\{\w+\}", str(number), path)


def test_without_a_session_nothing_is_told(office: Office) -> None:
    nobody = office.nobody()
    for method, path in office.calls():
        if path in OPEN:
            continue
        answer = nobody.request(method, filled(path))
        page = method == "GET" and not path.endswith(".jpg") and not path.startswith(("/v1/", "/iiif/"))
        assert answer.status_code == (303 if page else 401), path
        assert "Mina" not in answer.text and TRICK not in answer.text


def test_each_role_may_what_it_may_and_no_more(office: Office) -> None:
    people = {role: office.of_role(role) for role in ROLES}
    for method, path in office.calls():
        if path in OPEN or path == "/api/sign-out" or path.startswith("/v1/"):
            continue
        for role, client in people.items():
            answer = client.request(method, filled(path), **({"json": {}} if method == "POST" else {}))
            enough = ROLES.index(role) >= ROLES.index(LEAST[path])
            assert (answer.status_code != 403) == enough, (path, role, answer.text)
    readers = people["reader"].get(f"/documents/{office.number}").text
    assert "readonly" in readers and 'class="save"' not in readers


def test_a_change_needs_the_token_of_its_own_session_and_page(office: Office, anna: TestClient) -> None:
    ben = office.person("ben")
    field = office.fields()["payee"]
    mine = anna.headers["X-CSRF-Token"]
    for wrong in ({"X-CSRF-Token": ben.headers["X-CSRF-Token"]}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": mine + "x"},
                  {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                  {"Sec-Fetch-Site": "same-site"}):  # fmt: skip
        changes = [path for method, path in office.calls() if method == "POST" and path != "/sign-in"]
        for path in (path for path in changes if not path.startswith("/v1/")):
            assert anna.post(path, json={"field": field}, headers=wrong).status_code == 403, (path, wrong)
    signing = {"name": "anna", "password": PASSWORD}
    from_outside = office.nobody().post("/sign-in", data=signing, headers={"Origin": "https://evil.example"})
    assert from_outside.status_code == 403 and "set-cookie" not in from_outside.headers


def test_unknown_ids_and_wrong_calls_are_refused_in_words(office: Office, anna: TestClient) -> None:
    for path in ("/documents/999999", "/crops/999999.jpg", "/pages/999999.jpg"):
        assert anna.get(path).status_code == 404
    for number in (999999, 1 << 61):
        for path, body in (
            ("answer", {"field": number, "mark": "x"}),
            ("borrow", {"field": number}),
            ("reject", {"field": number}),
            ("close-page", {"page": number}),
            ("leave", {"field": number, "action": "skip", "mark": "x"}),
        ):
            assert anna.post(f"/api/{path}", json=body).status_code == 404, path
    wrong = ("1; DROP TABLE fields", 0, 1 << 80, -1, None)
    for body in (
        *({"field": field, "mark": ""} for field in wrong),
        {"field": 1, "mark": "", "by": "x"},
        [],
        "x",
    ):
        answer = anna.post("/api/answer", json=body)
        assert answer.status_code == 422 and "DROP" not in answer.text
    outside = (
        "/crops/..%2f..%2fetc%2fpasswd.jpg",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/settings.py",
    )
    for path in (*outside, "/documents/1%27%20OR%201=1", "/static/../app.py", "/nowhere", "/openapi.json"):
        answer = anna.get(path)
        assert answer.status_code in (404, 422) and "import" not in answer.text, path
    assert anna.post("/api/next", content=b"x" * (2 << 20)).status_code == 413


def test_a_field_of_another_is_not_to_be_answered(office: Office, anna: TestClient) -> None:
    ben = office.person("ben")
    field = office.fields()["payee"]
    lent = anna.post("/api/borrow", json={"field": field}).json()
    said = {"field": field, "value": "Ben", "mark": lent["mark"]}
    assert ben.post("/api/borrow", json={"field": field}).status_code == 409
    assert ben.post("/api/answer", json=said).status_code == 409
    assert (
        ben.post("/api/leave", json={"field": field, "action": "skip", "mark": lent["mark"]}).status_code
        == 409
    )
    assert (
        anna.post("/api/answer", json=said | {"mark": "0" * 16}).status_code == 409
    )  # not what she was shown
    assert ben.post("/api/undo").status_code == 409  # nothing of his


def test_a_missing_page_keeps_a_document_waiting_until_it_is_settled(
    office: Office, anna: TestClient
) -> None:
    path = scan(office.folder / "two.png", 77)
    number = store(office.engine, path, [replace(slip(unsure=()), status="done")], "two")

    def status() -> str:
        with transaction(office.engine) as session:
            return str(session.scalar(text("SELECT status FROM documents WHERE id = :d"), {"d": number}))

    said = {"document": number, "missing": True, "why": "the second sheet"}
    assert status() == "done" and anna.post("/api/page-missing", json=said).status_code == 200
    assert anna.post("/api/page-missing", json=said).status_code == 422
    assert anna.post("/api/page-missing", json=said | {"document": 999999}).status_code == 404
    assert status() == "review" and "A page is missing" in anna.get("/").text
    lent = anna.post("/api/borrow", json={"field": office.fields(number)["payee"]}).json()
    anna.post("/api/answer", json={"field": lent["id"], "value": "Nina", "mark": lent["mark"]})
    store(office.engine, path, [replace(slip(unsure=()), status="done")], "again")
    assert status() == "review"  # neither an answer nor another reading settles it
    assert "It is settled" in anna.get(f"/documents/{number}").text
    settled = {"document": number, "missing": False, "why": "it came by post"}
    assert anna.post("/api/page-missing", json=settled).status_code == 200 and status() == "done"
    assert "the second sheet" in office.person("sue").get("/audit").text


def test_where_a_document_begins_is_settled_by_a_person(office: Office, anna: TestClient) -> None:
    path = scan(office.folder / "batch.png", 78)
    number = store(office.engine, path, [replace(slip(unsure=()), status="done")], "batch")
    doubt = text("UPDATE documents SET split_doubt = 'separator_unreadable', status = 'review' WHERE id = :d")
    with transaction(office.engine) as session:
        session.execute(doubt, {"d": number})
    assert f"/documents/{number}" in anna.get("/").text
    shown = anna.get(f"/documents/{number}").text
    assert "whose code cannot be read" in shown and "It is settled" in shown
    settled = {"document": number, "missing": False, "why": "it is the sheet of the branch in Basel"}
    assert anna.post("/api/page-missing", json=settled).status_code == 200
    assert anna.post("/api/page-missing", json=settled).status_code == 422
    with transaction(office.engine) as session:
        found = session.execute(
            text("SELECT status, split_doubt FROM documents WHERE id = :d"), {"d": number}
        )
        assert found.one() == ("done", None)


def test_tricks_in_names_and_values_stay_text(office: Office, anna: TestClient) -> None:
    sue = office.person("sue")
    for path in ("/", "/dashboard", "/documents", f"/documents/{office.number}", "/audit", "/review"):
        page = sue.get(path, params={"name": TRICK[:9], "form": TRICK, "reason": TRICK, "status": ""})
        assert page.status_code == 200 and "<script>alert" not in page.text, path
    assert "&lt;script&gt;" in sue.get(f"/documents/{office.number}").text
    lent = sue.post("/api/borrow", json={"field": office.fields()["date"]}).json()
    refused = sue.post("/api/answer", json={"field": lent["id"], "value": TRICK, "mark": lent["mark"]})
    assert refused.status_code == 422 and "<script>" not in refused.text
    anna.post("/api/borrow", json={"field": office.fields()["payee"]})
    lent = anna.post("/api/borrow", json={"field": office.fields()["payee"]}).json()
    done = anna.post("/api/answer", json={"field": lent["id"], "value": TRICK + "\0", "mark": lent["mark"]})
    assert done.status_code == 200 and done.json()["outcome"] == "settled"
    with transaction(office.engine) as session:
        assert session.scalar(text("SELECT value_text FROM fields WHERE id = :f"), {"f": lent["id"]}) == TRICK
    assert anna.post("/api/undo").status_code == 200
    queue = {"form": TRICK, "field": TRICK, "reason": TRICK, "keep": [1, 2, 3]}
    assert anna.post("/api/next", json=queue).json()["fields"] == []


def test_every_answer_has_the_headers_that_protect_it(office: Office, anna: TestClient) -> None:
    crop = f"/crops/{office.fields()['payee']}.jpg"
    for client, path in ((office.nobody(), "/sign-in"), (anna, "/"), (anna, crop), (anna, "/nowhere")):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert (
            "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        )
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store", path
    cookie = (
        office.nobody().post("/sign-in", data={"name": "rea", "password": PASSWORD}).headers["set-cookie"]
    )
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert anna.get(crop).headers["content-type"] == "image/jpeg"
    page = anna.get("/").text
    assert (
        " style=" not in page and "onclick" not in page and "http://" not in page and "https://" not in page
    )


def test_passwords_are_not_guessed_and_say_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    said = set()
    for name in ("anna", "nobody at all"):
        answer = office.nobody().post("/sign-in", data={"name": name, "password": "wrong password!"})
        said.add((answer.status_code, re.sub(r'value="[^"]*"', "", answer.text)))
    assert len(said) == 1  # the same for a name that there is not
    for _ in range(8):
        last = office.nobody().post("/sign-in", data={"name": "anna", "password": "wrong password!"})
    right = office.nobody().post("/sign-in", data={"name": "anna", "password": PASSWORD})
    assert (last.status_code, right.status_code) == (429, 429)
    assert office.nobody().post("/sign-in", data={"name": "ben", "password": PASSWORD}).status_code == 303
    with transaction(office.engine) as session:
        kept = session.execute(text("SELECT token_hash FROM review_sessions")).scalars().all()
        hashes = session.execute(text("SELECT password_hash FROM review_users")).scalars().all()
    assert all(len(token) == 64 for token in kept) and all(h.startswith("$argon2id$") for h in hashes)


def test_sessions_run_out_and_end(tmp_path: Path) -> None:
    office = Office(tmp_path)
    for change in ({"seen_at": now() - timedelta(minutes=31)}, {"started_at": now() - timedelta(hours=11)}):
        client = office.person("rea")
        with transaction(office.engine) as session:
            session.execute(update(SessionRow).values(change))
        assert client.get("/").status_code == 303
    client = office.person("rea")
    cookie = client.cookies["inkfield_session"]
    assert client.post("/api/sign-out").status_code == 200
    client.cookies.set("inkfield_session", cookie)
    assert client.get("/").status_code == 303
    cleo, adam = office.person("cleo"), office.person("adam")
    assert adam.post("/api/access", json={"name": "cleo", "active": False}).status_code == 200
    assert cleo.get("/").status_code == 303
    assert office.nobody().post("/sign-in", data={"name": "cleo", "password": PASSWORD}).status_code == 403


def test_the_record_is_only_added_to(database_url: str, tmp_path: Path) -> None:
    engine, forms = opened(tmp_path, database_url)
    store(engine, scan(tmp_path / "a.png", 1), [slip()])
    app = make_app(engine, forms, ServeSettings())
    client = signed_in(TestClient(app, base_url=BASE, follow_redirects=False), "sue")
    first = client.post("/api/next", json={}).json()["fields"][0]
    said = {"field": first["id"], "value": "Nina Ray", "mark": first["mark"], "queue": {}}
    assert client.post("/api/answer", json=said).json()["outcome"] == "settled"
    assert "Nina Ray" in client.get("/audit").text
    again = client.post("/api/undo", json={}).json()["fields"][0]
    assert (again["id"], again["value"], again["mark"]) == (first["id"], first["value"], first["mark"])
    why = {"field": first["id"], "action": "skip", "why": "not sure", "mark": first["mark"], "queue": {}}
    rest = client.post("/api/leave", json=why).json()
    assert first["id"] not in [field["id"] for field in rest["fields"]] and rest["waiting"] == 1
    aside = client.post("/api/next", json={"aside": True, "reason": "low_confidence"}).json()["fields"]
    assert [field["id"] for field in aside] == [first["id"]] and "not sure" in aside[0]["notes"][0]
    change = "UPDATE review_audit SET"
    for statement in ("DELETE FROM review_audit", f"{change} who = 'x'", f"{change} after = 'x'"):
        with pytest.raises(DBAPIError), transaction(engine) as session:
            session.execute(text(statement))
    with transaction(engine) as session:
        purge_before(session, now() + timedelta(days=1))
    record = client.get("/audit").text
    assert (
        "Nina Ray" not in record and "settled" in record
    )  # what was done stays on record, without the values


def test_a_picture_that_is_no_longer_kept_says_so(office: Office, anna: TestClient) -> None:
    path = scan(office.folder / "gone.png", 9)
    number = store(office.engine, path, [replace(slip(), status="done")], "gone")
    of_document = "SELECT min(f.id) FROM fields f JOIN pages p ON p.id = f.page_id WHERE p.document_id = :d"
    with transaction(office.engine) as session:
        field = session.scalar(text(of_document), {"d": number})
    path.unlink()
    answer = anna.get(f"/crops/{field}.jpg")
    assert answer.status_code == 404 and "no longer kept" in answer.text
    scan(path, 10)  # another file by the same name
    assert "Another file" in anna.get(f"/crops/{field}.jpg").text
