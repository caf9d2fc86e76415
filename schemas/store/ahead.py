"""The first fields of each queue, remembered for some seconds: to order a long queue with every answer would take
most of the time of the answer."""

from __future__ import annotations

import threading
import time

from sqlalchemy.orm import Session

from inkfield.schemas.store.lending import Filter, Order, first_waiting

COUNT = 600
"""As many as twenty people settle in some two minutes."""
SECONDS = 15.0
"""So much later a field that is more urgent than those that wait is shown."""
QUEUES = 100


class Ahead:
    """For many threads. What is remembered may be settled or lent by now: whoever lends a field looks."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Filter, Order, bool], tuple[float, list[int]]] = {}
        self._lock = threading.Lock()

    def first(self, session: Session, wanted: Filter, order: Order, supervisor: bool) -> list[int]:
        """The first fields of a queue, as it was a moment ago."""
        key = (wanted, order, supervisor)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and time.monotonic() - kept[0] < SECONDS:
                return kept[1]
        found = first_waiting(session, wanted, order, supervisor, COUNT)
        with self._lock:
            if len(self._kept) >= QUEUES:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), found)
        return found
