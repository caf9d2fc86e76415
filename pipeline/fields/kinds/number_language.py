"""How a language other than English says whole numbers: its table, the grammar of its phrases, and their values.

Phrases are in lower case, with the spaces and hyphens of good spelling: people leave them out or put others, and
the accents too. What is parsed is therefore the letters alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.grammars.expression import (
    Expression,
    choice,
    literal,
    optional,
    sequence,
    weighted,
    words,
)

_GAP = words({" ": 0.0, "-": -0.3, "": -2.0})
_BARE = -0.5
"""Log weight of a word without its accents."""
_RARE = -1.5
"""Log weight of a second way to say a number."""
_FRACTION = re.compile(r"(?:(\d{1,2})|x{2,3})\s*/\s*(?:100|xx)")
_FIGURES = re.compile(r"\d{1,2}")

Phrases = tuple[str, ...]
"""Ways to say one thing, the plainest first."""


@dataclass(frozen=True, eq=False)
class NumberLanguage:
    """A language's numbers from 1 to below 10^9.

    - ``below_hundred``: 1 to 99. ``hundreds``: 1 to 9 hundred before another number, ``round_hundreds`` alone.
    - ``hundred_join``, ``thousand_join``: what may stand behind hundreds, and behind thousands and millions.
    - ``thousand``; ``one_thousand`` for 1,000 itself; ``one_million`` and ``millions`` behind a count.
    - ``whole``: names of the currency's unit, ``parts`` those of its hundredths, ``ands`` what joins both,
      ``fillers`` words that say nothing (only).
    """

    name: str
    below_hundred: Mapping[int, Phrases]
    hundreds: Mapping[int, Phrases]
    round_hundreds: Mapping[int, Phrases]
    hundred_join: Mapping[str, float]
    thousand: str
    one_thousand: Phrases
    one_million: Phrases
    millions: Phrases
    thousand_join: Mapping[str, float]
    whole: Phrases
    parts: Phrases
    ands: Phrases
    fillers: Phrases

    def any_number(self) -> Expression:
        """Every number from 1 to below 10^9 in words."""
        group = self._any_group()
        tail = self._tail(group)
        thousands = choice(_any(self.one_thousand), sequence(group, _GAP, _phrase(self.thousand)))
        some_thousands = sequence(thousands, optional(tail))
        lower = choice(group, some_thousands)
        millions = choice(_any(self.one_million), sequence(group, _GAP, _any(self.millions)))
        return choice(lower, sequence(millions, optional(self._tail(lower))))

    def exactly(self, number: int) -> Expression | None:
        """The ways to say one number; None for those that are not from 1 to below 10^9."""
        if not 0 < number < 10**9:
            return None
        count, below = divmod(number, 1_000_000)
        thousands, rest = divmod(below, 1000)
        parts: list[Expression] = []
        if count:
            parts.append(_any(self.one_million) if count == 1
                         else sequence(self._group(count), _GAP, _any(self.millions)))  # fmt: skip
        if thousands:
            said = sequence(self._group(thousands), _GAP, _phrase(self.thousand))
            if thousands == 1:
                said = choice(_any(self.one_thousand), said)
            parts.append(self._tail(said) if parts else said)
        if rest:
            parts.append(self._tail(self._group(rest)) if parts else self._group(rest))
        return sequence(*parts)

    def any_below_hundred(self) -> Expression:
        """Every number from 1 to 99 in words: hundredths."""
        return choice(*(_any(phrases) for phrases in self.below_hundred.values()))

    def spelled(self, number: int) -> str:
        """A number from 1 to below 10^9 as it is spelled well, for rendering and tests."""
        count, below = divmod(number, 1_000_000)
        thousands, rest = divmod(below, 1000)
        said = ""
        if count:
            said = self.one_million[0] if count == 1 else f"{self._group_text(count)} {self.millions[0]}"
        if thousands:
            text = (self.one_thousand[0] if thousands == 1
                    else f"{self._group_text(thousands)}{self._apart}{self.thousand}")  # fmt: skip
            said = f"{said} {text}".strip()
        if rest:
            # Portuguese joins what is below a hundred or round to the thousands with its "and".
            join = next(iter(self.thousand_join)) if rest < 100 or rest % 100 == 0 else self._apart
            said = f"{said}{join}{self._group_text(rest)}" if said else self._group_text(rest)
        return said

    def amount(self, text: str) -> Decimal | None:
        """The amount that words say, exact; None when they say none or not a whole one."""
        text = text.lower()
        fraction = _FRACTION.search(text)
        cents = int(fraction[1] or 0) if fraction else None
        if fraction:
            text = text[: fraction.start()]
            text = re.sub(rf"\s(?:{'|'.join(self.ands)}|&)[\s-]*(?:zero[\s-]*)?$", "", text)
        before, behind = self._parted(text)
        if re.search(r"\d", before):
            return None
        value = self._value(self._without(_letters(before), self.fillers))
        if value is None:
            return None
        named = self._hundredths(behind)
        if named is None or (named and cents is not None):
            return None
        return Decimal(value) + Decimal(cents if cents is not None else named) / 100

    def _parted(self, text: str) -> tuple[str, str]:
        """What stands before the currency's unit and behind it."""
        names = "|".join(sorted(map(re.escape, self.whole), key=len, reverse=True))
        found = re.search(names, _bare(text))
        return (text[: found.start()], text[found.end() :]) if found else (text, "")

    def _hundredths(self, text: str) -> int | None:
        """0 to 99 that the words or figures behind the unit say; None where they say something else."""
        figures = _FIGURES.search(text)
        letters = self._without(_letters(text), (*self.fillers, *self.parts))
        for word in self.ands:
            letters = letters.removeprefix(_letters(word))
        if figures:
            return int(figures[0]) if not letters else None
        return self._below_hundred_letters.get(letters) if letters else 0

    @staticmethod
    def _without(letters: str, endings: Phrases) -> str:
        """Letters without these words at their end."""
        again = True
        while again:
            again = False
            for word in sorted(map(_letters, endings), key=len, reverse=True):
                if letters.endswith(word) and letters != word:
                    letters, again = letters.removesuffix(word), True
                elif letters == word:
                    return ""
        return letters

    def _value(self, letters: str) -> int | None:
        """The number that a run of letters says."""
        total = 0
        names = sorted((_letters(name) for name in self.millions), key=len, reverse=True)
        ones = [_letters(phrase) for phrase in self.one_million]
        one = next(
            (phrase for phrase in sorted(ones, key=len, reverse=True) if letters.startswith(phrase)), None
        )
        if one is not None:
            total, letters = 1_000_000, letters.removeprefix(one)
        else:
            found = re.search("|".join(names), letters)
            if found:
                count = self._groups.get(letters[: found.start()])
                if count is None:
                    return None
                total, letters = count * 1_000_000, letters[found.end() :]
        if not letters:
            return total or None
        below = self._below_million(self._joined(letters) if total else (letters,))
        return None if below is None else total + below

    def _below_million(self, readings: tuple[str, ...]) -> int | None:
        for letters in readings:
            count, found, rest = letters.partition(_letters(self.thousand))
            if not found:
                if letters in self._groups:
                    return self._groups[letters]
                continue
            thousands = 1 if count in self._one_before_thousand else self._groups.get(count)
            if thousands is None:
                continue
            if not rest:
                return thousands * 1000
            behind = next((self._groups[r] for r in self._joined(rest) if r in self._groups), None)
            if behind is not None:
                return thousands * 1000 + behind
        return None

    def _joined(self, letters: str) -> tuple[str, ...]:
        """What may be meant by letters behind a multiple: with what joins them or without."""
        bare = [letters.removeprefix(_letters(join)) for join in self.thousand_join if _letters(join)]
        return (letters, *bare)

    @property
    def _apart(self) -> str:
        """A space, or nothing where numbers are one word."""
        return "" if self.hundred_join.get("", -1.0) == 0.0 else " "

    def _group_text(self, number: int) -> str:
        hundreds, rest = divmod(number, 100)
        if not hundreds:
            return self.below_hundred[rest][0]
        if not rest:
            return self.round_hundreds[hundreds][0]
        return self.hundreds[hundreds][0] + next(iter(self.hundred_join)) + self.below_hundred[rest][0]

    def _tail(self, part: Expression) -> Expression:
        return sequence(words(self.thousand_join), part)

    def _any_group(self) -> Expression:
        """1 to 999."""
        below = self.any_below_hundred()
        hundreds = choice(*(_any(phrases) for phrases in self.hundreds.values()))
        return choice(
            below,
            *(_any(phrases) for phrases in self.round_hundreds.values()),
            sequence(hundreds, words(self.hundred_join), below),
        )

    def _group(self, number: int) -> Expression:
        hundreds, rest = divmod(number, 100)
        if not hundreds:
            return _any(self.below_hundred[rest])
        if not rest:
            return _any(self.round_hundreds[hundreds])
        return sequence(
            _any(self.hundreds[hundreds]), words(self.hundred_join), _any(self.below_hundred[rest])
        )

    @cached_property
    def _one_before_thousand(self) -> frozenset[str]:
        """What may stand before the word for thousand where 1,000 is meant."""
        thousand = _letters(self.thousand)
        return frozenset({"", *(_letters(phrase).removesuffix(thousand) for phrase in self.one_thousand)})

    @cached_property
    def _below_hundred_letters(self) -> dict[str, int]:
        return {_letters(text): n for n, phrases in self.below_hundred.items() for text in phrases}

    @cached_property
    def _groups(self) -> dict[str, int]:
        """1 to 999 by their letters."""
        found = dict(self._below_hundred_letters)
        joins = {_letters(join) for join in self.hundred_join}
        for n, phrases in self.hundreds.items():
            for text in (*phrases, *self.round_hundreds[n]):
                found.setdefault(_letters(text), 100 * n)
                for letters, rest in self._below_hundred_letters.items():
                    for join in joins:
                        found.setdefault(_letters(text) + join + letters, 100 * n + rest)
        return found


def _bare(text: str) -> str:
    """Without accents, as long as the text."""
    return "".join(unicodedata.normalize("NFD", c)[0] for c in text)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", _bare(text.lower().replace("ß", "ss")))


def _phrase(text: str) -> Expression:
    """A phrase with any of the gaps that people leave between its words, with accents or without."""
    parts: list[Expression] = []
    for i, word in enumerate(re.split(r"[ -]", text)):
        if i:
            parts.append(_GAP)
        bare = _bare(word.replace("ß", "ss"))
        known = DEFAULT.covers(word)  # of its accents the recogniser knows those of French and German
        parts.append(literal(bare) if bare == word or not known else words({word: 0.0, bare: _BARE}))
    return sequence(*parts)


def _any(phrases: Phrases) -> Expression:
    return choice(*(weighted(_phrase(text), _RARE if i else 0.0) for i, text in enumerate(phrases)))
