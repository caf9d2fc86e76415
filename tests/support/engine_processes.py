"""A throw-away engine for tests and benchmarks: a head and workers, real ones, on a loopback port."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.prefect_processes import kill_tree


class Engine:
    """A head and so many workers of one reader process; each is started again a moment after its end."""

    def __init__(self, environment: Mapping[str, str], log: Path, workers: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self._environment = {**environment, "INKFIELD_ENGINE": self.address}
        self._commands = {
            "head": ["-m", "inkfield", "engine", "head", "--port", str(port)],
            **{
                f"worker {number}": ["-m", "tests.support.mortal_worker", "--workers", "1"]
                for number in range(workers)
            },
        }
        self._log = log.open("ab")
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths = dict.fromkeys(self._commands, 0)
        self._lock, self._over = threading.Lock(), threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        for name in self._commands:
            self._start(name)
        self._keeper.start()

    def kill(self, name: str) -> None:
        """Kills the head or a worker with all that it has started."""
        with self._lock:
            kill_tree(self._running[name].pid)

    def kill_a_worker(self, chance: random.Random) -> None:
        self.kill(chance.choice([name for name in self._commands if name != "head"]))

    def close(self) -> None:
        self._over.set()
        self._keeper.join()
        for process in self._running.values():
            with suppress(ProcessLookupError):
                kill_tree(process.pid)
            process.wait(timeout=30)
        self._log.close()

    def _start(self, name: str) -> None:
        self._running[name] = subprocess.Popen(
            [sys.executable, *self._commands[name]],
            env=self._environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _keep(self) -> None:
        while not self._over.wait(0.2):
            for name, process in list(self._running.items()):
                if process.poll() is not None:
                    self.deaths[name] += 1
                    with self._lock:
                        self._start(name)


@contextmanager
def running_engine(environment: Mapping[str, str], log: Path, workers: int) -> Iterator[Engine]:
    """An engine whose workers have the environment given, all of its processes ended after the block."""
    engine = Engine(environment, log, workers)
    engine.start()
    try:
        yield engine
    finally:
        engine.close()


def await_rows(count: int, rows: object, seconds: float = 600) -> None:
    """Waits until ``rows()`` gives so many."""
    deadline = time.monotonic() + seconds
    while rows() < count:  # type: ignore[operator]
        assert time.monotonic() < deadline, "the engine reads nothing"
        time.sleep(0.1)
