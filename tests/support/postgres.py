"""Starts a throw-away PostgreSQL server for the tests: in a temporary folder, on a unix socket only.

A pytest plugin, named in conftest.py.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine

NOT_INSTALLED = "PostgreSQL is not installed; on Debian: apt-get install postgresql"


def find_programs() -> Path | None:
    """The folder with PostgreSQL's programs (Debian keeps them out of the PATH); None where there is none."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    folders = [*reversed(versions), *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


class Server:
    """A server in a folder of its own, which can be stopped and started again."""

    def __init__(self, programs: Path) -> None:
        # Short, in /tmp: the path of a unix socket has at most 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._programs = programs
        self._data = str(self._folder / "data")
        self.url = f"postgresql+psycopg://inkfield@/postgres?host={self._folder}"
        _hand_over(self._folder)
        _run(
            [str(programs / "initdb"), "-D", self._data, "-U", "inkfield", "-A", "trust", "-N", "-E", "UTF8"]
        )

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c fsync=off"
        self._control("-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """``immediate``: as if it was killed; ``fast``: in order, open connections are cut."""
        self._control("-m", mode, "stop")

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def _control(self, *arguments: str) -> None:
        _run([str(self._programs / "pg_ctl"), "-D", self._data, "-w", *arguments])


@contextmanager
def started_server(programs: Path) -> Iterator[Server]:
    """A new server, started; stopped and deleted after."""
    server = Server(programs)
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        server.remove()


@contextmanager
def running_server(programs: Path) -> Iterator[str]:
    """A new server; yields the SQLAlchemy URL of its database ``postgres``. Stopped and deleted after."""
    with started_server(programs) as server:
        yield server.url


def _server_user() -> str | None:
    # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
    return "postgres" if os.geteuid() == 0 else None


def _hand_over(folder: Path) -> None:
    user = _server_user()
    if user is not None:
        account = pwd.getpwnam(user)
        os.chown(folder, account.pw_uid, account.pw_gid)


def _run(command: Sequence[str]) -> None:
    # Output goes nowhere: the server inherits it, and a pipe would wait for the server to end.
    subprocess.run(
        command,
        user=_server_user(),
        group=_server_user(),
        extra_groups=[] if _server_user() else None,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One server for all tests of a run; skips them where PostgreSQL is not installed."""
    programs = find_programs()
    if programs is None:
        pytest.skip(NOT_INSTALLED)
    with running_server(programs) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database: every test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.db"
    url: str = request.getfixturevalue("postgres_server")
    engine = create_engine(url)
    with engine.begin() as connection:
        # Far faster than a new database for each test.
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return url
