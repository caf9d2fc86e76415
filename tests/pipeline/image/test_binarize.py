from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inkfield.pipeline.image.binarize import binarize, choose_method, divide, otsu, sauvola
from tests.support.paper import noisy, shaded, text_page

PAGE = text_page()
TRUTH = PAGE < 140


def agreement(mask: np.ndarray) -> float:
    """F measure against the ink that was drawn."""
    return 2 * (mask & TRUTH).sum() / (mask.sum() + TRUTH.sum())


@pytest.mark.parametrize("page", [PAGE, noisy(PAGE), shaded(noisy(PAGE), 0.4), noisy(shaded(PAGE, 0.6))])
def test_the_chosen_method_finds_the_ink(page: np.ndarray) -> None:
    mask = binarize(page, 150)
    assert mask.dtype == bool and mask.shape == page.shape
    assert agreement(mask) > 0.93


def test_choice_by_page() -> None:
    assert choose_method(PAGE, 150) == "otsu"
    assert choose_method(shaded(PAGE, 0.5), 150) == "divide"
    assert choose_method(np.where(TRUTH, 0, 255).astype(np.uint8), 150) == "bilevel"


def test_methods_one_by_one() -> None:
    assert agreement(otsu(PAGE)) > 0.95
    assert agreement(sauvola(noisy(PAGE), 19)) > 0.9
    assert agreement(divide(shaded(PAGE, 0.4), 150)) > 0.93


def test_stain() -> None:
    page = PAGE.copy()
    page[400:900, 300:700] = (page[400:900, 300:700] * 0.6).astype(np.uint8)
    assert agreement(binarize(page, 150)) > 0.9


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_flat_paper_has_no_ink(tone: int) -> None:
    page = (
        noisy(np.full((300, 300), tone, np.uint8), 2) if tone == 128 else np.full((300, 300), tone, np.uint8)
    )
    assert tone == 0 or not binarize(page, 300).any()


@settings(max_examples=50, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(0, 40), st.integers(0, 40))))
def test_any_image_gives_a_mask_of_its_shape(image: np.ndarray) -> None:
    assert binarize(image, 300).shape == image.shape
    assert binarize(image, 300).dtype == bool
