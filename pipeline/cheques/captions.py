"""What is printed on every cheque of a standard, in any typeface and place: proof that a picture shows one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from inkfield.pipeline.records import TextLine
from inkfield.recognizers.distance import edit_distance

_CAPTIONS = {
    "cheque_us": (("pay",), ("order",), ("dollars",)),
    "cheque": (("pay",), ("rupees",), ("bearer", "order")),
}
"""By standard the words that must be there, each in one of its forms."""
_EDITS = {3: 0, 5: 1, 6: 1, 7: 2}
"""Misread letters that a caption of so many may have."""


_MOST_WORDS, _WORD = 80, 3
"""A page of more words (of so many letters) is none: it may well be about orders that are paid in dollars. Rendered
cheques of random banks had 23 to 46 in ten, reports taken for one 158 and more."""


def has_captions(lines: Sequence[TextLine], standard: Literal["cheque", "cheque_us"]) -> bool:
    """Whether lines of text hold all captions of a standard, and are no more than a cheque has."""
    found = [word for line in lines for word in re.findall(r"[a-z]+", line.text.lower())]
    if sum(len(word) >= _WORD for word in found) > _MOST_WORDS:
        return False
    words = set(found)
    return all(any(_holds(words, form) for form in forms) for forms in _CAPTIONS[standard])


def _holds(words: set[str], caption: str) -> bool:
    """Whether one of the words is the caption, or begins with it: print set close is read as one word."""
    most = _EDITS[len(caption)]
    return any(
        word.startswith(caption) or (len(word) > 3 and edit_distance(word, caption) <= most) for word in words
    )
