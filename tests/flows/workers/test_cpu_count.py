"""The number of worker processes follows the CPU limit of a container or service."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inkfield.flows.workers.cpu_count import cpu_count, cpu_limits
from inkfield.flows.workers.reader_pool import pool_size


def tree(folder: Path, own: str, files: dict[str, str]) -> tuple[Path, Path]:
    """A /sys/fs/cgroup and a /proc/self/cgroup."""
    for name, content in files.items():
        path = folder / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (folder / "self").write_text(own)
    return folder / "cgroup", folder / "self"


V1 = "9:name=systemd:/\n5:memory:/docker/ab:c\n1:cpu,cpuacct:/docker/ab:c\n"


@pytest.mark.parametrize(
    ("own", "files", "limits"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, [1.5]),  # version 2, within a container
        ("0::/\n", {"cpu.max": "max 100000\n"}, []),
        (
            "0::/system.slice/inkfield.service\n",  # CPUQuota= of systemd, and one of the slice around it
            {
                "system.slice/cpu.max": "400000 100000\n",
                "system.slice/inkfield.service/cpu.max": "200000 100000\n",
            },
            [2.0, 4.0],
        ),
        (V1, {"cpu/cpu.cfs_quota_us": "50000\n", "cpu/cpu.cfs_period_us": "100000\n"}, [0.5]),
        (V1, {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, []),
        (
            V1,
            {
                "cpu,cpuacct/docker/ab:c/cpu.cfs_quota_us": "300000\n",
                "cpu,cpuacct/docker/ab:c/cpu.cfs_period_us": "100000\n",
            },
            [3.0],
        ),
        (V1, {}, []),
        ("0::/\n", {"cpu.max": "garbage"}, []),
    ],
)
def test_the_limit_is_found(tmp_path: Path, own: str, files: dict[str, str], limits: list[float]) -> None:
    where = tree(tmp_path, own, files)
    assert cpu_limits(*where) == limits
    cores = len(os.sched_getaffinity(0))
    assert cpu_count(*where) == max(1, min([cores, *(-int(-limit // 1) for limit in limits)]))


def test_where_there_are_no_cgroups_the_cores_count(tmp_path: Path) -> None:
    assert cpu_count(tmp_path, tmp_path / "none") == len(os.sched_getaffinity(0))


def test_a_pool_has_a_process_for_each_cpu_of_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mount, own = tree(tmp_path, "0::/\n", {"cpu.max": "100000 100000\n"})
    monkeypatch.setattr("inkfield.flows.workers.reader_pool.cpu_count", lambda: cpu_count(mount, own))
    assert pool_size(None, 1000) == 1
    assert pool_size(6, 1000) == 6  # what was asked for holds
