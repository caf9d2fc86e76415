"""`inkfield schedule` with a real Prefect server; a worker that was away catches up."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from inkfield.flows.commands.cli import app
from inkfield.flows.database_url import database_url
from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query
from tests.support.prefect_processes import Environment, ask, await_end, listed, running_worker


def schedule(environment: Environment, *arguments: str) -> Result:
    """Runs the command in this process: a new one would import Prefect each time."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}):
        return CliRunner(env=environment).invoke(app, ["schedule", *arguments])


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    hour_ago = time.time() - 3600
    os.utime(folder / "bad.pdf", (hour_ago, hour_ago))
    return folder


@pytest.mark.timeout(900)
def test_a_schedule_is_made_changed_listed_and_removed_and_missed_nights_are_caught_up(
    prefect_server: str, prefect_environment: Environment, inbox: Path, tmp_path: Path
) -> None:
    """On a server that knows nothing of inkfield yet."""
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    reports = tmp_path / "reports"
    environment = {**prefect_environment, "INKFIELD_DATABASE_URL": url, "INKFIELD_REPORTS": str(reports)}
    made = schedule(environment, "nightly-claims", "--inbox", str(inbox), "--name", "claims")
    assert made.exit_code == 0, made.stderr
    changed = schedule(
        environment, "nightly-claims", "--inbox", str(inbox), "--name", "claims", "--cron", "30 3 * * *",
        "--timezone", "Europe/Zurich",
    )  # fmt: skip
    assert changed.exit_code == 0, changed.stderr
    shown = schedule(environment, "list").stdout
    assert shown.startswith(f"claims: 30 3 * * * (Europe/Zurich), reads {inbox}; next ")
    assert "03:30" in shown and "inkfield schedule worker" in shown

    deployment = httpx.get(f"{prefect_server}/deployments/name/nightly-claims/claims", timeout=30).json()
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert "rows.db" not in str(deployment)  # where the rows go may be secret
    four_days_ago = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    ask(
        "PATCH",
        f"{prefect_server}/deployments/{deployment['id']}",
        {"parameters": {**deployment["parameters"], "since": four_days_ago}},
    )
    log = tmp_path / "worker.log"
    with running_worker(environment, log, "--only"):
        run = _await_run(prefect_server, deployment["id"])
        assert await_end(prefect_server, run) == "COMPLETED", log.read_text()
        assert "No worker" not in schedule(environment, "list").stdout
    found = run_query(open_database(url), "SELECT schedule, nights, status FROM runs")[1]
    assert found == [("claims", 4, "done")]
    (report,) = reports.iterdir()
    assert "missed nights: 3, caught up now" in report.read_text()
    (artifact,) = (one for one in listed(prefect_server, "artifacts") if one["key"] == "nightly-claims")
    assert "missed nights: 3, caught up now" in artifact["data"]
    assert schedule(environment, "catch-up").stdout == ""

    assert schedule(environment, "remove", "claims").exit_code == 0
    assert schedule(environment, "list").stdout == ""
    again = schedule(environment, "remove", "claims")
    assert (again.exit_code, again.stderr) == (2, "There is no schedule 'claims'.\n")


def test_a_schedule_for_all_machines_says_what_it_needs(
    prefect_server: str, prefect_environment: Environment, inbox: Path
) -> None:
    made = schedule(
        prefect_environment, "nightly-claims", "--inbox", str(inbox), "--name", "wide", "--spread"
    )
    assert made.exit_code == 0, made.stderr
    assert "inkfield engine worker" in made.stdout
    assert schedule(prefect_environment, "remove", "wide").exit_code == 0


def _await_run(server: str, deployment: str) -> str:
    """The run that the worker starts to catch up."""
    wanted = {"deployments": {"id": {"any_": [deployment]}}, "flow_runs": {"tags": {"all_": ["catch-up"]}}}
    for _ in range(240):
        runs = listed(server, "flow_runs", wanted)
        if runs:
            return str(runs[0]["id"])
        time.sleep(0.5)
    raise AssertionError("the worker did not catch up")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cron", "0 2 * *"], "no cron expression"),
        (["--timezone", "Mars/Olympus"], "no time zone"),
        (["--db", "postgresql://me:secret@host/claims"], "INKFIELD_DATABASE_PASSWORD_FILE"),
    ],
)
def test_a_schedule_that_cannot_be_says_why(
    prefect_environment: Environment, inbox: Path, arguments: list[str], message: str
) -> None:
    done = schedule(prefect_environment, "nightly-claims", "--inbox", str(inbox), *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "secret" not in done.stderr


def test_a_password_comes_from_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "password").write_text("p@ss/word\n")
    monkeypatch.setenv("INKFIELD_DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    assert database_url("postgresql://me@host/claims") == "postgresql://me:p%40ss%2Fword@host/claims"
    assert database_url("postgresql://me:other@host/claims") == "postgresql://me:other@host/claims"
    assert database_url("sqlite:///x.db") == "sqlite:///x.db"


@contextmanager
def web_server(status: int, body: str) -> Iterator[str]:
    """Answers everything alike; gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, "<html>Not found</html>", "there is no Prefect server"),
        (200, "<html>Welcome</html>", "there is no Prefect server"),
        (200, '"2.20.4"', "is of version 2.20.4; inkfield needs"),
        (200, '"3.8.8"', "requirements.lock"),
        (401, "Unauthorized", "PREFECT_API_AUTH_STRING"),
        (503, "busy", "look into its log"),
    ],
)
def test_a_server_that_is_none_or_too_old_is_told_in_a_sentence(
    inbox: Path, status: int, body: str, message: str
) -> None:
    with web_server(status, body) as url:
        expect_sentence(url, ["nightly-claims", "--inbox", str(inbox)], message)


@pytest.mark.parametrize("command", [["list"], ["remove", "x"], ["catch-up"], ["worker"]])
def test_every_command_tells_it(command: list[str]) -> None:
    with web_server(404, "Not found") as url:
        expect_sentence(url, command, "there is no Prefect server")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://127.0.0.1:1/api", "No Prefect server answers at http://127.0.0.1:1/api (ConnectError)"),
        ("http://me:secret@127.0.0.1:1/api", "No Prefect server answers at http://127.0.0.1:1/api"),
        ("localhost:4200/api", "is no URL of a server"),
        ("ftp://localhost/api", "is no URL of a server"),
    ],
)
def test_a_server_that_is_not_there_is_told_in_a_sentence(url: str, message: str) -> None:
    expect_sentence(url, ["list"], message)


def test_what_breaks_after_the_first_answer_is_told_in_a_sentence(inbox: Path) -> None:
    import prefect

    with web_server(200, f'"{prefect.__version__}"') as url:  # the right version, and no more
        expect_sentence(url, ["nightly-claims", "--inbox", str(inbox)], "look into its log")


def test_without_a_server_it_says_how_to_start_one(inbox: Path) -> None:
    expect_sentence("", ["list"], "prefect server start")


def expect_sentence(url: str, command: list[str], message: str) -> None:
    done = schedule({"PREFECT_API_URL": url}, *command)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert "secret" not in done.stderr
