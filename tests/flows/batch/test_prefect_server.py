"""The flow against a real Prefect server: run from here, and as a deployment by a worker."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query
from tests.support.prefect_processes import ROOT, Environment, await_end, listed, running_worker


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    image = np.full((500, 1400), 250, np.uint8)
    cv2.putText(image, "Received with thanks", (80, 250), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    cv2.imwrite(str(folder / "letter.png"), image)
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    return folder


def test_a_batch_from_the_command_line_is_seen_on_the_server(
    prefect_server: str, prefect_environment: Environment, inbox: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'secret-name.db'}"
    command = [sys.executable, "-m", "inkfield", "process", str(inbox), "--db", url]
    done = subprocess.run(
        command, env=prefect_environment, cwd=ROOT, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 3, done.stdout + done.stderr

    (run,) = (run for run in listed(prefect_server, "flow_runs") if str(inbox) in str(run["parameters"]))
    assert run["state_type"] == "COMPLETED"
    assert "secret-name" not in str(run["parameters"])  # the database's URL may hold a password
    states = {run["name"]: run["state_type"] for run in _task_runs(prefect_server, str(run["id"]), count=2)}
    assert sorted(str(name).split("-")[0] for name in states) == ["bad.pdf", "letter.png"]
    assert sorted(map(str, states.values())) == ["COMPLETED", "FAILED"]
    artifacts = [one for one in listed(prefect_server, "artifacts") if one["flow_run_id"] == run["id"]]
    summaries = [artifact for artifact in artifacts if artifact["type"] == "markdown"]
    assert "bad.pdf" in str(summaries[0]["data"])
    (text,) = run_query(open_database(url), "SELECT text FROM pages")[1][0]
    assert text.strip() and text.strip() not in str(summaries[0]["data"])


def _task_runs(server: str, flow_run: str, count: int) -> list[dict[str, object]]:
    """The task runs, once the server has recorded the end of ``count`` of them: it does so a little later."""
    runs: list[dict[str, object]] = []
    for _ in range(60):
        runs = listed(server, "task_runs", {"flow_runs": {"id": {"any_": [flow_run]}}})
        if sum(run["state_type"] in ("COMPLETED", "FAILED") for run in runs) >= count:
            break
        time.sleep(0.5)
    return runs


def test_a_deployment_is_run_by_a_worker(
    deployed: str, prefect_environment: Environment, inbox: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    environment = {**prefect_environment, "INKFIELD_DATABASE_URL": url}
    log = tmp_path / "worker.log"
    with running_worker(environment, log, "--only"):
        answer = httpx.get(f"{deployed}/deployments/name/process-batch/process-batch", timeout=30)
        started = httpx.post(
            f"{deployed}/deployments/{answer.json()['id']}/create_flow_run",
            json={"parameters": {"paths": [str(inbox)], "workers": 1}},
            timeout=30,
        )
        started.raise_for_status()
        assert await_end(deployed, started.json()["id"]) == "COMPLETED", log.read_text()
    stored = run_query(open_database(url), "SELECT file_name, status FROM documents ORDER BY file_name")[1]
    assert stored == [("bad.pdf", "failed"), ("letter.png", "review")]
