"""What a process holds: open files and memory, its worker processes included."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

MEGABYTE = 1024 * 1024


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def megabytes() -> float:
    """Resident memory of this process and of the worker processes that it has started."""
    found = 0
    for number in ("self", *(child.pid for child in multiprocessing.active_children())):
        try:
            found += int(Path(f"/proc/{number}/statm").read_text().split()[1])
        except OSError:  # it has just ended
            continue
    return found * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def grows(samples: list[float], by: float) -> bool:
    """Whether the second half of the samples goes above the first by more than ``by``."""
    middle = len(samples) // 2
    return max(samples[middle:]) > max(samples[:middle]) + by
