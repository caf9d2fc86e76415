"""Networks run in bfloat16 where the CPU has it: what is read must not depend on the machine."""

from __future__ import annotations

import numpy as np
import pytest

import inkfield.recognizers.models.crnn as module
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import random_text


def _read(
    crops: list[np.ndarray], bfloat16: bool, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, float]]:
    monkeypatch.setattr(module, "BFLOAT16", bfloat16)
    found = [output.best() for output in load_recognizer.__wrapped__().read(crops)]
    return [(one.text, one.log_probability) for one in found]


def test_bfloat16_reads_what_float32_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    texts = [random_text(rng) for _ in range(24)]
    crops = [render_line(text, rng) for text in texts]
    whole, half = (_read(crops, bfloat16, monkeypatch) for bfloat16 in (False, True))
    changed = sum(edit_distance(a, b) for (a, _), (b, _) in zip(whole, half, strict=True))
    assert changed <= 0.005 * sum(map(len, texts))
    same = [(a, b) for (one, a), (other, b) in zip(whole, half, strict=True) if one == other]
    assert np.median([abs(a - b) for a, b in same]) < 0.1
