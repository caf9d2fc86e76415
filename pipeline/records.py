"""The records that stages of the pipeline hand to each other: those that hold pictures, and what goes with them.

What comes of them, without pictures, is in inkfield.schemas.readings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inkfield.schemas.readings import Box

Picture = Callable[[], np.ndarray]
"""Draws what a stage made, uint8 grey or BGR, when somebody looks."""

Trace = Callable[[str, Picture | None], None]
"""Told the name of each stage and what draws it, None where there is nothing to see; see `inkfield explain`."""

CROP_STAGE = "crop: "
"""Begins the name of the stage that shows the crop of a field."""


def no_trace(stage: str, picture: Picture | None) -> None:
    """The trace of a normal run: looks at nothing."""


@dataclass(frozen=True)
class FilledValue:
    """What was filled in on the screen: a text, or True for a ticked box. ``box`` in pixels of the page as taken in;
    ``name`` is what the PDF calls the field, empty for text that was typed onto the page."""

    value: str | bool
    box: Box
    name: str


@dataclass(frozen=True)
class Page:
    """One page image as taken in. ``image`` is uint8, (height, width, 3) BGR or (height, width) grey. ``filled``: what
    the file itself says was filled in."""

    source: str
    number: int
    image: np.ndarray
    dpi: float
    filled: tuple[FilledValue, ...] = ()


@dataclass(frozen=True)
class Region:
    """Where a field lies on a page."""

    name: str
    kind: str
    box: Box


@dataclass(frozen=True)
class LineCrop:
    """One line of writing, cut out. ``image`` is grey uint8, dark ink on light paper, deskewed, perhaps with the rule
    that it stands on; ``bare`` the same without rules."""

    box: Box
    image: np.ndarray
    bare: np.ndarray
