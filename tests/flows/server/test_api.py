"""The REST API as programs use it, and what it refuses."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shlex
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.server.webhooks import SIGNATURE, Webhook, tell_what_changed
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.review_tables import ROLES, WebhookCallRow
from inkfield.schemas.store.webhook_calls import begin_with_what_is
from tests.support.checkout import ROOT
from tests.support.office import TRICK, Office
from tests.support.review_desk import scan, slip, store

LEAST = {
    "/v1/documents": {"GET": "reader", "POST": "reviewer"},
    "/v1/documents/{document_id}": {"GET": "reader"},
    "/v1/reviews": {"GET": "reader"},
    "/v1/reviews/{field_id}": {"POST": "reviewer"},
    "/v1/reviews/{field_id}/leave": {"POST": "reviewer"},
    "/v1/pages/{page_id}/close": {"POST": "reviewer"},
    "/v1/openapi.json": {"GET": "reader"},
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    (folder / "inbox").mkdir()
    return Office(folder, serve_inbox=str(folder / "inbox"), serve_double_above=50_000)


@pytest.fixture(scope="module")
def archive(office: Office) -> TestClient:
    return office.program("the archive", "reviewer")


def test_a_program_hands_in_asks_and_settles(office: Office, archive: TestClient) -> None:
    content = scan(office.folder / "in.png", 7).read_bytes()
    taken = archive.post("/v1/documents", params={"name": "../../in.png"}, content=content)
    assert taken.status_code == 202
    assert taken.json() == {"name": "in.png", "sha256": hashlib.sha256(content).hexdigest()}
    again = archive.post("/v1/documents", params={"name": "in.png"}, content=content).json()["name"]
    inbox = office.folder / "inbox"
    assert sorted(path.name for path in inbox.iterdir()) == sorted(["in.png", again])
    assert (inbox / "in.png").read_bytes() == content

    store(office.engine, office.folder / "in.png", [slip()], "in")  # as a watcher does
    found = archive.get("/v1/documents", params={"sha256": taken.json()["sha256"]}).json()
    assert [one["status"] for one in found] == ["review"]
    whole = archive.get(f"/v1/documents/{found[0]['id']}").json()
    fields = {field["name"]: field for field in whole["pages"][0]["fields"]}
    assert fields["amount"]["value"] == "4700.00" and fields["amount"]["reasons"] == ["low_confidence"]
    waiting = archive.get("/v1/reviews", params={"form": "slip"}).json()
    assert fields["amount"]["id"] in [one["field_id"] for one in waiting]

    settled = archive.post(f"/v1/reviews/{fields['amount']['id']}", json={"value": "4100"}).json()
    assert (settled["outcome"], settled["document_status"]) == ("settled", "review")
    right = {"mark": fields["payee"]["mark"]}
    payee = archive.post(f"/v1/reviews/{fields['payee']['id']}", json=right).json()
    assert payee["document_status"] == "done"
    with transaction(office.engine) as session:
        record = session.execute(text("SELECT who, note FROM review_audit WHERE action = 'settled'")).all()
    assert set(map(tuple, record)) == {("the archive", "by the API")}


def test_an_amount_above_the_limit_needs_two_by_the_api_and_the_command_line(
    office: Office, archive: TestClient
) -> None:
    number = store(
        office.engine, scan(office.folder / "high.png", 8), [slip("70000.00", ("amount",))], "high"
    )
    fields = archive.get(f"/v1/documents/{number}").json()["pages"][0]["fields"]
    field, mark = next((one["id"], one["mark"]) for one in fields if one["name"] == "amount")
    environment = {"INKFIELD_SERVE_DOUBLE_ABOVE": "50000", "INKFIELD_FORMS": str(office.folder)}

    def settle(*more: str) -> Any:
        command = ["review", "settle", str(field), "--db", str(office.engine.url), *more]
        return CliRunner().invoke(app, command, env=environment)

    stranger = settle("--by", "somebody")
    assert stranger.exit_code == 2 and "two people" in stranger.output
    for _ in range(2):  # the same person twice is one person
        first = settle("--by", "anna")
        assert first.exit_code == 0 and "second person" in first.output
    assert archive.get("/v1/documents", params={"status": "done", "after": number - 1}).json() == []
    done = archive.post(f"/v1/reviews/{field}", json={"mark": mark}).json()
    assert (done["outcome"], done["document_status"]) == ("settled", "done")
    assert settle("--by", "rea").exit_code == 2  # a reader


def test_what_is_no_document_is_not_taken(office: Office, archive: TestClient) -> None:
    before = sorted(path.name for path in (office.folder / "inbox").iterdir())
    png = scan(office.folder / "x.png", 11).read_bytes()
    for name, content in (
        ("a.pdf", b"#!/bin/sh\nrm -rf /"), ("a.pdf", b""), ("..", png), ("a.part", png), ("\0", png),
        ("~$a.png", png), ("Thumbs.db", png),
    ):  # fmt: skip
        answer = archive.post("/v1/documents", params={"name": name}, content=content)
        assert answer.status_code == 422 and "rm -rf" not in answer.text, name
    assert sorted(path.name for path in (office.folder / "inbox").iterdir()) == before
    anna = office.person("anna")
    assert anna.post("/api/upload", params={"name": "box.png"}, content=png).json() == {"name": "box.png"}
    assert (office.folder / "inbox" / "box.png").read_bytes() == png
    long = archive.post("/v1/documents", params={"name": "領収書" * 60 + ".png"}, content=png).json()["name"]
    assert long.startswith("領収書") and long.endswith(".png")
    assert (office.folder / "inbox" / long).read_bytes() == png


def test_each_call_needs_a_token_of_a_role_and_no_cookie_helps(office: Office) -> None:
    programs = {role: office.program(f"the {role}", role) for role in ROLES}
    anna = office.person("anna")
    calls = [(method, path) for method, path in office.calls() if path.startswith("/v1/")]
    assert {path for _, path in calls} == set(LEAST)
    for method, path in calls:
        url = re.sub(r"\{\w+\}", "999999", path)
        assert anna.request(method, url).status_code == 401, path  # signed in on the page: no token
        for role, client in programs.items():
            answer = client.request(method, url, json={} if method == "POST" else None)
            enough = ROLES.index(role) >= ROLES.index(LEAST[path][method])
            assert (answer.status_code == 403) != enough, (path, role)
            assert answer.status_code != 500, (path, answer.text)
            assert client.get("/documents").status_code == 303  # and a token opens no page


def test_ids_and_values_with_tricks_are_refused(office: Office, archive: TestClient) -> None:
    for number in (999999, 1 << 61):
        assert archive.get(f"/v1/documents/{number}").status_code == 404
        assert archive.post(f"/v1/reviews/{number}", json={"mark": "x"}).status_code == 404
        assert archive.post(f"/v1/pages/{number}/close").status_code == 404
    for path in ("/v1/documents/0", "/v1/documents/1%20OR%201=1", "/v1/documents?sha256='", "/v1/documents?status=x",
                 "/v1/reviews?limit=100000", "/v1/documents/..%2f..%2fetc"):  # fmt: skip
        assert archive.get(path).status_code in (404, 422), path
    assert archive.get("/v1/reviews", params={"form": TRICK}).json() == []
    field = office.fields()["date"]
    wrong = archive.post(f"/v1/reviews/{field}", json={"value": TRICK})
    assert wrong.status_code == 422 and "<script>" not in wrong.text
    assert archive.post(f"/v1/reviews/{field}", json={"value": "x", "by": "anna"}).status_code == 422
    for name, value in (
        ("services", "[1]"),
        ("services", '[["charge"]]'),
        ("amount", "NaN"),
        ("amount", "1e999999"),
    ):
        called = archive.post(f"/v1/reviews/{office.fields()[name]}", json={"value": value})
        assert called.status_code == 422, (name, value)
    held = office.person("ben").post("/api/borrow", json={"field": field})
    right = {"mark": held.json()["mark"]}
    assert held.status_code == 200 and archive.post(f"/v1/reviews/{field}", json=right).status_code == 409


def test_what_was_read_otherwise_meanwhile_is_not_accepted(office: Office, archive: TestClient) -> None:
    path = scan(office.folder / "twice.png", 31)
    number = store(office.engine, path, [slip()], "twice")
    listed = {one["field_id"]: one["mark"] for one in archive.get("/v1/reviews?limit=500").json()}
    amount = office.fields(number)["amount"]
    unmarked = archive.post(f"/v1/reviews/{amount}", json={"value": None})
    assert unmarked.status_code == 422 and "mark" in unmarked.json()["message"]
    assert store(office.engine, path, [slip("9700.00")], "twice", key="slip:2") == number
    assert office.fields(number)["amount"] == amount  # the same field, another reading
    for said in ({"mark": listed[amount]}, {"mark": listed[amount], "value": "4700.00"}):
        assert archive.post(f"/v1/reviews/{amount}", json=said).status_code == 409
    fields = archive.get(f"/v1/documents/{number}").json()["pages"][0]["fields"]
    field = next(one for one in fields if one["id"] == amount)
    assert (field["status"], field["value"]) == ("review", "9700.00")
    accepted = archive.post(f"/v1/reviews/{amount}", json={"mark": field["mark"]})
    assert accepted.json()["outcome"] == "settled"


def test_a_token_is_made_shown_once_and_taken_by_commands(office: Office) -> None:
    def run(*command: str) -> str:
        done = CliRunner().invoke(app, ["serve", "tokens", *command, "--db", str(office.engine.url)])
        assert done.exit_code == 0, done.output
        return done.output.strip()

    token = run("add", "the mail room", "--role", "reader")
    command = ["serve", "users", "password", "the mail room", "--db", str(office.engine.url)]
    refused = CliRunner().invoke(app, command, input="a long password 1\na long password 1\n")
    assert refused.exit_code != 0 and "is a program" in refused.output
    assert "the mail room\treader\tmay call" in run("list") and token not in run("list")
    client = office.nobody()
    client.headers["Authorization"] = f"Bearer {token}"
    assert client.get("/v1/reviews").status_code == 200
    signing = {"name": "the mail room", "password": "no password"}
    assert office.nobody().post("/sign-in", data=signing).status_code == 403
    with transaction(office.engine) as session:
        assert token not in str(session.execute(text("SELECT * FROM api_tokens")).all())
    run("take", "the mail room")
    assert client.get("/v1/reviews").status_code == 401


def test_who_calls_too_often_has_to_wait(tmp_path: Path) -> None:
    office = Office(tmp_path, serve_calls_per_minute=3)
    client = office.program("the loop", "reader")
    assert [client.get("/v1/reviews").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/v1/reviews").headers["retry-after"] == "60"
    guesser = office.nobody()
    guesser.headers["Authorization"] = "Bearer guess"
    assert [guesser.get("/v1/reviews").status_code for _ in range(31)] == [401] * 30 + [429]


def test_the_description_names_every_call(archive: TestClient) -> None:
    described = archive.get("/v1/openapi.json").json()
    assert set(described["paths"]) == set(LEAST) - {"/v1/openapi.json"}
    assert "bearer" in json.dumps(described["components"]["securitySchemes"]).lower()


class Listener(HTTPServer):
    """A program that listens to the webhook; ``broken`` as long as it answers with an error."""

    broken = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Heard)
        self.heard: list[tuple[str, bytes]] = []


class _Heard(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Listener)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.broken:
            self.server.heard.append((self.headers[SIGNATURE], body))
        self.send_response(503 if self.server.broken else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_webhook_is_signed_tried_again_and_holds_no_value(tmp_path: Path, listener: Listener) -> None:
    office = Office(tmp_path)
    hook = Webhook(f"http://127.0.0.1:{listener.server_port}/x", b"a secret")

    def tell() -> int:
        with httpx.Client() as client:
            return tell_what_changed(office.engine, hook, "here", client)

    with transaction(office.engine) as session:
        begin_with_what_is(session)
    with transaction(office.engine) as session:
        session.execute(text("SELECT 1"))  # somebody writes: a look that finds nothing does not wait for them
        assert tell() == 0  # what is old is not told
    number = store(office.engine, scan(tmp_path / "Mina Rao.png", 5), [slip()], "new")
    listener.broken = True
    assert tell() == 0
    listener.broken = False
    assert tell() == 0  # a minute later only
    with transaction(office.engine) as session:
        row = session.scalars(select(WebhookCallRow).where(WebhookCallRow.document_id == number)).one()
        assert (row.attempts, row.told) == (1, False)
        session.execute(text("UPDATE webhook_calls SET next_at = '2026-01-01 00:00:00.000000'"))
    assert (tell(), tell()) == (1, 0)
    ((signed, body),) = listener.heard
    said = json.loads(body)
    assert (said["event"], said["document"]) == ("document.review", number)
    assert set(said) == {"event", "document", "sha256"} and b"Mina" not in body
    at, found = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", signed).groups()  # type: ignore[union-attr]
    assert hmac.new(b"a secret", f"{at}.".encode() + body, hashlib.sha256).hexdigest() == found
    client = office.program("the archive", "reviewer")
    for one in client.get("/v1/reviews").json():
        client.post(f"/v1/reviews/{one['field_id']}", json={"mark": one["mark"]})
    assert tell() == 3 and b"document.done" in listener.heard[-1][1]


def test_the_examples_of_the_docs_work(office: Office, archive: TestClient) -> None:
    text_of = (ROOT / "docs" / "rest-api.md").read_text(encoding="utf-8")
    examples = [line for block in re.findall(r"```sh\n(.*?)```", text_of, re.S) for line in _commands(block)]
    curls = [words for words in map(shlex.split, examples) if words[0] == "curl"]
    assert len(curls) >= 6
    number = store(office.engine, scan(office.folder / "doc.png", 21), [slip()], "doc")
    page = archive.get(f"/v1/documents/{number}").json()["pages"][0]
    amount = next(field["id"] for field in page["fields"] if field["name"] == "amount")
    payee = next(field for field in page["fields"] if field["name"] == "payee")
    for words in curls:
        method, url, body, headers = "GET", "", b"", {}
        options = iter(words[1:])
        for word in options:
            match word:
                case "-H" | "--header":
                    name, _, value = next(options).partition(": ")
                    headers[name] = value
                case "--data-binary":
                    method, body = "POST", (office.folder / "doc.png").read_bytes()
                    assert next(options).startswith("@")
                case "--json":
                    method = "POST"
                    body = next(options).replace("91d3c08be2f7a645", payee["mark"]).encode()
                    headers["Content-Type"] = "application/json"
                case _ if word.startswith("-"):
                    assert word in ("--fail", "--silent", "-X"), word
                case _:
                    url = word
        assert headers.pop("Authorization") == "Bearer $TOKEN"
        path = (
            url.removeprefix("http://127.0.0.1:8500")
            .replace("1711", str(payee["id"]))
            .replace("1712", str(amount))
            .replace("/42", f"/{number}")
        )
        path = path.replace("SHA256", "0" * 64)
        answer = archive.request(method, path, content=body, headers=headers)
        assert answer.is_success, (words, answer.text)


def _commands(block: str) -> list[str]:
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]
