"""CTC prefix beam search inside the language of an automaton."""

from __future__ import annotations

import math
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.prefix_beam import prefix_beam
from inkfield.recognizers.ctc.text_score import align
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import Hypothesis


@dataclass(frozen=True)
class ConstrainedLimits:
    """How far the search within a grammar goes."""

    floor: float = limit(
        1e-5, "probability", "guess", "Of a character in its time step, under which it is not tried"
    )
    aligned: int = limit(
        3,
        "readings",
        "guess",
        "That are given the case of their own time steps; the rest are seldom looked at",
    )


LIMITS = ConstrainedLimits()


def constrained_beam(
    log_probs: np.ndarray,
    alphabet: Alphabet,
    automaton: Automaton,
    beam_width: int = 64,
    n_best: int = 10,
) -> list[Hypothesis]:
    """The likeliest texts of the automaton's language, best first; empty when none fits the columns.

    ``log_probs`` is float, (T, C), natural log. A hypothesis' log-probability is that of all its paths the
    beam kept, plus its weight in the automaton. In a case-folding automaton the columns of 't' and 'T' are
    added and each letter of the text is then given the case that its own columns prefer.
    """
    folded = fold_case(log_probs, alphabet) if automaton.fold_case else np.asarray(log_probs, np.float64)
    probabilities = np.exp(folded)
    steps = _compiled(automaton, alphabet)
    final = [math.exp(weight) for weight in automaton.final]
    distance = automaton.distance
    unused = np.ones(probabilities.shape[1], dtype=bool)
    unused[[0, *(i + 1 for i, c in enumerate(alphabet.characters) if c in automaton.characters)]] = False
    probabilities[:, unused] = 0.0
    found: list[tuple[list[int], float]] = []
    # Pruning can close every way out; then look again, wider and with nothing pruned.
    for width, floor in ((beam_width, LIMITS.floor), (4 * beam_width, 0.0)):
        found = prefix_beam(
            probabilities, steps.__getitem__, final.__getitem__, distance.__getitem__, width, n_best, floor
        )
        if found:
            break
    hypotheses = []
    for rank, (label, score) in enumerate(found):
        text = "".join(alphabet.characters[c - 1] for c in label)
        if automaton.fold_case and rank < LIMITS.aligned:
            text = _own_case(text, align(folded, label), log_probs, alphabet)
        hypotheses.append(Hypothesis(text, score))
    return hypotheses


def fold_case(log_probs: np.ndarray, alphabet: Alphabet) -> np.ndarray:
    """Columns where a small letter has the probability of both its cases (the capital is left with none)."""
    folded = np.array(log_probs, dtype=np.float64)
    for i, capital in enumerate(alphabet.characters):
        small = alphabet.characters.find(capital.lower())
        if capital.lower() != capital and small >= 0:
            folded[:, small + 1] = np.logaddexp(folded[:, small + 1], folded[:, i + 1])
            folded[:, i + 1] = -1e30
    return folded


def _own_case(text: str, spans: list[tuple[int, int]], log_probs: np.ndarray, alphabet: Alphabet) -> str:
    out = []
    for character, (first, end) in zip(text, spans, strict=True):
        capital = alphabet.characters.find(character.upper())
        small = alphabet.characters.find(character)
        if character.upper() != character and capital >= 0:
            columns = log_probs[first:end]
            if columns[:, capital + 1].max() > columns[:, small + 1].max():
                character = character.upper()
        out.append(character)
    return "".join(out)


_Compiled = list[dict[int, tuple[int, float]]]
_cache: WeakKeyDictionary[Automaton, dict[Alphabet, _Compiled]] = WeakKeyDictionary()


def _compiled(automaton: Automaton, alphabet: Alphabet) -> _Compiled:
    """The arcs by class, with linear weights; made once for each automaton and alphabet."""
    known = _cache.setdefault(automaton, {})
    if alphabet not in known:
        classes = {c: i + 1 for i, c in enumerate(alphabet.characters)}
        known[alphabet] = [
            {classes[c]: (state, math.exp(weight)) for c, (state, weight) in arcs.items() if c in classes}
            for arcs in automaton.arcs
        ]
    return known[alphabet]
