"""Where the rows go: an SQLAlchemy URL, from the environment."""

from __future__ import annotations

from pathlib import Path

VARIABLE = "INKFIELD_DATABASE_URL"
DEFAULT = "sqlite:///inkfield.db"


def database_url(named: str | None = None) -> str:
    """The URL that was named on the command line, or else that of the environment, or else a file in this
    folder."""
    from inkfield.flows.settings import DatabaseSettings, settings  # a quarter of a second: not for --help

    found = settings(DatabaseSettings)
    url = named or found.database_url.get_secret_value()
    file = found.database_password_file
    return _with_password(url, Path(file)) if file and url.startswith("postgres") else url


def _with_password(url: str, file: Path) -> str:
    from sqlalchemy import make_url  # takes a fifth of a second: not for --help
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return url  # opening it says what is wrong
    if parsed.password is not None:
        return url
    password = file.read_text(encoding="utf-8").strip()
    return parsed.set(password=password).render_as_string(hide_password=False)
