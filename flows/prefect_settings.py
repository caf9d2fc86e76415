"""Prefect's settings for inkfield, put in place before Prefect is imported.

Claims and cheques are private: no analytics, ever. With no server configured Prefect starts a small one for
the run (SQLite, on a loopback port); its database is kept, so that only the first run pays for creating it.
"""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """Where inkfield keeps what is its own on this machine (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "inkfield"


def has_server() -> bool:
    """True where the user has told Prefect of a server or set up a profile of their own: then we change
    nothing."""
    return bool(os.environ.get("PREFECT_API_URL")) or (Path.home() / ".prefect" / "profiles.toml").exists()


def set_up_prefect(quiet: bool = False) -> None:
    """Sets Prefect's environment; must run before the first ``import prefect``.

    Prefect reads only the environment when it is imported, and the server that it starts inherits it.
    Whatever the user has set stays as it is, except analytics, which are off for good. ``quiet`` is for the
    command line, which shows its own progress instead of Prefect's log.
    """
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ["DO_NOT_TRACK"] = "1"
    if not has_server():
        home = os.environ.setdefault("PREFECT_HOME", str(data_folder() / "prefect"))
        Path(home).mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ.setdefault("PREFECT_SERVER_ALLOW_EPHEMERAL_MODE", "true")
        os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
        # By default each of a task run's three events is a transaction of its own: half of the server's work.
        os.environ.setdefault("PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE", "50")
    if quiet:
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
        os.environ.setdefault("PREFECT_LOGGING_SERVER_LEVEL", "CRITICAL")
