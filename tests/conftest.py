"""What all tests share: servers to be started once, and marks by what a test needs."""

from __future__ import annotations

import os

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
"""Prefect reads it when it is first imported, in some tests before inkfield sets it; its own 20 s are too few on a
machine that runs other tests."""

pytest_plugins = ["tests.support.postgres", "tests.support.prefect_server"]

NEEDS = {"postgres_server": "database", "prefect_environment": "prefect"}
"""Fixture, and the mark of the tests that use it."""
SLOW_FOLDERS = ("tests/flows/", "tests/lab/", "tests/pipeline/cheques/", "tests/recognizers/training/")
SLOW_FILES = (
    "test_capitals.py", "test_dark_areas.py", "test_digit_network.py", "test_embedded_scan.py",
    "test_figures_network.py", "test_file_kinds.py", "test_ghost_rows.py",
    "test_ink_render.py", "test_orientation.py", "test_registered.py",
    "test_settled_stays.py", "test_wheel.py",
)  # fmt: skip
"""Tests that wait for a clock, a watcher or a training, or read many pages."""

WITH_PREFECT = ("test_prefect_server.py", "test_large_batch.py", "test_schedules.py")
"""What asks the one Prefect server of a test process: in one process, or each would start a server of its own."""
LONGEST_FILES = (
    "test_watch.py", *WITH_PREFECT, "test_process_batch.py", "test_clock.py", "test_cli.py", "test_hostile_cheques.py",
    "test_training.py", "test_slow_scanner.py", "test_isolated.py", "test_forms_of_several_pages.py",
)  # fmt: skip
"""A minute and more each, most of it spent waiting: they start first, so that no process waits for one at the end."""


class ByFile(LoadFileScheduling):
    """The tests of a file in one process, and those of all files with Prefect."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "with Prefect" if file.endswith(WITH_PREFECT) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile | None:
    """Takes the place of `--dist loadfile`."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def _place(item: pytest.Item) -> int:
    """The longest files first, in their order."""
    name = item.path.name
    return LONGEST_FILES.index(name) if name in LONGEST_FILES else len(LONGEST_FILES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need neither a server nor long are ``fast``: `make test-fast` runs those."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "postgresql" in item.name:  # a parameter of the fixture database_url
            fixtures.add("postgres_server")
        for fixture in fixtures & NEEDS.keys():
            item.add_marker(NEEDS[fixture])
        file = item.nodeid.partition("::")[0]
        if file.startswith(SLOW_FOLDERS) or file.endswith(SLOW_FILES):
            item.add_marker("slow")
        if not {"database", "prefect", "slow"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker("fast")
    items.sort(key=_place)
