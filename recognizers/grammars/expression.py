"""Expressions that write automata: literals, choices, repetitions.

An expression adds its piece of a non-deterministic automaton (Thompson 1968) to a `Builder`; `compile_`
makes it deterministic by subset construction with residual weights (Mohri 1997). Where a text has several
derivations the heaviest one counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from inkfield.recognizers.grammars.automaton import Arc, Automaton

Expression = Callable[["Builder", int], int]
"""Given a builder and the state to begin in, adds arcs and returns the state it ends in."""

_Subset = int | frozenset[Arc]
"""States of the non-deterministic automaton with their residual weights; one state alone, as most are, has none."""

CLASSES: dict[str, str] = {
    "D": "0123456789",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "a": "abcdefghijklmnopqrstuvwxyz",
    "X": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
"""Letters of `pattern`. D digit, A capital, a small letter, X digit or capital."""


class Builder:
    """A non-deterministic automaton under construction: arcs by character, and silent arcs."""

    def __init__(self) -> None:
        self.arcs: list[list[tuple[str, int]]] = []
        self.silent: list[list[Arc]] = []

    def state(self) -> int:
        self.arcs.append([])
        self.silent.append([])
        return len(self.arcs) - 1


def literal(text: str, weight: float = 0.0) -> Expression:
    """Exactly this text."""

    def add(builder: Builder, state: int) -> int:
        state = _silent(builder, state, weight)
        for character in text:
            following = builder.state()
            builder.arcs[state].append((character, following))
            state = following
        return state

    return add


def characters(allowed: str) -> Expression:
    """One of these characters."""

    def add(builder: Builder, state: int) -> int:
        following = builder.state()
        builder.arcs[state].extend((c, following) for c in allowed)
        return following

    return add


def words(spellings: Iterable[str] | Mapping[str, float]) -> Expression:
    """One of these texts (shared prefixes are shared states); a mapping gives log weights."""
    weights = spellings if isinstance(spellings, Mapping) else dict.fromkeys(spellings, 0.0)

    def add(builder: Builder, state: int) -> int:
        end = builder.state()
        nodes: dict[str, int] = {"": _silent(builder, state, 0.0)}
        for text, weight in weights.items():
            for i in range(len(text)):
                if text[: i + 1] not in nodes:
                    nodes[text[: i + 1]] = builder.state()
                    builder.arcs[nodes[text[:i]]].append((text[i], nodes[text[: i + 1]]))
            builder.silent[nodes[text]].append((end, weight))
        return end

    return add


def sequence(*parts: Expression) -> Expression:
    """One after another."""

    def add(builder: Builder, state: int) -> int:
        for part in parts:
            state = part(builder, state)
        return state

    return add


def choice(*parts: Expression) -> Expression:
    """Any one of them."""

    def add(builder: Builder, state: int) -> int:
        end = builder.state()
        for part in parts:
            builder.silent[part(builder, _silent(builder, state, 0.0))].append((end, 0.0))
        return end

    return add


def weighted(part: Expression, weight: float) -> Expression:
    """The same language, each text ``weight`` heavier."""
    return lambda builder, state: part(builder, _silent(builder, state, weight))


def optional(part: Expression, weight: float = 0.0) -> Expression:
    """The part or nothing; ``weight`` is the log weight of having it."""

    def add(builder: Builder, state: int) -> int:
        end = part(builder, _silent(builder, state, weight))
        builder.silent[state].append((end, 0.0))
        return end

    return add


def repeat(part: Expression, low: int, high: int) -> Expression:
    """``low`` to ``high`` times."""

    def add(builder: Builder, state: int) -> int:
        end = builder.state()
        for count in range(high + 1):
            if count >= low:
                builder.silent[state].append((end, 0.0))
            if count < high:
                state = part(builder, state)
        return end

    return add


def pattern(text: str, classes: Mapping[str, str] = CLASSES) -> Expression:
    """A fixed form such as ``AAA-DDDDDD``: letters in ``classes`` stand for one of their characters,
    any other character for itself."""
    return sequence(*(characters(classes.get(c, c)) for c in text))


def compile_(expression: Expression, fold_case: bool = False) -> Automaton:
    """The deterministic automaton of an expression. With ``fold_case`` write the expression in lower case."""
    builder = Builder()
    start = builder.state()
    end = expression(builder, start)
    # The first subset keeps its weights: there is no arc before it to carry them.
    first = frozenset(_closure(builder, {start: 0.0}).items())
    numbers: dict[_Subset, int] = {first: 0}
    subsets: list[_Subset] = [first]  # grows while it is gone through
    arcs: list[dict[str, Arc]] = []
    final: list[float] = []
    behind: dict[int, tuple[_Subset, float]] = {}
    for subset in subsets:
        members = ((subset, 0.0),) if isinstance(subset, int) else subset
        final.append(max((weight for state, weight in members if state == end), default=float("-inf")))
        ways: dict[str, Arc] = {}
        for character, targets in _following(builder, members).items():
            if len(targets) == 1:  # most are: what is behind one state is found once
                ((state, own),) = targets.items()
                if state not in behind:
                    behind[state] = _normalise(_closure(builder, {state: 0.0}))
                key, weight = behind[state]
                weight += own
            else:
                key, weight = _normalise(_closure(builder, targets))
            number = numbers.setdefault(key, len(numbers))
            if number == len(subsets):
                subsets.append(key)
            ways[character] = (number, weight)
        arcs.append(ways)
    return Automaton(tuple(arcs), tuple(final), fold_case)


def _following(builder: Builder, members: Iterable[Arc]) -> dict[str, dict[int, float]]:
    """By character the states that it leads to from any of the members, each with its best weight."""
    following: dict[str, dict[int, float]] = {}
    for state, weight in members:
        for character, target in builder.arcs[state]:
            targets = following.get(character)
            if targets is None:
                following[character] = {target: weight}
            elif weight > targets.get(target, float("-inf")):
                targets[target] = weight
    return following


def _silent(builder: Builder, state: int, weight: float) -> int:
    """A fresh state behind a silent arc: no part can then leak back into what stands before it."""
    following = builder.state()
    builder.silent[state].append((following, weight))
    return following


def _closure(builder: Builder, states: dict[int, float]) -> dict[int, float]:
    """All states reached over silent arcs, each with its best weight; keeps those that matter."""
    silent = builder.silent
    if not any(silent[state] for state in states):
        return states
    best = dict(states)
    waiting = list(states)
    while waiting:
        state = waiting.pop()
        own = best[state]
        for following, weight in silent[state]:
            total = own + weight
            if total > best.get(following, float("-inf")):
                best[following] = total
                waiting.append(following)
    # A state with only silent arcs has passed on all it had; the end state has neither and stays.
    return {s: w for s, w in best.items() if builder.arcs[s] or not silent[s]}


def _normalise(states: dict[int, float]) -> tuple[_Subset, float]:
    """The subset with residual weights (largest 0), and the weight that was taken out."""
    if len(states) == 1:
        ((state, weight),) = states.items()
        return state, weight
    top = max(states.values())
    return frozenset([(state, round(weight - top, 6)) for state, weight in states.items()]), top
