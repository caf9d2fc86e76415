"""Single digits in character boxes: read by the network that is shipped, and trained by the command that made it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.ctc.cells import pooled
from inkfield.recognizers.ctc.model import CTCModel
from inkfield.recognizers.models.digit_network import (
    SIDE,
    WEIGHTS,
    digit_log_probs,
    load_digit_network,
    square,
)
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training import digits
from inkfield.recognizers.training.digit_cells import DigitBank, draw_bank, draw_cell
from inkfield.recognizers.training.digits import train


@pytest.fixture(scope="module")
def bank() -> DigitBank:
    return draw_bank(300, np.random.default_rng(5), held_out=True)


def test_digits_in_unseen_hands_are_read(bank: DigitBank) -> None:
    rng = np.random.default_rng(6)
    cells = [draw_cell(bank, rng) for _ in range(400)]
    found = digit_log_probs([cell for cell, _ in cells])
    assert found.shape == (400, 10) and np.allclose(np.exp(found).sum(1), 1, atol=1e-4)
    assert np.mean(found.argmax(1) == [digit for _, digit in cells]) > 0.93


def test_two_looks_at_a_cell_are_surer_of_the_truth_than_one(bank: DigitBank) -> None:
    rng = np.random.default_rng(7)
    drawn = [draw_cell(bank, rng) for _ in range(250)]
    cells, truth = [cell for cell, _ in drawn], [digit for _, digit in drawn]
    recognizer = load_recognizer()
    assert isinstance(recognizer, CTCModel)
    both = recognizer.read_cells(cells).log_probs[::2][:, recognizer.alphabet.encode("0123456789")]
    alone = np.array([output.score(list("0123456789")) for output in recognizer.read(cells)])

    def of_truth(scores: np.ndarray) -> float:
        normal = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
        return float(np.maximum(normal[np.arange(len(truth)), truth], -30).mean())

    assert of_truth(both) > of_truth(alone) + 0.01


def test_a_letter_stays_a_letter() -> None:
    """The network for digits knows no letters: it may only say which digit, not whether."""
    by_line = np.full(10, -12.0)
    by_digit = np.log(np.array([0.991] + [0.001] * 9))
    assert np.logaddexp.reduce(pooled(by_line, by_digit)) == pytest.approx(np.logaddexp.reduce(by_line))
    assert pooled(by_line, by_digit).argmax() == 0


@given(
    height=st.integers(1, 120), width=st.integers(1, 120), ink=st.integers(0, 255), seed=st.integers(0, 99)
)
@settings(deadline=None, max_examples=60)
def test_any_cell_has_a_square(height: int, width: int, ink: int, seed: int) -> None:
    cell = np.full((height, width), 255, np.uint8)
    cell[np.random.default_rng(seed).random((height, width)) < 0.2] = ink
    assert square(cell).shape == (SIDE, SIDE) and square(cell).dtype == np.uint8


def test_training_goes_on_from_weights(bank: DigitBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "judge", partial(digits.judge, count=400))
    network, figures = train(0.04, bank, bank, seed=1, start=WEIGHTS)
    assert figures["steps"] >= 1 and figures["wrong"] < 20
    assert not network.training


def test_weights_are_named_where_they_are_not(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="none"):
        load_digit_network(tmp_path / "none.safetensors")
