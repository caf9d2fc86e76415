"""Height, slope and pitch of a MICR line are measured on its digits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inkfield.pipeline.cheques.micr.line import STRIP_DPI, STRIP_MARGIN, find_lines, straighten
from tests.support.cheque_paper import MICR, foot, turned


def _ink(paper: np.ndarray) -> np.ndarray:
    return np.clip((235 - paper.astype(np.float32)) / 200, 0, 1)[-260:]


@pytest.mark.parametrize("degrees", [-2.0, 0.0, 1.5])
def test_slope_is_measured(degrees: float) -> None:
    line = find_lines(_ink(turned(foot(MICR, STRIP_DPI, noise=0), degrees)))[0]
    assert math.degrees(math.atan(line.slope)) == pytest.approx(-degrees, abs=0.15)


@pytest.mark.parametrize("dpi", [190, 240, 300])
def test_pitch_is_measured(dpi: int) -> None:
    line = find_lines(_ink(foot(MICR, dpi, noise=0)))[0]
    assert line.pitch == pytest.approx(0.125 * dpi, rel=0.01)


def test_the_strip_is_level_and_leads_back() -> None:
    ink = _ink(turned(foot(MICR, 300, noise=0), 1.5))
    strip, back = straighten(ink, find_lines(ink)[0])
    rows = np.flatnonzero(strip.max(1) > 0.5)
    assert abs(rows[0] - STRIP_MARGIN) <= 2
    assert rows[-1] - rows[0] == pytest.approx(0.117 * STRIP_DPI, abs=3)
    y, x = np.argwhere(strip > 0.9)[0]
    at = back @ np.array([x, y, 1.0])
    assert ink[round(at[1]), round(at[0])] > 0.5


def test_nothing_to_find() -> None:
    assert find_lines(np.zeros((200, 1500), np.float32)) == []
