"""The flow against a real Prefect server: run from here, and as a deployment by a worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from schemas.database import open_database
from schemas.query import run_query

ROOT = Path(__file__).parent.parent
START_SECONDS = 120


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a user with a Prefect server of their own on a loopback port."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
        "OMP_NUM_THREADS": "1",
    }


@pytest.fixture(scope="module")
def server(environment: dict[str, str]) -> Iterator[str]:
    """A running Prefect server; yields its API's URL."""
    url = environment["PREFECT_API_URL"]
    port = url.removesuffix("/api").rpartition(":")[2]
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--no-ui",
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the Prefect server ended"
        try:
            if httpx.get(f"{url}/health", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.3)
    raise AssertionError("the Prefect server did not start")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    image = np.full((500, 1400), 250, np.uint8)
    cv2.putText(image, "Received with thanks", (80, 250), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    cv2.imwrite(str(folder / "letter.png"), image)
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    return folder


def _post(url: str, what: str) -> list[dict[str, object]]:
    answer = httpx.post(f"{url}/{what}/filter", json={}, timeout=30)
    answer.raise_for_status()
    return list(answer.json())


def test_a_batch_from_the_command_line_is_seen_on_the_server(
    server: str, environment: dict[str, str], inbox: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'secret-name.db'}"
    command = [sys.executable, "-m", "flows.cli", "process", str(inbox), "--db", url]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 3, done.stdout + done.stderr

    run = next(run for run in _post(server, "flow_runs"))
    assert run["state_type"] == "COMPLETED"
    assert "secret-name" not in str(run["parameters"])  # the database's URL may hold a password
    states = {run["name"]: run["state_type"] for run in _task_runs(server, count=2)}
    assert sorted(str(name).split("-")[0] for name in states) == ["bad.pdf", "letter.png"]
    assert sorted(map(str, states.values())) == ["COMPLETED", "FAILED"]
    summaries = [artifact for artifact in _post(server, "artifacts") if artifact["type"] == "markdown"]
    assert "bad.pdf" in str(summaries[0]["data"])
    (text,) = run_query(open_database(url), "SELECT text FROM pages")[1][0]
    assert text.strip() and text.strip() not in str(summaries[0]["data"])


def _task_runs(server: str, count: int) -> list[dict[str, object]]:
    """The task runs, once the server has recorded the end of ``count`` of them: it does so a little later."""
    runs: list[dict[str, object]] = []
    for _ in range(60):
        runs = _post(server, "task_runs")
        if sum(run["state_type"] in ("COMPLETED", "FAILED") for run in runs) >= count:
            break
        time.sleep(0.5)
    return runs


def test_a_deployment_is_run_by_a_worker(
    server: str, environment: dict[str, str], inbox: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        worker = subprocess.Popen(
            ["bash", str(ROOT / "scripts" / "start_worker.sh")],
            env={
                **environment,
                "INKFIELD_DATABASE_URL": url,
                "PATH": f"{Path(sys.executable).parent}:{environment.get('PATH', '')}",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deployment = _await_deployment(server, worker, log)
        started = httpx.post(
            f"{server}/deployments/{deployment}/create_flow_run",
            json={"parameters": {"paths": [str(inbox)], "workers": 1}},
            timeout=30,
        )
        started.raise_for_status()
        state = _await_end(server, started.json()["id"])
        assert state == "COMPLETED", log.read_text()
    finally:
        _stop(worker)
    stored = run_query(open_database(url), "SELECT file_name, status FROM documents ORDER BY file_name")[1]
    assert stored == [("bad.pdf", "failed"), ("letter.png", "review")]


def _stop(worker: subprocess.Popen[bytes]) -> None:
    """Asks the worker and its children to end; on a busy machine a graceful end may take minutes."""
    worker.terminate()
    try:
        worker.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)


def _await_deployment(server: str, worker: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(START_SECONDS):
        assert worker.poll() is None, log.read_text()
        found = _post(server, "deployments")
        if found:
            return str(found[0]["id"])
        time.sleep(1)
    raise AssertionError(log.read_text())


def _await_end(server: str, flow_run: str) -> str:
    state = ""
    for _ in range(240):
        state = str(httpx.get(f"{server}/flow_runs/{flow_run}", timeout=30).json()["state_type"])
        if state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            break
        time.sleep(0.5)
    return state
