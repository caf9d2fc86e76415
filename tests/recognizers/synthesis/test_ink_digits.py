"""Figures set from digit pictures; the tests draw a small bank of digits themselves, none is fetched."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.recognizers.synthesis import digits
from inkfield.recognizers.synthesis.figure_strokes import can_stroke, stroke_sign


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Twenty drawn digits where the fetched ones would lie, 28 px high as MNIST's."""
    images = np.zeros((20, 28, 28), np.uint8)
    for i, image in enumerate(images):
        cv2.putText(image, str(i % 10), (6, 23), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255,), 2, cv2.LINE_AA)
    np.savez(tmp_path / "mnist.npz", images=images, labels=np.arange(20, dtype=np.uint8) % 10)
    monkeypatch.setenv("INKFIELD_FONTS", str(tmp_path))
    digits._digits.cache_clear()
    yield
    digits._digits.cache_clear()


@pytest.mark.usefixtures("bank")
def test_what_can_be_written_with_digits() -> None:
    assert digits.can_write("12,34,567/-")
    assert digits.can_write("15-03=2016.")
    assert not digits.can_write("Rs 500")
    assert not digits.can_write("/-")
    assert not digits.can_write("")


@pytest.mark.usefixtures("bank")
@pytest.mark.parametrize("text", ["7", "0123456789", "12,34,567/-", "1.50", "2016-03-15", "800=00", "12 / 7"])
def test_figures_are_ink_of_the_asked_height(text: str) -> None:
    for seed in range(8):
        ink = digits.render_digits(text, np.random.default_rng(seed), 40)
        assert ink.mask.dtype == np.uint8 and ink.mask.max() > 200
        assert 24 < ink.mask.shape[0] < 100
        assert 0 < ink.baseline < ink.mask.shape[0] + 20


@pytest.mark.usefixtures("bank")
def test_same_seed_same_figures() -> None:
    one, same = (digits.render_digits("98,765/-", np.random.default_rng(4), 32).mask for _ in range(2))
    assert np.array_equal(one, same)


@pytest.mark.usefixtures("bank")
def test_thin_pens_leave_no_digit_out() -> None:
    """Ten digits apart from each other are at least ten pieces of ink, with any pen."""
    for seed in range(20):
        ink = digits.render_digits("0123456789", np.random.default_rng(seed), 40)
        inked = np.flatnonzero(ink.mask.max(0) > 60)
        assert ink.mask.shape[1] > 150
        assert np.diff(inked).max() < 70


def test_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="figures"):
        digits.render_digits("abc", np.random.default_rng(0), 40)


def test_without_fetched_digits_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKFIELD_FONTS", str(tmp_path))
    digits._digits.cache_clear()
    assert not digits.can_write("123")
    digits._digits.cache_clear()


@given(st.sampled_from([",", "/", "/-", "00", "000"]), st.integers(0, 2**32 - 1), st.floats(10, 60))
def test_signs_are_drawn_about_the_line(token: str, seed: int, height: float) -> None:
    ink = stroke_sign(token, np.random.default_rng(seed), height, 0.06 * height)
    assert can_stroke(token) and ink.max() > 150
    rows = np.flatnonzero(ink.max(1) > 60) / height - ink.shape[0] / 2 / height
    assert rows[-1] > 0.2 and ink.shape[1] < 6 * height
    assert not can_stroke("0") and not can_stroke("12")
