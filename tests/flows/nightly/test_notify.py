"""Mail and webhook: a real mail server and a real web server on loopback ports."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.nightly.night_checks import Check
from inkfield.flows.nightly.nightly_claims import _tell, _tell_of_end
from inkfield.flows.nightly.notify import BadSettings, call_webhook, secret, send_mail
from inkfield.flows.nightly.run_night import Night, Plan
from inkfield.flows.workers.inputs import NoSuchPath

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH")  # no TLS on the loopback


class Postbox:
    """Keeps what is sent to it."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.full = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.full:
            return "552 No room"
        self.mails.append(envelope)
        return "250 OK"


def authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any
) -> AuthResult:
    good = isinstance(login, LoginPassword) and login == LoginPassword(b"robot", b"open sesame")
    return AuthResult(success=good)


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Postbox]:
    """A mail server that wants a password; the environment tells of it."""
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    server.start()
    password = tmp_path / "password"
    password.write_text("open sesame\n")
    monkeypatch.setenv("INKFIELD_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("INKFIELD_SMTP_PORT", str(port))
    monkeypatch.setenv("INKFIELD_SMTP_SECURITY", "none")
    monkeypatch.setenv("INKFIELD_SMTP_USER", "robot")
    monkeypatch.setenv("INKFIELD_SMTP_PASSWORD_FILE", str(password))
    monkeypatch.setenv("INKFIELD_MAIL_FROM", "inkfield@example.org")
    monkeypatch.setenv("INKFIELD_MAIL_TO", "a@example.org, b@example.org")
    yield box
    server.stop()


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """A web server that keeps what is posted to it; it refuses what has no path /night."""
    posted: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append(json.loads(body))  # before the answer: who has the answer may look
            self.send_response(204 if self.path == "/night" else 404)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("INKFIELD_WEBHOOK_URL", f"http://127.0.0.1:{server.server_port}/night")
    yield posted
    server.shutdown()
    server.server_close()


@pytest.fixture
def night(tmp_path: Path) -> Night:
    due = datetime(2030, 3, 7, 2, tzinfo=UTC)
    plan = Plan("claims", str(tmp_path), "0 2 * * *", "Europe/Zurich", due)
    figures = {
        "documents": 7, "codes": {"encrypted": 1}, "totals": [], "rates": {}, "pages": 7, "reading_seconds": 3.5
    }  # fmt: skip
    return Night(plan, due, 1, 1, figures, (), (("anna-mueller.pdf", "encrypted"),))


def test_the_report_is_mailed_to_all(postbox: Postbox, night: Night) -> None:
    assert _tell(night, "always") == []
    (mail,) = postbox.mails
    assert mail.rcpt_tos == ["a@example.org", "b@example.org"]
    sent = email.message_from_bytes(bytes(mail.content or b""), policy=email.policy.default)
    assert sent["Subject"] == "claims, 2030-03-07 03:00 CET: GREEN: 7 new documents, all is well"
    text, page = (part.get_content() for part in sent.iter_parts())  # type: ignore[attr-defined]
    assert "7 new" in text and "encrypted: 1" in text
    assert page.startswith("<!doctype html>") and "GREEN" in page
    assert "anna" not in text + page


def test_good_nights_need_no_mail_and_bad_ones_do(postbox: Postbox, webhook: list[Any], night: Night) -> None:
    assert _tell(night, "problems") == []
    assert postbox.mails == [] and webhook[0]["good"] is True
    red = replace(night, checks=(Check("documents that failed", False, "1 of 7 (14.3 %)", "See below."),))
    assert _tell(red, "problems") == []
    assert len(postbox.mails) == 1 and webhook[1]["good"] is False
    assert webhook[1]["verdict"] == "RED: documents that failed: 1 of 7 (14.3 %)"


def test_a_night_that_ends_before_its_report_is_told(postbox: Postbox, webhook: list[Any]) -> None:
    assert _tell_of_end("claims", NoSuchPath("There is no file or folder /mnt/claims.")) == []
    assert _tell_of_end("claims", RuntimeError("Anna Müller")) == []
    mails = [bytes(mail.content or b"").decode() for mail in postbox.mails]
    assert "/mnt/claims" in mails[0] and "RED" in mails[0]
    assert "RuntimeError" in mails[1] and "Anna" not in mails[1]  # whatever it holds
    assert [report["good"] for report in webhook] == [False, False]


def test_a_test_mail_goes_out_or_says_why_not(postbox: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = CliRunner().invoke(app, ["schedule", "test-mail"])
    assert sent.exit_code == 0 and "a@example.org, b@example.org" in sent.stdout
    assert len(postbox.mails) == 1
    postbox.full = True
    refused = CliRunner().invoke(app, ["schedule", "test-mail"])
    assert refused.exit_code == 2 and "No room" in refused.stderr
    monkeypatch.setenv("INKFIELD_MAIL_TO", "")
    assert "INKFIELD_MAIL_TO is needed" in CliRunner().invoke(app, ["schedule", "test-mail"]).stderr
    monkeypatch.delenv("INKFIELD_SMTP_HOST")
    nobody = CliRunner().invoke(app, ["schedule", "test-mail"])
    assert nobody.exit_code == 2 and "INKFIELD_SMTP_HOST" in nobody.stderr


def test_the_report_is_posted(webhook: list[Any], night: Night) -> None:
    assert _tell(night, "always") == []
    assert webhook[0]["documents"] == 7 and webhook[0]["schedule"] == "claims"
    assert "anna" not in json.dumps(webhook)


def test_what_cannot_be_sent_is_told_and_stops_nothing(
    postbox: Postbox, webhook: list[Any], night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    postbox.full = True
    monkeypatch.setenv("INKFIELD_WEBHOOK_URL", "http://127.0.0.1:1/key-1234")
    mail, post = _tell(night, "always")
    assert "No room" in mail
    assert "ConnectError" in post and "key-1234" not in post
    assert postbox.mails == [] and webhook == []


def test_nothing_is_sent_where_nothing_is_set(monkeypatch: pytest.MonkeyPatch, night: Night) -> None:
    for name in ("INKFIELD_SMTP_HOST", "INKFIELD_WEBHOOK_URL", "INKFIELD_WEBHOOK_URL_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert not send_mail("subject", "text")
    assert not call_webhook({})
    assert _tell(night, "always") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("INKFIELD_SMTP_SECURITY", "ssl3"), ("INKFIELD_SMTP_PORT", "mail"), ("INKFIELD_MAIL_TO", "")],
)
def test_settings_that_are_not_whole_name_the_variable(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=name):
        send_mail("subject", "text")


def test_a_secret_comes_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("hidden\n")
    assert secret(SecretStr("other"), str(tmp_path / "s"), "X") == "hidden"
    assert secret(SecretStr("open"), None, "X") == "open"
    assert secret(None, None, "X") is None
    with pytest.raises(BadSettings, match="X_FILE"):
        secret(None, str(tmp_path / "none"), "X")
