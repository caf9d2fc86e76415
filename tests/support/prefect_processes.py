"""Starts throw-away Prefect servers and workers for tests and benchmarks: real ones, on loopback ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.checkout import ROOT

START_SECONDS = 300
Environment = dict[str, str]


def server_environment(home: Path) -> Environment:
    """The environment of a user with a Prefect server of their own on a loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_WORKER_HEARTBEAT_SECONDS": "10",
        "PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS": "3",
        "DO_NOT_TRACK": "1",
        "OMP_NUM_THREADS": "1",
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
    }


@contextmanager
def running_prefect(environment: Environment, log: Path | None = None) -> Iterator[str]:
    """A running Prefect server that writes its log to a file, or nowhere; yields its API's URL."""
    url = environment["PREFECT_API_URL"]
    port = url.removesuffix("/api").rpartition(":")[2]
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    with (log or Path(os.devnull)).open("wb") as output:
        process = subprocess.Popen(
            [*command, "--no-ui"], env=environment, stdout=output, stderr=subprocess.STDOUT
        )
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


def deploy(environment: Environment) -> None:
    """Registers the deployments of prefect.yaml."""
    command = ["bash", str(ROOT / "scripts" / "deploy.sh")]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=START_SECONDS)


@contextmanager
def running_worker(environment: Environment, log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as scripts/start_worker.sh starts it, with all of its processes ended after the block."""
    with log.open("wb") as output:
        worker = subprocess.Popen(
            ["bash", str(ROOT / "scripts" / "start_worker.sh"), *arguments],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield worker
    finally:
        kill_tree(worker.pid)
        worker.wait(timeout=30)


def kill_tree(pid: int) -> int:
    """Kills a process and all that it has started, as if its machine had lost power; returns how many."""
    family = [pid, *descendants(pid)]
    for member in family:
        try:
            os.kill(member, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return len(family)


def descendants(pid: int) -> list[int]:
    """All that a process has started, and what those have started."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, queue = [], [pid]
    while queue:
        children = parents.get(queue.pop(), [])
        found += children
        queue += children
    return found


def listed(url: str, what: str, filters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """What the server has of flow_runs, task_runs, artifacts, deployments."""
    return list(ask("POST", f"{url}/{what}/filter", filters or {}).json())


def ask(method: str, url: str, json: dict[str, Any] | None = None) -> httpx.Response:
    """The server's answer. A busy SQLite answers 503: ask again, as Prefect's own client does."""
    for _ in range(30):
        answer = httpx.request(method, url, json=json, timeout=30)
        if answer.status_code != 503:
            break
        time.sleep(1)
    answer.raise_for_status()
    return answer


def await_end(url: str, flow_run: str, seconds: float = 180) -> str:
    """The type of the last state of a flow run."""
    state, deadline = "", time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = str(ask("GET", f"{url}/flow_runs/{flow_run}").json()["state_type"])
        if state in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
            break
        time.sleep(0.5)
    return state
