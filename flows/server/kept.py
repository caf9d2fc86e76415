"""What is costly to ask the database for and may be some seconds old: kept in memory, made by one thread at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

MOST = 100
"""Keys."""
Key = TypeVar("Key")
Made = TypeVar("Made")


class Kept(Generic[Key, Made]):
    """For many threads. What is older than ``seconds`` is made anew by the first that asks; the others have the old one
    meanwhile, or wait where there is none."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[Key, tuple[float, Made]] = {}
        self._at_work: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        """What is kept, or what ``make`` gives. Raises what it raises."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and time.monotonic() - kept[0] < self._seconds:
                return kept[1]
            mine = self._at_work.setdefault(key, threading.Lock())
        if not mine.acquire(blocking=kept is None):
            assert kept is not None
            return kept[1]
        try:
            with self._lock:
                newer = self._kept.get(key)
            if newer is not None and newer is not kept:  # made while this one waited
                return newer[1]
            made = make()
            with self._lock:
                if len(self._kept) >= MOST:
                    self._kept.clear()
                    self._at_work.clear()
                self._kept[key] = (time.monotonic(), made)
            return made
        finally:
            mine.release()
