"""Ray and Dask side by side: many simulated documents in chunks, one worker killed, one document that kills its worker.

    python -m benchmarks.engines --engine dask --documents 10000 --chunk 100
    python -m benchmarks.engines --engine ray  --documents 10000 --chunk 100
    python -m benchmarks.engines --engine dask --documents 2000 --chunk 100 --prefect    # each chunk a Prefect task

A simulated document takes no CPU: it waits 2 ms and writes one line to a log. So all CPU seconds are the engine's. The
first worker at work is killed after a third of the documents. A document of a chunk of its own kills its worker: the
engine has to say so instead of trying for ever. Prints JSON: seconds and memory (PSS) of the engine, CPU seconds in
all and by document, how long the killed chunk waited, documents read once and more often. Needs Linux, `psutil`, and
`pip install prefect-ray prefect-dask` (neither is a dependency of inkfield's, but for Dask with the extra `dask`).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ |= {"PREFECT_LOGGING_LEVEL": "CRITICAL", "RAY_USAGE_STATS_ENABLED": "0", "OMP_NUM_THREADS": "1"}

import psutil

WAIT = 0.002
KILLER = -1
"""The document that kills whoever reads it."""


def read_chunk(log: str, documents: list[int]) -> int:
    """Reads simulated documents, each a line of the log: moment, process, document."""
    with open(log, "a", buffering=1) as out:
        for document in documents:
            if document == KILLER:
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(WAIT)
            out.write(f"{time.time():.3f} {os.getpid()} {document}\n")
    return len(documents)


Submit = Callable[[str, list[int]], Callable[[], Any]]
"""Submits a chunk; what comes back waits for its end."""


@contextmanager
def dask_cluster(workers: int) -> Iterator[Submit]:
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 2}),
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        yield lambda log, documents: client.submit(read_chunk, log, documents, pure=False).result


@contextmanager
def ray_cluster(workers: int) -> Iterator[Submit]:
    """With actors, as weights that stay loaded need them; round robin."""
    import ray

    ray.init(num_cpus=workers, include_dashboard=False, logging_level="ERROR", log_to_driver=False)

    @ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=2)
    class Reader:
        def read(self, log: str, documents: list[int]) -> int:
            return read_chunk(log, documents)

    pool = [Reader.remote() for _ in range(workers)]  # type: ignore[attr-defined]
    sent = iter(range(sys.maxsize))

    def submit(log: str, documents: list[int]) -> Callable[[], Any]:
        handle = pool[next(sent) % workers].read.remote(log, documents)
        return lambda: ray.get(handle)

    try:
        yield submit
    finally:
        ray.shutdown()


@contextmanager
def through_prefect(engine: str, workers: int) -> Iterator[Submit]:
    """Each chunk as a task run of one flow run, on the task runner of the engine."""
    from prefect import task
    from prefect.futures import PrefectFuture

    chunk = task(read_chunk, name="read-chunk", persist_result=False)
    runner: Any
    if engine == "dask":
        import dask
        from prefect_dask import DaskTaskRunner

        dask.config.set({"distributed.scheduler.allowed-failures": 2})
        local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
        runner = DaskTaskRunner(cluster_kwargs=local)
    else:
        from prefect_ray import RayTaskRunner

        runner = RayTaskRunner(
            init_kwargs={"num_cpus": workers, "include_dashboard": False, "log_to_driver": False}
        )
    with runner:

        def submit(log: str, documents: list[int]) -> Callable[[], Any]:
            future: PrefectFuture[Any] = runner.submit(chunk, {"log": log, "documents": documents})
            return future.result

        yield submit


def trial(submit: Submit, log: Path, documents: int, size: int) -> dict[str, Any]:
    before, started = cpu(), time.time()
    groups = [list(range(start, min(start + size, documents))) for start in range(0, documents, size)]
    waits = [submit(str(log), group) for group in groups]
    killed = threading.Thread(target=lambda: kills.append(kill_one(log, documents // 3)), daemon=True)
    kills: list[tuple[int, float]] = []
    killed.start()
    errors = Counter(type(error).__name__ for error in map(outcome, waits) if error)
    seconds, used, memory = time.time() - started, cpu() - before, pss()
    lines = [line.split() for line in log.read_text().splitlines()]
    times = Counter(int(document) for _, _, document in lines)
    alone = time.time()
    verdict = outcome(submit(str(log), [KILLER]))
    return {
        "seconds": round(seconds, 2),
        "of_waiting": round(documents * WAIT, 1),
        "cpu_seconds": round(used, 2),
        "cpu_ms_per_document": round(1000 * used / documents, 3),
        "memory_mb": round(memory),
        "processes": len(family()),
        "read": len(times),
        "read_more_than_once": sum(count > 1 for count in times.values()),
        "errors": dict(errors),
        "killed_chunk_waited_s": waited(lines, *kills[0], size) if kills else None,
        "killer": type(verdict).__name__,
        "killer_seconds": round(time.time() - alone, 1),
    }


def outcome(wait: Callable[[], Any]) -> BaseException | None:
    try:
        wait()
    except BaseException as error:
        return error
    return None


def kill_one(log: Path, after: int) -> tuple[int, float]:
    """Kills the process that has read last once so many documents are read; returns which, and when."""
    while not log.exists() or (lines := log.read_text().splitlines()).__len__() < after:
        time.sleep(0.02)
    process = int(lines[-1].split()[1])
    os.kill(process, signal.SIGKILL)
    return process, time.time()


def waited(lines: list[list[str]], process: int, moment: float, size: int) -> float | None:
    """Seconds until a document of the chunk that the killed process had was read by another."""
    last = [int(document) for _, pid, document in lines if int(pid) == process][-1]
    after = [
        float(at)
        for at, pid, document in lines
        if int(document) // size == last // size and int(pid) != process
    ]
    return round(min(after) - moment, 2) if after else None


def family() -> list[psutil.Process]:
    return [psutil.Process(), *psutil.Process().children(recursive=True)]


def cpu() -> float:
    """CPU seconds of this process and all that it started, those that have ended included."""
    total = 0.0
    for process in family():
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def pss() -> float:
    """Memory of this process and all that it started, in MB; what several share is counted once."""
    total = 0
    for process in family():
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=("dask", "ray"), required=True)
    parser.add_argument("--documents", type=int, default=10000)
    parser.add_argument("--chunk", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--prefect", action="store_true", help="each chunk a task run of one flow run")
    given = parser.parse_args()
    clusters = {"dask": dask_cluster, "ray": ray_cluster}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"

        def run() -> dict[str, Any]:
            begun = time.time()
            cluster = through_prefect(given.engine, given.workers) if given.prefect else None
            with cluster or clusters[given.engine](given.workers) as submit:
                submit(str(log), [])()
                start = {"start_seconds": round(time.time() - begun, 1), "idle_memory_mb": round(pss())}
                return {**start, **trial(submit, log, given.documents, given.chunk)}

        if given.prefect:
            from prefect import flow

            run = flow(run, name="engines", persist_result=False)
        print(json.dumps({**vars(given), **run()}, indent=1))


if __name__ == "__main__":
    main()
