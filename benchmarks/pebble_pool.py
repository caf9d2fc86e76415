"""Whether pebble's process pool keeps what a worker process of ours guarantees; prints a line for each guarantee.

    pip install pebble && python -m benchmarks.pebble_pool

Each is asked of pebble as it comes, with a job that does what a hostile document does. `reader_process.py` keeps all.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import TimeoutError
from contextlib import suppress
from pathlib import Path

from pebble import ProcessPool

SECONDS = 1.0
CONTEXT = multiprocessing.get_context("spawn")


def start_poppler_and_hang(note: str) -> None:
    """As a page of gigapixels does: a program is started that goes on by itself."""
    child = subprocess.Popen(["sleep", "300"])
    Path(note).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(300)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fine() -> str:
    return "fine"


def hang_at_start() -> None:
    time.sleep(300)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def noted(note: Path) -> list[int]:
    while not note.exists() or len(note.read_text().split()) < 2:
        time.sleep(0.1)
    return [int(pid) for pid in note.read_text().split()]


def crash_costs_one_document(note: Path) -> bool:
    with ProcessPool(max_workers=1, context=CONTEXT) as pool:
        dead, after = pool.schedule(crash), pool.schedule(fine)
        return dead.exception(60) is not None and after.result(60) == "fine"


def time_limit_ends_the_process(note: Path) -> bool:
    worker, _ = late(note)
    return not is_alive(worker)


def time_limit_ends_what_it_started(note: Path) -> bool:
    _, child = late(note)
    try:
        return not is_alive(child)
    finally:
        if is_alive(child):
            os.kill(child, signal.SIGKILL)


def late(note: Path) -> list[int]:
    with ProcessPool(max_workers=1, context=CONTEXT) as pool:
        future = pool.schedule(start_poppler_and_hang, args=[str(note)], timeout=SECONDS + 20)
        pids = noted(note)
        with suppress(TimeoutError):
            future.result()
        time.sleep(SECONDS)
    return pids


def start_that_hangs_is_told(note: Path) -> bool:
    pool = ProcessPool(max_workers=1, context=CONTEXT, initializer=hang_at_start)
    try:
        pool.schedule(fine, timeout=SECONDS).exception(timeout=30)
        return True
    except TimeoutError:  # of our patience: the pool has said nothing
        return False
    finally:
        pool.stop()
        pool.join(timeout=10)


def killed_parent_takes_all_along(note: Path) -> bool:
    code = (
        "from benchmarks import pebble_pool as p, pebble_pool\n"
        "if __name__ == '__main__':\n"
        f" p.ProcessPool(max_workers=1, context=p.CONTEXT).schedule(p.start_poppler_and_hang, args=[{str(note)!r}])"
        ".result()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    pids = noted(note)
    parent.kill()
    parent.wait()
    time.sleep(5)
    left = [pid for pid in pids if is_alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return not left


GUARANTEES: dict[str, Callable[[Path], bool]] = {
    "a crash costs one document": crash_costs_one_document,
    "the time limit ends the process": time_limit_ends_the_process,
    "the time limit ends what it started (poppler)": time_limit_ends_what_it_started,
    "a worker that hangs while it starts is told": start_that_hangs_is_told,
    "a killed parent takes worker and poppler along": killed_parent_takes_all_along,
}


def main() -> None:
    import tempfile

    for guarantee, keeps in GUARANTEES.items():
        with tempfile.TemporaryDirectory() as folder:
            print(f"{'yes' if keeps(Path(folder) / 'note') else 'NO':4} {guarantee}", flush=True)


if __name__ == "__main__":
    main()
