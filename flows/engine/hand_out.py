"""Hands the documents of a batch to the engine, chunk by chunk, until each has its rows or a reason why not.

First all in chunks. What was left there (its reading was begun before and did not end: it may be what killed its
worker) is read after that, one document at a time and nothing beside it, so that nobody is blamed for another's deed.
"""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from distributed import Client, Future, KilledWorker, as_completed

from inkfield.flows.engine.chunk import WORKER_DIED, Chunk, ChunkRead, read_chunk
from inkfield.flows.engine.machines import connect
from inkfield.flows.engine.no_engine import BrokenWorkers, NoEngine
from inkfield.flows.workers.event_log import event

AT_ONCE = 1000
"""Chunks that the engine has at once: work for as many processes, and no list of a million files in its head."""
TRIES = 3
"""A document of which so many workers died is given up; so is the batch when workers could not read a chunk so often,
and lived."""
AWAY_SECONDS = 600.0
"""How long a batch waits for a head that went away."""

Progress = Callable[[int], None]
"""Is told how many documents of the batch have been handled."""


@dataclass
class HandedOut:
    """``unread`` are documents without rows, each with its failure code. ``alone`` counts those that were read one by
    one."""

    chunks: int = 0
    alone: int = 0
    unread: dict[str, str] = field(default_factory=dict)


def hand_out(
    batch: str, groups: Sequence[Sequence[str]], form: str | None, time_limit: float, progress: Progress
) -> HandedOut:
    """Has the engine read all documents. Raises NoEngine, and BrokenWorkers."""
    found = HandedOut(chunks=len(groups))
    chunks = [Chunk(batch, tuple(group), form, time_limit) for group in groups]
    left: list[str] = []
    handled = 0
    for chunk, read in _each(chunks, AT_ONCE):
        gone = list(chunk.paths) if read is None else list(read.left)
        left += gone
        handled += len(chunk.paths) - len(gone)
        progress(handled)
    found.alone = len(left)
    alone = [Chunk(batch, (path,), form, time_limit, most_begun=TRIES - 1) for path in left]
    for chunk, read in _each(alone, 1):
        found.unread |= dict.fromkeys(chunk.paths, WORKER_DIED) if read is None else read.left
        handled += 1
        progress(handled)
    return found


def _each(chunks: Sequence[Chunk], at_once: int) -> Iterator[tuple[Chunk, ChunkRead | None]]:
    """Each chunk with what became of it; None where three workers died over it."""
    waiting, tries = deque(chunks), Counter[Chunk]()
    while waiting:
        with _engine() as client:
            for chunk, read in _until_lost(client, waiting, at_once):
                if isinstance(read, ChunkRead):
                    yield chunk, read
                elif isinstance(read, KilledWorker):
                    yield chunk, None
                else:
                    tries[chunk] += 1
                    if tries[chunk] >= TRIES:
                        raise BrokenWorkers(f"{type(read).__name__}: {read}") from read
                    waiting.append(chunk)


def _engine() -> Client:
    """A client of the engine. A head that is being started again is waited for; its workers come back by themselves."""
    deadline = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return connect()
        except NoEngine:
            if time.monotonic() > deadline:
                raise
            time.sleep(2)


def _until_lost(
    client: Client, waiting: deque[Chunk], at_once: int
) -> Iterator[tuple[Chunk, ChunkRead | BaseException]]:
    """Takes chunks from ``waiting`` and gives what became of them, as they come in. Where the head is lost, what the
    engine had is put back, and it ends."""
    taken: dict[str, tuple[Chunk, Future]] = {}
    coming = as_completed(loop=client.loop, with_results=True, raise_errors=False)

    def take() -> None:
        while waiting and len(taken) < at_once:
            chunk, name = waiting.popleft(), f"chunk-{uuid4().hex}"
            future = client.submit(read_chunk, chunk, key=name, pure=False)
            taken[name] = chunk, future
            coming.add(future)

    take()
    for future, result in coming:
        if future.status == "cancelled":
            event("engine_head_lost", logging.WARNING, chunks=len(taken))
            waiting.extend(chunk for chunk, _ in taken.values())
            return
        chunk, _ = taken.pop(future.key)
        found = result[1] if future.status == "error" else result
        future.release()  # else the chunk would be read again if the worker that has the result dies
        take()
        yield chunk, found
