"""CTC prefix beam search (Graves 2012; Hannun et al. 2014) over anything that says what may come next.

Probabilities are kept linear and rescaled every column: prefixes below 1e-300 of the best are lost, which
no beam of any use would keep.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from inkfield.recognizers.alphabet import BLANK


class Steps(Protocol):
    """The ways on from one state: class to (next state, factor on the probability), or None."""

    def get(self, class_: int, /) -> tuple[int, float] | None: ...


def prefix_beam(
    probabilities: np.ndarray,
    steps: Callable[[int], Steps],
    final: Callable[[int], float],
    columns_needed: Callable[[int], int],
    beam_width: int,
    n_best: int,
    floor: float,
    cutoff: float = 0.0,
) -> list[tuple[list[int], float]]:
    """The best label sequences with their log-probabilities, best first.

    ``probabilities`` is float64, (T, C), linear. State 0 starts. ``final`` is the factor for ending
    in a state (0 where one may not), ``columns_needed`` the fewest columns from it to an end. Classes under
    ``floor`` are not tried in a column, nor steps that fall under ``cutoff`` times the best prefix. Empty
    when nothing in the beam may end.
    """
    columns = probabilities.tolist()
    allowed = _allowed(probabilities, floor)
    count = len(columns)
    parents, labels, states = [-1], [BLANK], [0]
    children: dict[int, int] = {}
    beam: list[tuple[float, int, float, float]] = [(1.0, 0, 1.0, 0.0)]
    scale = 0.0
    for t, column in enumerate(columns):
        blank = column[BLANK]
        tries = allowed[t]
        if not tries:  # nothing is added, and no two prefixes become one
            beam = [
                (total * blank + (again := ends_label * column[labels[node]]), node, total * blank, again)
                for total, node, _, ends_label in beam
            ]
        else:
            left = count - t - 1
            least = beam[0][0] * cutoff
            # Of each prefix: the probability with a blank last, and with its last label last.
            blanks: dict[int, float] = {}
            closed: dict[int, float] = {}
            for total, node, ends_blank, ends_label in beam:
                last = labels[node]
                blanks[node] = total * blank
                if ends_label:
                    closed[node] = closed.get(node, 0.0) + ends_label * column[last]
                ways = steps(states[node])
                for class_, probability in tries:
                    if total * probability < least:
                        break  # the rest are less likely still
                    way = ways.get(class_)
                    if way is None:
                        continue
                    gain = (ends_blank if class_ == last else total) * probability * way[1]
                    if gain == 0.0:
                        continue
                    key = (node << 10) | class_
                    child = children.get(key)
                    if child is None:
                        if columns_needed(way[0]) > left:
                            continue
                        child = children[key] = len(parents)
                        parents.append(node)
                        labels.append(class_)
                        states.append(way[0])
                    closed[child] = closed.get(child, 0.0) + gain
            beam = [(p + closed.get(node, 0.0), node, p, closed.get(node, 0.0)) for node, p in blanks.items()]
            beam += [(p, node, 0.0, p) for node, p in closed.items() if node not in blanks]
        if len(beam) > 1:
            beam.sort(reverse=True)
            del beam[beam_width:]
        top = beam[0][0]
        if top <= 0.0:
            return []
        if top < 1e-50:
            scale += math.log(top)
            beam = [(total / top, node, b / top, c / top) for total, node, b, c in beam]
    ended = sorted(((total * final(states[node]), node) for total, node, _, _ in beam), reverse=True)
    results: list[tuple[list[int], float]] = []
    for total, node in ended[:n_best]:
        if total <= 0.0:
            break
        path: list[int] = []
        while node > 0:
            path.append(labels[node])
            node = parents[node]
        results.append((path[::-1], math.log(total) + scale))
    return results


def _allowed(probabilities: np.ndarray, floor: float) -> list[Sequence[tuple[int, float]]]:
    """For each column the classes worth trying, the likeliest first, blank left out."""
    allowed: list[list[tuple[int, float]]] = [[] for _ in range(len(probabilities))]
    rows, classes = np.nonzero(probabilities > floor)
    values = probabilities[rows, classes]
    for row, class_, value in zip(rows.tolist(), classes.tolist(), values.tolist(), strict=True):
        if class_ != BLANK:
            allowed[row].append((class_, value))
    for tries in allowed:
        tries.sort(key=lambda one: -one[1])
    return list(allowed)
