"""Deterministic character automata: the small languages of amounts, dates, codes and word lists.

A weight is a natural log-probability (or any log preference) of taking an arc; 0 is neutral.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

Arc = tuple[int, float]
"""(next state, log weight)"""


@dataclass(frozen=True, eq=False)
class Automaton:
    """States are 0..n-1, state 0 starts. ``arcs[state]`` maps a character to its arc.

    ``final[state]`` is the log weight of ending there, -inf where a text may not end. With ``fold_case``
    the arcs are lower case and stand for both cases: decoders add the probabilities of 't' and 'T'.
    """

    arcs: tuple[Mapping[str, Arc], ...]
    final: tuple[float, ...]
    fold_case: bool = False

    @property
    def start(self) -> int:
        return 0

    def weight(self, text: str) -> float:
        """Log weight of a text, -inf when it is not in the language."""
        state, total = self.start, 0.0
        for character in text.lower() if self.fold_case else text:
            arc = self.arcs[state].get(character)
            if arc is None:
                return float("-inf")
            state = arc[0]
            total += arc[1]
        return total + self.final[state]

    def accepts(self, text: str) -> bool:
        return self.weight(text) > float("-inf")

    @cached_property
    def characters(self) -> frozenset[str]:
        """Every character on an arc."""
        return frozenset(c for arcs in self.arcs for c in arcs)

    @cached_property
    def distance(self) -> tuple[int, ...]:
        """For each state the fewest characters from it to an end (a large number where there is none)."""
        before: list[list[int]] = [[] for _ in self.arcs]
        for state, arcs in enumerate(self.arcs):
            for next_state, _ in arcs.values():
                before[next_state].append(state)
        distance = [1 << 30] * len(self.arcs)
        front = [state for state, weight in enumerate(self.final) if weight > float("-inf")]
        steps = 0
        while front:
            for state in front:
                distance[state] = min(distance[state], steps)
            steps += 1
            front = [p for p in {q for s in front for q in before[s]} if distance[p] > steps]
        return tuple(distance)


def from_strings(
    strings: Iterable[str] | Mapping[str, float], fold_case: bool = False, end_weight: float = 0.0
) -> Automaton:
    """The trie of a list of texts; with a mapping, each text carries its log weight."""
    weights = dict(strings) if isinstance(strings, Mapping) else dict.fromkeys(strings, end_weight)
    arcs: list[dict[str, Arc]] = [{}]
    final = [float("-inf")]
    for text, weight in weights.items():
        state = 0
        for character in text.lower() if fold_case else text:
            arc = arcs[state].get(character)
            if arc is None:
                arc = arcs[state][character] = (len(arcs), 0.0)
                arcs.append({})
                final.append(float("-inf"))
            state = arc[0]
        final[state] = max(final[state], weight)
    return Automaton(tuple(arcs), tuple(final), fold_case)
