"""The CPU seconds of a command and of all that it starts, by what each process is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.prefect_processes import descendants

TICKS = os.sysconf("SC_CLK_TCK")
KINDS = {"spawn_main": "reading", "uvicorn": "Prefect server", "resource_tracker": "other"}
"""What stands in the command line of a process, and what the process is."""


def run(command: Sequence[str], environment: Mapping[str, str], every: float = 0.5) -> dict[str, float]:
    """CPU seconds by kind, the command itself as ``command``; what a process uses in its last moment is missed."""
    process = subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL)
    seen: dict[int, tuple[str, float]] = {}
    while process.poll() is None:
        for pid in (process.pid, *descendants(process.pid)):
            used = cpu_seconds(pid)
            if used is not None:
                kind = "command" if pid == process.pid else _kind(pid, seen)
                seen[pid] = (kind, used)
        time.sleep(every)
    if process.returncode not in (0, 3):
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    totals: dict[str, float] = defaultdict(float)
    for kind, used in seen.values():
        totals[kind] += used
    return dict(totals)


def cpu_seconds(pid: int) -> float | None:
    """What a process has used so far; None where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kind(pid: int, seen: Mapping[int, tuple[str, float]]) -> str:
    if pid in seen and seen[pid][0] != "other":
        return seen[pid][0]
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return "other"
    return next((kind for word, kind in KINDS.items() if word in line), "other")
