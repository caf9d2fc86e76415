"""The commands on data sets: `inkfield data check`, `inkfield data export`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from inkfield.flows.commands.command_line import SOME_FAILED, Database, stop
from inkfield.flows.database_url import database_url

if TYPE_CHECKING:
    from inkfield.recognizers.training.data.check import Report
    from inkfield.recognizers.training.data.datasets import DataSet

DEFECTIVE = 3
_SHOWN = 20

data_app = typer.Typer(no_args_is_help=True, help="Data sets of handwriting: what they hold, what is broken.")


@data_app.callback()
def data() -> None:
    """Data sets of handwriting: what they hold, what is broken."""


@data_app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="The folder of a data set.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all findings as JSON.")] = False,
) -> None:
    """Tell what a data set holds, and what is missing or corrupt, file by file. Nothing is changed.

    Known are: line images with labels.tsv, IAM, CVL, RIMES 2011, each as it is unpacked from its archives; pages with
    ALTO or PAGE XML, as eScriptorium, kraken, `inkfield data export` and `inkfield read --format alto` write them. A
    catalogue file of HTR-United beside them (htr-united.yml) is checked, too.
    Every picture is decoded to its end.
    Exit code 0: all is well; 3: something is missing or broken; 2: the call was wrong.

    Examples:

    - `inkfield data check handwriting/copiste`
    - `inkfield data check iam --json > iam.json`
    """
    from inkfield.recognizers.training.data import check as checking
    from inkfield.recognizers.training.data.datasets import open_dataset

    try:
        found = open_dataset(folder)
        with _bar() as progress:
            reports = checking.check(found, progress)
    except OSError as error:
        stop(str(error))
    if as_json:
        print(json.dumps(_as_json(found, reports), ensure_ascii=False, indent=1))
    else:
        _print(found, reports)
    empty = not any(report.splits for report in reports.values())
    raise typer.Exit(DEFECTIVE if empty or any(r.defects for r in reports.values()) else 0)


class GroundTruthFormat(StrEnum):
    alto = "alto"
    page = "page"


@data_app.command("export")
def export_ground_truth(
    folder: Annotated[Path, typer.Argument(help="A new folder.", file_okay=False)],
    db: Database = None,
    output_format: Annotated[
        GroundTruthFormat, typer.Option("--format", help="alto: ALTO 4.4; page: PAGE XML 2019-07-15.")
    ] = GroundTruthFormat.alto,
    catalogue: Annotated[
        Path | None,
        typer.Option(
            "--catalogue",
            help="The htr-united.yml of an earlier export, filled in.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Write the lines of the archive that people corrected or confirmed as ground truth: for eScriptorium and kraken,
    to train with, to share on HTR-United.

    A page becomes a picture and an XML file, with the lines that a person vouches for. htr-united.yml describes them;
    what only you know (license, address, language) is to be filled in there, and `inkfield data check` tells what is
    missing. Exit code 3: some scans no longer lie where they lay; 2: the call was wrong, or nothing is corrected.

    Examples:

    - `inkfield data export truth/`
    - `inkfield data export truth-june/ --format page --catalogue truth-may/htr-united.yml`
    """
    from inkfield.flows.batch.summary import many
    from inkfield.flows.commands.query_command import open_existing
    from inkfield.flows.reports.ground_truth import write_ground_truth
    from inkfield.recognizers.training.data.catalogue import NAME, read_entries
    from inkfield.schemas.database.connection import DatabaseError, reading

    os.umask(0o077)  # scans and their text
    try:
        earlier = {} if catalogue is None else read_entries(catalogue)
        with reading(open_existing(database_url(db))) as session:
            written = write_ground_truth(session, folder, output_format.value, earlier)
    except (DatabaseError, ValueError, OSError) as error:
        stop(str(error))
    for lost in written.lost:
        print(lost, file=sys.stderr)
    if not written.counts and not written.lost:
        stop(
            "Nothing was written: no line of the archive is corrected yet. Correct some: inkfield serve, Archive."
        )
    counts = written.counts
    print(f"Wrote {many(counts['pages'], 'page')} with {many(counts['lines'], 'line')} to {folder}")
    if written.to_fill_in:
        print(f"Before you share them, fill in {folder / NAME}:")
        print("\n".join(f"  {one}" for one in written.to_fill_in))
    raise typer.Exit(SOME_FAILED if written.lost else 0)


@contextmanager
def _bar() -> Iterator[Any]:
    """A bar on standard error that counts the pictures."""
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("pictures", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _as_json(found: DataSet, reports: dict[str, Report]) -> dict[str, Any]:
    return {
        "folder": str(found.root),
        "layout": found.layout,
        "clean": not any(report.defects for report in reports.values()),
        "parts": {unit: _report_as_json(report, found.root) for unit, report in reports.items()},
    }


def _report_as_json(report: Report, root: Path) -> dict[str, Any]:
    return {
        "splits": {
            name: {
                "samples": counts.samples,
                "words": counts.words,
                "characters": counts.characters,
                "writers": len(counts.writers),
            }
            for name, counts in report.splits.items()
        },
        "unwritable_characters": dict(report.unwritable.most_common()),
        "writers_in_several_splits": report.shared_writers,
        "left_out": report.left_out,
        "defects": [
            {"file": _short(d.path, root), "row": d.row, "kind": d.kind, "message": d.message}
            for d in report.defects
        ],
    }


def _short(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def _print(found: DataSet, reports: dict[str, Report]) -> None:
    console = Console()
    for unit, report in reports.items():
        table = Table(title=f"{found.layout}: {unit}", title_justify="left")
        for heading in ("split", unit, *(["words"] if unit == "lines" else []), "characters", "writers"):
            table.add_column(heading, justify="left" if heading == "split" else "right")
        for name, c in sorted(report.splits.items()):
            words = [str(c.words)] if unit == "lines" else []
            table.add_row(name, str(c.samples), *words, str(c.characters), str(len(c.writers)))
        console.print(table)
        if report.unwritable:
            signs = "  ".join(f"{sign} {times}" for sign, times in report.unwritable.most_common(_SHOWN))
            console.print(escape(f"Characters outside the alphabet (cannot be learnt): {signs}"))
        if report.left_out:
            console.print(f"{report.left_out} {unit} are left out: their segmentation may be wrong.")
        if report.shared_writers:
            console.print(f"{len(report.shared_writers)} writers are in more than one split.")
        for defect in report.defects[:_SHOWN]:
            row = f", row {defect.row}" if defect.row else ""
            console.print(
                f"[red]{defect.kind}[/] "
                + escape(f"{_short(defect.path, found.root)}{row}: {defect.message}")
            )
        more = len(report.defects) - _SHOWN
        if more > 0:
            console.print(f"... and {more} more; --json tells all of them.")
        if not report.splits:
            console.print("[red]There is not one label.[/]")
