"""The machines of the engine: its head, which hands out chunks, and its workers, which read them.

Whoever reaches the head can have any code run by the workers: it belongs into a closed network, or behind TLS
(`DASK_DISTRIBUTED__COMM__TLS__...`, see docs/operations.md).
"""

from __future__ import annotations

import asyncio
import logging

import dask
from distributed import Client, Scheduler, Worker

from inkfield.flows.database_url import database_url
from inkfield.flows.engine.chunk import READERS
from inkfield.flows.engine.no_engine import NoEngine
from inkfield.flows.settings import EngineSettings, settings
from inkfield.flows.workers.event_log import event
from inkfield.flows.workers.reader_process import ReaderSetup

PORT = 8786
SILENT_SECONDS = 90
"""A worker that has not been heard of for so long is taken for dead, and what it had is handed out again. One whose
process ends is known at once."""
DEATHS = 3
"""After the deaths of so many workers over one chunk the engine gives it back to the batch."""
NOBODY = "127.0.0.1:0"
"""Where Dask's own pages are: at a free port of this machine only."""
ANSWER_SECONDS = 30.0
WORKER_SECONDS = 120.0
"""How long a batch waits for the first worker: as long as one takes to load its weights on a busy machine."""


def run_head(host: str, port: int = PORT) -> None:
    """Hands out chunks until it is ended. Raises OSError where the port is taken."""

    async def serve() -> None:
        head = Scheduler(
            host=host,
            port=port,
            dashboard_address=NOBODY,
            allowed_failures=DEATHS - 1,
            worker_ttl=SILENT_SECONDS,
        )
        async with head:
            event("engine_head", address=head.address)
            await head.finished()

    # Else a worker is given more chunks than it reads, and they, too, count its death against them.
    with dask.config.set({"distributed.scheduler.worker-saturation": 1.0}):
        asyncio.run(serve())


def run_worker(address: str, processes: int) -> None:
    """Reads chunks with so many reader processes until it is ended; waits for a head that is away.

    The weights are loaded before the head hears of it, so a machine that cannot read gets nothing to read. Raises
    ReaderBroken, DatabaseError.
    """
    READERS.warm(ReaderSetup(database_url()), processes)

    async def serve() -> None:
        while True:
            try:
                worker = Worker(
                    address,
                    nthreads=processes,
                    memory_limit=0,  # of this process, which reads nothing; the reader processes have theirs
                    dashboard_address=NOBODY,
                    death_timeout=ANSWER_SECONDS,
                )
                async with worker:
                    event("engine_worker", head=address, processes=processes)
                    await worker.finished()
            except (OSError, TimeoutError) as error:
                event("engine_head_away", head=address, error=type(error).__name__)
            await asyncio.sleep(2)

    try:
        asyncio.run(serve())
    finally:
        READERS.close()


def connect() -> Client:
    """A client of the engine at INKFIELD_ENGINE. Raises NoEngine."""
    address = settings(EngineSettings).engine
    if not address:
        raise NoEngine(
            "--spread needs the engine: start `inkfield engine head` and `inkfield engine worker`, then name the "
            f"head: export INKFIELD_ENGINE=tcp://HOST:{PORT}"
        )
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # a lost head is told in our words
    try:
        return Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoEngine(
            f"No engine answers at INKFIELD_ENGINE={address} ({type(error).__name__}). Start it: inkfield engine head"
        ) from error


def check_engine() -> None:
    """Waits for the first worker. Raises NoEngine where there is no engine, or no worker comes."""
    with connect() as client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise NoEngine(
                "The engine has no worker. Start one on each machine that reads: inkfield engine worker"
            ) from error
