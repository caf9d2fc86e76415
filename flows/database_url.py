"""Where the rows go: an SQLAlchemy URL, from the environment."""

from __future__ import annotations

import os

VARIABLE = "INKFIELD_DATABASE_URL"
DEFAULT = "sqlite:///inkfield.db"


def database_url(named: str | None = None) -> str:
    """The URL that was named on the command line, or else that of the environment, or else a file in this
    folder."""
    return named or os.environ.get(VARIABLE) or DEFAULT
