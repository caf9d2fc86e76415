"""The text as it stands in the ink of a field, of which only the value is known.

A person settles 1250.00; written is "1,250/-", and that is what a network can learn. Of all texts that mean the value
the one is taken that the ink is likeliest to be.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import capwords

from inkfield.pipeline.fields.kinds import written
from inkfield.pipeline.fields.reader import FieldReader, Ink, grammar, parser
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineOutput
from inkfield.schemas.forms.model import Column, Field
from inkfield.schemas.readings import Value


@dataclass(frozen=True)
class WrittenLimits:
    """Which text is believed to stand in the ink."""

    readings: int = limit(100, "texts", "guess", "That are read in the ink and looked through for the value")
    unlike: float = limit(
        4.0,
        "nats a letter",
        "guess",
        "Nats a letter above which the ink is rather something else: another field's, or the person mistyped",
    )


LIMITS = WrittenLimits()


def written_text(reader: FieldReader, field: Field | Column, ink: Ink, value: Value) -> str | None:
    """The text in the ink of a field with this value; None where no text that means it fits the ink."""
    looks = reader.looks(field, ink)
    if looks is None or value is None:
        return None
    output = looks[1]
    texts = [text for text in dict.fromkeys((*_read(field, output, value), *_spelled(value)))
             if DEFAULT.covers(text)]  # fmt: skip
    if not texts:
        return None
    scores = output.score(texts)
    best = int(scores.argmax())
    if not math.isfinite(scores[best]) or scores[best] < -LIMITS.unlike * len(texts[best]):
        return None
    return texts[best]


def _read(field: Field | Column, output: LineOutput, value: Value) -> Iterator[str]:
    """What is read in the ink and means the value. A parser forgives an l for a 1: a label may not."""
    automaton, parse = grammar(field), parser(field)
    if automaton is not None:
        texts = output.within(automaton, LIMITS.readings)
        yield from (found.text for found in texts if parse(found.text) == value)
    if isinstance(value, str):
        free = output.n_best(field.language, LIMITS.readings)
        yield from (found.text for found in free if _letters(found.text) == _letters(value))


def _letters(text: str) -> str:
    """What has to be the same in a text and the value that it means."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _spelled(value: Value) -> Iterator[str]:
    """How people write a value."""
    match value:
        case str():
            yield from (value, capwords(value), value.upper())
        case date():
            yield from _dates(value)
        case Decimal():
            yield from _amounts(value)
        case int():
            yield str(value)


def _dates(day: date) -> Iterator[str]:
    for year in (f"{day.year}", f"{day.year % 100:02d}"):
        for d, m in ((f"{day.day:02d}", f"{day.month:02d}"), (f"{day.day}", f"{day.month}")):
            for parts in ((d, m, year), (m, d, year), (year, m, d)):
                yield from (sign.join(parts) for sign in ("/", ".", "-", " "))
            if len(d) == len(m) == 2:
                yield from ("".join(parts) for parts in ((d, m, year), (m, d, year), (year, m, d)))


def _amounts(amount: Decimal) -> Iterator[str]:
    yield from (f"{amount:.2f}", f"{amount:,.2f}")
    if amount == int(amount):
        for whole in (f"{int(amount)}", f"{int(amount):,}", _indian(int(amount))):
            yield from (whole, f"{whole}/-", f"{whole}-", f"{whole}.00")


def _indian(amount: int) -> str:
    """Grouped as 1,25,000."""
    head, tail = divmod(amount, 1000)
    if not head:
        return str(tail)
    figures = str(head)
    cut = [figures[max(0, end - 2) : end] for end in range(len(figures), 0, -2)]
    return f"{','.join(reversed(cut))},{tail:03d}"


def is_written(field: Field | Column) -> bool:
    """Whether a field holds text at all."""
    try:
        written(field)
    except TypeError:
        return False
    return True
