"""A clock beside the reading of a document: it tells when one page takes too long.

The reading may be in a library that cannot be interrupted (a picture that unpacks to gigapixels), so the clock is a
thread of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class PageClock:
    """Calls ``late`` with the number of a page that is worked on for more than ``seconds``, from a thread."""

    def __init__(self, seconds: float, late: Callable[[int], None]) -> None:
        self._seconds, self._late = seconds, late
        self._page, self._due = 0, float("inf")
        self._change = threading.Condition()
        threading.Thread(target=self._watch, daemon=True, name="page clock").start()

    def on_page(self, number: int) -> None:
        """Page ``number`` is worked on from now on; with 0 none is."""
        with self._change:
            self._page = number
            self._due = time.monotonic() + self._seconds if number else float("inf")
            self._change.notify()

    def _watch(self) -> None:
        with self._change:
            while True:
                left = self._due - time.monotonic()
                if left <= 0:
                    self._due = float("inf")
                    self._late(self._page)
                else:
                    self._change.wait(min(left, threading.TIMEOUT_MAX))
