"""The shipped weights: what their files state, and where their models see what they read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.models.digit_network import WEIGHTS as DIGITS
from inkfield.recognizers.recognizer import FIGURES, WEIGHTS, load_recognizer
from inkfield.recognizers.weights_file import read_weights
from tests.support.checkout import ROOT

LINE_FILES = (
    WEIGHTS / "default.safetensors",
    FIGURES,
    *(ROOT / "research" / "weights").glob("*.safetensors"),
)
WORDS = ("Paid", "in", "full", "today")


@pytest.mark.parametrize("path", LINE_FILES, ids=lambda path: path.stem)
def test_weights_state_their_architecture(path: Path) -> None:
    stored = read_weights(path)
    assert stored.architecture == "crnn"
    assert stored.arguments == {"characters": DEFAULT.characters, "hidden": 192}
    assert all(t.dtype == torch.float16 for t in stored.tensors.values() if t.is_floating_point())
    assert load_recognizer(str(path)).name == path.stem


def test_the_weights_for_digits_state_their_architecture() -> None:
    assert read_weights(DIGITS).architecture == "digit_network"


def test_weights_without_an_architecture_are_named(tmp_path: Path) -> None:
    save_file({"w": torch.zeros(1)}, tmp_path / "bare.safetensors")
    with pytest.raises(ValueError, match=r"bare\.safetensors does not state its architecture"):
        load_recognizer(str(tmp_path / "bare.safetensors"))


def _drawn(margin: int) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """A line with a margin of white on the left, grey uint8, and the first and last column of each word's ink."""
    page = np.full((70, 1400), 255, np.uint8)
    places, x = [], margin
    for word in WORDS:
        before = page.copy()
        cv2.putText(page, word, (x, 48), cv2.FONT_HERSHEY_COMPLEX, 1.3, 0, 2)
        inked = np.flatnonzero((page != before).any(axis=0))
        places.append((int(inked[0]), int(inked[-1]) + 1))
        x = places[-1][1] + 30
    return page, places


@pytest.mark.parametrize("margin", [12, 700])
def test_words_and_letters_lie_where_they_are_drawn(margin: int) -> None:
    page, places = _drawn(margin)
    output = load_recognizer().read([page])[0]
    text = " ".join(WORDS)
    assert output.best().text == text
    for spans in (output.spans(), output.spans(text)):
        assert [word.text for word in spans.words] == list(WORDS)
        for word, (left, right) in zip(spans.words, places, strict=True):
            assert abs(word.left - left) < 20 and abs(word.right - right) < 20  # less than a letter
        lefts = [character.left for character in spans.characters]
        assert lefts == sorted(lefts)
        assert all(character.left < character.right for character in spans.characters)
