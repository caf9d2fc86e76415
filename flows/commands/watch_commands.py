"""The commands for what runs unattended: watch, status, retry, purge."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from inkfield.flows.commands.command_line import Database, stop
from inkfield.flows.database_url import VARIABLE, database_url

InboxOption = Annotated[
    Path | None, typer.Option("--inbox", help="The watched folder.", exists=True, file_okay=False)
]


def watch(
    inbox: Annotated[Path, typer.Argument(help="The folder that is watched.")],
    form: Annotated[str | None, typer.Option("--form", help="Take every page for this form.")] = None,
    db: Database = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Worker processes. Default: one per core.")
    ] = None,
    settle: Annotated[
        float, typer.Option("--settle", min=0, help="Seconds for which a file must not have changed.")
    ] = 5.0,
    once: Annotated[
        bool, typer.Option("--once", help="Read what is there, then end. Exit code 3: some failed.")
    ] = False,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=1, help="Seconds for one document.")
    ] = 1800.0,
    log: Annotated[
        str | None,
        typer.Option("--log", help="text, or json: one event a line. Default: $INKFIELD_LOG, text."),
    ] = None,
    metrics_port: Annotated[
        int | None, typer.Option("--metrics-port", help="Metrics for Prometheus on this port.")
    ] = None,
    metrics_address: Annotated[
        str, typer.Option("--metrics-address", help="Address of that port; 0.0.0.0 for all.")
    ] = "127.0.0.1",
) -> None:
    """Watch a folder: read what is dropped there, then move it to done/ or failed/ in it.

    Takes files, folders (one batch each) and zip archives once they are complete. Each failed file gets a
    NAME.reason.txt that says why and what to do. A file whose content was read before is reported, not
    read again. SIGTERM or Ctrl-C end it after the documents in work; killed in any other way it continues where it
    was when it is started again. Several watchers may share a folder.

    Examples:

    - `inkfield watch /srv/scans --db postgresql://user@host/claims --log json --metrics-port 9108`
    - `inkfield watch scans --once`
    """
    from inkfield.flows.commands.watch_process import watch_command

    if log not in (None, "text", "json"):
        stop("--log is text or json.")
    os.environ[VARIABLE] = database_url(db)
    metrics = None if metrics_port is None else (metrics_port, metrics_address)
    as_json = None if log is None else log == "json"
    raise typer.Exit(watch_command(inbox, form, workers, settle, once, time_limit, as_json, metrics))


def status(
    db: Database = None,
    inbox: InboxOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show what is waiting, being read, done, to review and failed, and how fast it goes.

    Example: `inkfield status --inbox /srv/scans`
    """
    from inkfield.flows.commands.status_command import print_status
    from inkfield.schemas.database.connection import DatabaseError

    try:
        print_status(database_url(db), inbox, as_json)
    except DatabaseError as error:
        stop(str(error))


def retry(
    code: Annotated[str | None, typer.Option("--code", help="Only those with this error code.")] = None,
    number: Annotated[int | None, typer.Option("--id", help="Only the document of this id.")] = None,
    db: Database = None,
) -> None:
    """Read failed documents again, if their files are still there.

    Those of a watched folder go back to its watcher; others are read now. Exit code 3: some files are gone,
    or failed again.

    Example: `inkfield retry --code timed_out`
    """
    from inkfield.flows.commands.retry_command import retry_command
    from inkfield.schemas.database.connection import DatabaseError

    os.environ[VARIABLE] = database_url(db)
    try:
        raise typer.Exit(retry_command(code, number))
    except DatabaseError as error:
        stop(str(error))


def purge(
    older_than: Annotated[
        str, typer.Option("--older-than", help="Age: 90d (days), 12w (weeks), 7y (years of 365 days).")
    ],
    inbox: InboxOption = None,
    db: Database = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
) -> None:
    """Delete what is older than a given age: fields, pages, reviews and names in SQL, and with --inbox the scans in
    done/ and failed/ there.

    Of each document a row stays with its content hash and status, so that the same cheque dropped again is
    still known. Files that `inkfield process` read elsewhere are never touched.

    Example: `inkfield purge --older-than 90d --inbox /srv/scans --dry-run`
    """
    from inkfield.flows.commands.purge_command import purge_command
    from inkfield.schemas.database.connection import DatabaseError

    found = re.fullmatch(r"([1-9][0-9]{0,4})([dwy])", older_than)
    if found is None:
        stop("--older-than is a number of days, weeks or years: 90d, 12w, 7y.")
    age = timedelta(days=int(found[1]) * {"d": 1, "w": 7, "y": 365}[found[2]])
    try:
        raise typer.Exit(purge_command(database_url(db), age, inbox, dry_run))
    except DatabaseError as error:
        stop(str(error))
