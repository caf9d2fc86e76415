"""What is otherwise on a rendered cheque than on a good one: left out, differing, defaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from inkfield.lab.documents.writer import Writer


@dataclass(frozen=True)
class Changes:
    """``without`` names what nobody fills in: figures, words, date, signature. ``words`` gives the whole amount that
    the words say for the one of the figures, ``micr`` the line that is printed for the true one. ``then`` is done to
    the filled sheet (float32 BGR, 300 dpi, in place), with the hand that filled it."""

    without: frozenset[str] = frozenset()
    words: Callable[[int], int] = lambda value: value
    micr: Callable[[str], str] = lambda line: line
    then: Callable[[np.ndarray, np.random.Generator, Writer], None] = lambda page, rng, writer: None


UNCHANGED = Changes()
