"""`inkfield schedule` with a real Prefect server; a worker that was away catches up."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prefect_processes import Environment, await_end, listed, running_worker
from typer.testing import CliRunner, Result

from flows.cli import app
from flows.database_url import database_url
from schemas.database import open_database
from schemas.query import run_query

pytest_plugins = ["prefect_server"]


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
    deployed: str, prefect_environment: Environment, inbox: Path, tmp_path: Path
) -> None:
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
    assert schedule(environment, "list").stdout == f"claims: 30 3 * * * (Europe/Zurich), reads {inbox}\n"

    deployment = httpx.get(f"{deployed}/deployments/name/nightly-claims/claims", timeout=30).json()
    assert deployment["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert "rows.db" not in str(deployment)  # where the rows go may be secret
    four_days_ago = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    httpx.patch(
        f"{deployed}/deployments/{deployment['id']}",
        json={"parameters": {**deployment["parameters"], "since": four_days_ago}},
        timeout=30,
    ).raise_for_status()
    log = tmp_path / "worker.log"
    with running_worker(environment, log, "--only", "inkfield-control"):
        run = _await_run(deployed, deployment["id"])
        assert await_end(deployed, run) == "COMPLETED", log.read_text()
    found = run_query(open_database(url), "SELECT schedule, nights, status FROM runs")[1]
    assert found == [("claims", 4, "done")]
    (report,) = reports.iterdir()
    assert "3 caught up" in report.read_text()
    (artifact,) = (one for one in listed(deployed, "artifacts") if one["key"] == "nightly-claims")
    assert "3 caught up" in artifact["data"]
    assert schedule(environment, "catch-up").stdout == ""

    assert schedule(environment, "remove", "claims").exit_code == 0
    assert schedule(environment, "list").stdout == ""
    again = schedule(environment, "remove", "claims")
    assert (again.exit_code, again.stderr) == (2, "There is no schedule 'claims'.\n")


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
