"""The worker processes of a batch: a thread takes one, reads a document with it, and puts it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

from inkfield.flows.workers.cpu_count import cpu_count
from inkfield.flows.workers.reader_process import ReaderProcess, ReaderSetup


class ReaderPool:
    """``size`` worker processes. All are started at once, in the background, when the pool is made."""

    def __init__(self, setup: ReaderSetup, size: int) -> None:
        self.setup = setup
        self._all = [ReaderProcess(setup) for _ in range(size)]
        self._idle: SimpleQueue[ReaderProcess] = SimpleQueue()
        for reader in self._all:
            self._idle.put(reader)

    @contextmanager
    def reader(self) -> Iterator[ReaderProcess]:
        """A process that nobody else uses meanwhile; waits for one where all are busy."""
        reader = self._idle.get()
        try:
            yield reader
        finally:
            self._idle.put(reader)

    def close(self) -> None:
        for reader in self._all:
            reader.close()


_early: dict[tuple[ReaderSetup, int], ReaderPool] = {}


def start_early(setup: ReaderSetup, size: int) -> None:
    """Starts worker processes ahead of the flow: models load while Prefect's server starts."""
    _early[setup, size] = ReaderPool(setup, size)


@contextmanager
def open_pool(setup: ReaderSetup, size: int) -> Iterator[ReaderPool]:
    """A pool, the one that was started early if there is, whose processes end with the block."""
    pool = _early.pop((setup, size), None) or ReaderPool(setup, size)
    try:
        yield pool
    finally:
        pool.close()


def pool_size(workers: int | None, documents: int) -> int:
    """As many processes as were asked for, or one a core within the CPU limit; no more than there are documents."""
    return max(1, min(workers or cpu_count(), documents))
