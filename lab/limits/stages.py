"""All numbers that decide while something is read, by the stage that they belong to, and moving one of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import inkfield.pipeline
import inkfield.recognizers.architectures
import inkfield.recognizers.ctc
import inkfield.recognizers.models
from inkfield.recognizers.limits import limits_of

_ROOMS = ("inkfield.pipeline.", "inkfield.recognizers.")
_MOST = {"%": 100.0, "share": 1.0, "probability": 1.0}
"""Of each unit that has one, the most that a number may be."""


@dataclass(frozen=True)
class Change:
    """One number moved: ``place`` leads to it in a limit that holds several, and is empty in one that holds one."""

    stage: str
    limit: str
    place: tuple[int, ...]
    before: float
    after: float

    @property
    def name(self) -> str:
        """The limit, with the place of the number in it, counted from 1."""
        return self.limit + "".join(f"[{at + 1}]" for at in self.place)


@cache
def stages() -> dict[str, Any]:
    """The ``LIMITS`` of every stage of the pipeline, and of every part of the recognisers that it uses, by the name of
    its module without ``inkfield``."""
    reading = (inkfield.recognizers.architectures, inkfield.recognizers.ctc, inkfield.recognizers.models)
    for room in (inkfield.pipeline, *reading):
        for module in walk_packages(room.__path__, f"{room.__name__}."):
            import_module(module.name)
    found = {
        name.removeprefix("inkfield."): module.LIMITS
        for name, module in sys.modules.items()
        if name.startswith(_ROOMS) and hasattr(module, "LIMITS")
    }
    return dict(sorted(found.items()))


def changes(stage: str, by: float = 0.1) -> list[Change]:
    """Every number of a stage, but those that a standard says, moved down and up by that share, a whole one by 1 at
    least."""
    limits = stages()[stage]
    return [
        Change(stage, name, place, before, after)
        for name, known in limits_of(limits).items()
        if known.origin != "standard"
        for place, before in _numbers(getattr(limits, name))
        for after in _moved(before, by, known.unit)
    ]


def _numbers(value: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], float]]:
    """The numbers in a value that is one or a tuple of such values, each with its place."""
    if isinstance(value, tuple):
        for at, part in enumerate(value):
            yield from _numbers(part, (*place, at))
    else:
        yield place, value


def _moved(value: float, by: float, unit: str) -> list[float]:
    step: float = max(1, round(abs(value) * by)) if isinstance(value, int) else abs(value) * by
    most = max(value, _MOST.get(unit, float("inf")))
    found = {min(most, after) for after in (value - step, value + step)}
    return sorted(type(value)(after) for after in found if after != value)


@contextmanager
def made(change: Change) -> Iterator[None]:
    """While it lasts, the number is what the change makes of it, in this process.

    Whoever holds the stage's limits sees it: they are changed in place, frozen as they are for everybody else.
    """
    limits = stages()[change.stage]
    own = getattr(limits, change.limit)
    object.__setattr__(limits, change.limit, _with(own, change.place, change.after))
    try:
        yield
    finally:
        object.__setattr__(limits, change.limit, own)


def _with(value: Any, place: tuple[int, ...], number: float) -> Any:
    if not place:
        return number
    at, *rest = place
    return (*value[:at], _with(value[at], tuple(rest), number), *value[at + 1 :])


@contextmanager
def looked_at() -> Iterator[set[tuple[str, str]]]:
    """While it lasts, the set that comes back is filled with the limits that are looked at: stage and name."""
    seen: set[tuple[str, str]] = set()

    def watch(stage: str, kind: type, names: frozenset[str]) -> None:
        def look(limits: Any, name: str) -> Any:
            if name in names:
                seen.add((stage, name))
            return object.__getattribute__(limits, name)

        kind.__getattribute__ = look  # type: ignore[method-assign,assignment]

    kinds = {stage: type(limits) for stage, limits in stages().items()}
    for stage, kind in kinds.items():
        watch(stage, kind, frozenset(limits_of(kind)))
    try:
        yield seen
    finally:
        for kind in kinds.values():
            del kind.__getattribute__
