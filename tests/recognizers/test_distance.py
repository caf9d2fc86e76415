from hypothesis import given
from hypothesis import strategies as st

from inkfield.recognizers.distance import edit_distance


def test_known_distance() -> None:
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance(["a", "b"], ["a", "c", "b"]) == 1


@given(st.text(max_size=12), st.text(max_size=12))
def test_is_a_metric(a: str, b: str) -> None:
    distance = edit_distance(a, b)
    assert distance == edit_distance(b, a)
    assert (distance == 0) == (a == b)
    assert abs(len(a) - len(b)) <= distance <= max(len(a), len(b))
