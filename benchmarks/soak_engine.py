"""A large batch on the engine while its workers, its head, the batch itself and the database are killed; counts.

    python -m benchmarks.soak_engine                                    # 2,000 documents, 30 kills, SQLite
    python -m benchmarks.soak_engine --postgres                         # the same over PostgreSQL, 2 restarts of it
    python -m benchmarks.soak_engine --documents 100 --kills 3

Small rendered documents, one in twenty bad, one in twenty there twice, two that kill whatever worker reads them. The
workers are killed at random, with all that they have started; the head once; the process of the batch once, and the
same call is made again. At the end every content must have exactly one row with the pages that it has, a bad one must
have failed, and those that kill must be named. Exit code 1 where something is not so. Needs Debian's postgresql for
--postgres and the extra `engine`.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from benchmarks.soak_watch import Made, _encoded, _page, a_database, make_document
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.tables import DocumentRow, PageRow
from tests.support.engine_processes import Engine, running_engine
from tests.support.prefect_processes import kill_tree, running_prefect, server_environment

SETTLED = ("done", "review", "failed")


@dataclass
class Soak:
    """``done`` counts documents that have a result."""

    database: Database
    batch: subprocess.Popen[str]

    def done(self) -> int:
        settled = select(func.count()).where(DocumentRow.status.in_(SETTLED))
        while True:
            try:
                with transaction(self.database) as session:
                    return session.scalar(settled) or 0
            except DBAPIError:  # it is being restarted
                time.sleep(0.5)


def write_documents(inbox: Path, count: int, deadly: int, chance: random.Random) -> list[Made]:
    """So many documents in folders, some of them twice; returns one of each content."""
    documents = [make_document(number, chance, 0.05) for number in range(count - deadly)]
    documents += [deadly_document(number) for number in range(deadly)]
    chance.shuffle(documents)
    for number, made in enumerate(documents):
        folder = inbox / f"{number % 7}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / made.name).write_bytes(made.content)
        if chance.random() < 0.05 and "deadly" not in made.name:
            (folder / f"again-{made.name}").write_bytes(made.content)
    return documents


def deadly_document(number: int) -> Made:
    """One that takes a while to read, so that whoever is to die has time to."""
    words = "\n".join("many words that take a while" for _ in range(12))
    return Made(f"deadly-{number}.png", _encoded([_page(2**20 + number, 900, 1100, words)], "PNG"), 1, False)


def start_batch(inbox: Path, environment: dict[str, str], log: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "inkfield", "process", str(inbox), "--spread", "--json"]
    with log.open("ab") as output:
        return subprocess.Popen(
            [*command, "--chunk-size", "20"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            start_new_session=True,
        )


def hurt(soak: Soak, engine: Engine, total: int, given: argparse.Namespace, chance: random.Random,
         restart: Callable[[float], None], again: Callable[[], subprocess.Popen[str]]) -> list[str]:  # fmt: skip
    """Kills and restarts, spread over the batch."""
    blows = ["worker"] * given.kills + ["database"] * given.restarts + ["head"] * given.heads
    chance.shuffle(blows)
    blows.insert(len(blows) // 2, "batch")
    struck = []
    for number, blow in enumerate(blows):
        due = int(total * (number + chance.random()) / (len(blows) + 1))
        while soak.done() < due and soak.batch.poll() is None:
            time.sleep(0.1)
        if soak.batch.poll() is not None:
            break
        struck.append(blow)
        if blow == "worker":
            engine.kill_a_worker(chance)
        elif blow == "head":
            engine.kill("head")
        elif blow == "database":
            restart(2.0)
        else:
            kill_tree(soak.batch.pid)
            soak.batch.wait()
            soak.batch = again()
    return struck


def check(database: Database, documents: list[Made]) -> list[str]:
    """What is not as it must be, document by document."""
    wrong = []
    with transaction(database) as session:
        rows = {row.sha256: row for row in session.scalars(select(DocumentRow))}
        pages = dict(
            session.execute(select(PageRow.document_id, func.count()).group_by(PageRow.document_id)).all()
        )
        twice = select(PageRow.document_id).group_by(PageRow.document_id, PageRow.number)
        doubled = len(session.execute(twice.having(func.count() > 1)).all())
    by_content = {made.sha256: made for made in documents}
    wrong += [f"{made.name}: no row" for sha256, made in by_content.items() if sha256 not in rows]
    wrong += [f"{row.file_name}: a row too many" for sha256, row in rows.items() if sha256 not in by_content]
    wrong += ["pages are doubled"] * doubled
    for sha256, made in by_content.items():
        row = rows.get(sha256)
        if row is None:
            continue
        if "deadly" in made.name:
            if row.error_code != "kills_worker":
                wrong.append(f"{made.name}: {row.status} {row.error_code}")
        elif made.is_good != (row.status in ("done", "review")) or pages.get(row.id, 0) != made.pages:
            wrong.append(f"{made.name}: {row.status} {row.error_code}, {pages.get(row.id, 0)} pages")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--kills", type=int, default=30, help="of workers")
    parser.add_argument("--heads", type=int, default=1, help="kills of the engine's head")
    parser.add_argument("--restarts", type=int, default=2, help="of the database, with --postgres")
    parser.add_argument("--deadly", type=int, default=2, help="documents that kill their worker")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="folder for the logs")
    given = parser.parse_args()
    given.restarts = given.restarts if given.postgres else 0
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="inkfield-") as name, ExitStack() as stack:
        folder = Path(name)
        logs = given.logs or folder
        logs.mkdir(parents=True, exist_ok=True)
        documents = write_documents(folder / "inbox", given.documents, given.deadly, chance)
        url, restart = stack.enter_context(a_database(folder, given.postgres))
        environment = {**server_environment(folder / "prefect"), "INKFIELD_DATABASE_URL": url}
        database = open_database(url)
        stack.enter_context(running_prefect(environment))
        engine = stack.enter_context(running_engine(environment, logs / "engine.log", given.workers))
        environment["INKFIELD_ENGINE"] = engine.address
        started = time.perf_counter()

        def again() -> subprocess.Popen[str]:
            return start_batch(folder / "inbox", environment, logs / "batch.log")

        soak = Soak(database, again())
        struck: list[str] = []
        blows = threading.Thread(
            target=lambda: struck.extend(hurt(soak, engine, given.documents, given, chance, restart, again))
        )
        blows.start()
        blows.join()
        printed = soak.batch.communicate()[0]
        figures = json.loads(printed) if printed.strip() else {"exit": soak.batch.returncode}
        wrong = check(database, documents)
    print(json.dumps(figures))
    print(f"{len(documents)} contents in {time.perf_counter() - started:.0f} s; killed or restarted: "
          f"{ {blow: struck.count(blow) for blow in sorted(set(struck))} }; deaths seen: {engine.deaths}")  # fmt: skip
    for line in wrong[:20]:
        print(line)
    print(
        "each document has exactly one set of rows" if not wrong else f"{len(wrong)} ARE NOT AS THEY MUST BE"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
