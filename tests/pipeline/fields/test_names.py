from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.pipeline.fields.kinds.names import parse_name


def test_tidies_what_stands_on_the_line():
    assert parse_name("  R.  SRI  LEKHA RAO ---") == "R. SRI LEKHA RAO"
    assert parse_name("G.Jayakrishna Reddy") == "G. Jayakrishna Reddy"
    assert parse_name("S.K. Roy , ") == "S.K. Roy"
    assert parse_name(" -- ") is None
    assert parse_name("Mehta (P) Ltd") == "Mehta (P) Ltd"
    assert parse_name("( Ravi Kumar") is None


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_never_raises_and_is_stable(text):
    name = parse_name(text)
    assert name is None or parse_name(name) is not None
