from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.records import LineCrop
from inkfield.pipeline.text.read_text import boxes_by_ink
from inkfield.pipeline.text.words import segment_words, word_spans
from inkfield.schemas.readings import Box
from tests.support.paper import words_line

WORDS = st.lists(st.text("abdeghnorstuACM", min_size=2, max_size=8), min_size=1, max_size=6)


@settings(max_examples=50, deadline=None)
@given(WORDS)
def test_words_are_cut_where_the_gaps_are(words: list[str]) -> None:
    image, spans = words_line(words, gap=45)
    found = segment_words(LineCrop((10, 20, image.shape[1], image.shape[0]), image, image))
    assert len(found) == len(words)
    for (x, _, w, _), (left, right) in zip(found, spans, strict=True):
        assert abs(x - 10 - left) <= 8 and abs(x + w - 10 - right) <= 8


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 300))
def test_every_ink_column_lies_in_one_word(seed: int, height: int, width: int) -> None:
    ink = np.random.default_rng(seed).random((height, width)) < 0.02
    covered = np.zeros(width, int)
    for start, stop in word_spans(ink):
        covered[start:stop] += 1
    assert covered.max(initial=0) <= 1
    assert (covered[ink.any(axis=0)] == 1).all()


def test_empty_line() -> None:
    blank = np.full((20, 50), 255, np.uint8)
    assert segment_words(LineCrop((0, 0, 50, 20), blank, blank)) == []


def test_as_many_boxes_as_words_are_not_enough() -> None:
    """The first word cut in two, the last two in one: those between would be marked beside themselves."""
    seen: list[Box] = [(0, 0, 40, 30), (60, 0, 100, 30), (180, 0, 30, 30), (215, 0, 40, 30)]
    by_ink: list[Box] = [(2, 5, 15, 20), (22, 5, 18, 20), (62, 4, 97, 22), (182, 6, 72, 20)]
    assert boxes_by_ink(by_ink, seen) == seen
    true_to_them: list[Box] = [(2, 5, 36, 20), (62, 4, 97, 22), (181, 6, 28, 20), (216, 6, 37, 20)]
    assert boxes_by_ink(true_to_them, seen) == true_to_them
    assert boxes_by_ink(true_to_them[:3], seen) == seen
    assert boxes_by_ink([], []) == []
