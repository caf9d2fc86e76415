"""A worker of the engine that dies at once, as by loss of power, whenever it reads a document called deadly.

python -m tests.support.mortal_worker --workers 1      # as `inkfield engine worker`
"""

from __future__ import annotations

import os
import signal
import sys
import time
from threading import Thread
from typing import Any

from sqlalchemy import select

from inkfield.flows.engine import chunk
from inkfield.flows.workers import batch_rows
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.tables import DocumentRow


def begun(url: str, path: str) -> int:
    with transaction(batch_rows.engine(url)) as session:
        return session.scalar(select(DocumentRow.begun).where(DocumentRow.path == path)) or 0


def die_once_begun(url: str, path: str, before: int) -> None:
    """Ends this process when the database says that the reading of a document has begun once more."""
    while begun(url, path) <= before:
        time.sleep(0.005)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    from inkfield.flows.commands.cli import main as command_line

    read = chunk._read

    def read_or_die(reader: Any, url: str, batch_id: int, path: str, given: chunk.Chunk) -> str | None:
        if "deadly" in path:
            arguments = url, path, begun(url, path)
            Thread(target=die_once_begun, args=arguments, daemon=True).start()
        return read(reader, url, batch_id, path, given)

    chunk._read = read_or_die
    sys.argv[1:1] = ["engine", "worker"]
    command_line()


if __name__ == "__main__":
    main()
