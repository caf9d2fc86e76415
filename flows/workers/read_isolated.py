"""Commands that read a file without a database have it read in a worker process, too: under the same limits, and what
the file does to the process is done to that process only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from inkfield.flows.workers.read_in_worker import TIME_LIMIT
from inkfield.flows.workers.reader_process import DocumentLost, ReaderProcess, Setup
from inkfield.schemas.readings import DocumentReading

ReadFile = Callable[[Path], DocumentReading]
Answer = Callable[[Path], DocumentReading | OSError]


@dataclass(frozen=True)
class TextSetup:
    """Reads the whole text of a file; ``language`` as `inkfield.flows.reports.whole_text.read_whole_text` takes it.
    ``searchable`` is the PDF to write, if any: a scan is opened in this process only."""

    weights: str
    language: str
    own_words: frozenset[str] = frozenset()
    searchable: Path | None = None

    def open(self, on_page: Callable[[int], None]) -> Answer:
        from inkfield.flows.reports.searchable_pdf import write_searchable_pdf
        from inkfield.flows.reports.whole_text import read_whole_text

        def read(path: Path) -> DocumentReading:
            reading = read_whole_text(path, self.weights, self.language, self.own_words, on_page)
            if self.searchable is not None and reading.status != "failed":
                write_searchable_pdf(path, reading, self.searchable)
            return reading

        return _guarded(read)


@dataclass(frozen=True)
class PairsSetup:
    """Finds the labelled values of a file."""

    weights: str

    def open(self, on_page: Callable[[int], None]) -> Answer:
        from inkfield.flows.reports.labelled_values import read_pairs

        return _guarded(lambda path: read_pairs(path, self.weights, on_page))


@dataclass(frozen=True)
class ExplainSetup:
    """Reads a file and writes the page that explains how."""

    target: Path
    form: str | None
    weights: str

    def open(self, on_page: Callable[[int], None]) -> Answer:
        from inkfield.flows.reports.explain import write_explanation

        return _guarded(lambda path: write_explanation(path, self.target, self.form, self.weights, on_page))


def read_isolated(setup: TextSetup | PairsSetup | ExplainSetup, path: Path) -> DocumentReading:
    """What a worker process of its own reads in a file; a failed reading where that costs the process.

    Raises ReaderBroken where the process cannot start (weights missing), OSError where it cannot write.
    """
    reader = ReaderProcess(setup)
    try:
        answer = reader.ask(path, TIME_LIMIT)
    except DocumentLost as lost:
        return DocumentReading(path.name, "", "failed", (), lost.code, str(lost))
    finally:
        reader.close()
    if isinstance(answer, OSError):
        raise answer
    assert isinstance(answer, DocumentReading)
    return answer


def ask_all(setup: Setup, jobs: Sequence[object], workers: int) -> Iterator[object]:
    """The answers of so many worker processes to many jobs, in order; the DocumentLost itself for a job that
    cost the process."""
    idle: SimpleQueue[ReaderProcess] = SimpleQueue()
    readers = [ReaderProcess(setup) for _ in range(max(1, min(workers, len(jobs))))]
    for reader in readers:
        idle.put(reader)

    def ask(job: object) -> object:
        reader = idle.get()
        try:
            return reader.ask(job, TIME_LIMIT)
        except DocumentLost as lost:
            return lost
        finally:
            idle.put(reader)

    try:
        with ThreadPoolExecutor(len(readers)) as threads:
            yield from threads.map(ask, jobs)
    finally:
        for reader in readers:
            reader.close()


def _guarded(read: ReadFile) -> Answer:
    """As ``read``, but what it raises comes back: a fault as a failed reading, an OSError (of writing) itself."""

    def answer(path: Path) -> DocumentReading | OSError:
        from inkfield.flows.workers.read_into_database import fault

        try:
            return read(path)
        except OSError as error:
            return error
        except Exception as error:
            code, message = fault(path, error)
            return DocumentReading(path.name, "", "failed", (), code, message)

    return answer
