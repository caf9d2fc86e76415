"""Waiting for a database that is busy or being restarted."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from inkfield.schemas.database.connection import is_temporary

DELAYS = (0.5, 2.0, 5.0, 10.0, 30.0)
"""Seconds before each further try: a PostgreSQL that is restarted is back within a minute."""

P = ParamSpec("P")
T = TypeVar("T")


def patiently(step: Callable[P, T]) -> Callable[P, T]:
    """A step on the database, one transaction that can be repeated, that waits out what passes by itself."""

    @wraps(step)
    def patient(*args: P.args, **kwargs: P.kwargs) -> T:
        for delay in DELAYS:
            try:
                return step(*args, **kwargs)
            except Exception as error:
                if not is_temporary(error):
                    raise
            time.sleep(delay)
        return step(*args, **kwargs)

    return patient
