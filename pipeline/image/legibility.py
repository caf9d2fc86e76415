"""Legibility: how far the recogniser takes crops for writing that stands upright.

Method: the characters of the freest reading, each where it is clearest. Upright writing is mostly read surely; the
same crop upside down, a column of letters, the modules of a code or the grain of a photo are read as something, but
seldom surely. What a character's clarity is worth is the log of how much oftener it is met in upright lines than in
others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel, LineOutput

_CLARITY = np.log([0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999])
_WORTH = np.array([-2.3, -2.4, -2.0, -1.7, -1.3, -0.8, -0.3, 0.0, 0.8, 2.4])
"""Nats that a character is worth by its clarity: counted in 250 pages of benchmarks/mixed_pages.py (seed 7), upright
against the mean of their other three directions."""


@dataclass(frozen=True)
class LegibilityLimits:
    """How much a few clear characters say."""

    doubt: float = limit(
        2.0,
        "characters",
        "rendered",
        "Characters of no worth at all that are added to every mean: a few clear ones alone say little",
    )


LIMITS = LegibilityLimits()


@dataclass(frozen=True)
class Legibility:
    """What the recogniser made of some crops: ``characters`` in all, what they are worth in nats, and of how many
    crops."""

    characters: int
    worth: float
    crops: int

    @property
    def mean(self) -> float:
        """Worth of a character, in nats: above 0 for upright writing, about -1.5 for anything else."""
        return (self.worth - LIMITS.doubt * LIMITS.doubt) / (self.characters + LIMITS.doubt)

    @property
    def length(self) -> float:
        """Characters of a crop."""
        return self.characters / max(1, self.crops)


def legibility(outputs: Sequence[LineOutput]) -> Legibility:
    """Of what the recogniser made of some crops."""
    clear = [character.log_probability for output in outputs for character in output.spans().characters]
    worth = float(_WORTH[np.searchsorted(_CLARITY, clear)].sum()) if clear else 0.0
    return Legibility(len(clear), worth, len(outputs))


def judged(recognizer: LineModel, groups: Sequence[Sequence[np.ndarray]]) -> list[Legibility]:
    """The legibility of groups of crops (grey uint8, dark on light), all read in one go."""
    outputs = recognizer.read([crop for group in groups for crop in group])
    found, start = [], 0
    for group in groups:
        found.append(legibility(outputs[start : start + len(group)]))
        start += len(group)
    return found
