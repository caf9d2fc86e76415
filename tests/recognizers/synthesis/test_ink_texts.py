"""Texts of every kind can be written with the alphabet and look like their kind."""

import re

import numpy as np
import pytest

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.synthesis.texts import KINDS, random_text


@pytest.mark.parametrize("kind", [*KINDS, None])
def test_texts_are_written_with_the_alphabet(kind: str | None) -> None:
    rng = np.random.default_rng(0)
    texts = [random_text(rng, kind) for _ in range(200)]
    assert all(text and text == text.strip() and DEFAULT.covers(text) for text in texts)
    # Single letters are few; all else hardly ever comes twice.
    assert len(set(texts)) > (10 if kind == "letter" else 90)


def test_same_seed_same_texts() -> None:
    one, same = ([random_text(np.random.default_rng(s)) for s in range(30)] for _ in range(2))
    assert one == same


def test_names_come_from_several_countries() -> None:
    rng = np.random.default_rng(0)
    words = {w.strip(".").title() for _ in range(4000) for w in random_text(rng, "name").split()}
    assert len({"Kumar", "Reddy", "Singh", "Sharma", "Müller", "Dupont", "Smith"} & words) >= 5


def test_amounts_come_in_indian_and_in_western_groups() -> None:
    rng = np.random.default_rng(0)
    amounts = [random_text(rng, "amount") for _ in range(500)]
    assert any(re.search(r"\d{1,2},\d{2},\d{3}", a) for a in amounts)
    assert any(re.search(r"\d,\d{3},\d{3}", a) for a in amounts)
    assert any(a.endswith("/-") for a in amounts)


def test_amounts_in_words_hold_the_usual_misspellings() -> None:
    rng = np.random.default_rng(0)
    words = {w.lower() for _ in range(2000) for w in random_text(rng, "amount_words").split()}
    assert {"lac", "lack", "lakhs", "fourty", "crores", "only", "&"} <= words


def test_kinds_are_drawn_by_the_weights_that_are_given() -> None:
    rng = np.random.default_rng(0)
    texts = [random_text(rng, {"figures": 3.0, "phone": 1.0}) for _ in range(400)]
    assert 240 < sum(text.isdigit() and len(text) != 10 for text in texts) < 360
    assert not any(c.isalpha() for text in texts for c in text)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        random_text(np.random.default_rng(0), "sonnet")
