"""What all commands share: exit codes, the database option, and how a command stops."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from inkfield.flows.database_url import DEFAULT, VARIABLE

WRONG_CALL = 2
"""Exit code: the call itself was wrong."""
SOME_FAILED = 3
"""Exit code: some documents failed."""

Database = Annotated[
    str | None,
    typer.Option("--db", help=f"SQLAlchemy URL of the database. Default: ${VARIABLE}, or else {DEFAULT}."),
]
OwnWords = Annotated[
    Path | None,
    typer.Option(
        "--words",
        help="Your own words (drugs, towns, staff): a UTF-8 file, one a line.",
        exists=True,
        dir_okay=False,
    ),
]


def stop(message: str, code: int = WRONG_CALL) -> NoReturn:
    """Ends the command: the message on stderr, the exit code to the shell."""
    print(message, file=sys.stderr)
    raise typer.Exit(code)


def own_words_of(file: Path | None) -> frozenset[str]:
    """The words of the file of ``--words``; ends the command where it is no list of words."""
    if file is None:
        return frozenset()
    from inkfield.recognizers.language.word_list import read_word_list  # half a second: not for --help

    try:
        return read_word_list(file)
    except (OSError, ValueError) as error:
        stop(str(error))


@contextmanager
def at_work(doing: str) -> Iterator[None]:
    """Says at once on stderr what is being done: with a turning sign in a terminal, in one line elsewhere."""
    if not sys.stderr.isatty():
        print(f"{doing} ...", file=sys.stderr, flush=True)
        yield
        return
    from rich.console import Console  # a tenth of a second: not for --help
    from rich.markup import escape

    with Console(stderr=True).status(f"{escape(doing)} ..."):
        yield
