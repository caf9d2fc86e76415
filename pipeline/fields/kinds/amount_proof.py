"""Is it an amount at all? A grammar makes an amount of any ink; here its reading is set against a background model.

The background is any text that the network can write. Its freest reading always fits the ink best, but is one of very
many texts; an amount is one of few. So every character that an amount fits as well as the freest reading speaks for
the amount, by the difference of the two languages' entropies, and every nat by which it fits worse speaks against it
(a likelihood ratio test). And the freest reading, letter by letter, must be much the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from inkfield.pipeline.fields.kinds.amount_reading import AmountHypothesis
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput

Verdict = Literal["amount", "unsure", "none"]


@dataclass(frozen=True)
class AmountProofLimits:
    """From what evidence ink is an amount."""

    figures_gain: float = limit(
        2.0,
        "nats a character",
        "dev cheques",
        "That speak for an amount in figures. Any text has about 2 nats a character of English and ln 80 of signs; "
        "figures have ln 10 and a separator",
    )
    words_gain: float = limit(
        1.5,
        "nats a character",
        "dev cheques",
        "That speak for an amount in words, which has 0.6 (some 30 words of 6 letters)",
    )
    proof: float = limit(3.0, "nats", "guess", "Log odds from which on it is an amount: 20 to 1")
    alike: float = limit(
        0.5,
        "edits a character",
        "dev cheques",
        "Between the amount and the freest reading, up to which they are one text: hardly legible "
        "hands come to 0.4",
    )
    unlike: float = limit(
        0.55,
        "edits a character",
        "dev cheques",
        "The same, over which they are another: remnants of frames, captions and other words come to "
        "0.65 and more",
    )
    against: float = limit(
        -1.0,
        "nats a character",
        "dev cheques",
        "Log odds a character under which it is surely none: an amount so unlike its ink was never met",
    )
    same: float = limit(
        0.25,
        "edits a character",
        "dev cheques",
        "Up to which the freest reading is the amount itself: then it need only not be spoken against",
    )
    same_length: int = limit(4, "characters", "dev cheques", "From which on that is no chance")


LIMITS = AmountProofLimits()


@dataclass(frozen=True)
class Proof:
    """``log_odds`` that the ink is an amount; ``unlike``, edits a character to what is read without a grammar."""

    log_odds: float
    unlike: float
    free: str
    length: int = 1

    @property
    def verdict(self) -> Verdict:
        """Whether it is an amount, hardly one, or surely none."""
        by_character = self.log_odds / max(1, self.length)
        if self.unlike > LIMITS.unlike or by_character < LIMITS.against:
            return "none"
        same = (
            self.unlike <= LIMITS.same
            and self.length >= LIMITS.same_length
            and by_character >= LIMITS.against / 3
        )
        return (
            "amount" if same or (self.log_odds >= LIMITS.proof and self.unlike <= LIMITS.alike) else "unsure"
        )


def prove(
    looks: Sequence[LineOutput],
    found: Sequence[AmountHypothesis],
    kind: Literal["figures", "words"],
) -> Proof:
    """What speaks for the best of ``found`` being an amount. ``looks`` are outputs for the same ink; the likeliest free
    reading of them counts."""
    free = [look.best() for look in looks]
    if not free or not found:
        return Proof(-np.inf, np.inf, free[0].text if free else "")
    best = found[0]
    gain = LIMITS.figures_gain if kind == "figures" else LIMITS.words_gain
    # As `read_joint_amount` adds the looks.
    share = (len(free) + 1) / 2
    lacks = sum(look.log_probability for look in free) / share - best.log_probability
    wanted = _bare(best.text)
    unlike, text = min(
        (edit_distance(_bare(look.text), wanted) / max(1, len(wanted)), look.text) for look in free
    )
    return Proof(gain * len(wanted) - lacks, unlike, text, len(wanted))


_AS_FIGURES = str.maketrans("oOlI|", "00111")
"""Letters that an amount's figures look like where nothing says that they are figures."""


def figures_seen(looks: Sequence[LineOutput], text: str) -> bool:
    """Whether each look, read freely, has at least the figures of ``text``, an amount in figures.

    A figure that was written over another is often read as no figure at all, and the grammar makes one of it all the
    same.
    """
    return all(_figures(look.best().text) >= _figures(text) for look in looks)


def _figures(text: str) -> int:
    return sum(map(str.isdigit, text.translate(_AS_FIGURES)))


def _bare(text: str) -> str:
    """Without spaces and case: where words end is no matter."""
    return "".join(text.lower().split())
