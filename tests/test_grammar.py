import re

from hypothesis import given, settings
from hypothesis import strategies as st

from recognizers.decoding.grammar import (
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
