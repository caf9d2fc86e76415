import re

from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.recognizers.grammars.expression import (
    characters,
    choice,
    compile_,
    literal,
    optional,
    pattern,
    repeat,
    sequence,
    weighted,
    words,
)


@settings(max_examples=200, deadline=None)
@given(st.text("ab1-", max_size=7))
def test_says_what_the_regular_expression_says(text):
    expression = sequence(
        optional(literal("-")),
        repeat(choice(literal("a"), literal("ab"), pattern("D")), 1, 3),
        words(["b", "ba", ""]),
        characters("ab1"),
    )
    matches = re.fullmatch(r"-?(a|ab|\d){1,3}(b|ba|)[ab1]", text) is not None
    assert compile_(expression).accepts(text) == matches


def test_the_heaviest_derivation_counts():
    automaton = compile_(
        choice(weighted(literal("aa"), -3.0), sequence(literal("a", -1.0), optional(literal("a"), -0.5)))
    )
    assert automaton.weight("aa") == -1.5
    assert automaton.weight("a") == -1.0


def test_an_option_inside_a_repetition_leaks_nowhere():
    automaton = compile_(repeat(optional(literal("ab")), 0, 2))
    assert [t for t in ["", "ab", "abab", "ababab", "a"] if automaton.accepts(t)] == ["", "ab", "abab"]


def test_a_pattern_stands_for_its_classes():
    policy = compile_(pattern("AA-DDD"))
    assert policy.accepts("QX-019")
    assert not policy.accepts("Q1-019")
    assert policy.distance[0] == 6


_LEAVES = st.tuples(
    st.just("words"),
    st.dictionaries(st.text("ab", max_size=3), st.sampled_from([0.0, -1.0, -2.5]), min_size=1, max_size=4),
)
_TREES = st.recursive(
    _LEAVES,
    lambda parts: st.one_of(
        st.tuples(st.sampled_from(["sequence", "choice"]), st.lists(parts, min_size=1, max_size=3)),
        st.tuples(st.sampled_from(["optional", "weighted"]), parts),
    ),
    max_leaves=6,
)


def _expression(tree):
    kind, inside = tree
    if kind == "words":
        return words(inside)
    if kind in ("sequence", "choice"):
        return {"sequence": sequence, "choice": choice}[kind](*map(_expression, inside))
    return {"optional": optional, "weighted": weighted}[kind](_expression(inside), -0.7)


def _language(tree):
    """Every text with the weight of its heaviest derivation."""
    kind, inside = tree
    if kind == "words":
        return dict(inside)
    parts = [_language(part) for part in inside] if isinstance(inside, list) else [_language(inside)]
    found = [{text: weight - 0.7 for text, weight in parts[0].items()}] if len(parts) == 1 else parts
    if kind == "sequence":
        found = [{"": 0.0}]
        for part in parts:
            found = [_heaviest((a + b, v + w) for a, v in found[0].items() for b, w in part.items())]
    elif kind == "choice":
        found = parts
    elif kind == "optional":
        found.append({"": 0.0})
    return _heaviest(item for part in found for item in part.items())


def _heaviest(items):
    best = {}
    for text, weight in items:
        best[text] = max(weight, best.get(text, weight))
    return best


@settings(max_examples=150, deadline=None)
@given(_TREES)
def test_any_expression_has_its_texts_and_weights(tree):
    automaton, language = compile_(_expression(tree)), _language(tree)
    for text, weight in language.items():
        assert abs(automaton.weight(text) - weight) < 1e-5
    for text in ("", "a", "b", "ab", "ba", "aab", "abab", "bbbb"):
        assert automaton.accepts(text) == (text in language)
