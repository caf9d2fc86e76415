"""How many worker processes a machine, or a container or service with a CPU limit, keeps busy.

A container with a limit of 2 CPUs on a machine with 64 cores sees 64: the limit stands in its cgroup
(cpu.max of version 2, cpu.cfs_quota_us and cpu.cfs_period_us of version 1).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import ceil
from pathlib import Path, PurePosixPath

CGROUPS = Path("/sys/fs/cgroup")
OWN = Path("/proc/self/cgroup")


def cpu_count(mount: Path = CGROUPS, own: Path = OWN) -> int:
    """The cores that this process may run on, but no more than the CPU limit of its cgroup, rounded up."""
    cores = len(os.sched_getaffinity(0))
    return max(1, min([cores, *(ceil(limit) for limit in cpu_limits(mount, own))]))


def cpu_limits(mount: Path = CGROUPS, own: Path = OWN) -> list[float]:
    """The CPU limits of the cgroup of this process and of those around it, in CPUs; most have none."""
    limits = (_limit(folder) for folder in _folders(mount, own))
    return [limit for limit in limits if limit is not None]


def _folders(mount: Path, own: Path) -> Iterator[Path]:
    """The folders that may hold limits. Within a container its own cgroup is mounted as the topmost."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            roots = [mount]
        elif "cpu" in controllers.split(","):
            roots = [mount / controllers, mount / "cpu"]
        else:
            continue
        for root in roots:
            for inner in (PurePosixPath(path), *PurePosixPath(path).parents):
                yield root / str(inner).lstrip("/")


def _limit(folder: Path) -> float | None:
    try:
        if (folder / "cpu.max").exists():
            quota, period = (folder / "cpu.max").read_text(encoding="ascii").split()
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text(encoding="ascii")
            period = (folder / "cpu.cfs_period_us").read_text(encoding="ascii")
        limit = int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):  # no such file, or "max"
        return None
    return limit if limit > 0 else None
