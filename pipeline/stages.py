"""Stages as data: a route is a tuple of them, run one after the other, each shown and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import numpy as np

from inkfield.pipeline.records import CROP_STAGE, Picture, Trace
from inkfield.schemas.readings import StageTime

State = TypeVar("State")
Reader = TypeVar("Reader")


@dataclass(frozen=True)
class Stage(Generic[State, Reader]):
    """One step on the way of a page: ``function`` makes the next state of it, with what reads ink at hand; ``picture``
    draws what there is to see of that state, uint8 grey or BGR, only where somebody looks. Readings show nothing."""

    name: str
    function: Callable[[State, Reader], State]
    picture: Callable[[State], np.ndarray] | None = None


def run(stages: Sequence[Stage[State, Reader]], state: State, reader: Reader, trace: Trace) -> State:
    """The state after all stages; ``trace`` is shown each."""
    for stage in stages:
        state = stage.function(state, reader)
        trace(stage.name, partial(stage.picture, state) if stage.picture else None)
    return state


def show_crops(crops: Mapping[str, np.ndarray], trace: Trace) -> None:
    """Shows what was cut out for each field."""
    for name, part in crops.items():
        trace(f"{CROP_STAGE}{name}", partial(np.asarray, part))


class StageClock:
    """A trace that notes how long each stage took, in CPU seconds of this process, and hands on what it is shown."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._times: list[StageTime] = []
        self._since = time.process_time()

    def __call__(self, stage: str, picture: Picture | None) -> None:
        now = time.process_time()
        if not stage.startswith(CROP_STAGE):
            self._times.append(StageTime(stage, round(now - self._since, 4)))
            self._since = now
        self._trace(stage, picture)
        self._since += time.process_time() - now  # showing is no part of reading

    def take(self) -> tuple[StageTime, ...]:
        """The stages since the last call; what was done after the last of them stands as ``result``."""
        now = time.process_time()
        taken = (*self._times, StageTime("result", round(now - self._since, 4)))
        self._times, self._since = [], now
        return taken
