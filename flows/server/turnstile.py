"""Counts calls by who makes them, and stops those who call too often. Each server counts for itself."""

from __future__ import annotations

import threading
import time


class TooOften(Exception):
    """The program, or its address, called too often."""


class Turnstile:
    """Counts calls by who makes them, and lets so many pass in so many seconds; for many threads."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._counts: dict[str, int] = {}
        self._began = time.monotonic()
        self._lock = threading.Lock()

    def pass_one(self, who: str, most: int) -> None:
        """Counts a call. Raises TooOften."""
        with self._lock:
            self._turn()
            self._counts[who] = self._counts.get(who, 0) + 1
            if self._counts[who] > most:
                raise TooOften

    def is_shut(self, who: str, most: int) -> bool:
        """Whether so many calls have passed."""
        with self._lock:
            self._turn()
            return self._counts.get(who, 0) >= most

    def _turn(self) -> None:
        if time.monotonic() - self._began > self._seconds:
            self._counts.clear()
            self._began = time.monotonic()
