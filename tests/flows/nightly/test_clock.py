"""A schedule of one minute fires by the clock: a real server and a real worker, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query
from tests.support.postgres import NOT_INSTALLED, find_programs, started_server
from tests.support.prefect_processes import (
    ROOT,
    Environment,
    listed,
    running_prefect,
    running_worker,
    server_environment,
)

LONGEST = 420.0
"""Seconds from the schedule's being made to the end of its run: the next full minute, and the start of a process."""
HASTE = (
    "PREFECT_WORKER_QUERY_SECONDS",
    "PREFECT_WORKER_HEARTBEAT_SECONDS",
    "PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS",
)
"""What the other tests set to wait less. Here everything is as users have it."""
HARMLESS = "Worker channel heartbeat persistence failed"
"""Prefect 3.9 loses a worker's heartbeat now and then where another writes to SQLite just then; the worker goes on."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A server with two empty databases: one for Prefect's records, one for rows."""
    programs = find_programs()
    if programs is None:
        pytest.skip(NOT_INSTALLED)
    with started_server(programs) as server:
        engine = create_engine(server.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE prefect")
            connection.exec_driver_sql("CREATE DATABASE rows")
        engine.dispose()
        yield server.url


def named(url: str, database: str, driver: str) -> str:
    found = make_url(url).set(database=database, drivername=f"postgresql+{driver}")
    return found.render_as_string(hide_password=False)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    return folder


def one_minute(folder: Path, inbox: Path, prefect_database: str | None, rows: str) -> dict[str, Any]:
    """Sets up a fresh server and a schedule, and gives the first run that the clock has started."""
    folder.mkdir()
    usual = server_environment(folder / "home")
    environment = {name: value for name, value in usual.items() if name not in HASTE}
    environment |= {"INKFIELD_DATABASE_URL": rows, "INKFIELD_REPORTS": str(folder / "reports")}
    if prefect_database:
        environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = prefect_database
    with running_prefect(environment, folder / "server.log") as server:
        made = make_schedule(environment, inbox)
        assert made.returncode == 0, made.stderr
        assert (
            "No worker runs it yet. Start one, and keep it running: inkfield schedule worker" in made.stdout
        )
        with running_worker(environment, folder / "worker.log", "--only"):
            run = await_clock(server)
            assert run, (folder / "worker.log").read_text() + (folder / "server.log").read_text()
    return run


def make_schedule(environment: Environment, inbox: Path) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "inkfield.flows.commands.cli",
        "schedule",
        "nightly-claims",
        "--cron",
        "* * * * *",
    ]
    return subprocess.run(
        [*command, "--inbox", str(inbox)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def await_clock(server: str) -> dict[str, Any]:
    by_clock = {"tags": {"all_": ["auto-scheduled"]}, "state": {"name": {"any_": ["Completed"]}}}
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        runs = listed(server, "flow_runs", {"flow_runs": by_clock})
        if runs:
            return runs[0]
        time.sleep(1)
    return {}


@pytest.mark.timeout(800)
def test_a_schedule_of_one_minute_runs_by_the_clock(postgres: str, inbox: Path, tmp_path: Path) -> None:
    hour_ago = time.time() - 3600
    os.utime(inbox / "bad.pdf", (hour_ago, hour_ago))
    sqlite = f"sqlite:///{tmp_path / 'rows.db'}"
    postgresql = named(postgres, "rows", "psycopg")
    with ThreadPoolExecutor() as threads:  # one wait for both
        runs = [
            threads.submit(one_minute, tmp_path / "sqlite", inbox, None, sqlite),
            threads.submit(
                one_minute, tmp_path / "postgresql", inbox, named(postgres, "prefect", "asyncpg"), postgresql
            ),
        ]
        for run in runs:
            due = datetime.fromisoformat(run.result()["expected_start_time"])
            started = datetime.fromisoformat(run.result()["start_time"])
            assert due.second == 0 and 0 <= (started - due).total_seconds() < 60
    for name, url in (("sqlite", sqlite), ("postgresql", postgresql)):
        done = run_query(open_database(url), "SELECT status FROM runs")[1]
        assert done and set(done) <= {("done",), ("running",)}, name
        assert list((tmp_path / name / "reports").iterdir())
        log = (tmp_path / name / "server.log").read_text()
        assert not errors(log, name), log


def errors(log: str, database: str) -> list[str]:
    found = [line for line in log.splitlines() if "| ERROR" in line or "| CRITICAL" in line]
    return [line for line in found if not (database == "sqlite" and HARMLESS in line)]
