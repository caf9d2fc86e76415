"""The commands `inkfield engine ...`: the machines that read large batches."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from inkfield.flows.commands.command_line import stop

engine_app = typer.Typer(no_args_is_help=True, help="The machines that read large batches, for `--spread`.")


@engine_app.command()
def head(
    host: Annotated[str, typer.Option("--host", help="Address that it listens at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Its port.")] = 8786,
) -> None:
    """Hand out chunks of documents to workers; goes on until it is ended. One for all machines.

    Whoever reaches its port can have any code run on the workers: keep it in a closed network.

    Example: `inkfield engine head --host 10.0.0.1`
    """
    set_up()
    from inkfield.flows.engine.machines import run_head

    try:
        run_head(host, port)
    except OSError as error:
        stop(f"The head cannot listen at {host}:{port}: {error}")


@engine_app.command()
def worker(
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Reader processes. Default: one per core.")
    ] = None,
) -> None:
    """Read what the head hands out; goes on until it is ended. One on each machine that reads.

    It needs INKFIELD_ENGINE, the address of the head, and the INKFIELD_DATABASE_URL of the batches.

    Example: `INKFIELD_ENGINE=tcp://10.0.0.1:8786 inkfield engine worker`
    """
    set_up()
    from inkfield.flows.engine.machines import run_worker
    from inkfield.flows.settings import EngineSettings, settings
    from inkfield.flows.workers.cpu_count import cpu_count
    from inkfield.flows.workers.reader_process import ReaderBroken

    address = settings(EngineSettings).engine
    if not address:
        stop("Name the head of the engine: export INKFIELD_ENGINE=tcp://HOST:8786")
    try:
        run_worker(address, workers or cpu_count())
    except ReaderBroken as error:
        stop(str(error))


def set_up() -> None:
    """One event a line on standard error; says what to install where the engine is not."""
    from inkfield.flows.engine.no_engine import NoEngine, need_dask
    from inkfield.flows.workers.event_log import set_up_log

    set_up_log()
    logging.getLogger("distributed").setLevel(logging.WARNING)
    try:
        need_dask()
    except NoEngine as error:
        stop(str(error))
