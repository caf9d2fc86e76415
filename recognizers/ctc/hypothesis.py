"""One reading of a line of writing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hypothesis:
    """A text and its natural log-probability.

    ``start_columns`` holds the first column of each whitespace-separated word of ``text``, or nothing when the
    decoder did not align.
    """

    text: str
    log_probability: float
    start_columns: tuple[int, ...] = ()
