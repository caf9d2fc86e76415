"""How a kind of field is read from its ink: as text that is decoded and parsed, or as a mark that is there or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.schemas.forms.model import Column, Field
from inkfield.schemas.readings import Value

Draw = Callable[[np.random.Generator], str]


@dataclass(frozen=True)
class TextReading:
    """A kind that is written. What its values are is in schemas/kinds, under the same name."""

    kind: str
    parse: Callable[[str, Field | Column], Value]
    """The value that a text says in such a field; None when it says none. Never raises."""
    grammar: Callable[[Field | Column], Automaton | None] | None = None
    """Its language, where that is small enough to be written down. The pattern of a form comes before it."""
    figures: bool = False
    """Whether the recogniser of figures reads it, whatever signs stand beside the figures."""
    two_looks: bool = False
    """Whether the recogniser of figures looks at free writing too, beside that of lines."""
    squeezed: bool = False
    """Whether people squeeze it: its lines are widened before they are read."""
    from_list: bool = False
    """Whether a form's known values are matched against the ink."""
    sample: Draw | None = None
    """Draws a text as people write it in such a field, for calibration and rendering."""
    sampled_as: Mapping[str, Any] = field(default_factory=dict)
    """Keys of the field in a form file, by which samples are read when confidence is calibrated."""
    calibrated_as: str = ""
    """The kind whose calibration it shares as long as it has none of its own."""


@dataclass(frozen=True)
class MarkReading:
    """A kind that is there or not: a tick, a signature."""

    kind: str
    look: Callable[[np.ndarray, float], tuple[bool, float]]
    """From a cleaned crop (grey uint8) and its resolution in dots an inch to whether the mark is there, and the
    probability that this is right."""


@dataclass(frozen=True)
class PrintReading:
    """A kind that is printed to be read by machines, with check signs: its text is right or there is none."""

    kind: str
    read: Callable[[np.ndarray], tuple[str, ...]]
    """From a crop of the page as it is (grey uint8, nothing taken out) to all texts that stand in it."""


def drawn(kind: str) -> Draw:
    """Draws texts of a kind of inkfield.recognizers.synthesis.texts, which needs the packages of training."""

    def sample(rng: np.random.Generator) -> str:
        from inkfield.recognizers.synthesis.texts import random_text

        return random_text(rng, kind)

    return sample
