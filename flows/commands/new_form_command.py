"""`inkfield forms new`: what was found on a blank, as files and as a table."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inkfield.flows.commands.command_line import at_work
from inkfield.pipeline.proposal.propose import Proposal, form_name, propose_form
from inkfield.pipeline.proposal.write_form import free_file, write_form
from inkfield.pipeline.text.print_reader import has_print_reader

_DOUBTFUL = 0.75
_LONGEST_LABEL = 60


def new_form(blank: Path, name: str | None, output: Path) -> None:
    """Proposes a form for a blank, writes it, and prints a table of its fields. Raises FormError and DocumentError."""
    name = form_name(blank, name)
    free_file(name, output)  # before the work, not after it
    with at_work(f"Looking at {blank.name}"):
        proposal = propose_form(blank, name)
    written = write_form(proposal, blank, output)
    console = Console()
    console.print(_table(proposal, console.width))
    doubtful = sum(found.sure < _DOUBTFUL for found in proposal.found)
    console.print(
        f"{len(proposal.found)} fields on {len(proposal.blanks)} pages; {doubtful} are doubtful: look at them first."
    )
    if proposal.left_out:
        console.print(
            f"{proposal.left_out} form fields of the PDF could not be understood and were left out."
        )
    if proposal.scanned and not has_print_reader():
        console.print(
            "The blank is a scan, and its labels were read by the reader of handwriting. "
            "For better names, and more fields: pip install 'inkfield[print]'".replace("[print]", r"\[print]")
        )
    for path in written:
        console.print(f"Wrote {escape(str(path))}", soft_wrap=True)
    console.print(
        f"Next: correct {escape(written[0].name)}, run `inkfield forms check {escape(str(written[0]))}`, "
        f"set INKFIELD_FORMS to {escape(str(output.resolve()))}.",
        soft_wrap=True,
    )


def _table(proposal: Proposal, width: int) -> Table:
    table = Table()
    for heading, least in (("page", 4), ("field", 14), ("kind", 8), ("found by", 8), ("sure", 4)):
        table.add_column(
            heading, overflow="fold", min_width=least
        )  # else the labels take all of a narrow terminal
    table.add_column("printed label", overflow="ellipsis", no_wrap=True, max_width=max(13, width - 64))
    for field, found in zip(proposal.form.fields, proposal.found, strict=True):
        kind = field.kind + (f", {field.cells} cells" if field.cells else "")
        kind += f", {len(field.options)} options" if field.options else ""
        sure = f"{found.sure:.2f}" if found.sure >= _DOUBTFUL else f"[yellow]{found.sure:.2f}[/]"
        label = found.label if len(found.label) <= _LONGEST_LABEL else f"{found.label[:_LONGEST_LABEL]}…"
        table.add_row(str(found.page), field.name, kind, found.how, sure, escape(label))
    return table
