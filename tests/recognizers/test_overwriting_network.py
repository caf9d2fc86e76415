"""Figures written over figures: told by the network that is shipped, which the command that made it trains."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inkfield.recognizers.line_model import Span
from inkfield.recognizers.models.overwriting_network import (
    SIDE,
    load_overwriting_network,
    overwriting_odds,
    places,
)
from inkfield.recognizers.recognizer import FIGURES, load_recognizer
from inkfield.recognizers.training.overwriting import draw_places, judge, train


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    return draw_places(110, np.random.default_rng(8), load_recognizer(str(FIGURES)), held_out=True)


def test_overwritten_figures_by_unseen_hands_are_told(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    figures = judge(load_overwriting_network(), *drawn)
    assert figures["single"] > 300 and figures["double"] > 40
    assert figures["told"] > 50


def test_a_figure_stands_in_the_middle_of_what_the_network_sees() -> None:
    line = np.full((60, 300), 255, np.uint8)
    line[10:50, 30:50] = 0
    line[10:50, 200:204] = 0
    pictures = places(line, [Span("0", 30, 50, 0, 0), Span("1", 198, 206, 0, 0)])
    assert pictures.shape == (2, SIDE, SIDE)
    for picture in pictures:
        middle = float(np.average(np.arange(SIDE), weights=picture.sum(0)))
        assert abs(middle - SIDE / 2) < 3


@pytest.mark.parametrize("span", [(-40, -20), (0, 1), (299, 300), (500, 600)])
def test_a_place_beside_the_line_is_paper(span: tuple[int, int]) -> None:
    line = np.full((40, 300), 255, np.uint8)
    line[5:35, 140:150] = 20
    assert overwriting_odds(line, [Span("7", *span, 0, 0)]).shape == (1,)
    assert overwriting_odds(np.full((20, 20), 255, np.uint8), [Span("7", *span, 0, 0)]).shape == (1,)
    assert overwriting_odds(line, []).shape == (0,)


def test_training_learns(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    pictures, labels = drawn
    network, steps = train(0.08, pictures, labels, seed=1)
    assert steps > 3
    with torch.inference_mode():
        odds = network(torch.from_numpy(pictures[:, None] / np.float32(255))).numpy()
    assert odds[labels].mean() > odds[~labels].mean()
