"""How sure the best reading of a field is when texts that are no values compete with it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.names import parse_name
from inkfield.pipeline.fields.ranking import posteriors, rank
from inkfield.recognizers.line_model import Hypothesis


def test_a_value_is_not_sure_because_likelier_texts_are_no_values() -> None:
    read = [
        Hypothesis("( Ravi Kumar", -1.0),
        Hypothesis("( Ravi Kumr", -3.0),
        Hypothesis("C Ravi Kumar", -6.0),
    ]
    candidates = rank(read, parse_name)
    assert candidates[0].value == "C Ravi Kumar"
    assert posteriors(candidates)[0] < 0.01


def test_spellings_of_one_value_are_one_candidate() -> None:
    candidates = rank([Hypothesis("R.Kumar", -1.0), Hypothesis("R. Kumar", -1.0)], parse_name)
    assert [candidate.value for candidate in candidates] == ["R. Kumar"]


@given(st.lists(st.tuples(st.text("(AB) ", min_size=1), st.floats(-50, 0)), min_size=1))
def test_values_come_before_what_has_none_and_shares_add_up(read: list[tuple[str, float]]) -> None:
    candidates = rank([Hypothesis(text, score) for text, score in read], parse_name)
    valued = [candidate.value is not None for candidate in candidates]
    assert valued == sorted(valued, reverse=True) and all(valued[:1])
    if candidates:
        assert abs(float(posteriors(candidates).sum()) - 1) < 1e-9
