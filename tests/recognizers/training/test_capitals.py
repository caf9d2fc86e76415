"""Capitals cut from lines, and lines set from them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inkfield.recognizers.ctc.model import CTCModel
from inkfield.recognizers.ctc.text_score import align
from inkfield.recognizers.normalise import normalise
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.fonts import BUNDLED
from inkfield.recognizers.synthesis.pen import render_ink
from inkfield.recognizers.training.capitals import CapitalBank, cut_capitals, load_capitals
from inkfield.recognizers.training.cut_lines import cut_lines
from inkfield.recognizers.training.recombine import load_words
from tests.support.recipes import recipe

WORDS = ("Anna Berg", "Dora Hill", "Peter Kern", "Robert Stein", "Leon Naumann", "Eva Thiel")


@pytest.fixture(scope="module")
def recognizer() -> CTCModel:
    loaded = load_recognizer("default")
    assert isinstance(loaded, CTCModel)
    return loaded


def drawn(text: str) -> np.ndarray:
    """A typed line: grey uint8."""
    typed = next(path for path in BUNDLED.glob("*.ttf") if "courier" in path.stem or "cousine" in path.stem)
    mask = render_ink(text, np.random.default_rng(1), typed, 22.0).mask
    return np.pad(255 - mask, 8, constant_values=255)


def test_capitals_are_cut_out_whole(recognizer: CTCModel) -> None:
    grey = drawn("Dora Hill")
    log_probs = recognizer.read([grey])[0].log_probs
    classes = recognizer.alphabet.encode("Dora Hill")
    letters = cut_capitals(normalise(grey), "Dora Hill", classes, align(log_probs, classes), log_probs)
    assert [letter for _, letter in letters] == ["D", "H"]
    for ink, letter in letters:
        alone = normalise(drawn(letter))
        rows, columns = np.flatnonzero(alone.max(1) > 90), np.flatnonzero(alone.max(0) > 90)
        alone = alone[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        alone = cv2.resize(alone, (ink.shape[1], ink.shape[0]))
        assert np.corrcoef(ink.ravel(), alone.ravel())[0, 1] > 0.8


def test_a_bank_built_from_a_folder_sets_new_lines(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "drawn"
    (folder / "images").mkdir(parents=True)
    rows = ["id\tsplit\tpage_or_writer\ttext"]
    for i, text in enumerate(WORDS):
        cv2.imwrite(str(folder / "images" / f"l{i}.png"), drawn(text))
        rows.append(f"l{i}\ttrain\thand{i % 2}\t{text}")
    (folder / "labels.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    banks = {name: str(tmp_path / f"{name}.npz") for name in ("words", "capitals")}
    found = cut_lines(recipe(tmp_path / "data", 1, **banks), "default")
    assert found["words"] >= 10 and found["capitals"] >= 8
    composed, text = load_words(tmp_path / "words.npz").compose(np.random.default_rng(4))
    assert composed.shape[0] == 48 and set(text.split()) <= set(" ".join(WORDS).split())
    _, text = load_words(tmp_path / "words.npz", str.istitle).compose(np.random.default_rng(4))
    assert all(word.istitle() for word in text.split())
    bank = load_capitals(tmp_path / "capitals.npz")
    assert set(bank.by_hand) == {"drawn/hand0", "drawn/hand1"}
    grey, text = bank.compose("Peter xyz stand", np.random.default_rng(2)) or (None, "")
    assert text == "" or (set(text) <= set(bank.by_letter) | {" "} and grey is not None)


def test_words_without_letters_are_left_out() -> None:
    ink = np.full((32, 20), 255, np.uint8)
    bank = CapitalBank({"one": {"A": [ink]}}, {"A": [ink], "B": [ink]})
    grey, text = bank.compose("ab ca ba", np.random.default_rng(3)) or (None, "")
    assert text == "AB BA" and grey is not None and grey.shape[1] > 60
    assert bank.compose("xyz 12", np.random.default_rng(3)) is None
