"""Holds a lease while a block runs: a thread renews it, and tells when it is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from inkfield.flows.workers.wait_for_database import patiently
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.store import leases


class LeaseTaken(Exception):
    """Another process is doing this already."""


@contextmanager
def held(engine: Engine, name: str, seconds: float) -> Iterator[Event]:
    """The block runs under a lease. The event is set once the lease is lost: then stop, another may go on.

    ``seconds`` is how long others wait for a process that died. Raises LeaseTaken where another has it.
    """
    owner = uuid4().hex
    if not _take(engine, name, owner, seconds):
        raise LeaseTaken(f"{name} is already running in another process")
    lost, over = Event(), Event()
    thread = Thread(target=_renew, args=(engine, name, owner, seconds, lost, over), daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join()
        _release(engine, name, owner)


@patiently
def _take(engine: Engine, name: str, owner: str, seconds: float) -> bool:
    with transaction(engine) as session:
        return leases.take(session, name, owner, seconds)


@patiently
def _release(engine: Engine, name: str, owner: str) -> None:
    with transaction(engine) as session:
        leases.release(session, name, owner)


def _renew(engine: Engine, name: str, owner: str, seconds: float, lost: Event, over: Event) -> None:
    renewed = time.monotonic()
    while not over.wait(seconds / 4):
        begun = time.monotonic()
        try:
            with transaction(engine) as session:
                if not leases.renew(session, name, owner, seconds):
                    lost.set()
                    return
            renewed = begun
        except DBAPIError:
            if time.monotonic() - renewed > seconds:  # by now another may have taken it
                lost.set()
                return
