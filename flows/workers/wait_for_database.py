"""Waiting for a database that is busy or being restarted."""

from __future__ import annotations

from tenacity import retry, retry_if_exception, stop_after_attempt, wait_chain, wait_fixed

from inkfield.schemas.database.connection import is_temporary

DELAYS = (0.5, 2.0, 5.0, 10.0, 30.0)
"""Seconds before each further try: a PostgreSQL that is restarted is back within a minute."""

patiently = retry(
    retry=retry_if_exception(is_temporary),
    wait=wait_chain(*map(wait_fixed, DELAYS)),
    stop=stop_after_attempt(1 + len(DELAYS)),
    reraise=True,
)
"""A step on the database, one transaction that can be repeated, that waits out what passes by itself."""
