"""Stages as data: a route is a tuple of them, run one after the other, each shown and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import CROP_STAGE, Trace
from inkfield.recognizers.line_model import LineModel
from inkfield.schemas.readings import StageTime


@dataclass(frozen=True)
class Stage:
    """One step on the way of a page: a picture in, a picture out. The recogniser tells print and writing from noise."""

    name: str
    function: Callable[[View, LineModel], View]


def run(stages: Sequence[Stage], view: View, recognizer: LineModel, trace: Trace) -> View:
    """The view after all stages; ``trace`` is shown each."""
    for stage in stages:
        view = stage.function(view, recognizer)
        trace(stage.name, view.image)
    return view


class StageClock:
    """A trace that notes how long each stage took, in CPU seconds of this process, and hands on what it is shown."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._times: list[StageTime] = []
        self._since = time.process_time()

    def __call__(self, stage: str, picture: np.ndarray) -> None:
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
