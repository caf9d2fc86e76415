"""The commands for those who look at what the machine was not sure of: `inkfield review list`, `settle`, `dismiss`."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from inkfield.flows.commands.command_line import Database, stop
from inkfield.flows.database_url import database_url

if TYPE_CHECKING:
    from inkfield.schemas.store.review import Settled, Waiting, WaitingPage

review_app = typer.Typer(no_args_is_help=True, help="List and settle what waits for a person.")
Reviewer = Annotated[str | None, typer.Option("--by", help="Who says so. Default: the user's name.")]


@review_app.command("list")
def list_waiting(
    db: Database = None,
    form: Annotated[str | None, typer.Option("--form", help="Only fields of this form.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="So many fields, and pages, at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print fields and pages as JSON.")] = False,
) -> None:
    """Show what waits, oldest documents first: fields with what was read, how sure it is, and why they wait; and
    pages that are no known form.

    With --json a list: a field has `field_id`, a page has `page_id`.

    Example: `inkfield review list --form cheque_in --limit 20`
    """
    from inkfield.schemas.database.connection import open_database, transaction
    from inkfield.schemas.store.review import waiting_fields, waiting_pages

    with transaction(open_database(database_url(db))) as session:
        fields = waiting_fields(session, form, limit)
        pages = waiting_pages(session, limit) if form is None else []
    if as_json:
        listed = [asdict(field) for field in fields] + [asdict(page) for page in pages]
        print(json.dumps(listed, ensure_ascii=False))
        return
    _print_waiting(fields, pages)


@review_app.command("settle")
def settle(
    field_id: Annotated[int, typer.Argument(help="The id that `inkfield review list` shows.")],
    value: Annotated[
        str | None,
        typer.Argument(
            help="The right value (1234.50, 2026-03-31, yes, text; a table's lines as JSON; '' for an empty field);"
            " left out: what was read is right."
        ),
    ] = None,
    db: Database = None,
    reviewer: Reviewer = None,
) -> None:
    """Accept a field as it was read, or with the value that you name. It holds from then on, also when the document is
    read again; the change is kept in the table reviews. The form's rules are asked again.

    As on the review page an amount above INKFIELD_SERVE_DOUBLE_ABOVE holds when two people have said the same: --by is
    then the name of somebody who may sign in there, and what the first one said waits for the second.

    Examples:

    - `inkfield review settle 1712`
    - `inkfield review settle 1712 4500.00 --by "A. Clerk"`
    """
    from inkfield.flows.settings import ServeSettings, settings
    from inkfield.flows.workers.recheck import AskForms
    from inkfield.schemas.database.connection import open_database, transaction
    from inkfield.schemas.forms.model import FormError, load_forms
    from inkfield.schemas.store.answers import Rules, answer_by_name
    from inkfield.schemas.store.lending import WithAnother

    try:
        forms = load_forms()
        rules = Rules(forms, AskForms(forms), settings(ServeSettings).serve_double_above)
        with transaction(open_database(database_url(db))) as session:
            name = reviewer or getpass.getuser()
            done = answer_by_name(session, name, field_id, value, rules, "by the command line")
    except (LookupError, ValueError, FormError, WithAnother) as error:
        stop(str(error))
    print("Saved. Nothing holds yet:" if done.settled is None else "\n".join(_said(done.settled)))
    if done.settled is None:
        print(_OUTCOMES[done.outcome])


@review_app.command("dismiss")
def dismiss(
    page_id: Annotated[int, typer.Argument(help="The id of a page that `inkfield review list` shows.")],
    db: Database = None,
    reviewer: Reviewer = None,
) -> None:
    """A page that is no known form needs no more: its text is kept, and it waits no longer.

    Example: `inkfield review dismiss 310 --by "A. Clerk"`
    """
    from inkfield.schemas.database.connection import open_database, transaction
    from inkfield.schemas.store.review import dismiss_page

    try:
        with transaction(open_database(database_url(db))) as session:
            page = dismiss_page(session, page_id, reviewer or getpass.getuser())
    except (LookupError, ValueError) as error:
        stop(str(error))
    print(f"Page {page.page_number} of {page.file_name} is no longer waiting.")


def _print_waiting(fields: list[Waiting], pages: list[WaitingPage]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        "id", "file", "page", "field", "read", "sure", "because", title=f"{len(fields)} fields wait"
    )
    for field in fields:
        table.add_row(
            str(field.field_id), escape(field.file_name), str(field.page_number), f"{field.form}.{field.name}",
            escape(field.text), f"{100 * field.confidence:.0f} %", escape("; ".join(field.reasons)),
        )  # fmt: skip
    Console().print(table)
    if not pages:
        return
    table = Table(
        "id",
        "file",
        "page",
        "because",
        title=f"{len(pages)} pages of no form, or of forms that lack a page, wait (inkfield review dismiss ID)",
    )
    for page in pages:
        because = page.reason or page.status.replace("_", " ")
        table.add_row(str(page.page_id), escape(page.file_name), str(page.page_number), escape(because))
    Console().print(table)


def _said(done: Settled) -> list[str]:
    """What settling has done, line by line."""
    new = "empty" if done.new is None else done.new
    before = "" if done.old == done.new else f" (was {'empty' if done.old is None else done.old})"
    lines = [f"{done.form}.{done.name} on page {done.page_number} of {done.file_name}: {new}{before}."]
    if done.changed:
        changed = ", ".join(f"{name} is {_WORDS.get(status, status)}" for name, status in done.changed)
        lines.append(f"By the form's rules: {changed}.")
    if done.decision is not None:
        lines.append(f"Decision: {done.decision}.")
    waiting = (
        f"{done.still_waiting} fields of this page still wait"
        if done.still_waiting
        else "Nothing on it waits"
    )
    lines.append(f"{waiting}; the document is {_WORDS.get(done.document_status, done.document_status)}.")
    return lines


_WORDS = {"review": "for review"}
_OUTCOMES = {
    "second": "the amount is above the limit (INKFIELD_SERVE_DOUBLE_ABOVE), so a second person has to say the same.",
    "third": "the answers differ, so a third person has to say what is right.",
    "supervisor": "the answers differ, so a supervisor has to decide.",
}
