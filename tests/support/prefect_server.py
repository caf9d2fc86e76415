"""A Prefect server for the tests.

A pytest plugin, named in conftest.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.prefect_processes import Environment, deploy, running_prefect, server_environment


@pytest.fixture(scope="session")
def prefect_environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return server_environment(tmp_path_factory.mktemp("prefect"))


@pytest.fixture(scope="session")
def prefect_server(prefect_environment: Environment) -> Iterator[str]:
    """One Prefect server for all tests of a run; its API's URL."""
    with running_prefect(prefect_environment) as url:
        yield url


@pytest.fixture(scope="session")
def deployed(prefect_server: str, prefect_environment: Environment) -> str:
    """The server with the deployments of prefect.yaml."""
    deploy(prefect_environment)
    return prefect_server
