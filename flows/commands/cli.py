"""The command line. Commands are declared here and done elsewhere; heavy imports wait until a command needs
them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from inkfield.flows.commands import lab_commands, watch_commands
from inkfield.flows.commands.command_line import (
    SOME_FAILED,
    WRONG_CALL,
    Database,
    OwnWords,
    at_work,
    own_words_of,
    stop,
)
from inkfield.flows.commands.data_commands import data_app
from inkfield.flows.commands.engine_commands import engine_app
from inkfield.flows.commands.forms_commands import forms_app
from inkfield.flows.commands.generate_command import generate
from inkfield.flows.commands.learn_commands import learn, tune, weights_app
from inkfield.flows.commands.review_commands import review_app
from inkfield.flows.commands.schedule_commands import schedule_app
from inkfield.flows.commands.serve_commands import serve_app
from inkfield.flows.database_url import VARIABLE, database_url

app = typer.Typer(
    name="inkfield",
    help="Reads handwritten and typed fields on scanned forms and bank cheques into a SQL database.",
    epilog="Start with `inkfield doctor`, then `inkfield process FOLDER`, then `inkfield query`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

MAIN, UNATTENDED, SET_UP, LABORATORY = "Read and ask", "By day and by night", "Set up", "Laboratory"
"""The panels of `--help`, in this order: a panel stands where its first command is declared."""


class TextFormat(StrEnum):
    text = "text"
    json = "json"
    tsv = "tsv"
    alto = "alto"
    hocr = "hocr"
    page = "page"
    tei = "tei"
    pdf = "pdf"


class TextLanguage(StrEnum):
    detect = "detect"
    english = "english"
    french = "french"
    none = "none"


class QueryFormat(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


class SheetPaper(StrEnum):
    a4 = "a4"
    letter = "letter"


class ExportFormat(StrEnum):
    csv = "csv"
    json = "json"
    parquet = "parquet"


FormName = Annotated[
    str | None,
    typer.Option(
        "--form", help="Take every page for this form. Default: the form of each page is recognised."
    ),
]
Weights = Annotated[str, typer.Option("--weights", help="Name of the recogniser's weights.")]


@app.command(rich_help_panel=MAIN)
def process(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, or folders that are searched for documents; also s3://BUCKET/PREFIX."),
    ] = None,
    form: FormName = None,
    db: Database = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again", help="Read again what was read before: the files named, or see --batch, --form."
        ),
    ] = False,
    batch: Annotated[
        str | None, typer.Option("--batch", help="With --again: the files of this batch (number or name).")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Worker processes. Default: one per core.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=1, help="Seconds for one document.")
    ] = 1800.0,
    spread: Annotated[
        bool,
        typer.Option(
            "--spread",
            help="Have the workers of the engine read, on any number of machines; see `inkfield engine`.",
        ),
    ] = False,
    chunk_size: Annotated[
        int,
        typer.Option("--chunk-size", min=1, help="With --spread: documents that a worker takes at a time."),
    ] = 50,
) -> None:
    """Read documents into the database, field by field.

    Reading a file twice leaves the same rows, once. Exit code 0: every document was handled; 3: some failed (the table
    says which and why); 2: the call was wrong.

    Examples:

    - `inkfield process inbox/`
    - `inkfield process batch.pdf --form cheque_in --workers 4`
    - `inkfield process inbox/ --db postgresql://user:secret@host/claims --json`
    - `inkfield process --again scan.pdf`; `--again --form claim` for all pages of a form; `--again --batch night`
    """
    os.environ[VARIABLE] = database_url(db)
    if again and spread:
        stop("--again reads on this machine: leave out --spread.")
    if batch is not None and (paths or not again):
        stop("--batch goes with --again and without files: inkfield process --again --batch NAME")
    if not paths and not (again and (form or batch)):
        stop("Name the files or folders to read; with --again, a --form or a --batch will do.")
    with ExitStack() as start:
        start.enter_context(at_work("Starting"))
        from inkfield.flows.commands.process_command import process_command, spread_command
        from inkfield.flows.commands.read_again import NothingToReadAgain, files_to_read_again
        from inkfield.schemas.database.connection import DatabaseError

        if not paths:
            try:
                paths = files_to_read_again(database_url(db), form, batch)
            except (NothingToReadAgain, DatabaseError) as error:
                start.close()
                stop(str(error))
        if not spread:
            code = process_command(paths, form, workers, time_limit, as_json, again, ready=start.close)
            raise typer.Exit(code)
    raise typer.Exit(spread_command(paths, form, chunk_size, time_limit, as_json))


@app.command(rich_help_panel=MAIN)
def read(
    file: Annotated[str, typer.Argument(help="A PDF or an image file; also s3://BUCKET/FILE.")],
    output_format: Annotated[TextFormat, typer.Option("--format", help="What to print.")] = TextFormat.text,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write to this file instead of printing. A PDF needs it."),
    ] = None,
    language: Annotated[
        TextLanguage, typer.Option("--language", help="Language of the text; none: no language model.")
    ] = TextLanguage.detect,
    words: OwnWords = None,
    weights: Weights = "default",
) -> None:
    """Read the whole text of a document, line by line, and print it, or write it to a file. Nothing is stored.

    The format pdf is the scan as it is, with the text unseen where it stands: a searchable PDF.

    Examples:

    - `inkfield read letter.jpg`
    - `inkfield read letter.pdf --format alto > letter.xml`
    - `inkfield read letter.tif --format pdf -o letter.pdf`
    - `inkfield read lettre.pdf --language french`
    - `inkfield read prescription.pdf --words drugs.txt`
    """
    searchable = output if output_format == TextFormat.pdf else None
    if output_format == TextFormat.pdf and output is None:
        stop("Name the PDF to write: -o FILE.pdf")
    with at_work(f"Reading {file}"):
        from inkfield.flows.reports.export_text import FORMATS, OnePageOnly
        from inkfield.flows.workers.read_isolated import TextSetup, read_isolated

        own_words = own_words_of(words)
        with _fetched(file) as path, _broken_told():
            reading = read_isolated(TextSetup(weights, language.value, own_words, searchable), path)
    if reading.status == "failed":
        stop(f"{reading.error_code}: {reading.error_message}", SOME_FAILED)
    if searchable is None:
        try:
            told = FORMATS[output_format.value](reading)
            if output is None:
                print(told)
                return
            output.write_text(f"{told}\n", encoding="utf-8")
        except (OnePageOnly, OSError) as error:
            stop(str(error))
    print(f"Wrote {output}")


@app.command(rich_help_panel=MAIN)
def archive(
    paths: Annotated[
        list[str],
        typer.Argument(help="Files, or folders that are searched for documents; also s3://BUCKET/PREFIX."),
    ],
    db: Database = None,
    language: Annotated[
        TextLanguage, typer.Option("--language", help="Language of the text; none: no language model.")
    ] = TextLanguage.detect,
    weights: Annotated[
        str | None,
        typer.Option("--weights", help="Weights that `inkfield tune` wrote. Default: the shipped ones."),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Read again what was read before.")] = False,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Worker processes. Default: one per core.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=1, help="Seconds for one document.")
    ] = 1800.0,
) -> None:
    """Read the whole text of documents into the database, to be searched with `inkfield search`.

    Files that have not changed are not read again; the text of one that has changed is replaced. Exit codes as of
    `inkfield process`.

    Examples:

    - `inkfield archive letters/`
    - `inkfield archive registers/ --db postgresql://user:secret@host/archive --workers 4 --language french`
    """
    os.environ[VARIABLE] = database_url(db)
    with ExitStack() as start:
        start.enter_context(at_work("Starting"))
        from inkfield.flows.commands.process_command import process_command
        from inkfield.flows.workers.reader_process import NO_FORM

        code = process_command(
            paths,
            NO_FORM,
            workers,
            time_limit,
            as_json,
            again,
            language.value,
            ready=start.close,
            weights=str(Path(weights).absolute())
            if weights and weights.endswith(".safetensors")
            else weights,
        )
    raise typer.Exit(code)


@app.command(rich_help_panel=MAIN)
def search(
    words: Annotated[
        str, typer.Argument(help='Words, "phrases in quotes", beginn* of words; all on one page.')
    ],
    db: Database = None,
    least: Annotated[
        float,
        typer.Option("--least", min=0, max=1, help="Show what is at least so probable, from 0 to 1."),
    ] = 0.0,
    count: Annotated[int, typer.Option("--count", min=1, help="Show so many hits at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print the hits as JSON.")] = False,
) -> None:
    """Search the archive: lines that hold the words, the likeliest first. Accents and capitals do not count.

    A word is also found where it is not the best reading of the ink, with a lower probability.

    Examples:

    - `inkfield search "miller"`
    - `inkfield search '"jean martin" baptis*' --json`
    """
    from inkfield.flows.commands.search_command import print_hits
    from inkfield.schemas.archive.query import SearchError
    from inkfield.schemas.database.connection import DatabaseError

    try:
        print_hits(database_url(db), words, least, count, as_json)
    except (DatabaseError, SearchError) as error:
        stop(str(error))


@app.command(rich_help_panel=MAIN)
def pairs(
    file: Annotated[str, typer.Argument(help="A PDF or an image file; also s3://BUCKET/FILE.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects.")] = False,
    weights: Weights = "default",
) -> None:
    """Show the labelled values of a filled form that nobody described: printed labels with what was written or typed
    for them, checkboxes with their captions. Nothing is stored.

    Examples:

    - `inkfield pairs intake.pdf`
    - `inkfield pairs intake.pdf --json > intake.json`
    """
    with at_work(f"Reading {file}"):
        from inkfield.flows.reports.labelled_values import pairs_as_json, print_pairs
        from inkfield.flows.workers.read_isolated import PairsSetup, read_isolated

        with _fetched(file) as path, _broken_told():
            reading = read_isolated(PairsSetup(weights), path)
    if reading.status == "failed":
        stop(f"{reading.error_code}: {reading.error_message}", SOME_FAILED)
    if as_json:
        print(pairs_as_json(reading))
    else:
        print_pairs(reading)


@app.command(rich_help_panel=MAIN)
def explain(
    file: Annotated[str, typer.Argument(help="A PDF or an image file; also s3://BUCKET/FILE.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="HTML file or folder. Default: FILE with .html, in this folder."),
    ] = None,
    form: FormName = None,
    weights: Weights = "default",
) -> None:
    """Show how a document was read: one HTML page with a picture after each stage, and each field's crop and
    reading.

    Example: `inkfield explain cheque.pdf -o cheque.html`
    """
    with at_work(f"Reading {file}"), _fetched(file) as path, _broken_told():
        from inkfield.flows.workers.read_isolated import ExplainSetup, read_isolated

        target = output or Path(f"{path.stem}.html")
        if target.is_dir() or not target.suffix:
            target = target / f"{path.stem}.html"
        reading = read_isolated(ExplainSetup(target, form, weights), path)
    if target.exists():  # not where reading cost the process
        print(f"Wrote {target}")
    if reading.status == "failed":
        stop(f"{reading.error_code}: {reading.error_message}", SOME_FAILED)


@app.command(rich_help_panel=MAIN)
def query(
    sql: Annotated[str, typer.Argument(help="A SELECT. Each form has a view named as the form.")],
    db: Database = None,
    output_format: Annotated[QueryFormat, typer.Option("--format", help="How to print.")] = QueryFormat.table,
) -> None:
    """Ask the database in SQL. Read-only: nothing can be changed.

    Examples:

    - `inkfield query "SELECT payee, amount FROM cheque_in WHERE status = 'review'"`
    - `inkfield query --format csv "SELECT * FROM claim" > claims.csv`
    """
    from inkfield.flows.commands.query_command import print_query
    from inkfield.schemas.database.connection import DatabaseError
    from inkfield.schemas.database.read_only_query import QueryError

    try:
        print_query(database_url(db), sql, output_format.value)
    except (DatabaseError, QueryError) as error:
        stop(str(error))


@app.command(rich_help_panel=MAIN)
def export(
    form: Annotated[str, typer.Option("--form", help="The form whose rows are written.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    output_format: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="File format. Default: by the ending of the file's name."),
    ] = None,
    db: Database = None,
) -> None:
    """Write all rows of one form to a file: CSV, JSON or Parquet (amounts as exact decimals).

    In CSV a text that a spreadsheet would take for a formula gets a leading apostrophe.

    Example: `inkfield export --form claim -o claims.parquet`
    """
    from inkfield.flows.commands.export_command import UnfitName, UnknownForm, export_rows, format_of
    from inkfield.schemas.database.connection import DatabaseError
    from inkfield.schemas.database.read_only_query import QueryError

    try:
        chosen = format_of(output, output_format and output_format.value)
        count = export_rows(database_url(db), form, chosen, output)
    except (DatabaseError, QueryError, UnknownForm, UnfitName, OSError) as error:
        stop(str(error))
    print(f"Wrote {count} rows to {output}")


for unattended in (watch_commands.watch, watch_commands.status, watch_commands.retry, watch_commands.purge):
    app.command(rich_help_panel=UNATTENDED)(unattended)


@app.command(rich_help_panel=SET_UP)
def separators(
    labels: Annotated[
        list[str] | None, typer.Argument(help="What each sheet says, a sheet for each; it goes into SQL.")
    ] = None,
    labels_file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A text file of labels, one a line.", dir_okay=False),
    ] = None,
    plain: Annotated[int, typer.Option("--plain", min=0, help="So many sheets without a label besides.")] = 0,
    paper: Annotated[SheetPaper, typer.Option("--paper", help="Size of the sheets.")] = SheetPaper.a4,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The PDF to print.", dir_okay=False)
    ] = Path("separators.pdf"),
) -> None:
    """Write separator sheets to print: lay one before each document, scan all together, and each is read by itself.

    `inkfield query "SELECT label, status FROM documents"` shows what became of each; docs/batches.md tells more.
    """
    from inkfield.flows.commands.separators_command import write_separators

    try:
        lines = [] if labels_file is None else labels_file.read_text(encoding="utf-8-sig").splitlines()
        wanted = [*(labels or []), *(line.strip() for line in lines if line.strip()), *[""] * plain]
        write_separators(wanted, output, paper.value)
    except (OSError, UnicodeError, ValueError) as problem:
        stop(str(problem))
    typer.echo(f"{len(wanted)} separator sheets: {output}. Print them in their full size.")


@app.command("grant-analyst", rich_help_panel=SET_UP)
def grant_analyst(
    login: Annotated[str | None, typer.Argument(help="A role that becomes an analyst.")] = None,
    db: Database = None,
) -> None:
    """Let the PostgreSQL role inkfield_analyst SELECT from the view of each form, and from nothing else.

    Views that are made later are included. Needs the URL of a role that may give rights.

    Example: `inkfield grant-analyst anna --db postgresql://postgres@host/claims`
    """
    from inkfield.schemas.database.analysts import RoleError
    from inkfield.schemas.database.analysts import grant_analyst as grant
    from inkfield.schemas.database.connection import DatabaseError, open_database

    try:
        views = grant(open_database(database_url(db), migrate=False), login)
    except (DatabaseError, RoleError) as error:
        stop(str(error))
    print(f"{login or 'inkfield_analyst'} may read: {', '.join(views) or 'no view yet'}")


@app.command(rich_help_panel=SET_UP)
def doctor(db: Database = None) -> None:
    """Show what is missing on this machine and how to get it. Exit code 0: all is there; 3: something is
    missing."""
    from inkfield.flows.commands.doctor import print_checkup

    raise typer.Exit(0 if print_checkup(database_url(db)) else SOME_FAILED)


@app.command(rich_help_panel=SET_UP)
def config(
    as_json: Annotated[bool, typer.Option("--json", help="Print the settings as JSON.")] = False,
) -> None:
    """Show the settings in force and where each comes from; passwords are not shown. Exit code 2 when one is wrong.

    docs/settings.md says what they are.
    """
    from inkfield.flows.commands.config_command import print_config

    raise typer.Exit(0 if print_config(as_json) else WRONG_CALL)


for measuring in (
    lab_commands.evaluate,
    lab_commands.train,
    generate,
    lab_commands.render,
    lab_commands.sensitivity,
):
    app.command(rich_help_panel=LABORATORY)(measuring)
app.add_typer(review_app, name="review", rich_help_panel=MAIN)
app.add_typer(serve_app, name="serve", rich_help_panel=MAIN)
app.command(rich_help_panel=UNATTENDED)(learn)
app.command(rich_help_panel=UNATTENDED)(tune)
app.add_typer(weights_app, name="weights", rich_help_panel=UNATTENDED)
app.add_typer(engine_app, name="engine", rich_help_panel=UNATTENDED)
app.add_typer(schedule_app, name="schedule", rich_help_panel=UNATTENDED)
app.add_typer(forms_app, name="forms", rich_help_panel=SET_UP)
app.add_typer(data_app, name="data", rich_help_panel=LABORATORY)


@contextmanager
def _fetched(name: str) -> Iterator[Path]:
    """The file on this machine, whether it lies here or in an object store."""
    from inkfield.flows.workers.storage import StoreMissing, local_copy, to_path
    from inkfield.schemas.errors import DocumentError

    try:
        with local_copy(to_path(name)) as file:
            if not file.is_file():
                stop(f"There is no file {name}.")
            yield file
    except (StoreMissing, DocumentError) as error:
        stop(str(error))


@contextmanager
def _broken_told() -> Iterator[None]:
    """Ends the command with the reason where the process that is to read cannot start or write."""
    from inkfield.flows.workers.reader_process import ReaderBroken

    try:
        yield
    except (ReaderBroken, OSError) as problem:
        stop(str(problem))


def main() -> None:
    """The console script `inkfield`."""
    app()


if __name__ == "__main__":
    main()
