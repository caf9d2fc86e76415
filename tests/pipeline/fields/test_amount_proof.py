"""What is an amount and what is none: a grammar's reading against the freest one."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.amount_proof import figures_seen, prove
from inkfield.pipeline.fields.kinds.amount_reading import read_amount, read_amount_words
from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.ctc.output import CTCOutput


def read(text: str, sure: float = 0.97) -> CTCOutput:
    """The output of a network that reads this text, every character with that probability, blank between them."""
    rest = np.log((1 - sure) / len(DEFAULT))
    found = np.full((2 * len(text) + 1, len(DEFAULT)), rest)
    found[::2, 0] = np.log(sure)
    for i, character in enumerate(text):
        found[2 * i + 1, DEFAULT.characters.index(character) + 1] = np.log(sure)
    return CTCOutput(found, DEFAULT)


def words(text: str) -> str:
    look = read(text)
    return prove([look], read_amount_words(look), "words").verdict


def figures(text: str) -> str:
    look = read(text)
    return prove([look], read_amount(look), "figures").verdict


@pytest.mark.parametrize(
    "text", ["Eight Crore Only", "Ten", "Twenty five thousand", "Seven Lakh Ninety", "one Lavn Sixty"]
)
def test_words_of_amounts_are_amounts(text: str) -> None:
    assert words(text) == "amount"


@pytest.mark.parametrize(
    "text",
    [
        "SAMPLE COPY",
        "CANCELLED",
        "nEs COPY SAMPL",
        "me lll",
        "les W",
        "PEES =",
        "Please sign above",
        "Or Bearer",
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert words(text) != "amount"


@pytest.mark.parametrize("text", ["8,00,00,000/-", "670/-", "75,000", "91000"])
def test_figures_are_amounts(text: str) -> None:
    assert figures(text) == "amount"


@pytest.mark.parametrize("text", ["I", "E", "VOID", "l.", "- - -", "Rupees"])
def test_remnants_and_captions_are_none(text: str) -> None:
    assert figures(text) != "amount"


@settings(max_examples=25, deadline=None)
@given(st.integers(10, 10**8))
def test_every_amount_in_figures_is_one(value: int) -> None:
    look = read(str(value))
    found = read_amount(look)
    assert found[0].value == Decimal(value)
    assert prove([look], found, "figures").verdict == "amount"


def test_nothing_is_no_amount() -> None:
    assert prove([], [], "words").verdict == "none"


@settings(max_examples=25, deadline=None)
@given(st.integers(10, 10**8), st.data())
def test_a_figure_that_reads_as_something_else_is_missed(value: int, data: st.DataObject) -> None:
    text = f"{value}.00"
    at = data.draw(st.integers(0, len(str(value)) - 1))
    other = text[:at] + data.draw(st.sampled_from("$&?Tkz")) + text[at + 1 :]
    assert figures_seen([read(text), read(text)], text)
    assert figures_seen([read(text.replace("0", "O").replace("1", "l"))], text)
    assert not figures_seen([read(text), read(other)], text)
