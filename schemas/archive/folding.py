"""Words as they are compared: what is stored and what is asked for go through the same function, on every database."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that have no accent to take off."""


@lru_cache(maxsize=100_000)
def fold(text: str) -> tuple[str, ...]:
    """The words of a text in small letters without accents; what is no letter or figure parts them.

    >>> fold("L'Évêque  Müller-Weiß")
    ('l', 'eveque', 'muller', 'weiss')
    """
    small = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(c for c in small if not unicodedata.combining(c)).translate(_LETTERS)
    return tuple(_WORD.findall(bare))
