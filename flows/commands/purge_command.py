"""`inkfield purge`: takes away what is past its time, in SQL and in the folders of an inbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from inkfield.flows.commands.query_command import open_existing
from inkfield.flows.inbox.folder import DONE, FAILED
from inkfield.flows.workers.weights_in_use import LEASE, forget_pictures
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.store.leases import held
from inkfield.schemas.store.retention import count_past, purge_before

SOME_LEFT = 3


def purge_command(url: str, age: timedelta, folder: Path | None, dry_run: bool) -> int:
    """Purges, or with ``dry_run`` counts, and says so. Returns the exit code: 0, or 3 where something could not
    be taken away. Raises DatabaseError."""
    console = Console()
    before = datetime.now(UTC) - age
    engine = open_existing(url)
    files = [] if folder is None else list(files_before(folder.resolve(), before.astimezone().date()))
    left = [] if dry_run else [file for file in files if not _delete(file)]
    if folder is not None and not dry_run:
        _delete_empty({file.parent for file in files}, folder.resolve())
    # Files first: a row that is left tells of a file that is there.
    with transaction(engine) as session:
        if not dry_run and not held(session, [LEASE]):
            forget_pictures()
        past = count_past(session, before) if dry_run else purge_before(session, before)
    if not dry_run and past.documents:
        try:
            shrink(engine)
        except OperationalError:
            console.print(
                "[yellow]The database is in use: what was deleted is still in its file."
                " Purge again while nothing is read.[/]"
            )
            left.append(Path(url))
    verb = "Would delete" if dry_run else "Deleted"
    console.print(
        f"{verb} what was finished before {before:%Y-%m-%d %H:%M} UTC: {past.fields} fields on {past.pages} pages"
        f" and the names of {past.documents} documents and {past.batches} batches; {len(files)} files."
    )
    for file in left[:10]:
        console.print(f"[red]Not deleted: {file}[/]")
    return SOME_LEFT if left else 0


def files_before(inbox: Path, day: date) -> Iterator[Path]:
    """The files in done/ and failed/ of days before ``day``. Follows no link."""
    for base in (inbox / DONE, inbox / FAILED):
        for folder in sorted(base.glob("[0-9]*/[0-9]*/[0-9]*")):
            found = re.fullmatch(r"(\d{4})/(\d\d)/(\d\d)", folder.relative_to(base).as_posix())
            if (
                found
                and not folder.is_symlink()
                and folder.is_dir()
                and date(*map(int, found.groups())) < day
            ):
                yield from (file for file in _below(folder))


def shrink(engine: Engine) -> None:
    """SQLite leaves deleted rows in its file until their place is needed: writes the file anew without them.
    PostgreSQL does so by itself (autovacuum)."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _below(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _below(entry)
        else:
            yield entry


def _delete(file: Path) -> bool:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _delete_empty(folders: set[Path], inbox: Path) -> None:
    """Removes the folders in which nothing is left, up to done/ and failed/."""
    for folder in sorted(folders, key=lambda path: -len(path.parts)):
        while folder.parent != inbox:
            try:
                folder.rmdir()
            except OSError:  # something is in it
                break
            folder = folder.parent
