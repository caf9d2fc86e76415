"""Dark scanner borders are told from paper."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.cheques.paper.dark_border import paper_box

widths = st.integers(0, 30)


@settings(max_examples=30, deadline=None)
@given(widths, widths, widths, widths)
def test_borders_of_any_width_are_found(top: int, bottom: int, left: int, right: int) -> None:
    paper = np.full((400, 900), 235, np.uint8)
    framed = np.pad(paper, ((top, bottom), (left, right)), constant_values=12)
    assert paper_box(framed) == (left, top, 900, 400)


def test_a_printed_bar_near_the_edge_is_paper() -> None:
    paper = np.full((400, 900), 235, np.uint8)
    paper[:, 860:880] = 10
    paper[12:20] = 10
    assert paper_box(paper) == (0, 0, 900, 400)


def test_dark_and_tiny_pictures_are_left_alone() -> None:
    assert paper_box(np.full((20, 30), 5, np.uint8)) == (0, 0, 30, 20)
    x, y, width, height = paper_box(np.full((400, 900), 5, np.uint8))
    assert (x, y, width, height) == (0, 0, 900, 400)
