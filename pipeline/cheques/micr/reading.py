"""What was read of a cheque's MICR line, whichever of the two fonts it is printed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box

MicrFont = Literal["E-13B", "CMC-7"]


@dataclass(frozen=True)
class MicrSymbol:
    """One symbol, its box on the image, and the probability that it is right."""

    symbol: str
    box: Box
    confidence: float


@dataclass(frozen=True)
class MicrReading:
    """The line as text, with one space for a wide gap. ``confidence`` is that of the whole line.

    The symbols of E-13B are A transit, B amount, C on-us, D dash; those of CMC-7 ``: ; < = >`` (S I to S V).
    """

    text: str
    symbols: tuple[MicrSymbol, ...]
    confidence: float
    box: Box | None
    font: MicrFont = "E-13B"


@dataclass(frozen=True)
class MicrReadingLimits:
    """What stands beyond a wide gap and is still of the line."""

    clear: float = limit(
        0.8,
        "share",
        "guess",
        "Share of the longest stretch's score that symbols beyond a wide gap must have. A guess: "
        "print of the line itself is about as clear everywhere, pieces of frames and of writing are "
        "not.",
    )
    space: float = limit(1.5, "pitches", "guess", "From which a gap is a space")
    closest: float = limit(0.9, "pitches", "guess", "Between two symbols")
    widest_gap: int = limit(8, "pitches", "guess", "Within a stretch of the line")


LIMITS = MicrReadingLimits()

NOTHING = MicrReading("", (), 0.0, None)


def moved(reading: MicrReading, x: int, y: int) -> MicrReading:
    """The line of a part of a picture, told on the picture that the part begins in at column ``x`` and row ``y``."""

    def move(box: Box) -> Box:
        return box[0] + x, box[1] + y, box[2], box[3]

    symbols = tuple(replace(symbol, box=move(symbol.box)) for symbol in reading.symbols)
    return replace(reading, symbols=symbols, box=move(reading.box) if reading.box else None)


def spaced(symbols: list[MicrSymbol], places: np.ndarray, pitch: float) -> str:
    """The line as text: one space where the next of the ``places`` (float, (n,)) is 1.5 pitches away or more."""
    text = symbols[0].symbol
    for symbol, step in zip(symbols[1:], np.diff(places), strict=True):
        text += (" " if step > LIMITS.space * pitch else "") + symbol.symbol
    return text


def choose(best: np.ndarray, pitch: float, least: float) -> list[int]:
    """Columns of the symbols: the set, at least 0.9 pitches apart, with the greatest sum of scores over ``least``.

    ``best`` is the score of the best symbol at each column, float (width,); ``pitch`` is in columns. Without
    strays beyond a gap of more than eight positions.
    """
    apart = int(LIMITS.closest * pitch)
    # Lists: one number of an array at a time takes ten times as long.
    total = [0.0]
    taken = []
    for x, score in enumerate(best.tolist()):
        with_it = (score - least) + total[max(0, x - apart + 1)] if score > least else 0.0
        taken.append(with_it > total[x])
        total.append(with_it if taken[x] else total[x])
    chosen = []
    x = len(best) - 1
    while x >= 0:
        if taken[x]:
            chosen.append(x)
            x -= apart
        else:
            x -= 1
    return _of_one_line(chosen[::-1], best, LIMITS.widest_gap * pitch)


def _of_one_line(chosen: list[int], best: np.ndarray, gap: float) -> list[int]:
    """The longest stretch, and what stands over a wide gap from it if it is printed as clearly: a transaction code
    where the bank prints no account, an amount. What is not is a stray: a piece of a frame, of a pattern, of writing.
    """
    if not chosen:
        return []
    groups = np.split(np.array(chosen), np.flatnonzero(np.diff(chosen) > gap) + 1)
    longest = max(groups, key=len)
    clear = LIMITS.clear * float(np.median(best[longest]))
    kept = [g for g in groups if g is longest or (len(g) > 1 and float(np.median(best[g])) >= clear)]
    return [int(x) for group in kept for x in group]
