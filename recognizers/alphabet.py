"""The characters that a recogniser can write, and how they map to the classes of its CTC output."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

BLANK = 0

_CHARACTERS = (
    " !\"#$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]abcdefghijklmnopqrstuvwxyz"
    "£§«°»ÀÂÄÆÇÈÉÊËÎÏÔÖÙÛÜßàâäæçèéêëîïôöùûüÿŒœŸ€₹_"
)


@dataclass(frozen=True)
class Alphabet:
    """``characters[i]`` is class ``i + 1``; class 0 is the CTC blank."""

    characters: str

    def __len__(self) -> int:
        """Number of classes, blank included."""
        return len(self.characters) + 1

    def encode(self, text: str) -> list[int]:
        """Classes of ``text``. Raises KeyError for a character that is not in the alphabet."""
        return [self._classes[c] for c in text]

    @cached_property
    def _classes(self) -> dict[str, int]:
        return {c: i + 1 for i, c in enumerate(self.characters)}

    def covers(self, text: str) -> bool:
        """Whether every character of ``text`` can be written."""
        return set(text) <= set(self.characters)

    def decode_path(self, classes: Iterable[int]) -> str:
        """Text of a CTC path: repeats collapsed, blanks dropped (Graves et al. 2006)."""
        return "".join(self.characters[c - 1] for c, _ in groupby(classes) if c != BLANK)


DEFAULT = Alphabet(_CHARACTERS)
