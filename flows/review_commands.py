"""The commands for those who look at what the machine was not sure of: `inkfield review list` and `settle`."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from typing import Annotated

import typer

from flows.command_line import Database, stop
from flows.database_url import database_url

review_app = typer.Typer(no_args_is_help=True, help="Fields that wait for a person: list and settle them.")


@review_app.command("list")
def list_waiting(
    db: Database = None,
    form: Annotated[str | None, typer.Option("--form", help="Only fields of this form.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="So many fields at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print the fields as JSON.")] = False,
) -> None:
    """Show the fields for review, oldest documents first: what was read, how sure it is, and why it waits.

    Example: `inkfield review list --form cheque_in --limit 20`
    """
    from rich.console import Console
    from rich.table import Table

    from schemas.database import open_database, transaction
    from schemas.review import waiting_fields

    with transaction(open_database(database_url(db))) as session:
        waiting = waiting_fields(session, form, limit)
    if as_json:
        print(json.dumps([asdict(field) for field in waiting], ensure_ascii=False))
        return
    table = Table(
        "id", "file", "page", "field", "read", "sure", "because", title=f"{len(waiting)} fields wait"
    )
    for field in waiting:
        table.add_row(
            str(field.field_id), field.file_name, str(field.page_number), f"{field.form}.{field.name}", field.text,
            f"{100 * field.confidence:.0f} %", "; ".join(field.reasons),
        )  # fmt: skip
    Console().print(table)


@review_app.command("settle")
def settle(
    field_id: Annotated[int, typer.Argument(help="The id that `inkfield review list` shows.")],
    value: Annotated[
        str | None,
        typer.Argument(
            help="The right value (1234.50, 2026-03-31, yes, text); left out: what was read is right."
        ),
    ] = None,
    db: Database = None,
    reviewer: Annotated[
        str | None, typer.Option("--by", help="Who says so. Default: the user's name.")
    ] = None,
) -> None:
    """Accept a field as it was read, or with the value that you name. The change is kept in the table reviews.

    Examples:

    - `inkfield review settle 1712`
    - `inkfield review settle 1712 4500.00 --by "A. Clerk"`
    """
    from schemas.database import open_database, transaction
    from schemas.review import settle_field

    try:
        with transaction(open_database(database_url(db))) as session:
            settle_field(session, field_id, reviewer or getpass.getuser(), value)
    except (LookupError, ValueError) as error:
        stop(str(error))
