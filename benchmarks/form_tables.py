"""How fast a form's view answers over many rows, in PostgreSQL and SQLite: filters on two columns, and indexed ones.

The rows are those of the built-in claim form, made up in SQL, with a document each. Cold: the server was started anew,
the file opened anew, and the operating system was asked to forget the database's files. Needs Debian's postgresql and
about 1.2 GB for a million rows of each, in a temporary folder that is deleted.

    python benchmarks/form_tables.py --rows 1000000
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from cpu_by_process import cpu_seconds  # noqa: E402

from inkfield.schemas.database.connection import open_database  # noqa: E402
from inkfield.schemas.database.read_only_query import run_query  # noqa: E402
from inkfield.schemas.database.views import sync_views  # noqa: E402
from inkfield.schemas.forms.model import Form, load_forms  # noqa: E402
from inkfield.schemas.kinds import kind_of  # noqa: E402
from tests.support import postgres  # noqa: E402

FORM = "claim"
QUERIES = {
    "two statuses, counted": "SELECT count(*) FROM {} WHERE total_status = 'accepted' AND address_status = 'accepted'",
    "two statuses, 50 rows": "SELECT * FROM {} WHERE total_status = 'review' AND signature_status = 'review' LIMIT 50",
    "two values, no index": "SELECT count(*) FROM {} WHERE total > 900 AND diagnosis_1 = 'text 17'",
    "confidence and value": "SELECT count(*) FROM {} WHERE total_confidence < 0.05 AND patient_name = 'text 42'",
    "value and status": "SELECT sum(total) FROM {} WHERE diagnosis_2 = 'text 3' AND total_status = 'accepted'",
    "indexed: a date": "SELECT * FROM {} WHERE date_of_birth = '1961-05-17'",
    "indexed: a status": "SELECT document_id, file_name FROM {} WHERE claim_number_status = 'empty' LIMIT 50",
    "indexed: a document": "SELECT * FROM {} WHERE document_id = 777",
}
"""What a filter finds is by chance: a hundredth, a thousandth, or nearly all of the rows."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    options = parser.parse_args()
    for name, database in (("postgresql", on_postgresql), ("sqlite", on_sqlite)):
        if options.only in (None, name):
            with database() as (url, folder, restart):
                measure(name, url, folder, restart, options.rows)


