"""Automata from regular expressions, such as a form gives for its policy numbers.

Knows what describes finite, plain codes: characters, classes, groups, alternatives, ?, {m,n}; * and + stand
for up to `MOST_REPEATS`. Anchors are allowed at the ends (the whole text has to match anyway).
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]  # the standard library's parser of expressions
from typing import Any

from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.expression import (
    Expression,
    characters,
    choice,
    compile_,
    repeat,
    sequence,
)

MOST_REPEATS = 30
_PRINTABLE = "".join(chr(c) for c in range(32, 127))


@lru_cache(maxsize=64)
def from_regular_expression(pattern: str) -> Automaton:
    """The automaton of the texts that match as a whole.

    Raises ValueError, naming the pattern, for what is no regular expression or not a plain one (look-around,
    references back).
    """
    try:
        tree = _parser.parse(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
    return compile_(_sequence(tree, pattern))


def _sequence(tree: Any, pattern: str) -> Expression:
    return sequence(*(_item(str(kind), value, pattern) for kind, value in tree))


def _item(kind: str, value: Any, pattern: str) -> Expression:
    match kind:
        case "LITERAL":
            return characters(chr(value))
        case "NOT_LITERAL":
            return characters(_PRINTABLE.replace(chr(value), ""))
        case "ANY":
            return characters(_PRINTABLE)
        case "IN":
            return characters(_members(value, pattern))
        case "BRANCH":
            return choice(*(_sequence(branch, pattern) for branch in value[1]))
        case "SUBPATTERN":
            return _sequence(value[3], pattern)
        case "MAX_REPEAT" | "MIN_REPEAT":
            low, high, part = value
            return repeat(_sequence(part, pattern), low, min(int(high), max(low, MOST_REPEATS)))
        case "AT":
            return sequence()
        case _:
            raise ValueError(f"{pattern!r} cannot be decoded by: it uses {kind.lower()}")


def _members(items: Any, pattern: str) -> str:
    members: set[str] = set()
    negate = False
    for kind, value in items:
        match str(kind):
            case "NEGATE":
                negate = True
            case "LITERAL":
                members.add(chr(value))
            case "RANGE":
                members.update(chr(c) for c in range(value[0], value[1] + 1))
            case "CATEGORY":
                members.update(_category(str(value), pattern))
            case _:
                raise ValueError(f"{pattern!r} cannot be decoded by: it uses {str(kind).lower()}")
    return "".join(c for c in _PRINTABLE if c not in members) if negate else "".join(sorted(members))


def _category(name: str, pattern: str) -> str:
    expressions = {
        "CATEGORY_DIGIT": r"\d",
        "CATEGORY_NOT_DIGIT": r"\D",
        "CATEGORY_SPACE": " ",
        "CATEGORY_NOT_SPACE": r"\S",
        "CATEGORY_WORD": r"\w",
        "CATEGORY_NOT_WORD": r"\W",
    }
    if name not in expressions:
        raise ValueError(f"{pattern!r} cannot be decoded by: it uses {name.lower()}")
    return "".join(re.findall(expressions[name], _PRINTABLE))
