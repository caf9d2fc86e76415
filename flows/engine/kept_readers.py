"""The reader processes of an engine worker: they keep their weights from chunk to chunk, and from batch to batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from inkfield.flows.workers.reader_process import ReaderBroken, ReaderProcess, ReaderSetup


class KeptReaders:
    """As many processes as threads ask at once. One with another setup makes room for one with the right setup."""

    def __init__(self) -> None:
        self._idle: list[tuple[ReaderSetup, ReaderProcess]] = []
        self._lock = Lock()

    def warm(self, setup: ReaderSetup, count: int) -> None:
        """Starts so many processes and waits until they can read. Raises ReaderBroken."""
        readers = [ReaderProcess(setup) for _ in range(count)]
        for reader in readers:
            reader.await_ready()
        self._idle += [(setup, reader) for reader in readers]

    @contextmanager
    def reader(self, setup: ReaderSetup) -> Iterator[ReaderProcess]:
        """A process that nobody else uses meanwhile. One that turns out to be broken is not kept."""
        reader = self._take(setup)
        try:
            yield reader
        except ReaderBroken:
            reader.close()
            raise
        except BaseException:
            self._keep(setup, reader)
            raise
        self._keep(setup, reader)

    def close(self) -> None:
        for _, reader in self._idle:
            reader.close()
        self._idle.clear()

    def _take(self, setup: ReaderSetup) -> ReaderProcess:
        with self._lock:
            for place, (its_setup, reader) in enumerate(self._idle):
                if its_setup == setup:
                    del self._idle[place]
                    return reader
            in_the_way = self._idle.pop()[1] if self._idle else None
        if in_the_way is not None:
            in_the_way.close()
        return ReaderProcess(setup)

    def _keep(self, setup: ReaderSetup, reader: ReaderProcess) -> None:
        with self._lock:
            self._idle.append((setup, reader))
