"""What a CTC output answers: the freest text, where its characters lie, and what the ink says for each."""

import numpy as np
import pytest

from inkfield.recognizers.alphabet import DEFAULT, Alphabet
from inkfield.recognizers.ctc.cells import join_cells
from inkfield.recognizers.ctc.output import CTCOutput, join
from inkfield.recognizers.grammars.automaton import from_strings

ABC = Alphabet("ab ")


def read(*classes: int) -> CTCOutput:
    probabilities = np.full((len(classes), len(ABC)), 0.02)
    probabilities[np.arange(len(classes)), classes] = 0.94
    return CTCOutput(np.log(probabilities).astype(np.float32), ABC)


def written(text: str) -> CTCOutput:
    columns = np.full((2 * len(text), len(DEFAULT)), -12.0, np.float32)
    columns[0::2, 0] = 0.0
    columns[np.arange(len(text)) * 2 + 1, DEFAULT.encode(text)] = 0.0
    return CTCOutput(columns, DEFAULT)


def test_the_best_path_collapses_repeats_and_drops_blanks():
    best = read(0, 1, 1, 0, 1, 2, 2).best()
    assert best.text == "aab"
    assert np.isclose(best.log_probability, 7 * np.log(0.94), atol=1e-5)


def test_nothing_to_read_is_an_empty_text():
    empty = CTCOutput(np.zeros((0, len(ABC)), np.float32), ABC)
    assert empty.best().text == "" and empty.doubt == 0.0
    assert empty.spans().characters == empty.spans().words == ()
    assert empty.within(from_strings(["a"])) == []


def test_tells_where_words_and_characters_lie():
    output = read(0, 1, 2, 3, 0, 2, 2, 0)
    for spans in (output.spans(), output.spans("ab b")):
        assert [(word.text, word.left, word.right) for word in spans.words] == [("ab", 0, 3), ("b", 4, 7)]
        assert [c.text for c in spans.characters] == list("ab b")
        assert [(c.left, c.right) for c in spans.characters] == [(0, 2), (1, 3), (2, 4), (4, 7)]
        assert np.allclose([c.log_probability for c in spans.characters], np.log(0.94), atol=1e-5)


def test_a_text_that_the_ink_does_not_bear_has_little_for_it():
    output = read(0, 1, 2, 0)
    assert output.spans("ab").words[0].log_probability > -0.2 > output.spans("aa").words[0].log_probability
    with pytest.raises(ValueError, match="too long"):
        output.spans("ababa")
    with pytest.raises(KeyError):
        output.spans("z")


def test_doubt_is_the_mean_uncertainty_of_a_step():
    output = read(0, 1, 2, 0)
    assert np.isclose(output.doubt, -np.log(0.94), atol=1e-5)
    assert np.isclose(output.spans().words[0].doubt, output.doubt)


def test_two_lines_are_one_text_with_a_space_between():
    joined = join([written("Two lakh"), written("only")])
    assert joined.best().text == "Two lakh only"
    assert np.isclose(np.exp(joined.log_probs[16]).sum(), 1, atol=1e-3)
    assert len(joined.edges) == len(joined.log_probs) + 1
    assert joined.spans().words[2].left >= 16


def test_a_first_stroke_can_be_favoured():
    columns = np.log(np.full((8, len(ABC)), 0.01))
    columns[:, 0] = np.log(0.97)
    columns[1, :2] = np.log([0.6, 0.38])
    output = CTCOutput(columns, ABC)
    assert output.best().text == ""
    shifted = output.favour_first("a", 2.0)
    assert shifted.best().text == "a"
    assert np.allclose(np.exp(shifted.log_probs[:6]).sum(1), 1) and np.allclose(
        shifted.log_probs[6:], columns[6:]
    )


def test_boxes_are_one_text_and_an_empty_box_is_a_space():
    cells = [np.full((40, 30), 255, np.uint8), None, np.full((40, 20), 255, np.uint8)]
    for cell in (cells[0], cells[2]):
        assert cell is not None
        cell[8:32, 8:12] = 20
    joined = join_cells(cells, [written("a"), written("b")])
    assert joined.best().text == "a b"
    spans = joined.spans().characters
    assert [(c.left, c.right) for c in spans] == [(0, 30), (30, 30), (30, 50)]
