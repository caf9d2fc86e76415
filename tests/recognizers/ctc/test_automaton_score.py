import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.language_score import score_automata
from inkfield.recognizers.ctc.text_score import score_candidates
from inkfield.recognizers.grammars.automaton import from_strings

SMALL = Alphabet("abcA ")
TEXTS = st.lists(st.text("ab c", min_size=1, max_size=5), min_size=1, max_size=6, unique=True)


def random_columns(length: int, seed: int) -> np.ndarray:
    logits = np.random.default_rng(seed).normal(0, 3, (length, len(SMALL)))
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True))).astype(np.float32)


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(0, 1000))
def test_is_the_sum_of_the_scores_of_its_texts(languages, seed):
    columns = random_columns(14, seed)
    scores = score_automata(columns, SMALL, [from_strings(texts) for texts in languages])
    for texts, score in zip(languages, scores, strict=True):
        assert np.isclose(np.exp(score), np.exp(score_candidates(columns, SMALL, texts)).sum())


def test_weights_count_and_what_does_not_fit_is_impossible():
    columns = random_columns(6, 1)
    plain, light, long = score_automata(
        columns, SMALL, [from_strings(["ab"]), from_strings({"ab": -2.0}), from_strings(["abcabcabc"])]
    )
    assert np.isclose(plain - 2.0, light)
    assert long == -np.inf


def test_folding_takes_both_cases():
    columns = np.log(np.array([[0.1, 0.1, 0.1, 0.1, 0.5, 0.1], [0.1, 0.1, 0.6, 0.05, 0.05, 0.1]]))
    folded = score_automata(columns, SMALL, [from_strings(["ab"], fold_case=True)])[0]
    both = np.exp(score_candidates(columns, SMALL, ["ab", "Ab"])).sum()
    assert np.isclose(np.exp(folded), both)


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=4), st.integers(0, 1000))
def test_an_automaton_scores_the_same_alone_and_among_others_once_more(languages, seed):
    automata = [from_strings(texts) for texts in languages]
    first, second = random_columns(14, seed), random_columns(9, seed + 1)
    together = score_automata(first, SMALL, automata)
    for columns, expected in ((second, None), (first, together)):
        alone = [score_automata(columns, SMALL, [automaton])[0] for automaton in automata]
        assert np.allclose(alone, score_automata(columns, SMALL, automata[::-1])[::-1])
        assert expected is None or np.allclose(alone, expected)
