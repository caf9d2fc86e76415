"""The watcher: looks into an inbox again and again, and has worker processes read what is complete.

It is no Prefect flow, and needs no Prefect server. A flow run costs about a second, a first start up to half a
minute, and what Prefect would add (state, retries, one batch a run) is kept here where it must be in any case:
in the database and in the folder itself, from which the next watcher goes on. So a drop costs milliseconds, and
a Prefect server that is away stops nothing. Each drop is a batch in SQL, as each flow run is. The worker
processes are those of `process_batch`.

Two threads or more bring documents to rest, one for each worker process; this one only looks and takes. It takes
no more than they can do soon, so that watchers that share an inbox share its work.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from inkfield.flows.inbox.claim import Claim, ClaimLost, claim_drop, take_over
from inkfield.flows.inbox.folder import Drop, Inbox, Settling, look
from inkfield.flows.inbox.owner import Owner
from inkfield.flows.inbox.watch_database import Stopped, WatchDatabase
from inkfield.flows.inbox.watch_document import DocumentHandler, Later, StillWritten, Tools
from inkfield.flows.inbox.watch_metrics import Metrics
from inkfield.flows.workers.event_log import event, where
from inkfield.flows.workers.reader_pool import ReaderPool
from inkfield.flows.workers.reader_process import ReaderBroken, ReaderSetup
from inkfield.pipeline.intake import content_hash
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.store.documents import begin_batch, finish_batch
from inkfield.schemas.store.retention import forget_content

LONGEST_PAUSE = 60.0
FAULTS = 5
"""So often a document may end in a fault of ours before it is given up."""


class Clock(Protocol):
    """Time as the watcher sees it."""

    def now(self) -> datetime:
        """The local time of day, with its zone."""

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Waits for so long or until ``stop`` is set; returns whether it is."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now().astimezone()

    def monotonic(self) -> float:
        return time.monotonic()

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        return stop.wait(seconds)


@dataclass(frozen=True)
class WatchSettings:
    """``settle``: seconds for which a drop must not change; ``once``: end when nothing is left to do."""

    settle: float = 5.0
    time_limit: float = 1800.0
    once: bool = False

    @property
    def pause(self) -> float:
        """Seconds between two looks."""
        return min(max(self.settle / 3, 0.05), 2.0)


@dataclass
class _InHand:
    """A claim with those of its documents that are not at rest, and how often each went wrong: in any way, and
    by a fault of ours."""

    claim: Claim
    left: set[Path] = field(default_factory=set)
    tries: Counter[Path] = field(default_factory=Counter)
    faults: Counter[Path] = field(default_factory=Counter)


Work = Callable[[], None]


def begin_claimed(claim: Claim, database: WatchDatabase) -> None:
    """Begins the batch of a claim and notes it there: one batch, however often a watcher is killed in between."""
    if claim.note.batch_id is None:
        name, key = claim.note.name, claim.folder.name
        claim.set(batch_id=database.do(lambda session: begin_batch(session, name, key)))


class Watcher:
    """Watches one inbox until it is stopped. Raises nothing that a document, a drop or the database causes."""

    def __init__(
        self,
        inbox: Inbox,
        setup: ReaderSetup,
        workers: int,
        settings: WatchSettings,
        metrics: Metrics | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.stop = threading.Event()
        self.metrics = metrics or Metrics()
        self._inbox, self._settings, self._workers = inbox, settings, workers
        self._clock = clock or SystemClock()
        self._database = WatchDatabase(setup.database_url, self.stop, self.metrics)
        self._setup = setup
        self._settling = Settling(inbox, settings.settle)
        self._in_hand: dict[str, _InHand] = {}
        self._ready = 0
        """Pieces of work that wait for a thread or are in one."""
        self._later: deque[tuple[float, Work]] = deque()
        self._lock = threading.Lock()
        self._told: dict[str, str] = {}

    def run(self) -> None:
        """Watches until ``stop`` is set, or with ``once`` until nothing is left. What is being read then is
        finished, what is only taken is left for the next watcher.

        Raises ReaderBroken where worker processes cannot start at all, FormError and ViewError.
        """
        try:
            self._database.until_there(lambda: sync_views(self._database.engine, load_forms()))
        except Stopped:
            return
        owner = Owner(self._inbox.processing)
        pool = ReaderPool(self._setup, self._workers)
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="document")
        try:
            self._owner = owner
            self._await_worker(pool)
            self._handler = DocumentHandler(
                Tools(self._inbox, self._database, pool, self.metrics, self.stop, self._settings.time_limit)
            )
            event("watching", inbox=str(self._inbox.root), workers=self._workers, watcher=owner.name)
            self._watch()
        finally:
            self.stop.set()
            self._threads.shutdown(wait=True, cancel_futures=True)
            pool.close()
            owner.close()
            event("stopped", left=sum(len(hand.left) for hand in self._in_hand.values()) or None)

    def _await_worker(self, pool: ReaderPool) -> None:
        """Waits until one worker process has started. Raises ReaderBroken when none can, though the database
        is there."""
        with pool.reader() as reader:
            try:
                reader.await_ready()
            except ReaderBroken:
                self._database.do(lambda session: session.connection())
                reader.restart()
                reader.await_ready()

    def _watch(self) -> None:
        while not self.stop.is_set():
            drops: list[Drop] = []
            try:
                self._take_over()
                drops = look(self._inbox)
                self._take(drops)
                self._told.pop("", None)
            except OSError as error:  # a share that is away
                self._tell_once("", "inbox_away", type(error).__name__)
            self._do_later()
            self._measure(drops)
            if self._settings.once and "" not in self._told and self._is_idle(drops):
                return
            self._clock.wait(self.stop, self._settings.pause)

    # --- take -----------------------------------------------------------------------------------------------

    def _take_over(self) -> None:
        """Goes on with what watchers that are dead had taken, this one's earlier life among them."""
        if not self._has_room():
            return
        for folder in take_over(self._inbox, self._owner, set(self._in_hand)):
            event("taken_over", claim=folder.name)
            self._begin(folder)
            if not self._has_room():
                return

    def _take(self, drops: list[Drop]) -> None:
        now = self._clock.monotonic()
        self._settling.note(drops, now)
        self._told = {key: why for key, why in self._told.items() if key in {"", *(d.name for d in drops)}}
        for drop in drops:
            if drop.problem:
                self._tell_once(drop.name, "left", drop.problem)
            elif self._has_room() and self._settling.is_complete(drop, now):
                self._claim(drop)

    def _claim(self, drop: Drop) -> None:
        try:
            folder = claim_drop(
                self._inbox, self._owner.name, self._inbox.root / drop.name, self._clock.now()
            )
        except ClaimLost:  # another watcher was faster
            return
        except OSError as error:
            self._tell_once(drop.name, "left", f"{error.strerror}; correct its permissions")
            return
        self._begin(folder)

    def _begin(self, folder: Path) -> None:
        try:
            hand = _InHand(Claim(folder))
        except (ClaimLost, OSError, ValueError) as error:
            self._tell_once(folder.name, "claim_unreadable", type(error).__name__)
            return
        with self._lock:
            self._in_hand[folder.name] = hand
        self._submit(lambda: self._lay_out(hand))

    def _has_room(self) -> bool:
        return self._ready < 2 * self._workers

    # --- work, in threads -----------------------------------------------------------------------------------

    def _lay_out(self, hand: _InHand) -> None:
        """Begins the batch of a claim and submits its documents."""
        claim = hand.claim

        def work() -> None:
            begin_claimed(claim, self._database)
            for archive in claim.lay_out():
                sha256 = content_hash(archive)  # one that was refused before, under narrower limits
                self._database.do(lambda session, key=sha256: forget_content(session, key))  # type: ignore[misc]
            documents = claim.documents()
            hand.left = set(documents)
            event("taken", file=claim.note.name, batch=claim.note.batch_id, documents=len(documents))
            for document in documents:
                self._submit(lambda document=document: self._handle(hand, document))  # type: ignore[misc]
            if not documents:
                self._submit(lambda: self._close(hand))

        self._guard(hand, claim.folder, work)

    def _handle(self, hand: _InHand, document: Path) -> None:
        def work() -> None:
            try:
                self._handler.handle(hand.claim, document, hand.faults[document] >= FAULTS)
            except ClaimLost:
                if not hand.claim.is_of(self._owner.name):
                    raise
                event("document_gone", logging.ERROR, file=hand.claim.inside(document))
            with self._lock:
                hand.left.discard(document)
                last = not hand.left
            if last:
                self._submit(lambda: self._close(hand))

        self._guard(hand, document, work)

    def _close(self, hand: _InHand) -> None:
        """Ends the batch and removes the claim, which is empty."""

        def work() -> None:
            if hand.claim.documents():  # put there by hand, meanwhile
                return self._submit(lambda: self._lay_out(hand))
            batch_id = hand.claim.note.batch_id
            assert batch_id is not None
            self._database.do(lambda session: finish_batch(session, batch_id))
            hand.claim.close(self._owner.name)
            with self._lock:
                self._in_hand.pop(hand.claim.folder.name, None)

        self._guard(hand, hand.claim.folder, work)

    def _guard(self, hand: _InHand, what: Path, work: Work) -> None:
        """Does the work, now or later: nothing that goes wrong in it may stop the watcher or lose it."""
        try:
            return work()
        except Stopped:
            return
        except ClaimLost:
            event("claim_lost", logging.WARNING, claim=hand.claim.folder.name)
            with self._lock:
                self._in_hand.pop(hand.claim.folder.name, None)
            return
        except Later:
            pause = 1.0
        except StillWritten:
            event("still_written", logging.WARNING, file=what.name)
            pause = self._settings.settle
        except Exception as error:
            hand.tries[what] += 1
            hand.faults[what] += not isinstance(error, OSError)
            pause = min(2.0 ** hand.tries[what], LONGEST_PAUSE)
            event("postponed", logging.ERROR, file=what.name, error=type(error).__name__, where=where(error))
        self._postpone(lambda: self._guard(hand, what, work), pause)

    def _submit(self, work: Work) -> None:
        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._ready -= 1

        with self._lock:
            self._ready += 1
        try:
            self._threads.submit(run)
        except RuntimeError:  # the watcher is ending
            return

    def _postpone(self, work: Work, seconds: float) -> None:
        with self._lock:
            self._later.append((self._clock.monotonic() + seconds, work))

    def _do_later(self) -> None:
        now = self._clock.monotonic()
        with self._lock:
            due = [work for when, work in self._later if when <= now]
            self._later = deque(item for item in self._later if item[0] > now)
        for work in due:
            self._submit(work)

    # --- tell -----------------------------------------------------------------------------------------------

    def _is_idle(self, drops: list[Drop]) -> bool:
        now = self._clock.monotonic()
        with self._lock:
            if self._ready or self._later or self._in_hand:
                return False
        return all(self._settling.is_endless(drop, now) or drop.name in self._told for drop in drops)

    def _measure(self, drops: list[Drop]) -> None:
        clock = self._clock.now().timestamp()
        self.metrics.waiting.set(sum(len(drop.signature) for drop in drops))
        self.metrics.oldest.set(max((clock - drop.since for drop in drops if drop.signature), default=0.0))
        self.metrics.in_hand.set(sum(len(hand.left) for hand in list(self._in_hand.values())))
        self.metrics.round.set(clock)

    def _tell_once(self, key: str, name: str, reason: str) -> None:
        """Logs what stays as it is until someone sees to it once, not at every look."""
        if self._told.get(key) != reason:
            self._told[key] = reason
            event(name, logging.WARNING, file=key or None, reason=reason)
