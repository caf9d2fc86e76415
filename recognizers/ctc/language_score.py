"""Exact CTC log-likelihood of a whole language: the sum over the texts of an automaton, each with its weight.

The forward algorithm of Graves et al. (2006) over the product of automaton and CTC topology. With one
automaton per value ("every way to write 1,25,000") it tells how well ink fits a value, however it is spelt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from inkfield.recognizers.alphabet import BLANK, Alphabet
from inkfield.recognizers.ctc.constrained import fold_case
from inkfield.recognizers.grammars.automaton import Automaton

_TINY = 1e-280


def score_automata(log_probs: np.ndarray, alphabet: Alphabet, automata: Sequence[Automaton]) -> np.ndarray:
    """Log of the sum of P(text | ink) * exp(weight) over the texts of each automaton: float64, (n,).

    ``log_probs`` is float, (T, C), natural log. -inf where no text fits the columns. Automata that fold case
    and such that do not may be mixed.
    """
    scores = np.full(len(automata), -np.inf)
    for folds in (False, True):
        chosen = [i for i, automaton in enumerate(automata) if automaton.fold_case == folds]
        if chosen:
            columns = fold_case(log_probs, alphabet) if folds else np.asarray(log_probs, np.float64)
            scores[chosen] = _forward(columns, _network(alphabet, [automata[i] for i in chosen]))
    return scores


@dataclass(frozen=True)
class _Network:
    """Nodes are (automaton state, character it was entered by), block by block, one block an automaton."""

    blocks: np.ndarray  # (nodes,) number of the block
    starts: np.ndarray  # (blocks,) first node of each block: its start state
    classes: np.ndarray  # (nodes,) class that the node emits; 0 for the start nodes
    final: np.ndarray  # (nodes,) factor for ending here
    source: np.ndarray  # (links,)
    target: np.ndarray  # (links,)
    factor: np.ndarray  # (links,)
    repeats: np.ndarray  # (links,) 0 where source and target emit the same class, else 1


_cache: WeakKeyDictionary[Automaton, dict[Alphabet, _Network]] = WeakKeyDictionary()


def _network(alphabet: Alphabet, automata: Sequence[Automaton]) -> _Network:
    """The blocks of these automata, one after the other."""
    parts = []
    for automaton in automata:
        known = _cache.setdefault(automaton, {})
        if alphabet not in known:
            known[alphabet] = _block(alphabet, automaton)
        parts.append(known[alphabet])
    nodes = [len(part.classes) for part in parts]
    starts = np.cumsum([0, *nodes[:-1]])
    links = [len(part.source) for part in parts]
    return _Network(
        np.repeat(np.arange(len(parts)), nodes),
        starts,
        np.concatenate([part.classes for part in parts]),
        np.concatenate([part.final for part in parts]),
        np.concatenate([part.source for part in parts]) + np.repeat(starts, links),
        np.concatenate([part.target for part in parts]) + np.repeat(starts, links),
        np.concatenate([part.factor for part in parts]),
        np.concatenate([part.repeats for part in parts]),
    )


def _block(alphabet: Alphabet, automaton: Automaton) -> _Network:
    """The network of one automaton, made once for each alphabet."""
    index = {c: i + 1 for i, c in enumerate(alphabet.characters)}
    numbers = {(0, BLANK): 0}
    nodes = [(0, BLANK)]  # grows while it is gone through
    links: list[tuple[int, int, float]] = []
    for number, (state, _) in enumerate(nodes):
        for character, (following, weight) in automaton.arcs[state].items():
            if character not in index:
                continue
            key = (following, index[character])
            if key not in numbers:
                numbers[key] = len(nodes)
                nodes.append(key)
            links.append((number, numbers[key], weight))
    source = np.array([link[0] for link in links], dtype=np.int64)
    target = np.array([link[1] for link in links], dtype=np.int64)
    emitted = np.array([class_ for _, class_ in nodes], dtype=np.int64)
    return _Network(
        np.zeros(len(nodes), np.int64),
        np.zeros(1, np.int64),
        emitted,
        np.exp(np.array([automaton.final[state] for state, _ in nodes])),
        source,
        target,
        np.exp(np.array([link[2] for link in links])),
        (emitted[source] != emitted[target]).astype(np.float64),
    )


def _forward(columns: np.ndarray, network: _Network) -> np.ndarray:
    """Linear forward pass; every block is rescaled by its own largest value in every column."""
    count = len(network.classes)
    top_of_column = columns.max(axis=1)
    scaled = np.exp(columns - top_of_column[:, None])
    after_blank = np.zeros(count)
    after_blank[network.starts] = 1.0
    after_class = np.zeros(count)
    scale = np.full(len(network.starts), float(top_of_column.sum()))
    for column in scaled:
        flow = after_blank[network.source] + after_class[network.source] * network.repeats
        entered = np.bincount(network.target, weights=flow * network.factor, minlength=count)
        after_blank, after_class = (
            (after_blank + after_class) * column[BLANK],
            (after_class + entered) * column[network.classes],
        )
        after_class[network.starts] = 0.0  # nothing enters the start nodes
        top = np.maximum.reduceat(np.maximum(after_blank, after_class), network.starts)
        top = np.maximum(top, _TINY)
        scale += np.log(top)
        after_blank /= top[network.blocks]
        after_class /= top[network.blocks]
    ended = np.bincount(
        network.blocks, weights=(after_blank + after_class) * network.final, minlength=len(network.starts)
    )
    with np.errstate(divide="ignore"):
        scores: np.ndarray = np.log(ended) + scale
    return scores
