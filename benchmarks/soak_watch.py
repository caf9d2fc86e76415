"""Drops documents into a watched folder while its watchers are killed and its database is restarted, and counts.

    python -m benchmarks.soak_watch                                    # 2,000 documents, 30 kills, SQLite
    python -m benchmarks.soak_watch --postgres --workers 3             # the same over PostgreSQL, three workers
    python -m benchmarks.soak_watch --postgres --watchers 2 --workers 3
    python -m benchmarks.soak_watch --documents 60 --kills 3 --seconds 20

At the end every document must have exactly one row set in SQL and one resting place: done/ if it is good, failed/
if it is bad. The last line counts what was dropped, is done, failed, lost and doubled; exit code 1 where something is
not as it must be. Needs the repository's tests beside it for --postgres.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from sqlalchemy import select

from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.tables import BatchRow, DocumentRow, PageRow

SETTLE = 0.5
NOTES = (".reason.txt", ".duplicate.txt")


@dataclass(frozen=True)
class Made:
    """A document of the soak. ``pages`` is what must be in SQL; a bad one is to fail."""

    name: str
    content: bytes
    pages: int
    is_good: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def make_document(number: int, chance: random.Random, bad_share: float) -> Made:
    """A small document, no two alike: most nearly blank, some with a word or with several pages, some bad."""
    if chance.random() < bad_share:
        head = chance.choice([b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"no document "])
        return Made(f"bad-{number}.pdf", head + str(number).encode(), 0, False)
    kind = chance.choices(["png", "pdf", "tif", "words"], [60, 20, 10, 10])[0]
    if kind == "words":
        return Made(f"words-{number}.png", _encoded([_page(number, 160, 500, str(number))], "PNG"), 1, True)
    count = chance.randint(2, 4) if kind == "tif" else 1
    pages = [_page(number * 10 + page, 60, 200) for page in range(count)]
    form = {"png": "PNG", "pdf": "PDF", "tif": "TIFF"}[kind]
    return Made(f"{kind}-{number}.{kind}", _encoded(pages, form), count, True)


def _page(number: int, height: int, width: int, words: str = "") -> Image.Image:
    page = np.full((height, width), 250, np.uint8)
    for bit in range(24):  # tells one page from another by specks too small to be writing
        page[2, 4 + 4 * bit] = 200 if number >> bit & 1 else 250
    image = Image.fromarray(page)
    if words:
        ImageDraw.Draw(image).text((40, 50), words, fill=30, font_size=60)
    return image


def _encoded(pages: list[Image.Image], form: str) -> bytes:
    file = BytesIO()
    pages[0].save(file, form, save_all=len(pages) > 1, append_images=pages[1:], **{"resolution": 100})  # type: ignore[arg-type]
    return file.getvalue()


@dataclass
class Dropped:
    """What was put into the inbox: by content, how many copies."""

    documents: dict[str, Made] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)

    def note(self, made: Made) -> None:
        self.documents[made.sha256] = made
        self.copies[made.sha256] += 1


def drop_all(inbox: Path, documents: list[Made], chance: random.Random, seconds: float) -> Dropped:
    """Drops documents over so many seconds, as people and programs do: single files, in one piece, in two, or under
    a temporary name; folders; zip archives; some twice."""
    dropped, left, number = Dropped(), list(documents), 0
    pause = seconds / max(1, len(documents))
    while left:
        number += 1
        way = chance.choices(["file", "slow", "part", "folder", "zip"], [60, 10, 10, 10, 10])[0]
        size = chance.randint(3, 12) if way in ("folder", "zip") else 1
        again = dropped.documents and way == "file" and chance.random() < 0.05
        if again:
            some = [chance.choice(list(dropped.documents.values()))]
        else:
            some = [left.pop() for _ in range(min(len(left), size))]
        for made in some:
            dropped.note(made)
        _drop(inbox, way, some, number)
        time.sleep(pause * len(some) * chance.uniform(0, 2))
    return dropped


def _drop(inbox: Path, way: str, some: list[Made], number: int) -> None:
    name = f"{number}-{some[0].name}"
    if way == "folder":
        folder = inbox / f"folder-{number}"
        for index, made in enumerate(some):
            target = folder / ("deep" if index % 2 else "") / made.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(made.content)
    elif way == "zip":
        with zipfile.ZipFile(inbox / f"archive-{number}.zip", "w") as archive:
            for made in some:
                archive.writestr(f"scans/{made.name}", made.content)
    elif way == "part":
        (inbox / f"{name}.part").write_bytes(some[0].content)
        (inbox / f"{name}.part").rename(inbox / name)
    elif way == "slow":
        with open(inbox / name, "wb") as file:
            file.write(some[0].content[: len(some[0].content) // 2])
            file.flush()
            time.sleep(0.3)
            file.write(some[0].content[len(some[0].content) // 2 :])
    else:
        (inbox / name).write_bytes(some[0].content)


@dataclass(frozen=True)
class Found:
    """What there is at the end. ``wrong`` lists, document by document, what is not as it must be.

    ``lost`` and ``doubled`` count what is missing and what is there too often, of files at rest and of rows.
    """

    documents: int
    copies: int
    lost: int
    doubled: int
    bad: int
    rows: int
    pages: int
    in_done: int
    in_failed: int
    duplicates_told: int
    left_in_inbox: int
    left_in_processing: int
    batches_open: int
    wrong: tuple[str, ...]


def check(inbox: Path, url: str, dropped: Dropped) -> Found:
    """Compares what was dropped with what is in SQL and in the folders."""
    engine = open_database(url)
    with transaction(engine) as session:
        rows = session.scalars(select(DocumentRow)).all()
        pages = Counter(session.scalars(select(PageRow.document_id)))
        open_batches = len(session.scalars(select(BatchRow.id).where(BatchRow.status == "running")).all())
    engine.dispose()
    by_hash: dict[str, list[DocumentRow]] = {}
    for row in rows:
        by_hash.setdefault(row.sha256, []).append(row)
    places = {base: Counter(_hashes(inbox / base)) for base in ("done", "failed")}
    wrong: list[str] = [f"unknown row {row.file_name}" for row in rows if row.sha256 not in dropped.documents]
    for sha256, made in dropped.documents.items():
        mine = by_hash.get(sha256, [])
        if len(mine) != 1:
            wrong.append(f"{made.name}: {len(mine)} rows")
            continue
        status = mine[0].status
        if (status in ("done", "review")) != made.is_good or status in ("received", "processing"):
            wrong.append(f"{made.name}: {status} {mine[0].error_code}")
        if pages[mine[0].id] != made.pages:
            wrong.append(f"{made.name}: {pages[mine[0].id]} pages in SQL, {made.pages} in the file")
        right, other = ("done", "failed") if made.is_good else ("failed", "done")
        if places[right][sha256] != dropped.copies[sha256] or places[other][sha256]:
            wrong.append(
                f"{made.name}: {dropped.copies[sha256]} dropped,"
                f" {places['done'][sha256]} in done, {places['failed'][sha256]} in failed"
            )
        if not Path(mine[0].path).is_file():
            wrong.append(f"{made.name}: not at {mine[0].path}")
    at_rest = places["done"] + places["failed"]
    row_counts = Counter(row.sha256 for row in rows)
    strangers = at_rest.keys() - dropped.documents.keys()
    wrong += [f"unknown file in done or failed: {sha256}" for sha256 in strangers]
    claims = [path for path in (inbox / "processing").iterdir() if not path.name.startswith(".")]
    if open_batches > len(claims):
        wrong.append(f"{open_batches} batches left running, {len(claims)} claims")
    left = [path for path in inbox.iterdir() if path.name not in ("processing", "done", "failed")]
    taken = [path for path in (inbox / "processing").rglob("*") if path.parent.name != ".watchers"]
    return Found(
        documents=len(dropped.documents),
        copies=dropped.copies.total(),
        lost=(dropped.copies - at_rest).total() + len(dropped.documents.keys() - row_counts.keys()),
        doubled=(at_rest - dropped.copies).total() + sum(count - 1 for count in row_counts.values()),
        bad=sum(not made.is_good for made in dropped.documents.values()),
        rows=len(rows),
        pages=pages.total(),
        in_done=places["done"].total(),
        in_failed=places["failed"].total(),
        duplicates_told=sum(1 for _ in (inbox / "done").rglob("*.duplicate.txt")),
        left_in_inbox=len(left),
        left_in_processing=sum(not path.is_dir() for path in taken),
        batches_open=open_batches,
        wrong=tuple(wrong),
    )


def _hashes(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.endswith(NOTES):
            yield hashlib.sha256(path.read_bytes()).hexdigest()


class Watchers:
    """``count`` watchers as processes of their own. One that ends is started again."""

    def __init__(self, inbox: Path, url: str, count: int, workers: int, log: Path) -> None:
        self._command = [
            sys.executable,
            "-m",
            "inkfield.flows.commands.cli",
            "watch",
            str(inbox),
            "--settle",
            str(SETTLE),
        ]
        self._command += ["--workers", str(workers), "--log", "json"]
        self._url, self._log = url, log
        self._running = [self.start() for _ in range(count)]

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "INKFIELD_DATABASE_URL": self._url, "OMP_NUM_THREADS": "1"}
        with open(self._log, "ab") as log:
            return subprocess.Popen([*self._command, *more], env=environment, stderr=log, stdout=log)

    def at_rest(self) -> int:
        """How many documents came to rest so far, as the log tells."""
        return self._log.read_bytes().count(b'"event": "document"') if self._log.exists() else 0

    def kill_one(self, chance: random.Random) -> None:
        index = chance.randrange(len(self._running))
        self._running[index].send_signal(signal.SIGKILL)
        self._running[index].wait()
        self._running[index] = self.start()

    def stop(self) -> None:
        """Ends all in order."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            process.wait()

    def finish(self) -> int:
        """One more watcher, which reads what is left and ends by itself; returns its exit code."""
        return self.start("--once").wait()


