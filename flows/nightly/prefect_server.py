"""The Prefect server that schedules live on: whether it can be used, its work pool, and who works for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from inkfield.flows.prefect_settings import set_up_prefect

set_up_prefect(quiet=True)  # before Prefect is imported: it reads its environment then

import httpx  # noqa: E402
import prefect  # noqa: E402
from packaging.version import InvalidVersion, Version  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.actions import WorkPoolCreate  # noqa: E402
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound, PrefectException  # noqa: E402
from prefect.settings import get_current_settings  # noqa: E402

POOL = "inkfield-control"
"""For flows that read on the machine of their worker, or have the engine read and wait for it."""
SECONDS = 10.0
"""Longest wait for the server's first answer."""
EXAMPLE = "http://localhost:4200/api"


class ServerError(Exception):
    """The Prefect server cannot be used. The message says why and what to do."""


def check_server() -> None:
    """Raises ServerError unless a Prefect server that this version can talk to answers at PREFECT_API_URL."""
    settings = get_current_settings().api
    if not settings.url:
        raise ServerError(
            "Schedules need a Prefect server that keeps running. "
            f"Start one: prefect server start. Then name it: export PREFECT_API_URL={EXAMPLE}"
        )
    shown = _without_password(settings.url)
    login = settings.auth_string.get_secret_value() if settings.auth_string else ""
    user, _, password = login.partition(":")
    try:
        answer = httpx.get(
            f"{settings.url.rstrip('/')}/admin/version",
            auth=httpx.BasicAuth(user, password) if login else None,
            timeout=SECONDS,
        )
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
        raise ServerError(f"PREFECT_API_URL={shown} is no URL of a server; write it as {EXAMPLE}") from error
    except httpx.HTTPError as error:
        raise ServerError(
            f"No Prefect server answers at {shown} ({type(error).__name__}). "
            "Start it (prefect server start), or correct PREFECT_API_URL."
        ) from error
    if answer.status_code in (401, 403):
        raise ServerError(
            f"The Prefect server at {shown} wants a password: set PREFECT_API_AUTH_STRING=user:password"
        )
    _check_version(shown, _version(shown, answer))


def _version(shown: str, answer: httpx.Response) -> Version:
    if answer.status_code >= 500:
        raise ServerError(
            f"The Prefect server at {shown} does not work (HTTP {answer.status_code}): look into its log."
        )
    try:
        return Version(str(answer.json()))
    except (ValueError, InvalidVersion) as error:
        raise ServerError(
            f"At {shown} there is no Prefect server (HTTP {answer.status_code}). "
            f"Its URL ends in /api, as in {EXAMPLE}: correct PREFECT_API_URL."
        ) from error


def _check_version(shown: str, server: Version) -> None:
    """Servers of before 3.9 start no schedule at all with SQLAlchemy 2.1."""
    ours = Version(prefect.__version__)
    if server.major != ours.major or server.release[:2] < ours.release[:2]:
        raise ServerError(
            f"The Prefect server at {shown} is of version {server}; inkfield needs {ours}. Install the versions of "
            "requirements.lock for the server, too, and start it again."
        )


def _without_password(url: str) -> str:
    start, at, end = url.rpartition("@")
    return f"{start.partition('://')[0]}://{end}" if at else url


@contextmanager
def asking_server() -> Iterator[None]:
    """What goes wrong between us and the server becomes a ServerError."""
    try:
        yield
    except (httpx.HTTPError, PrefectException, RuntimeError, ValueError) as error:
        kind = type(error).__name__
        raise ServerError(
            f"The Prefect server did not do what it was asked for ({kind}): look into its log, then try again."
        ) from error


def make_pool() -> None:
    """Makes the work pool where there is none yet. Raises ServerError."""
    from prefect.workers.process import ProcessWorker  # half a second: only where it is needed

    template = ProcessWorker.get_default_base_job_template()
    with asking_server(), get_client(sync_client=True) as client, suppress(ObjectAlreadyExists):
        client.create_work_pool(WorkPoolCreate(name=POOL, type="process", base_job_template=template))


def workers_online() -> int:
    """How many workers of the pool have been heard of lately. Raises ServerError."""
    with asking_server(), get_client(sync_client=True) as client:
        try:
            workers = client.read_workers_for_work_pool(POOL)
        except ObjectNotFound:
            return 0
    return sum(worker.status.value == "ONLINE" for worker in workers)
