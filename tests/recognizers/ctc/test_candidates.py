from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.text_score import align, score_candidates

AB = Alphabet("ab")


def random_columns(length: int, classes: int, seed: int, spread: float = 2.0) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, spread, (length, classes))
    return logits - np.log(np.exp(logits).sum(1, keepdims=True))


def by_enumeration(columns: np.ndarray, alphabet: Alphabet) -> dict[str, float]:
    """Probability of every text, summed path by path."""
    texts: dict[str, float] = {}
    for path in product(range(len(alphabet)), repeat=len(columns)):
        text = alphabet.decode_path(path)
        texts[text] = texts.get(text, 0.0) + float(
            np.exp(sum(c[k] for c, k in zip(columns, path, strict=True)))
        )
    return texts


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.integers(0, 10_000))
def test_equals_the_sum_over_all_paths(length, seed):
    columns = random_columns(length, len(AB), seed)
    truth = by_enumeration(columns, AB)
    texts = ["".join(t) for n in range(length + 2) for t in product("ab", repeat=n)]
    scores = np.exp(score_candidates(columns, AB, texts))
    assert np.allclose(scores, [truth.get(text, 0.0) for text in texts])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("abcd", min_size=1, max_size=12), min_size=1, max_size=6), st.integers(0, 10_000))
def test_equals_the_ctc_loss_of_torch(texts, seed):
    alphabet = Alphabet("abcd")
    columns = random_columns(30, len(alphabet), seed)
    loss = torch.nn.CTCLoss(blank=0, reduction="none")
    expected = [
        -float(loss(torch.tensor(columns)[:, None], torch.tensor([alphabet.encode(t)]), [30], [len(t)]))
        for t in texts
    ]
    assert np.allclose(score_candidates(columns, alphabet, texts), expected)


def test_survives_probabilities_far_below_the_range_of_floats():
    columns = np.full((400, 3), -50.0)
    score = score_candidates(columns, AB, ["ab"])[0]
    assert -20_000 < score < -19_900


def test_texts_that_cannot_be_written_have_no_probability():
    columns = random_columns(3, len(AB), 1)
    scores = score_candidates(columns, AB, ["a?", "abab", "aa", "aaa"])
    assert scores[0] == scores[1] == scores[3] == -np.inf  # "aaa" needs blanks between
    assert np.isfinite(scores[2])
    assert score_candidates(columns, AB, []).shape == (0,)


def test_aligns_labels_with_their_columns():
    path = [0, 1, 1, 0, 1, 2, 0]
    columns = np.full((len(path), 3), -5.0)
    columns[np.arange(len(path)), path] = -0.02
    assert align(columns, [1, 1, 2]) == [(1, 3), (4, 5), (5, 6)]
    with pytest.raises(ValueError, match="too long"):
        align(columns[:2], [1, 1, 2])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.lists(st.integers(1, 2), min_size=1, max_size=4), st.integers(0, 10_000))
def test_the_alignment_is_that_of_the_likeliest_path(length, label, seed):
    columns = random_columns(length, len(AB), seed)
    paths = [
        p
        for p in product(range(len(AB)), repeat=length)
        if AB.decode_path(p) == AB.decode_path(_spaced(label))
    ]
    if not paths:
        with pytest.raises(ValueError, match="too long"):
            align(columns, label)
        return
    best = max(paths, key=lambda path: sum(c[k] for c, k in zip(columns, path, strict=True)))
    runs = [k for k, class_ in enumerate(best) if class_ and (k == 0 or best[k - 1] != class_)]
    ends = [next((j for j in range(k, length) if best[j] != best[k]), length) for k in runs]
    assert align(columns, label) == list(zip(runs, ends, strict=True))


def _spaced(label: list[int]) -> list[int]:
    """A path that reads as the label: each class with a blank behind it."""
    return [class_ for one in label for class_ in (one, 0)]
