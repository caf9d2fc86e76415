"""What can be wrong with the engine as a whole; needs no Dask."""

from __future__ import annotations

from importlib.util import find_spec


class NoEngine(Exception):
    """The engine cannot be used. The message says why and what to do."""


class BrokenWorkers(Exception):
    """The workers cannot read, whatever the document. The message says why."""


def need_dask() -> None:
    """Raises NoEngine where Dask, an extra, is not installed."""
    if find_spec("distributed") is None:
        raise NoEngine("The engine is not installed: pip install 'inkfield[engine]'")
