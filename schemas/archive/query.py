"""What somebody asks the archive for: words, "phrases in quotes" and beginn* of words, all on one page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inkfield.schemas.archive.folding import fold

_PART = re.compile(r'"([^"]*)"(\*?)|(\S+)')


class SearchError(Exception):
    """A search that asks for nothing. The message says what to ask for."""


@dataclass(frozen=True)
class Term:
    """Folded words that follow each other, mostly one. With ``prefix`` the last may go on."""

    words: tuple[str, ...]
    prefix: bool = False

    def matches(self, number: int, word: str) -> bool:
        """Whether a folded word of the text stands for the term's word of this number."""
        wanted = self.words[number]
        return word.startswith(wanted) if self.prefix and number == len(self.words) - 1 else word == wanted


def parse_query(asked: str) -> tuple[Term, ...]:
    """The terms of a search. Raises SearchError where there is no word in it.

    >>> parse_query('"Jean Mar"* église')
    (Term(words=('jean', 'mar'), prefix=True), Term(words=('eglise',), prefix=False))
    """
    terms = []
    for quoted, star, word in _PART.findall(asked.replace("“", '"').replace("”", '"')):
        words = fold(quoted or word)
        if words:
            terms.append(Term(words, prefix=bool(star) or word.endswith("*")))
    if not terms:
        raise SearchError('Name a word to search for, e.g. miller, mill*, or "john miller".')
    return tuple(dict.fromkeys(terms))
