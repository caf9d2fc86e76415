"""Rendered lines: dark ink on light paper, the same for the same seed, for every text that forms hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import KINDS, random_text


@pytest.mark.parametrize("kind", KINDS)
def test_lines_are_dark_ink_on_light_paper(kind: str) -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        line = render_line(random_text(rng, kind), rng)
        assert line.dtype == np.uint8 and line.ndim == 2
        assert 8 <= line.shape[0] <= 220
        paper, ink = np.percentile(line, 70), line.min()
        assert paper > 120
        assert paper - ink > 40


@pytest.mark.parametrize("kind", ["hand", "typed"])
def test_longer_texts_give_wider_lines(kind: str) -> None:
    def mean_shape(text: str) -> float:
        shapes = [render_line(text, np.random.default_rng(s), kind).shape for s in range(10)]
        return float(np.mean([width / height for height, width in shapes]))

    assert mean_shape("one hundred and twenty five") > 3 * mean_shape("one")


def test_same_seed_same_line() -> None:
    one, same = (render_line("R. Kumar 1,250/-", np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one, same)


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=DEFAULT.characters, max_size=30), st.integers(0, 2**32 - 1))
def test_any_text_of_the_alphabet_can_be_rendered(text: str, seed: int) -> None:
    line = render_line(text, np.random.default_rng(seed))
    assert line.dtype == np.uint8 and line.size > 0
