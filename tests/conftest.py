"""What all tests share: servers to be started once, and marks by what a test needs."""

from __future__ import annotations

import os

import pytest

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

LONGEST_FILES = (
    "test_clock.py", "test_watch.py", "test_process_batch.py", "test_many_machines.py", "test_schedules.py",
    "test_prefect_server.py", "test_training.py", "test_slow_scanner.py", "test_isolated.py",
)  # fmt: skip
"""A minute and more each, most of it spent waiting: they start first, so that no process waits for one at the end."""


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
    items.sort(key=lambda item: not item.nodeid.partition("::")[0].endswith(LONGEST_FILES))
