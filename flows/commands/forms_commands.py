"""`inkfield forms ...`: the commands about form files. Done in forms_command.py and new_form_command.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from inkfield.flows.commands.command_line import WRONG_CALL, Database, stop

forms_app = typer.Typer(no_args_is_help=True, help="The forms that inkfield knows: one YAML file each.")


@forms_app.command("list")
def forms_list() -> None:
    """List the forms."""
    from inkfield.flows.commands.forms_command import print_forms

    with _faults_told():
        print_forms()


@forms_app.command("show")
def forms_show(name: Annotated[str, typer.Argument(help="A form's name.")]) -> None:
    """Show the fields and rules of one form. Example: `inkfield forms show cheque_in`"""
    from inkfield.flows.commands.forms_command import print_form

    with _faults_told():
        print_form(name)


@forms_app.command("check")
def forms_check(
    files: Annotated[list[Path], typer.Argument(help="Form files (YAML).")],
) -> None:
    """Check form files before use; says which key is wrong and what to do. Exit code 2 when one is wrong.

    Beside each file that is right it draws its fields on the blank: NAME.fields.png.

    Example: `inkfield forms check my_forms/*.yaml`
    """
    from inkfield.flows.commands.forms_command import check_forms

    raise typer.Exit(0 if check_forms(files) else WRONG_CALL)


@forms_app.command("new")
def forms_new(
    blank: Annotated[
        Path, typer.Argument(help="The empty form: a PDF, or a scan of it.", exists=True, dir_okay=False)
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the form. Default: by the file's.")
    ] = None,
    output: Annotated[Path, typer.Option("--output", help="Folder to write to.", file_okay=False)] = Path(
        "."
    ),
) -> None:
    """Propose a form file for a blank: its fields, named and with kinds, and pictures to check them by.

    Form fields of a PDF are taken as they are; else boxes, lines, combs and checkboxes are found on the page.

    Example: `inkfield forms new intake.pdf --output my_forms`
    """
    from inkfield.flows.commands.new_form_command import new_form

    with _faults_told():
        new_form(blank, name, output)


@forms_app.command("edit")
def forms_edit(
    name: Annotated[str, typer.Argument(help="A form of INKFIELD_FORMS.")],
    db: Database = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8500,
) -> None:
    """Serve the review page, and on it the page to correct a form in the browser: /forms/NAME, for supervisors.

    Example: `inkfield forms edit membership`
    """
    from inkfield.flows.commands.forms_command import check_named_editable
    from inkfield.flows.commands.serve_commands import serve_page

    with _faults_told():
        check_named_editable(name)
    print(
        f"Correct the form at http://127.0.0.1:{port}/forms/{name}; sign in as supervisor or admin.",
        flush=True,
    )
    serve_page(db, "127.0.0.1", port)


@forms_app.command("boxes")
def forms_boxes(
    form: Annotated[str, typer.Argument(help="A form's name, a form file (YAML), or a blank (PDF, image).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the boxes as JSON.")] = False,
) -> None:
    """List every box of a form, cells of tables and combs and options of choices included, in mm of the paper.

    Of a blank: the boxes that `inkfield forms new` would propose.

    Example: `inkfield forms boxes claim --json`
    """
    from inkfield.flows.commands.forms_command import print_boxes

    with _faults_told():
        print_boxes(form, as_json)


@contextmanager
def _faults_told() -> Iterator[None]:
    from inkfield.schemas.errors import DocumentError
    from inkfield.schemas.forms.model import FormError

    try:
        yield
    except (FormError, DocumentError) as error:
        stop(str(error))