@contextmanager
def on_postgresql() -> Iterator[tuple[str, Path, Callable[[], None]]]:
    """A throw-away server as it is installed, but for no fsync."""
    programs = postgres.find_programs()
    if programs is None:
        raise SystemExit(postgres.NOT_INSTALLED)
    with postgres.started_server(programs) as server:
        with (
            create_engine(server.url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection
        ):
            connection.exec_driver_sql("ALTER SYSTEM SET max_wal_size = '200MB'")  # for the disk's sake
            connection.exec_driver_sql("SELECT pg_reload_conf()")

        def restart() -> None:
            server.stop("fast")
            forget(Path(str(make_url(server.url).query["host"])))
            server.start()

        yield server.url, Path(str(make_url(server.url).query["host"])), restart


@contextmanager
def on_sqlite() -> Iterator[tuple[str, Path, Callable[[], None]]]:
    with tempfile.TemporaryDirectory(prefix="rows-") as folder:
        yield f"sqlite:///{folder}/rows.db", Path(folder), lambda: forget(Path(folder))


def forget(folder: Path) -> None:
    """Asks the operating system to forget what it holds of the files in a folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            file = os.open(path, os.O_RDONLY)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def measure(name: str, url: str, folder: Path, restart: Callable[[], None], rows: int) -> None:
    started = time.perf_counter()
    engine = open_database(url)
    forms = load_forms()
    sync_views(engine, forms)
    fill(engine, forms[FORM], rows)
    engine.dispose()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    print(
        f"{name}: {rows:,} rows, {size:,.0f} MB with indexes, made in {time.perf_counter() - started:.0f} s"
    )
    for what, query in QUERIES.items():
        sql = query.format(FORM)
        restart()
        cold, _, found = seconds(url, sql)
        clock, cpu = (min(taken) for taken in zip(*(seconds(url, sql)[:2] for _ in range(3)), strict=True))
        times = "   ".join(
            f"{name} {1000 * t:8.1f} ms" for name, t in (("cold", cold), ("warm", clock), ("CPU", cpu))
        )
        print(f"  {what:24} {times}   {found}", flush=True)


def seconds(url: str, sql: str) -> tuple[float, float, str]:
    """The time of a query by the clock and of one CPU, on a new connection that is there already, and what it gave.

    The CPU time is that of this process with SQLite, that of its server process with PostgreSQL (which may have
    others help it: by the clock it can be faster)."""
    engine = open_database(url, migrate=False)
    postgresql = engine.dialect.name == "postgresql"
    pid = run_query(engine, "SELECT pg_backend_pid()" if postgresql else "SELECT 1")[1][0][0]
    before = (cpu_seconds(pid) or 0.0) if postgresql else time.process_time()
    started = time.perf_counter()
    _, rows = run_query(engine, sql)
    taken = time.perf_counter() - started
    cpu = ((cpu_seconds(pid) or 0.0) if postgresql else time.process_time()) - before
    engine.dispose()
    return taken, cpu, str(rows[0][0]) if len(rows) == 1 and len(rows[0]) == 1 else f"{len(rows)} rows"


def fill(engine: Engine, form: Form, rows: int) -> None:
    """Makes up documents and rows of the form's table."""
    sqlite = engine.dialect.name == "sqlite"
    series = (
        f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) SELECT n FROM s)"
        if sqlite
        else f"(SELECT generate_series(1, {rows}::bigint) AS n)"
    )
    columns = ["page_id", "document_id", "page_number", "status", "form_version"]
    values = ["n", "n", "1", "'done'", "1"]
    for number, field in enumerate(form.fields):
        columns += [f'"{field.name}"', f"{field.name}_confidence", f"{field.name}_status"]
        values += made_up(kind_of(field.kind).stored, f"((n * {7919 + 104729 * number}) % 1000003)", sqlite)
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO batches (name, status, already_done, started_at)"
            " VALUES ('night', 'done', 0, CURRENT_TIMESTAMP)",
            "INSERT INTO documents (id, batch_id, sha256, form_key, file_name, path, status, is_current, timings,"
            " received_at) SELECT n, 1, 'sha256 of the file ' || n, 'claim:1', n || '.pdf', '/in/' || n || '.pdf',"
            f" 'done', true, '{{}}', CURRENT_TIMESTAMP FROM {series} s",
            "INSERT INTO pages (id, document_id, number, width, height, dpi, form, form_version, status, quality)"
            f" SELECT n, n, 1, 2480, 3508, 300, 'claim', 1, 'done', '{{}}' FROM {series} s",
            f"INSERT INTO form_claim ({', '.join(columns)}) SELECT {', '.join(values)} FROM {series} s",
        ):
            connection.exec_driver_sql(statement if sqlite else statement.replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if sqlite else "VACUUM ANALYZE")


def made_up(kind: str, random: str, sqlite: bool) -> list[str]:
    """Value, confidence and status out of a number from 0 to a million that looks like one by chance."""
    day = f"({random} % 20000)"
    value = {
        "amount": f"({random} % 100000) / 100.0",
        "date": f"date('1950-01-01', '+' || {day} || ' days')"
        if sqlite
        else f"date '1950-01-01' + {day}::int",
        "bool": f"({random} % 2) = 0",
        "integer": f"{random} % 100",
        "text": f"'text ' || ({random} % 1000)",
    }[kind]
    status = f"CASE WHEN {random} % 1000 < 5 THEN 'empty' WHEN {random} % 100 < 6 THEN 'review' ELSE 'accepted' END"
    return [value, f"({random} % 1000) / 1000.0", status]


if __name__ == "__main__":
    main()
