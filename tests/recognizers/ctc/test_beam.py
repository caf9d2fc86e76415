import numpy as np
import pytest

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.ctc.word_beam import BeamDecoder
from inkfield.recognizers.language.model import load_language


def written(text: str, doubts: dict[int, str] | None = None) -> np.ndarray:
    """Columns that read ``text``; where ``doubts`` has a character, that one is read a little better."""
    columns = np.full((3 * len(text) + 3, len(DEFAULT)), 1e-4)
    columns[:, 0] = 1.0
    for i, label in enumerate(DEFAULT.encode(text)):
        columns[3 * i + 2, [0, label]] = 0.01, 0.4
        if doubts and i in doubts:
            columns[3 * i + 2, DEFAULT.encode(doubts[i])[0]] = 0.5
    return np.log(columns / columns.sum(1, keepdims=True)).astype(np.float32)


def test_without_a_model_it_reads_what_is_there():
    best = BeamDecoder(DEFAULT).decode(written("He is here"))[0]
    assert best.text == "He is here"
    assert len(best.start_columns) == 3


@pytest.mark.parametrize(
    ("language", "text", "doubts"),
    [
        ("english", "He went to the house.", {11: "b"}),
        ("names", "Ravi Kumar", {2: "r"}),
        ("amount_words", "Seventy five thousand", {0: "L"}),
    ],
)
def test_the_model_decides_where_the_ink_is_in_doubt(language, text, doubts):
    columns = written(text, doubts)
    assert BeamDecoder(DEFAULT).decode(columns)[0].text != text
    hypotheses = BeamDecoder(DEFAULT, load_language(language)).decode(columns, n_best=5)
    assert hypotheses[0].text == text
    assert len(hypotheses) <= 5
    scores = [h.log_probability for h in hypotheses]
    assert scores == sorted(scores, reverse=True)
    assert len(hypotheses[0].start_columns) == len(text.split())


def test_a_known_word_is_found_though_one_letter_of_it_is_hardly_seen():
    text = "The house between them."
    columns = np.exp(written(text))
    column = columns[3 * text.index("w") + 2]
    column[:] = 1e-4
    column[[0, *DEFAULT.encode("nw")]] = 0.02, 0.97, 0.0035
    read = BeamDecoder(DEFAULT, load_language("english")).decode(np.log(columns))[0].text
    assert BeamDecoder(DEFAULT).decode(np.log(columns))[0].text == text.replace("w", "n")
    assert read == text


def test_clear_ink_beats_the_model():
    assert BeamDecoder(DEFAULT, load_language("english")).decode(written("Xqzt wvk"))[0].text == "Xqzt wvk"
    assert BeamDecoder(DEFAULT, load_language("names")).decode(written("Xqzt Wvk"))[0].text == "Xqzt Wvk"


def test_no_columns_are_an_empty_text():
    empty = np.zeros((0, len(DEFAULT)), np.float32)
    assert BeamDecoder(DEFAULT).decode(empty)[0].text == ""
    assert BeamDecoder(DEFAULT, load_language("names")).decode(empty)[0].text == ""
