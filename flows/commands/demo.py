"""`make demo`: reads the example scans into a database and shows what came of it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inkfield.flows.batch.summary import many
from inkfield.flows.commands.csv_cells import write_csv
from inkfield.flows.commands.process_command import process_command
from inkfield.flows.commands.query_command import open_existing, print_query
from inkfield.flows.database_url import VARIABLE
from inkfield.flows.reports.explain import write_explanation
from inkfield.lab.evaluate.expected_values import Compared, compare
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.kinds import kind_of

HEADINGS = ("scan", "page", "field", "read", "status", "written")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OUTPUT = Path("demo-output")
QUERIES = {  # four columns each: a table that fits a terminal of usual width
    "cheque_in": "SELECT payee, amount, date, decision FROM cheque_in ORDER BY amount DESC",
    "claim": "SELECT patient_name, policy_number, date_of_birth, total FROM claim",
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
    show(console, url, scans)
    return code


def show(console: Console, url: str, scans: Sequence[Path]) -> list[Compared]:
    """Prints what was read beside what was written; the summary comes last. Returns every field of the scans."""
    compared = compare(open_existing(url), load_forms(), scans, EXAMPLES / "expected")
    forms = sorted({field.form for field in compared})
    console.rule("The rows in SQL")
    for form in forms:
        sql = QUERIES.get(form, f'SELECT * FROM "{form}"')
        console.print(f'inkfield query --db {url} "{escape(sql)}"', soft_wrap=True)
        print_query(url, sql, "table")
    with (OUTPUT / "fields.csv").open("w", encoding="utf-8", newline="") as file:
        write_csv(file, HEADINGS, map(_row, compared))
    console.rule("Fields that were not read as they were written, or wait for a person")
    console.print(_doubtful(compared))
    console.print(f"All {len(compared)} fields beside what was written: {OUTPUT / 'fields.csv'}")
    console.rule("A picture of every stage")
    for form in forms:
        scan = next(field.file_name for field in compared if field.form == form)
        target = OUTPUT / f"{Path(scan).stem}.html"
        write_explanation(EXAMPLES / scan, target)
        console.print(f"{form}: {target.resolve().as_uri()}", soft_wrap=True)
    console.rule("How well")
    console.print(_score(compared))
    return compared


def _row(field: Compared) -> tuple[str, ...]:
    return (
        field.file_name,
        str(field.page),
        field.field,
        _as_shown(field.kind, field.read),
        field.status or "",
        "same" if field.exact else _as_shown(field.kind, field.written),
    )


def _as_shown(kind: str, value: Any) -> str:
    """A value as people write it: amounts with two decimals, which SQLite gives as a float; of a table its size."""
    if kind == "table" and value is not None:
        return many(len(json.loads(value) if isinstance(value, str) else list(value)), "row")
    return kind_of(kind).shown(value) or ""


def _doubtful(compared: Sequence[Compared]) -> Table | str:
    """What was read beside what was written, of the fields that a person would look at."""
    doubtful = [field for field in compared if not field.exact or field.status == "review"]
    if not doubtful:
        return "None."
    table = Table(*HEADINGS)
    for field in doubtful:
        cells = [escape(cell) for cell in _row(field)]
        table.add_row(*cells[:-1], f"[{'green' if field.exact else 'red'}]{cells[-1]}[/]")
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
