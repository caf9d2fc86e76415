"""What is printed on every cheque of a standard, in any typeface and place: proof that a picture shows one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import TextLine


@dataclass(frozen=True)
class CaptionLimits:
    """Which text is a cheque's print."""

    misread: int = limit(
        3, "letters", "guess", "A caption may have one misread letter for each so many beyond its first"
    )
    most_words: int = limit(
        80,
        "words",
        "rendered",
        "A page of more is none: rendered cheques of random banks had 23 to 46 in ten, reports taken "
        "for one 158 and more",
    )
    word: int = limit(3, "letters", "rendered", "Of a word that counts")


LIMITS = CaptionLimits()


def has_captions(lines: Sequence[TextLine], captions: Sequence[Sequence[str]]) -> bool:
    """Whether lines of text hold all captions, each in one of its forms, and are no more than a cheque has."""
    found = [word for line in lines for word in re.findall(r"[a-z]+", line.text.lower())]
    if sum(len(word) >= LIMITS.word for word in found) > LIMITS.most_words:
        return False
    words = set(found)
    return all(any(_holds(words, form) for form in forms) for forms in captions)


def _holds(words: set[str], caption: str) -> bool:
    """Whether one of the words is the caption, or begins with it: print set close is read as one word."""
    most = (len(caption) - 1) // LIMITS.misread
    return any(
        word.startswith(caption) or (len(word) > 3 and edit_distance(word, caption) <= most) for word in words
    )
