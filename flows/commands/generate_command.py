"""`inkfield generate`: ink by a trained writer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inkfield.flows.commands.command_line import stop

_STYLES = 12
"""Styles on a sheet where none is named."""


def generate(
    texts: Annotated[list[str] | None, typer.Argument(help="What is to be written.", metavar="TEXT")] = None,
    style: Annotated[
        int | None,
        typer.Option("--style", min=0, help="The number of a style. Default: several, or at random."),
    ] = None,
    thickness: Annotated[
        float, typer.Option("--thickness", min=0.3, max=4, help="Of the strokes; 1 is the writer's own.")
    ] = 1.0,
    weights: Annotated[
        Path, typer.Option("--weights", help="What `inkfield train --model scrabble_gan` made.")
    ] = Path(".runs/scrabble_gan/weights.safetensors"),
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help="A .png: a sheet. Any other name: the folder of a data set."),
    ] = Path("generated.png"),
    texts_file: Annotated[
        Path | None, typer.Option("--texts", help="A file of texts, one a line, besides.", exists=True)
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, help="Pictures of a data set. Default: one a text.")
    ] = None,
) -> None:
    """Write texts in a hand of no one, as a contact sheet or as a data set to train on.

    The writer is not shipped: it is trained on your own words, see docs/architectures.md.

    Examples:

    - `inkfield generate "minimum" --style 7 --thickness 1.3 -o minimum.png`
    - `inkfield generate --texts words.txt --count 5000 -o generated`
    """
    from inkfield.recognizers.architectures.writer import load_writer
    from inkfield.recognizers.training.ink_sheet import write_sheet
    from inkfield.recognizers.training.written_set import write_set

    wanted = [*(texts or []), *(texts_file.read_text("utf-8").splitlines() if texts_file else [])]
    wanted = [text.strip() for text in wanted if text.strip()]
    if not wanted:
        stop("Give a text, or --texts FILE.")
    try:
        writer = load_writer(weights)
        if output.suffix.lower() == ".png":
            styles = [style] if style is not None else range(_STYLES)
            write_sheet(output, [writer.write(text, one, thickness) for text in wanted for one in styles])
        else:
            write_set(output, writer, wanted, count or len(wanted), style, thickness)
    except FileNotFoundError as error:
        stop(f"{error}; make it with: inkfield train --model scrabble_gan --data DIR")
    except (OSError, ValueError) as error:
        stop(str(error))
    typer.echo(output)
