import numpy as np

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.best_path import best_path

ABC = Alphabet("ab ")


def columns(*classes: int) -> np.ndarray:
    probabilities = np.full((len(classes), len(ABC)), 0.02)
    probabilities[np.arange(len(classes)), classes] = 0.94
    return np.log(probabilities).astype(np.float32)


def test_collapses_repeats_and_drops_blanks():
    reading = best_path(columns(0, 1, 1, 0, 1, 2, 2), ABC)
    assert reading.text == "aab"
    assert np.isclose(reading.log_probability, 7 * np.log(0.94), atol=1e-5)


def test_tells_where_words_start():
    assert best_path(columns(0, 1, 2, 3, 0, 2, 0), ABC).start_columns == (1, 5)


def test_no_columns_are_an_empty_text():
    assert best_path(np.zeros((0, len(ABC)), np.float32), ABC).text == ""
