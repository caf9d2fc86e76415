"""How fast readings go into PostgreSQL: documents and rows a second, and CPU time a document on both sides.

Each document is what a claim form gives: one page of 24 fields, written as the worker processes do, in two
transactions, with the row of its form's table. A throw-away server on this machine's disk, its writes forced to the
disk as in earnest (fsync). Needs Debian's postgresql.

    python benchmarks/database_writes.py --documents 2000 --writers 1 4
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, make_url

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from cpu_by_process import cpu_seconds  # noqa: E402

from inkfield.schemas.database.connection import open_database, transaction  # noqa: E402
from inkfield.schemas.database.read_only_query import run_query  # noqa: E402
from inkfield.schemas.database.views import sync_views  # noqa: E402
from inkfield.schemas.forms.model import Form  # noqa: E402
from inkfield.schemas.store.documents import begin_batch, register_document, save_document, start_document  # noqa: E402
from tests.support import postgres  # noqa: E402
from tests.support.prefect_processes import descendants  # noqa: E402
from tests.support.readings import document, field, page  # noqa: E402

FIELDS = 24
ROWS = 1 + 1 + FIELDS + 1
"""Of a document: itself, its page, its fields, and that of its form's table."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 4])
    options = parser.parse_args()
    with durable_server() as (url, server):
        engine = open_database(url)
        make_form_table(engine)
        for run, writers in enumerate(options.writers):
            measure(url, server, run, writers, options.documents // writers)
        (size,) = run_query(engine, "SELECT pg_database_size(current_database())")[1][0]
        (documents,) = run_query(engine, "SELECT count(*) FROM documents")[1][0]
        print(f"{size / documents / 1024:.1f} KiB of database a document, with its indexes")


@contextmanager
def durable_server() -> Iterator[tuple[str, int]]:
    """The URL and the process id of a throw-away server with fsync, which that of the tests does without."""
    programs = postgres.find_programs()
    if programs is None:
        raise SystemExit(postgres.NOT_INSTALLED)
    with postgres.running_server(programs) as url:
        folder = str(make_url(url).query["host"])
        options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
        control = [str(programs / "pg_ctl"), "-D", f"{folder}/data", "-w", "-l", f"{folder}/log2"]
        postgres._run([*control, "-o", options, "restart"])
        yield url, int(Path(folder, "data", "postmaster.pid").read_text().split()[0])


def measure(url: str, server: int, run: int, writers: int, each: int) -> None:
    """Has so many processes write, and prints how it went."""
    with multiprocessing.get_context("spawn").Pool(writers) as pool:
        pool.map(connect, [url] * writers)
        before, started = _server_seconds(server), time.perf_counter()
        tasks = [(url, 1_000_000 * run + 10_000 * writer, each) for writer in range(writers)]
        client = sum(pool.starmap(write, tasks))
        seconds, served = time.perf_counter() - started, _server_seconds(server) - before
    count = writers * each
    print(
        f"{writers} writers: {count / seconds:7.0f} documents/s {ROWS * count / seconds:8.0f} rows/s; CPU a document: "
        f"{1000 * client / count:.1f} ms here, {1000 * served / count:.1f} ms in PostgreSQL"
    )


def make_form_table(engine: Engine) -> None:
    """The table of a form of that many fields, with an index on every status."""
    fields = [{"name": f"field_{n}", "kind": "amount"} for n in range(FIELDS)]
    paper = {"width_mm": 210, "height_mm": 297}
    form = Form.model_validate(
        {"name": "slip", "version": 1, "title": "Slip", "layout": "cheque", "paper": paper, "fields": fields}
    )
    sync_views(engine, [form])


def connect(url: str) -> None:
    open_database(url)


def write(url: str, first: int, count: int) -> float:
    """Writes documents; returns the CPU seconds that it took."""
    engine = open_database(url)
    fields = tuple(replace(field("amount", "amount", 12), name=f"field_{n}") for n in range(FIELDS))
    reading = document([replace(page(), fields=fields)])
    with transaction(engine) as session:
        batch = begin_batch(session, "benchmark")
    started = time.process_time()
    for number in range(first, first + count):
        with transaction(engine) as session:
            noted = register_document(session, batch, f"/data/{number}.pdf", f"{number:064x}", "claim:1")
            start_document(session, noted.document_id)
        with transaction(engine) as session:
            save_document(session, noted.document_id, reading, {"total": 1.2})
    return time.process_time() - started


def _server_seconds(server: int) -> float:
    """CPU seconds of PostgreSQL's processes: those that are there, before the writers go."""
    return sum(cpu_seconds(pid) or 0.0 for pid in (server, *descendants(server)))


if __name__ == "__main__":
    main()
