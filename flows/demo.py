"""`make demo`: reads the example scans into a database and shows what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.database_url import VARIABLE
from flows.expected_values import Compared, compare
from flows.explain import write_explanation
from flows.process_command import process_command
from flows.query import open_existing, print_query
from schemas.form import load_forms

EXAMPLES = Path(__file__).parent.parent / "examples"
OUTPUT = Path("demo-output")
QUERIES = {
    "cheque_in": "SELECT file_name, payee, amount, date, amount_status, decision FROM cheque_in ORDER BY amount DESC",
    "claim": "SELECT file_name, patient_name, policy_number, date_of_birth, total, total_status FROM claim",
}


def main() -> int:
    """Runs the demo in the current folder; returns the exit code of `inkfield process`."""
    console = Console()
    scans = sorted(EXAMPLES.glob("*.pdf"))
    if not scans:
        console.print(f"[red]There are no example scans in {EXAMPLES}.[/]")
        return 2
    OUTPUT.mkdir(exist_ok=True)
    database = OUTPUT / "inkfield.db"
    for old in OUTPUT.glob(
        "inkfield.db*"
    ):  # else the rows of an earlier run would be shown as "already read"
        old.unlink()
    url = f"sqlite:///{database}"
    os.environ[VARIABLE] = url
    console.rule(f"Reading {len(scans)} scans into {database}")
    code = process_command(
        [str(scan) for scan in scans], form=None, workers=None, time_limit=600.0, as_json=False
    )
    if code == 2:
        return code
    compared = compare(open_existing(url), load_forms(), scans, EXAMPLES / "expected")
    console.rule("Fields as read")
    console.print(_fields(compared))
    for form in sorted({field.form for field in compared}):
        console.rule("The same in SQL")
        sql = QUERIES.get(form, f'SELECT * FROM "{form}"')
        console.print(f'inkfield query --db {url} "{escape(sql)}"')
        print_query(url, sql, "table")
    console.rule("A picture of every stage")
    for form in sorted({field.form for field in compared}):
        scan = next(field.file_name for field in compared if field.form == form)
        target = OUTPUT / f"{Path(scan).stem}.html"
        write_explanation(EXAMPLES / scan, target)
        console.print(f"{form}: {target.resolve().as_uri()}")
    console.rule("How well")
    console.print(_score(compared))
    return code


def _fields(compared: Sequence[Compared]) -> Table:
    """What was read beside what was written, wrong fields marked."""
    table = Table()
    for heading in ("scan", "field", "read", "status", "written"):
        table.add_column(heading, overflow="fold")
    scan = ""
    for field in compared:
        table.add_row(
            escape(field.file_name) if field.file_name != scan else "",
            field.field,
            escape("" if field.read is None else str(field.read)),
            field.status or "",
            "[green]same[/]" if field.exact else f"[red]{escape(str(field.written))}[/]",
        )
        scan = field.file_name
    return table


def _score(compared: Sequence[Compared]) -> str:
    right = sum(field.exact for field in compared)
    accepted = [field for field in compared if field.status == "accepted"]
    wrong = sum(not field.exact for field in accepted)
    return (
        f"{right} of {len(compared)} fields exact ({100 * right / max(1, len(compared)):.1f} %). "
        f"{len(accepted)} were accepted unseen, {wrong} of them wrong; the rest went to review or are empty."
    )


if __name__ == "__main__":
    sys.exit(main())
