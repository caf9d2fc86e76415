"""How long a search of the archive takes: 100,000 pages of made-up text in SQLite and in PostgreSQL, searches of six
kinds, at the middle and at the 95th percentile.

A page has 25 lines of 8 words; words are drawn as often as they occur in English, every tenth is a surname. A third of
the words have two to five readings. The lines go in by bulk, the index by the function that `inkfield archive` uses.
Searches are drawn from the texts themselves. PostgreSQL is a throw-away server with its own settings; needs Debian's
postgresql. Takes some 15 minutes and 6 GB of disk in all.

    python -m benchmarks.archive_search --pages 100000 --folder /tmp/archive
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, text

from inkfield.recognizers.language.corpora import person_names, words_by_frequency
from inkfield.schemas.archive.index import index_page
from inkfield.schemas.archive.search import search
from inkfield.schemas.database.archive_tables import ArchivedRow
from inkfield.schemas.database.connection import open_database, reading, transaction
from inkfield.schemas.store.archive import NO_FORMS
from inkfield.schemas.store.documents import begin_batch, register_document
from tests.support import postgres

LINES, WORDS = 25, 8
OF_DOCUMENT = 50
LETTERS = np.array(list("abcdefghilmnoprstuv"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=100, help="of each kind")
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--folder", type=Path, default=Path("/tmp"))
    options = parser.parse_args()
    vocabulary = Vocabulary()
    for name in options.databases:
        if name == "sqlite":
            file = options.folder / "archive-search.db"
            file.unlink(missing_ok=True)
            measure(open_database(f"sqlite:///{file}"), vocabulary, options.pages, options.searches)
            continue
        programs = postgres.find_programs()
        if programs is None:
            raise SystemExit(postgres.NOT_INSTALLED)
        with postgres.running_server(programs) as url:
            measure(open_database(url), vocabulary, options.pages, options.searches)


class Vocabulary:
    """Words as often as they occur, surnames among them, each with what it may be read as."""

    def __init__(self, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        parts = {part for name in person_names(8_000, seed) for part in name.split()}
        names = sorted(part for part in parts if part.isalpha() and len(part) > 3)
        common = [word for line in words_by_frequency("en", 50_000, seed) for word in line.split()]
        self.words = [*common, *self.random.choice(names, len(common) // 9)]
        self.names = names
        self.readings = [self._readings(word) for word in self.words]
        self.objects = [json.dumps(_object(readings)) for readings in self.readings]

    def page(self) -> np.ndarray:
        """Numbers of words, (LINES, WORDS)."""
        return self.random.integers(0, len(self.words), (LINES, WORDS))

    def _readings(self, word: str) -> list[str]:
        rivals = {word: None}
        if self.random.random() < 1 / 3:
            for _ in range(self.random.integers(1, 5)):
                letters = list(word)
                letters[self.random.integers(len(letters))] = str(self.random.choice(LETTERS))
                rivals["".join(letters)] = None
        return list(rivals)


def _object(readings: Sequence[str]) -> dict[str, object]:
    """A word as it stands in archive_lines, the first reading by far the likeliest."""
    rest = 0.4 / max(1, len(readings) - 1)
    shares = [(reading, round(0.6 if number == 0 else rest, 3)) for number, reading in enumerate(readings)]
    if len(readings) == 1:
        shares = [(readings[0], 0.997)]
    return {"text": readings[0], "box": [812, 1034, 167, 52], "confidence": 0.87, "readings": shares}


def measure(engine: Engine, vocabulary: Vocabulary, pages: int, searches: int) -> None:
    name = engine.dialect.name
    began = time.perf_counter()
    asked = fill(engine, vocabulary, pages, searches)
    print(f"{name}: {pages:,} pages written in {time.perf_counter() - began:.0f} s, {size(engine):,.0f} MB")
    with reading(engine) as session:
        search(session, "warm")
    everything: list[float] = []
    for kind, queries in asked.items():
        times, hits = [], []
        for query in queries:
            start = time.perf_counter()
            with reading(engine) as session:
                found = search(session, query)
            times.append(1000 * (time.perf_counter() - start))
            hits.append(len(found.hits))
        everything += times
        print(row(kind, times) + f"  {np.median(hits):6.0f} hits in the middle")
    print(row("all", everything) + f"  load {os.getloadavg()[0]:.1f}", flush=True)


def row(kind: str, times: Sequence[float]) -> str:
    middle, high = np.percentile(times, [50, 95])
    return (
        f"  {kind:28} {len(times):4}  middle {middle:6.1f} ms  95th {high:6.1f} ms  most {max(times):6.1f} ms"
    )


def fill(engine: Engine, vocabulary: Vocabulary, pages: int, searches: int) -> dict[str, list[str]]:
    """Writes the pages; returns searches of each kind, drawn from them."""
    asked: dict[str, list[str]] = {}
    every = max(1, pages // searches)
    for first in range(0, pages, 1000):
        numbers = range(first + 1, min(first + 1000, pages) + 1)
        made = {number: vocabulary.page() for number in numbers}
        with transaction(engine) as session:
            documents = {
                n: document(session, n // OF_DOCUMENT)
                for n in numbers
                if n == first + 1 or not n % OF_DOCUMENT
            }
            last = 0
            rows = []
            for number in numbers:
                last = documents.get(number, last)
                rows.append((number, last, number, 1700, 2200, 200.0))
            write(session.connection(), rows, made, vocabulary)
            for number, page in made.items():
                index_page(
                    session, number, [[vocabulary.readings[w] for w in line] for line in page.tolist()]
                )
        for number, page in made.items():
            if number % every == 0:
                for kind, query in draw(vocabulary, page):
                    asked.setdefault(kind, []).append(query)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    return asked


def document(session: object, number: int) -> int:
    batch = begin_batch(session, "made up", key="archive-search")  # type: ignore[arg-type]
    made = register_document(session, batch, f"/made/{number}.pdf", f"{number:064x}", NO_FORMS).document_id  # type: ignore[arg-type]
    if session.get(ArchivedRow, made) is None:  # type: ignore[attr-defined]
        session.add(ArchivedRow(document_id=made, read_with="", whole=True))  # type: ignore[attr-defined]
        session.flush()  # type: ignore[attr-defined]
    return made


def draw(vocabulary: Vocabulary, page: np.ndarray) -> Iterator[tuple[str, str]]:
    """Searches for what stands on a page."""
    random = vocabulary.random
    line = [vocabulary.words[w] for w in page[random.integers(LINES)].tolist()]
    start = int(random.integers(WORDS - 2))
    yield "a word, as often as it occurs", line[0]
    yield "a surname", str(random.choice(vocabulary.names))
    yield "the beginning of a surname", str(random.choice(vocabulary.names))[:4] + "*"
    yield "two words of a page", f"{line[0]} {vocabulary.words[int(page[-1, -1])]}"
    yield "a phrase of two words", f'"{" ".join(line[start : start + 2])}"'
    yield "a phrase of three words", f'"{" ".join(line[start : start + 3])}"'


def write(
    connection: Connection,
    rows: Sequence[tuple[int, int, int, int, int, float]],
    pages: dict[int, np.ndarray],
    vocabulary: Vocabulary,
) -> None:
    lines = (
        (
            number,
            place,
            "[100, 200, 1500, 60]",
            " ".join(vocabulary.words[w] for w in line),
            0.9,
            f"[{', '.join(vocabulary.objects[w] for w in line)}]",
        )
        for number, page in pages.items()
        for place, line in enumerate(page.tolist(), start=1)
    )
    driver = connection.connection.driver_connection
    assert driver is not None
    if connection.dialect.name == "sqlite":
        driver.executemany("INSERT INTO archive_pages VALUES (?, ?, ?, ?, ?, ?)", rows)
        names = "page_id, number, box, text, confidence, words"
        driver.executemany(f"INSERT INTO archive_lines ({names}) VALUES (?, ?, ?, ?, ?, ?)", lines)
        return
    with driver.cursor() as cursor:
        with cursor.copy("COPY archive_pages FROM STDIN") as copy:
            for one in rows:
                copy.write_row(one)
        with cursor.copy(
            "COPY archive_lines (page_id, number, box, text, confidence, words) FROM STDIN"
        ) as copy:
            for line in lines:
                copy.write_row(line)


def size(engine: Engine) -> float:
    """Of the database, in MB."""
    if engine.dialect.name == "sqlite":
        return Path(str(engine.url.database)).stat().st_size / 1e6
    with engine.connect() as connection:
        return float(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 1e6


if __name__ == "__main__":
    main()
