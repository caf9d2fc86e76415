import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.alphabet import DEFAULT, Alphabet
from inkfield.recognizers.ctc.constrained import constrained_beam
from inkfield.recognizers.ctc.text_score import score_candidates
from inkfield.recognizers.grammars.automaton import from_strings

TEXTS = st.lists(st.text("ab c", min_size=1, max_size=5), min_size=1, max_size=8, unique=True)
SMALL = Alphabet("abc ")


def random_columns(length: int, classes: int, seed: int) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, 2, (length, classes))
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True))).astype(np.float32)


def written(text: str, length: int, alphabet: Alphabet = DEFAULT, doubt: float = 0.05) -> np.ndarray:
    """Columns of a network that read ``text`` with ``doubt`` spread over the other classes."""
    columns = np.full((length, len(alphabet)), doubt / len(alphabet))
    columns[:, 0] += 1 - doubt
    for i, label in enumerate(alphabet.encode(text)):
        at = 2 + i * (length - 4) // max(len(text), 1)
        columns[at, label] += 1 - doubt
        columns[at, 0] -= 1 - doubt
    return np.log(columns).astype(np.float32)


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.text("ab c", max_size=5))
def test_a_trie_holds_its_texts_and_no_others(texts, other):
    automaton = from_strings(texts)
    assert all(automaton.accepts(text) for text in texts)
    assert automaton.accepts(other) == (other in texts)


@settings(max_examples=50, deadline=None)
@given(TEXTS, st.integers(0, 1000))
def test_the_beam_finds_what_exact_scoring_finds(texts, seed):
    columns = random_columns(12, len(SMALL), seed)
    exact = dict(zip(texts, score_candidates(columns, SMALL, texts), strict=True))
    found = constrained_beam(columns, SMALL, from_strings(texts), beam_width=200, n_best=len(texts))
    assert {h.text for h in found} == {t for t in texts if exact[t] > -np.inf}
    assert [h.log_probability for h in found] == sorted((h.log_probability for h in found), reverse=True)
    # The beam prunes unlikely columns: its sums are a lower bound, and close.
    for hypothesis in found:
        assert exact[hypothesis.text] - 0.05 <= hypothesis.log_probability <= exact[hypothesis.text] + 1e-6


def test_weights_decide_between_what_the_ink_leaves_open():
    columns = written("ab", 20) + written("ac", 20)
    columns -= np.log(np.exp(columns).sum(1, keepdims=True))
    assert constrained_beam(columns, DEFAULT, from_strings({"ab": 0.0, "ac": -2.0}))[0].text == "ab"
    assert constrained_beam(columns, DEFAULT, from_strings({"ab": -2.0, "ac": 0.0}))[0].text == "ac"


def test_finds_the_word_of_a_list_under_misread_letters_and_keeps_its_case():
    words = ["Twenty lakh", "Thirty lakh", "Twelve lakh"]
    found = constrained_beam(written("TwemTy lakk", 80), DEFAULT, from_strings(words, fold_case=True))
    assert found[0].text.lower() == "twenty lakh"
    assert found[0].text.startswith("Tw")


def test_is_empty_when_no_text_fits():
    assert constrained_beam(written("a", 5), DEFAULT, from_strings(["abcdefgh"])) == []
    assert constrained_beam(np.zeros((0, len(DEFAULT)), np.float32), DEFAULT, from_strings(["a"])) == []


def test_a_class_the_network_rules_out_is_still_found_when_nothing_else_can_be():
    columns = written("x", 20, doubt=1e-12)
    assert constrained_beam(columns, DEFAULT, from_strings(["q"]))[0].text == "q"


def test_a_word_of_thousands_is_found_on_a_long_line():
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abcdefghij"), 9)) for _ in range(3000)]
    automaton = from_strings(words, fold_case=True)
    columns = written(words[7], 150)
    assert constrained_beam(columns, DEFAULT, automaton, beam_width=32)[0].text == words[7]
