import numpy as np
import pytest

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.ctc.output import CTCOutput


def written(text: str, doubts: dict[int, str] | None = None) -> CTCOutput:
    """The output of a network that reads ``text``; a character of ``doubts`` is read a little better in its place."""
    columns = np.full((3 * len(text) + 3, len(DEFAULT)), 1e-4)
    columns[:, 0] = 1.0
    for i, label in enumerate(DEFAULT.encode(text)):
        columns[3 * i + 2, [0, label]] = 0.01, 0.4
        if doubts and i in doubts:
            columns[3 * i + 2, DEFAULT.encode(doubts[i])[0]] = 0.5
    return CTCOutput(np.log(columns / columns.sum(1, keepdims=True)).astype(np.float32), DEFAULT)


def test_without_a_model_it_reads_what_is_there():
    assert written("He is here").n_best()[0].text == "He is here"


@pytest.mark.parametrize(
    ("language", "text", "doubts"),
    [
        ("english", "He went to the house.", {11: "b"}),
        ("names", "Ravi Kumar", {2: "r"}),
        ("amount_words", "Seventy five thousand", {0: "L"}),
    ],
)
def test_the_model_decides_where_the_ink_is_in_doubt(language, text, doubts):
    output = written(text, doubts)
    assert output.n_best()[0].text != text
    hypotheses = output.n_best(language, count=5)
    assert hypotheses[0].text == text
    assert len(hypotheses) <= 5
    scores = [h.log_probability for h in hypotheses]
    assert scores == sorted(scores, reverse=True)
    assert [word.text for word in output.spans(text).words] == text.split()


def test_a_known_word_is_found_though_one_letter_of_it_is_hardly_seen():
    text = "The house between them."
    columns = np.exp(written(text).log_probs)
    column = columns[3 * text.index("w") + 2]
    column[:] = 1e-4
    column[[0, *DEFAULT.encode("nw")]] = 0.02, 0.97, 0.0035
    output = CTCOutput(np.log(columns), DEFAULT)
    assert output.n_best()[0].text == text.replace("w", "n")
    assert output.n_best("english")[0].text == text


def test_clear_ink_beats_the_model():
    assert written("Xqzt wvk").n_best("english")[0].text == "Xqzt wvk"
    assert written("Xqzt Wvk").n_best("names")[0].text == "Xqzt Wvk"


def test_no_columns_are_an_empty_text():
    empty = CTCOutput(np.zeros((0, len(DEFAULT)), np.float32), DEFAULT)
    assert empty.n_best()[0].text == ""
    assert empty.n_best("names")[0].text == ""


def test_a_model_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match="klingon"):
        written("a").n_best("klingon")


def test_a_word_of_the_users_list_is_read_where_the_ink_is_in_doubt():
    text = "Take Metformin daily"
    output = written(text, {text.index("f"): "b", text.index("d"): "b"})
    without = output.n_best("english", 1)[0].text
    assert without != text
    listed = output.n_best("english", 1, frozenset({"metformin", "Amlodipine"}))[0].text
    assert listed == text


def test_a_list_of_words_does_not_change_clear_ink():
    words = frozenset({"housed", "mouse"})
    assert written("the house").n_best("english", 1, words)[0].text == "the house"
