"""Amounts in words, Indian (lakh, crore) and western (million), with the spellings that hands produce."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from inkfield.pipeline.fields.kinds import number_words as vocabulary
from inkfield.pipeline.fields.kinds.amount_locale import WESTERN, AmountLocale, locale_of
from inkfield.pipeline.fields.kinds.amount_words_grammar import amount_words_automaton
from inkfield.pipeline.fields.kinds.kind import TextReading, drawn

__all__ = ["amount_words_automaton", "parse_amount_words"]

MOST = Decimal(10) ** 12
_HUNDRED = 100
_FRACTION = re.compile(r"(?:(\d{1,2})|(x{1,3}|none|no|nil|zero|oo))\s*/\s*(?:100|1oo|loo|x{2,3})")
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[&+]")

Token = tuple[str, int]
"""(sort, value): sorts are unit, ten, hundred, multiple, zero, and, whole, part, filler."""


def parse_amount_words(text: str, locale: AmountLocale = WESTERN) -> Decimal | None:
    """The amount that words say in a language of ``locale``, exact; None when they say none or not a whole one.

    Of English, Indian and western words are understood whatever the locale.
    """
    said = _english(text) if locale.language is None else locale.language.amount(text)
    if said is None and locale.also is not None:
        return parse_amount_words(text, locale.also)
    return said if said is not None and said < MOST else None


def _english(text: str) -> Decimal | None:
    """The amount that English words say.

    "Fourty Four lakh twenty thousand" is 4420000, "one fifty lakhs" 15000000, "SeventyOne" 71, "Six hundred
    and 45/100" 600.45, "Ten rupees and fifty paise" 10.50. A word that is nothing like a number word makes
    the whole None: half an amount is no amount.
    """
    text = text.lower()
    cents: int | None = None
    fraction = _FRACTION.search(text)
    if fraction:
        cents = int(fraction[1]) if fraction[1] else 0
        text = text[: fraction.start()] + " " + text[fraction.end() :]
    tokens: list[Token] = []
    for word in _TOKEN.findall(text):
        found = _tokens_of(word)
        if found is None:
            return None
        tokens.extend(found)
    tokens = [token for token in tokens if token[0] != "filler"]
    whole, parts = _split_parts(tokens)
    if parts:
        part_value = _evaluate(parts)
        if part_value is None or not 0 <= part_value <= 99 or cents is not None:
            return None
        cents = part_value
    value = _evaluate(whole) if any(sort not in ("and", "whole") for sort, _ in whole) else None
    if value is None:
        if cents is None or any(sort not in ("and", "whole") for sort, _ in whole):
            return None
        value = 0
    return Decimal(value) + Decimal(cents or 0) / 100


def _split_parts(tokens: list[Token]) -> tuple[list[Token], list[Token]]:
    """The tokens of the whole units, and those of the paise or cents."""
    at = next((i for i, (sort, _) in enumerate(tokens) if sort == "part"), None)
    if at is None:
        return tokens, []
    after = [t for t in tokens[at + 1 :] if t[0] not in ("and", "whole")]
    if after:  # "... and paise fifty"
        return tokens[:at], after
    before = tokens[:at]
    cut = max((i for i, (sort, _) in enumerate(before) if sort in ("and", "whole")), default=-1)
    return before[: cut + 1], before[cut + 1 :]


def _evaluate(tokens: list[Token]) -> int | None:
    """Value of a number phrase; None when the words are in no order that makes a number."""
    total = 0  # finished multiples: "two lakh"
    ceiling: float = float("inf")  # multiples must fall, unless one follows another at once ("lakh crore")
    group = 0  # under the next multiple: "twenty five"
    last = "start"
    for sort, value in tokens:
        if sort in ("and", "whole"):
            continue
        if sort == "zero":
            last = "zero"
            continue
        if sort == "unit":
            if last == "unit" or (last == "ten" and (group % 10 or group % 100 < 20)):
                return None
            group += value
        elif sort == "ten":
            if last == "ten":
                return None
            if last == "unit" and group < 10:
                group *= 100  # colloquial: "one fifty" is 150
            group += value
        elif sort == "figures":
            if last not in ("start", "multiple", "hundred"):
                return None
            group += value
        elif sort == "hundred":
            if group >= 100 or (group == 0 and last not in ("start", "multiple")):
                return None
            group = max(group, 1) * 100
        else:
            if last == "multiple" and value > ceiling:
                total *= value  # "two lakh crore"
            elif value >= ceiling or (group == 0 and last != "start"):
                return None
            else:
                total += max(group, 1) * value
            group = 0
            ceiling = value
        last = sort
    if last == "start" or (total and group >= ceiling):
        return None
    return total + group


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, Token]:
    lexicon: dict[str, Token] = {}

    def enter(spellings: tuple[str, ...], sort: str, value: int = 0) -> None:
        for spelling in spellings:
            lexicon.setdefault(spelling, (sort, value))

    for value, spellings in vocabulary.UNITS.items():
        enter(spellings, "unit", value)
    for value, spellings in {**vocabulary.TEENS, **vocabulary.TENS}.items():
        enter(spellings, "ten", value)
    enter(vocabulary.HUNDRED, "hundred", _HUNDRED)
    for value, spellings in vocabulary.MULTIPLES.items():
        enter(spellings, "multiple", value)
    enter(vocabulary.ZERO, "zero")
    enter(vocabulary.AND, "and")
    enter(vocabulary.WHOLE_UNITS, "whole")
    enter(vocabulary.PARTS, "part")
    enter(vocabulary.FILLERS, "filler")
    return lexicon


@lru_cache(maxsize=4096)
def _tokens_of(word: str) -> tuple[Token, ...] | None:
    """What a run of letters or digits stands for; None for what is not of the language."""
    if word.isdigit():
        if not word.isascii() or len(word) > 9:
            return None
        return (("zero", 0),) if int(word) == 0 else (("figures", int(word)),)
    lexicon = _lexicon()
    if word in lexicon:
        return (lexicon[word],)
    joined = _split_joined(word)
    if joined is not None:
        return joined
    near = _nearest(word)
    if near is not None:
        return (near,)
    return () if len(word) == 1 else None  # a lone stroke read as a letter


def _split_joined(word: str) -> tuple[Token, ...] | None:
    """Words written as one ("seventyone", "fiftythousand"): a split into known words, the fewest."""
    lexicon = _lexicon()
    best: list[tuple[Token, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 10), end):
            head, piece = best[start], word[start:end]
            if head is None or piece not in lexicon or len(piece) < 3:
                continue
            known = best[end]
            if known is None or len(head) + 1 < len(known):
                best[end] = (*head, lexicon[piece])
    return best[len(word)]


def _nearest(word: str) -> Token | None:
    """The token within 1 edit of a word (2 from seven letters on); None when there is none or several."""
    budget = 0 if len(word) < 3 else 1 if len(word) < 7 else 2
    distances: dict[Token, int] = {}
    for spelling, token in _lexicon().items():
        if len(spelling) >= 3 and abs(len(spelling) - len(word)) <= budget:
            distance = _edits(word, spelling, budget)
            if distance <= budget:
                distances[token] = min(distance, distances.get(token, budget))
    if not distances:
        return None
    least = min(distances.values())
    nearest = [token for token, distance in distances.items() if distance == least]
    return nearest[0] if len(nearest) == 1 else None


def _edits(a: str, b: str, budget: int) -> int:
    """Levenshtein distance, or anything above ``budget`` when it is above."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
        if min(row) > budget:
            return budget + 1
    return row[-1]


AMOUNT_WORDS = TextReading(
    "amount_words",
    parse=lambda text, field: parse_amount_words(text, locale_of(field.grammar)),
    grammar=lambda field: amount_words_automaton(locale_of(field.grammar)),
    sample=drawn("amount_words"),
    sampled_as={"grammar": "indian"},
)
