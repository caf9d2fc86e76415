"""Tells whoever watches a batch in this process how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from inkfield.flows.workers.document_outcome import Outcome

Watcher = Callable[[Outcome, int, int], None]
"""Called after each document with its outcome, the number of documents done, and the number of all."""


def _nobody(outcome: Outcome, done: int, total: int) -> None:
    """The watcher where nobody watches."""


_watcher: ContextVar[Watcher] = ContextVar("watcher", default=_nobody)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Within the block, ``watcher`` is told of each document that is done."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell(outcome: Outcome, done: int, total: int) -> None:
    _watcher.get()(outcome, done, total)
