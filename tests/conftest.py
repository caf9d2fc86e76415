"""What all tests share: servers to be started once, and marks by what a test needs."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.support.postgres", "tests.support.prefect_server"]

NEEDS = {"postgres_server": "database", "prefect_environment": "prefect"}
"""Fixture, and the mark of the tests that use it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need neither a server nor long are ``fast``: `make test-fast` runs those."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "postgresql" in item.name:  # a parameter of the fixture database_url
            fixtures.add("postgres_server")
        for fixture in fixtures & NEEDS.keys():
            item.add_marker(NEEDS[fixture])
        if not {"database", "prefect", "slow"} & {mark.name for mark in item.iter_markers()}:
            item.add_marker("fast")
