import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.grammars.regular import from_regular_expression

PATTERNS = [r"[A-Z]{2}-?\d{3,4}", r"(ab|c)*1?", r"^[^a]b+$", r"\w\.(?:x|y)", r"a.?c"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PATTERNS), st.data())
def test_holds_what_matches(pattern, data):
    text = data.draw(st.from_regex(pattern, fullmatch=True, alphabet="ABZab c1239-.xy"))
    assert len(text) > 30 or from_regular_expression(pattern).accepts(text)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PATTERNS), st.text("ABab c12-.x", max_size=8))
def test_and_nothing_else(pattern, text):
    assert from_regular_expression(pattern).accepts(text) == (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize("pattern", ["(a", r"(a)\1", "(?=a)b"])
def test_says_which_expression_it_cannot_use(pattern):
    with pytest.raises(ValueError, match=re.escape(repr(pattern))):
        from_regular_expression(pattern)
