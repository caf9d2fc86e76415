"""Skeletons are followed whole, and glyphs come as strokes of the right size."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.morphology import skeletonize

from inkfield.recognizers.synthesis.fonts import bundled_fonts
from inkfield.recognizers.synthesis.strokes import glyph_strokes, trace


def _picture(*rows: str) -> np.ndarray:
    return np.array([[c == "#" for c in row] for row in rows])


def test_a_straight_stroke_is_one_path_from_end_to_end() -> None:
    assert trace(_picture(".....", ".###.", ".....")) in (
        [[(1, 1), (1, 2), (1, 3)]],
        [[(1, 3), (1, 2), (1, 1)]],
    )


def test_a_loop_comes_back_to_its_start() -> None:
    (path,) = trace(_picture(".##.", "#..#", "#..#", ".##."))
    assert len(path) == 9
    assert path[0] == path[-1]


def test_a_dot_stays() -> None:
    assert trace(_picture("...", ".#.", "...")) == [[(1, 1)]]


def test_a_short_twig_at_a_crossing_is_dropped_and_the_rest_kept() -> None:
    picture = _picture("...#...", "#######")
    assert {p for path in trace(picture, spur=3) for p in path} == {(1, c) for c in range(7)}
    assert (0, 3) in {p for path in trace(picture) for p in path}


def test_nothing_gives_no_path() -> None:
    assert trace(np.zeros((4, 4), bool)) == []


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000))
def test_every_pixel_of_a_skeleton_is_on_some_path(seed: int) -> None:
    rng = np.random.default_rng(seed)
    skeleton = skeletonize(rng.random((20, 20)) < 0.6)
    walked = {p for path in trace(skeleton) for p in path}
    assert walked == {(int(r), int(c)) for r, c in zip(*np.nonzero(skeleton), strict=True)}


def test_an_x_is_one_x_height_tall_and_stands_on_the_baseline() -> None:
    for font in bundled_fonts("hand"):
        points = np.vstack(glyph_strokes(font, "x").strokes)
        assert -1.15 < points[:, 1].min() < -0.6
        assert -0.3 < points[:, 1].max() < 0.35


def test_an_i_keeps_its_dot() -> None:
    for font in bundled_fonts("hand"):
        tops = [stroke[:, 1].max() for stroke in glyph_strokes(font, "i").strokes]
        assert min(tops) < -0.9, font.stem


def test_a_space_has_no_stroke_but_moves_the_pen() -> None:
    glyph = glyph_strokes(bundled_fonts("hand")[0], " ")
    assert glyph.strokes == ()
    assert glyph.advance > 0.1
