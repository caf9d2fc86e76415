import numpy as np

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.ctc.best_path import best_path
from inkfield.recognizers.ctc.join import join_lines


def written(text: str) -> np.ndarray:
    columns = np.full((2 * len(text), len(DEFAULT)), -12.0, np.float32)
    columns[0::2, 0] = 0.0
    columns[np.arange(len(text)) * 2 + 1, DEFAULT.encode(text)] = 0.0
    return columns


def test_two_lines_are_one_text_with_a_space_between():
    joined = join_lines([written("Two lakh"), written("only")], DEFAULT)
    assert best_path(joined, DEFAULT).text == "Two lakh only"
    assert np.isclose(np.exp(joined[16]).sum(), 1, atol=1e-3)


def test_no_lines_are_no_columns():
    assert join_lines([], DEFAULT).shape == (0, len(DEFAULT))
