"""Ink of any text in any bundled font: a tight mask with a baseline, the same for the same seed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.synthesis.fonts import bundled_fonts
from inkfield.recognizers.synthesis.pen import random_hand, render_ink

HANDS = bundled_fonts("hand")
TYPED = bundled_fonts("typed")


@pytest.fixture(params=[0.0, 0.14], ids=["font strokes", "ballpoint"])
def ballpoint(request: pytest.FixtureRequest) -> float:
    return float(request.param)


@pytest.mark.parametrize("font", [*HANDS, *TYPED], ids=lambda f: f.stem)
def test_ink_is_a_tight_mask(font: Path) -> None:
    ink = render_ink("Eighty Eight lakhs", np.random.default_rng(1), font, 20)
    assert ink.mask.dtype == np.uint8 and ink.mask.ndim == 2
    assert ink.mask.max() > 200
    for edge in (ink.mask[0], ink.mask[-1], ink.mask[:, 0], ink.mask[:, -1]):
        assert edge.max() > 0
    assert 0 < ink.baseline < ink.mask.shape[0] + 5
    assert ink.mask.shape[1] > 5 * ink.mask.shape[0] / 2


def test_bare_paper_between_letters_has_no_ink(ballpoint: float) -> None:
    rng = np.random.default_rng(2)
    hand = replace(random_hand(rng), ballpoint=ballpoint)
    ink = render_ink("a mill in fog", rng, HANDS[0], 24, hand=hand)
    assert np.mean(ink.mask == 0) > 0.5


def test_same_seed_same_ink_and_another_seed_another_one(ballpoint: float) -> None:
    hand = replace(random_hand(np.random.default_rng(0)), ballpoint=ballpoint)
    one, same, other = (
        render_ink("Deepak 42", np.random.default_rng(s), HANDS[1], 22, 0.1, hand).mask for s in (5, 5, 6)
    )
    assert np.array_equal(one, same)
    assert one.shape != other.shape or not np.array_equal(one, other)


def test_size_follows_the_x_height(ballpoint: float) -> None:
    hand = replace(random_hand(np.random.default_rng(0)), ballpoint=ballpoint, drift=0.0, wave=0.0)
    small, large = (
        render_ink("xxxx", np.random.default_rng(3), HANDS[2], x, hand=hand).mask for x in (12, 36)
    )
    assert 2 < large.shape[0] / small.shape[0] < 4


def test_a_thicker_ballpoint_leaves_more_ink() -> None:
    hand = random_hand(np.random.default_rng(0))
    thin, thick = (
        render_ink(
            "minimum", np.random.default_rng(3), HANDS[0], 24, hand=replace(hand, ballpoint=b)
        ).mask.sum()
        for b in (0.08, 0.22)
    )
    assert thick > 1.5 * thin


def test_positive_slant_leans_to_the_right(ballpoint: float) -> None:
    hand = replace(
        random_hand(np.random.default_rng(0)), ballpoint=ballpoint, wave=0.0, drift=0.0, letter_jitter=0.0
    )
    mask = render_ink("l", np.random.default_rng(3), TYPED[0], 30, slant=0.4, hand=hand).mask
    columns = np.arange(mask.shape[1])
    top, bottom = mask[: mask.shape[0] // 3].sum(0), mask[-mask.shape[0] // 3 :].sum(0)
    assert (columns * top).sum() / top.sum() > (columns * bottom).sum() / bottom.sum() + 5


def test_a_character_that_the_font_lacks_is_taken_from_another() -> None:
    lacking = next(f for f in HANDS if f.stem == "handlee")
    assert render_ink("₹", np.random.default_rng(0), lacking, 24).mask.shape[0] > 10


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_no_ink_gives_one_empty_pixel(text: str) -> None:
    ink = render_ink(text, np.random.default_rng(0), HANDS[0], 20)
    assert ink.mask.shape == (1, 1) and ink.mask.max() == 0


@settings(max_examples=50, deadline=None)
@given(
    text=st.text(alphabet=DEFAULT.characters, max_size=30),
    seed=st.integers(0, 2**32 - 1),
    font=st.sampled_from([*HANDS, *TYPED]),
    x_height=st.floats(6, 50),
    slant=st.floats(-0.6, 0.6),
)
def test_any_text_of_the_alphabet_can_be_written(
    text: str, seed: int, font: Path, x_height: float, slant: float
) -> None:
    ink = render_ink(text, np.random.default_rng(seed), font, x_height, slant)
    assert ink.mask.dtype == np.uint8
    assert bool(text.strip()) == bool(ink.mask.max() > 0)
