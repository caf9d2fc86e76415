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
from inkfield.recognizers.line_model import LineOutput

Verdict = Literal["amount", "unsure", "none"]

_GAIN = {"figures": 2.0, "words": 1.5}
"""Nats a character that speak for an amount. Any text has about 2 nats a character of English and ln 80 of signs;
figures have ln 10 and a separator, words of amounts 0.6 (some 30 words of 6 letters)."""
_PROOF = 3.0
"""Log odds from which on it is an amount: 20 to 1."""
_ALIKE, _UNLIKE = 0.5, 0.55
"""Edits a character of the amount between it and the freest reading, up to which they are one text, and over which
another. Amounts in hardly legible hands come to 0.4, remnants of frames, captions and other words to 0.65 and more."""
_AGAINST = -1.0
"""Log odds a character under which it is surely none: an amount so unlike its ink was never met."""
_SAME, _SAME_LENGTH = 0.25, 4
"""Edits a character up to which the freest reading is the amount itself, but for a letter or two, and characters from
which on that is no chance. Then it need not be proved by the odds, only not be spoken against."""


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
        if self.unlike > _UNLIKE or by_character < _AGAINST:
            return "none"
        same = self.unlike <= _SAME and self.length >= _SAME_LENGTH and by_character >= _AGAINST / 3
        return "amount" if same or (self.log_odds >= _PROOF and self.unlike <= _ALIKE) else "unsure"


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
    # As `read_joint_amount` adds the looks.
    share = (len(free) + 1) / 2
    lacks = sum(look.log_probability for look in free) / share - best.log_probability
    wanted = _bare(best.text)
    unlike, text = min(
        (edit_distance(_bare(look.text), wanted) / max(1, len(wanted)), look.text) for look in free
    )
    return Proof(_GAIN[kind] * len(wanted) - lacks, unlike, text, len(wanted))


def _bare(text: str) -> str:
    """Without spaces and case: where words end is no matter."""
    return "".join(text.lower().split())
