"""`inkfield learn` and `inkfield weights`: what was learned of the fields that people settled, and going back; and
`inkfield tune`, which learns from corrected pages."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from inkfield.flows.commands.command_line import Database, stop
from inkfield.flows.database_url import database_url

NOT_ADOPTED = 3
"""Exit code: the new weights are not better, or there is too little to learn from; nothing has changed."""
weights_app = typer.Typer(
    no_args_is_help=True, help="The weights that were learned here, and which are in use."
)


def learn(
    db: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Learn from the fields that people settled: train the network on, and use it from the next document on, if it is
    better on settled fields that it never saw. Nobody else starts this.

    It runs at the lowest priority on one core, some ten minutes of it. Cut off, the same command goes on; the weights
    in use stay until the end. Exit code 0: adopted; 3: not better, or too little to learn from.

    Example: `inkfield learn`, then `inkfield weights list`
    """
    from inkfield.flows.commands.lab_commands import training_packages
    from inkfield.flows.commands.query_command import open_existing
    from inkfield.flows.workers.hold_lease import LeaseTaken
    from inkfield.flows.workers.reader_process import ReaderBroken
    from inkfield.schemas.database.connection import DatabaseError
    from inkfield.schemas.store.weights import OthersInUse

    _begin_training()
    with training_packages():
        from inkfield.lab.learning.learn import Interrupted, TooFew
        from inkfield.lab.learning.learn import learn as learn_now

    try:
        found = learn_now(
            open_existing(database_url(db)), lambda doing: print(f"{doing} ...", file=sys.stderr)
        )
    except (TooFew, LeaseTaken) as reason:
        stop(str(reason), NOT_ADOPTED)
    except (DatabaseError, ReaderBroken, Interrupted, OthersInUse, OSError) as error:
        stop(str(error))
    if as_json:
        print(json.dumps({"name": found.name, "adopted": not found.against, **found.figures}))
    else:
        print(_told(found.name, found.figures))
        for why in found.against:
            print(f"Not adopted: {why}")
        if not found.against:
            print(
                f"In use from the next document on. Back: inkfield weights use {found.figures['learned_on']}"
            )
    raise typer.Exit(NOT_ADOPTED if found.against else 0)


def tune(
    folder: Annotated[
        Path,
        typer.Argument(
            help="Corrected pages: what `inkfield data export` wrote, or any set of `data check`.",
            exists=True,
        ),
    ],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The new weights: a file that ends with .safetensors.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train the network on with corrected pages, for the hands on them, and tell what each more page gains. Twenty
    pages are a good beginning.

    A fifth of the pages is kept for judging. Beside the weights come a picture and a table of the curve: characters
    wrong over the number of pages. Some ten minutes of one core, at the lowest priority. Exit code 3: not better, or
    too few pages; then no weights are written.

    Example: `inkfield tune truth/ -o ours.safetensors`, then `inkfield archive letters/ --weights ours.safetensors`
    """
    from inkfield.flows.batch.summary import many
    from inkfield.flows.commands.lab_commands import training_packages

    if output.suffix != ".safetensors" or output.exists() or not output.absolute().parent.is_dir():
        stop(f"{output}: name a new file that ends with .safetensors, in a folder that is there.")
    _begin_training()
    with training_packages():
        from inkfield.lab.learning.tune import TooFewPages, write_curve
        from inkfield.lab.learning.tune import tune as tune_now

        try:
            found = tune_now(folder, output, lambda doing: print(f"{doing} ...", file=sys.stderr))
            write_curve(found.curve, output.with_suffix(".png"))
        except TooFewPages as reason:
            stop(str(reason), NOT_ADOPTED)
        except (OSError, ValueError) as error:
            stop(str(error))
    if as_json:
        print(json.dumps(asdict(found)))
    else:
        kept = f"{many(found.kept_lines, 'line')} of {many(found.kept_pages, 'page')}"
        print(f"Characters wrong on {kept} that were kept for judging:")
        for point in found.curve:
            print(f"  {many(point.pages, 'page'):>9}, {many(point.lines, 'line'):>11}: {point.cer:6.2f} %")
        for why in found.against:
            print(f"Not written: {why}")
        if not found.against:
            print(f"Wrote {output}; the curve is {output.with_suffix('.png')}.")
    raise typer.Exit(NOT_ADOPTED if found.against else 0)


@weights_app.command("list")
def list_weights(
    db: Database = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the weights that were learned, how they were judged, and which are in use (*)."""
    from inkfield.flows.commands.query_command import open_existing
    from inkfield.schemas.database.connection import transaction
    from inkfield.schemas.store.weights import SHIPPED, learned_weights

    with transaction(open_existing(database_url(db))) as session:
        found = learned_weights(session)
    if as_json:
        print(json.dumps([{"name": one.name, "in_use": one.in_use, "usable": one.usable,
                           "made_at": one.made_at.isoformat(), **one.figures} for one in found]))  # fmt: skip
        return
    print(f"{' ' if any(one.in_use for one in found) else '*'} {SHIPPED}: shipped")
    for one in found:
        mark = "*" if one.in_use else " " if one.usable else "-"
        print(f"{mark} {one.made_at:%Y-%m-%d %H:%M} {_told(one.name, one.figures)}")


@weights_app.command("use")
def use(
    name: Annotated[
        str, typer.Argument(help="A name that `inkfield weights list` shows; default: the shipped ones.")
    ],
    db: Database = None,
    by: Annotated[str | None, typer.Option("--by", help="Who says so. Default: the user's name.")] = None,
) -> None:
    """Read documents with these weights from the next one on. It is put on record.

    Example: `inkfield weights use default`
    """
    from inkfield.flows.commands.query_command import open_existing
    from inkfield.schemas.database.connection import transaction
    from inkfield.schemas.store.weights import use_weights

    try:
        with transaction(open_existing(database_url(db))) as session:
            before = use_weights(session, name, by or getpass.getuser())
    except LookupError as error:
        stop(str(error))
    print(f"{name} is in use from the next document on; before: {before}")


def _begin_training() -> None:
    """On one core, at the lowest priority; what is written is for this user alone. Stops where a package is missing."""
    from inkfield.flows.commands.lab_commands import training_packages

    os.nice(19)
    os.umask(0o077)
    os.environ["OMP_NUM_THREADS"] = "1"
    with training_packages():
        import torch

    torch.set_num_threads(1)


def _told(name: str, figures: Mapping[str, Any]) -> str:
    """How weights were judged, in a line."""
    before, after = figures["before"], figures["after"]
    return (
        f"{name}: from {figures['learned_on']} by {figures['taught']} settled fields; of {after['fields']} others "
        f"characters wrong {before['cer']:.1f} -> {after['cer']:.1f} %, values right {before['right']} -> "
        f"{after['right']}"
    )
