"""`inkfield process`: runs the flow here and shows how it goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

from inkfield.flows.batch.summary import figures_table, left_out_lines, remarks, table
from inkfield.flows.commands.command_line import SOME_FAILED
from inkfield.flows.database_url import database_url
from inkfield.flows.engine.no_engine import BrokenWorkers, NoEngine, need_dask
from inkfield.flows.prefect_settings import set_up_prefect
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.document_outcome import Outcome
from inkfield.flows.workers.inputs import NoSuchPath, find_inputs
from inkfield.flows.workers.progress import Watcher, watched_by
from inkfield.flows.workers.reader_pool import pool_size, start_early
from inkfield.flows.workers.reader_process import NO_FORM, ReaderBroken, ReaderSetup
from inkfield.pipeline.intake.sniff import KNOWN_TYPES
from inkfield.schemas.database.connection import DatabaseError
from inkfield.schemas.database.views import ViewError


def process_command(
    paths: list[str],
    form: str | None,
    workers: int | None,
    time_limit: float,
    as_json: bool,
    again: bool = False,
    language: str = "detect",
    ready: Callable[[], None] = lambda: None,
    weights: str | None = None,
) -> int:
    """Reads the documents and prints a table, or JSON on standard output. Returns the exit code: 0, 3 or 2.

    ``form``, ``again``, ``language`` and ``weights`` as `process_batch` takes them. Progress and errors go to standard
    error, so that the output can be piped. ``ready`` is called before the first of them: whoever
    showed until then that something is being done may stop.
    """
    errors = Console(stderr=True)
    try:
        inputs = find_inputs(paths)
        documents = inputs.documents
        faults = _check_form(form)
    except (NoSuchPath, ValueError) as problem:
        ready()
        errors.print(f"[red]{escape(str(problem))}[/]")
        return 2
    ready()
    _tell_of_faults(faults, errors)
    if not documents:
        errors.print(f"[red]There is no {KNOWN_TYPES} file among what was given.[/]")
        _print_left_out(errors, inputs.left_out)
        return 2
    set_up_prefect(quiet=True)
    with _progress_bar(errors, len(documents)) as watcher, watched_by(watcher):
        try:
            batch_rows.engine(database_url())
            setup = ReaderSetup(database_url(), form, weights, again, language)
            start_early(setup, pool_size(workers, len(documents)))
            from inkfield.flows.batch.process_batch import (
                process_batch,  # takes Prefect's seconds: not before it is needed
            )

            names: list[Path | str] = [str(path) for path in documents]
            result = process_batch(
                names, form=form, workers=workers, time_limit=time_limit, again=again, language=language,
                weights=weights,
            )  # fmt: skip
        except (ReaderBroken, DatabaseError, ViewError) as problem:
            errors.print(f"[red]{escape(str(problem))}[/]")
            return 2
    if as_json:
        left_out = [{"path": path, "reason": reason} for path, reason in inputs.left_out.items()]
        print(json.dumps({**result.as_dict(), "left_out": left_out}, indent=2))
    else:
        console = Console()
        console.print(table(result.outcomes, fields=form != NO_FORM))
        _print_left_out(console, inputs.left_out)
        for remark in remarks(result.outcomes):
            console.print(remark)
    return SOME_FAILED if result.failed else 0


def _print_left_out(console: Console, left_out: Mapping[str, str]) -> None:
    for line in left_out_lines(left_out):
        console.print(f"[yellow]{escape(line)}[/]")


def spread_command(
    paths: list[str], form: str | None, chunk_size: int, time_limit: float, as_json: bool
) -> int:
    """Has the workers of the engine read the documents; prints figures, or JSON. Returns the exit code: 0, 3 or 2."""
    errors = Console(stderr=True)
    try:
        _tell_of_faults(_check_form(form), errors)
        need_dask()
        from inkfield.flows.engine.machines import check_engine

        check_engine()  # before Prefect's seconds
    except (ValueError, NoEngine) as problem:
        errors.print(f"[red]{escape(str(problem))}[/]")
        return 2
    set_up_prefect()
    from inkfield.flows.batch.process_large_batch import process_large_batch

    try:
        names: list[Path | str] = list(paths)
        result = process_large_batch(names, form=form, chunk_size=chunk_size, time_limit=time_limit)
    except (NoSuchPath, NoEngine, BrokenWorkers, DatabaseError, ViewError) as problem:
        errors.print(f"[red]{escape(str(problem))}[/]")
        return 2
    figures = result.as_dict()
    if as_json:
        print(json.dumps(figures, indent=2))
    else:
        Console().print(figures_table(figures))
    return SOME_FAILED if result.failed else 0


def _check_form(name: str | None) -> list[str]:
    """What is wrong with forms that are left out. Raises ValueError when there is no form of that name."""
    if name == NO_FORM:
        return []
    from inkfield.pipeline.templates.check import faults_of_forms, readable
    from inkfield.schemas.forms.model import load_forms

    forms = readable(load_forms())
    if name is not None and name not in forms:
        raise ValueError(f"There is no form {name!r}. There are: {', '.join(sorted(forms))}.")
    return faults_of_forms()


def _tell_of_faults(faults: list[str], errors: Console) -> None:
    for fault in faults:
        errors.print(f"[yellow]This form is not used:[/] {escape(fault)}", soft_wrap=True)


@contextmanager
def _progress_bar(console: Console, total: int) -> Iterator[Watcher]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        job = bar.add_task("loading the model", total=total, last="")

        def watcher(outcome: Outcome, done: int, total: int) -> None:
            last = f"{escape(Path(outcome.path).name)} {outcome.status}"
            bar.update(job, completed=done, total=total, description="reading", last=last)

        yield watcher
