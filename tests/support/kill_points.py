"""Kills a watcher's work before its first, second, third... step that changes anything, has another finish it, and
checks the result. Run by tests/flows/inbox/test_watch.py as a process of its own, which forks for every kill.

A step is whatever Python's audit hook sees of files (rename, link, remove, mkdir, open for writing), and each
commit. Prints as JSON what was wrong, and how many steps there are.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import zipfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, event

from benchmarks.soak_watch import Dropped, check, make_document
from inkfield.flows.inbox.claim import Claim, claim_drop, take_over
from inkfield.flows.inbox.folder import Inbox, open_inbox
from inkfield.flows.inbox.owner import Owner
from inkfield.flows.inbox.watch import begin_claimed
from inkfield.flows.inbox.watch_database import WatchDatabase
from inkfield.flows.inbox.watch_document import DocumentHandler, Tools
from inkfield.flows.inbox.watch_metrics import Metrics
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.reader_pool import ReaderPool
from inkfield.flows.workers.reader_process import ReaderSetup
from inkfield.schemas.store.documents import finish_batch

CHANGES = ("os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir")


class Killer:
    """Ends this process before the step of that number."""

    def __init__(self, step: int | None) -> None:
        self.step, self.count, self.is_on = step, 0, False
        sys.addaudithook(self._audit)
        event.listen(Engine, "commit", lambda connection: self.tick())

    def _audit(self, name: str, arguments: tuple[object, ...]) -> None:
        if name in CHANGES or (name == "open" and isinstance(arguments[1], str) and arguments[1][0] in "wxa"):
            self.tick()

    def tick(self) -> None:
        if self.is_on:
            self.count += 1
            if self.count == self.step:
                os._exit(9)


def drop(inbox: Path, run: int) -> Dropped:
    """A folder with good and bad documents, a copy, and an archive; no content that an earlier run had."""
    import random

    dropped = Dropped()
    made = [
        make_document(10 * run + number, random.Random(5), share) for number, share in enumerate((0, 1, 0, 1))
    ]
    folder = inbox / "folder"
    (folder / "deep").mkdir(parents=True)
    for number, document in enumerate([*made[:2], made[0]]):
        dropped.note(document)
        (folder / "deep" / f"{number}-{document.name}").write_bytes(document.content)
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for document in made[2:]:
            dropped.note(document)
            archive.writestr(document.name, document.content)
    return dropped


def work(inbox: Inbox, pool: ReaderPool, killer: Killer) -> None:
    """What a watcher does, step by step in one thread."""
    owner = Owner(inbox.processing)
    killer.is_on = True
    folders = list(take_over(inbox, owner, set()))
    if (inbox.root / "folder").exists():
        folders.append(claim_drop(inbox, owner.name, inbox.root / "folder", datetime.now().astimezone()))
    stop = threading.Event()
    database = WatchDatabase(pool.setup.database_url, stop, Metrics())
    handler = DocumentHandler(Tools(inbox, database, pool, Metrics(), stop, 60.0))
    for folder in folders:
        claim = Claim(folder)
        begin_claimed(claim, database)
        list(claim.lay_out())
        for document in claim.documents():
            handler.handle(claim, document)
        batch_id = claim.note.batch_id or 0
        database.do(lambda session, number=batch_id: finish_batch(session, number))  # type: ignore[misc]
        claim.close(owner.name)


def in_a_fork(inbox: Inbox, pool: ReaderPool, step: int | None) -> tuple[bool, int]:
    """Whether the work ended by itself, and how many steps it had."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        for reader in pool._all:
            reader._process._parent_pid = os.getpid()  # type: ignore[attr-defined]
        killer = Killer(step)
        try:
            work(inbox, pool, killer)
            os.write(writing, str(killer.count).encode())
            os._exit(0)
        except BaseException as error:
            print(f"step {step}: {type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as answer:
        count = answer.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0, int(count or 0)


def main() -> int:
    folder, every, links = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "links"
    if not links:
        os.link = _no_links  # type: ignore[assignment]
    url = f"sqlite:///{folder}/kills.db"
    pool = ReaderPool(ReaderSetup(url), 1)
    with pool.reader() as reader:
        reader.await_ready()
    wrong: list[str] = []
    total, step, run = 0, 1, 0
    while True:
        run += 1
        root = folder / f"inbox-{run}"
        root.mkdir()
        inbox = open_inbox(root)
        dropped = drop(root, run)
        ended, total = in_a_fork(inbox, pool, step)
        finished = ended or in_a_fork(inbox, pool, None)[0]
        found = check(root, url, dropped)
        mine = [text for text in found.wrong if not text.startswith("unknown row")]
        if mine or not finished or found.left_in_inbox or found.left_in_processing:
            wrong.append(f"step {step}: {mine} {found.left_in_inbox} {found.left_in_processing} {finished}")
        shutil.rmtree(root)
        if ended or not finished:
            break
        step += every
    pool.close()
    print(json.dumps({"steps": total, "runs": run, "wrong": wrong}))
    return 0


def _no_links(*arguments: object, **more: object) -> None:
    raise PermissionError(1, "Operation not permitted")


if __name__ == "__main__":
    batch_rows.engine.cache_clear()
    sys.exit(main())