@contextmanager
def a_database(folder: Path, postgres: bool) -> Iterator[tuple[str, Callable[[float], None]]]:
    """The URL of a new database, and what takes it away for so many seconds."""
    if postgres:
        from tests.support.postgres import find_programs, started_server

        programs = find_programs()
        if programs is None:
            sys.exit("PostgreSQL is not installed; on Debian: apt-get install postgresql")
        with started_server(programs) as server:

            def restart(seconds: float) -> None:
                server.stop()
                time.sleep(seconds)
                server.start()

            yield server.url, restart
        return
    file = folder / "soak.db"

    def lock(seconds: float) -> None:
        with sqlite3.connect(file, timeout=60, isolation_level=None) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    yield f"sqlite:///{file}?timeout=2", lock


def soak(
    folder: Path,
    documents: int,
    kills: int,
    bad_share: float = 0.05,
    database_restarts: int = 0,
    watchers: int = 1,
    workers: int = 1,
    seconds: float = 30.0,
    seed: int = 1,
    postgres: bool = False,
) -> Found:
    """Drops ``documents`` over ``seconds``, kills watchers and restarts the database at random meanwhile, in every
    phase of their work."""
    chance = random.Random(seed)
    inbox = folder / "inbox"
    inbox.mkdir()
    made = [make_document(number, chance, bad_share) for number in range(documents)]
    with a_database(folder, postgres) as (url, restart):
        running = Watchers(inbox, url, watchers, workers, folder / "watch.log")
        result: list[Dropped] = []
        dropper = threading.Thread(
            target=lambda: result.append(drop_all(inbox, made, random.Random(seed + 1), seconds))
        )
        dropper.start()
        blows = ["kill"] * kills + ["database"] * database_restarts
        chance.shuffle(blows)
        for blow in blows:
            # By the work done, not by the time: on a busy machine a watcher would never come to work.
            step = chance.uniform(0, 2 * documents / (len(blows) + 1))
            _await(running, running.at_rest() + step, documents)
            if blow == "kill":
                running.kill_one(chance)
            else:
                restart(3.0)
        dropper.join()
        running.stop()
        running.finish()
        return check(inbox, url, result[0])


