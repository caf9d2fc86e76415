"""One event a line on standard error, as text or as JSON: what a machine room collects.

An event has a name and facts: file names, counts, codes, seconds. Never what stood in a field.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

VARIABLE = "INKFIELD_LOG"
"""``json`` for JSON lines. In the environment, so that worker processes do the same."""
LOG = logging.getLogger("inkfield")


class _Lines(logging.Formatter):
    def __init__(self, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """One line: JSON escapes whatever a file name may hold, line breaks among it."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        facts: dict[str, Any] = getattr(record, "facts", {})
        if self._as_json:
            head = {"time": time, "level": record.levelname.lower(), "event": record.getMessage()}
            return json.dumps({**head, **facts}, default=str)
        listed = " ".join(f"{name}={json.dumps(value, default=str)}" for name, value in facts.items())
        message = record.getMessage().replace("\n", " ").replace("\r", " ")
        return f"{time[:19]}Z {record.levelname.lower()} {message} {listed}".rstrip()


def set_up_log(as_json: bool | None = None) -> None:
    """Sends all that this process logs to standard error. None: as the environment says."""
    if as_json is None:
        from inkfield.flows.settings import (  # worker processes that are told need it not
            LogSettings,
            settings,
        )

        as_json = settings(LogSettings).log == "json"
    os.environ[VARIABLE] = "json" if as_json else "text"
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(as_json))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    LOG.setLevel(logging.INFO)


def event(name: str, level: int = logging.INFO, **facts: object) -> None:
    """Logs an event. Facts that are None are left out."""
    LOG.log(level, name, extra={"facts": {key: value for key, value in facts.items() if value is not None}})


def where(error: BaseException) -> str:
    """The file and line where the error arose."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