def _await(running: Watchers, wanted: float, all_documents: int) -> None:
    """Waits until so many documents are at rest, and a moment more; not for ever, where nothing goes on."""
    last, quiet = running.at_rest(), 0.0
    while last < min(wanted, 0.95 * all_documents) and quiet < 60:
        time.sleep(0.05)
        now = running.at_rest()
        last, quiet = now, (0.0 if now != last else quiet + 0.05)
    time.sleep(random.random() * 0.5)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--bad-share", type=float, default=0.05)
    parser.add_argument("--database-restarts", type=int, default=2)
    parser.add_argument("--watchers", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="worker processes of each watcher")
    parser.add_argument("--seconds", type=float, default=300, help="over which the documents are dropped")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    arguments = vars(parser.parse_args())
    keep = arguments.pop("keep")
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    started = time.monotonic()
    found = soak(folder, **arguments)
    print(json.dumps({**asdict(found), "seconds": round(time.monotonic() - started)}, indent=1))
    print(
        f"{found.copies} dropped ({found.documents} contents): {found.in_done} done, {found.in_failed} failed,"
        f" {found.lost} lost, {found.doubled} doubled, {len(found.wrong)} wrong"
    )
    if keep:
        print(f"Kept in {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if found.wrong or found.left_in_inbox or found.left_in_processing else 0


if __name__ == "__main__":
    sys.exit(main())
