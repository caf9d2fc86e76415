"""Where a training sample comes from: a real line, rendered ink, or real pieces set anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.training.augment import augment
from inkfield.recognizers.training.capitals import load_capitals
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.recognizers.training.recipe import Recipe
from inkfield.recognizers.training.recombine import load_words
from inkfield.recognizers.training.training_lines import training_lines, wanted_text

Drawn = tuple[np.ndarray, str]
"""Grey uint8 with dark ink on light paper, and its text."""
_CAPITALS_OFTEN = 4.0
"""How often a line in capitals is drawn for one that is not."""
_RESERVOIR = 4000
"""Rendered pictures that are kept to be varied and seen again."""


class Samples:
    """Draws samples of the kinds that a recipe names, each by its share; real lines are what is left."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.lines, self.weights = real_lines(recipe)
        self._decoded: dict[int, np.ndarray] = {}
        self._rendered: list[Drawn] = []
        wanted = wanted_text(recipe)
        self.words = load_words(recipe.words, wanted) if recipe.words else None
        self.capitals = load_capitals(recipe.capitals) if recipe.capitals else None
        self.texts = recipe.texts.read_text(encoding="utf-8").splitlines() if recipe.texts else None
        kinds: list[tuple[float, Callable[[np.random.Generator, float], Drawn | None]]] = [
            (recipe.rendered_share, self._render),
            (recipe.recombined_share if self.words else 0.0, self._recombine),
            (recipe.capitals_share if self.capitals else 0.0, self._set_capitals),
        ]
        self._kinds = [*kinds, (max(0.0, 1.0 - sum(share for share, _ in kinds)), self._real)]

    def draw(self, rng: np.random.Generator, strength: float) -> Drawn | None:
        """One sample, varied by ``strength`` (0 to 1.2); None where a text could not be set."""
        shares = np.array([share for share, _ in self._kinds])
        kind = int(rng.choice(len(shares), p=shares / shares.sum()))
        return self._kinds[kind][1](rng, strength)

    def _real(self, rng: np.random.Generator, strength: float) -> Drawn:
        index = int(rng.choice(len(self.lines), p=self.weights))
        if index not in self._decoded:
            self._decoded[index] = self.lines[index].read()
        return augment(self._decoded[index], rng, strength), self.lines[index].text

    def _render(self, rng: np.random.Generator, strength: float) -> Drawn:
        """A picture drawn now, or one drawn before and varied: drawing costs five times as much as that."""
        if self._rendered and rng.random() < self.recipe.rendered_again:
            grey, text = self._rendered[int(rng.integers(len(self._rendered)))]
            return augment(grey, rng, 0.7 * strength), text
        from inkfield.recognizers.synthesis.render import (
            render_line,  # needs the fonts, which a run on real lines does not
        )

        text = self._text(rng)
        drawn = (render_line(text, rng), text)
        if len(self._rendered) < _RESERVOIR:
            self._rendered.append(drawn)
        else:
            self._rendered[int(rng.integers(_RESERVOIR))] = drawn
        return drawn

    def _recombine(self, rng: np.random.Generator, strength: float) -> Drawn:
        assert self.words is not None
        return _varied(self.words.compose(rng), rng, strength)

    def _set_capitals(self, rng: np.random.Generator, strength: float) -> Drawn | None:
        assert self.capitals is not None
        composed = self.capitals.compose(self._text(rng), rng)
        return _varied(composed, rng, strength) if composed else None

    def _text(self, rng: np.random.Generator) -> str:
        """One of the recipe's texts, or one made up here where it names none."""
        if self.texts is not None:
            return self.texts[int(rng.integers(len(self.texts)))]
        from inkfield.recognizers.synthesis.texts import (
            random_text,  # needs word lists that a packed run does not have
        )

        return random_text(rng, self.recipe.kinds)


def _varied(drawn: Drawn, rng: np.random.Generator, strength: float) -> Drawn:
    return augment(drawn[0], rng, strength), drawn[1]


def real_lines(recipe: Recipe) -> tuple[list[LabelledLine], np.ndarray]:
    """All training lines, and how often each is drawn: sources by their weight, copied sentences thinned.

    Hands that write in capitals are drawn more often: they are rare in the data sets and common on forms. Where the
    recipe says ``balance_writers``, a writer with four times the lines is drawn twice as often, not four times.
    """
    lines: list[LabelledLine] = []
    weights: list[float] = []
    wanted = wanted_text(recipe)
    for name, weight in recipe.sources.items():
        folder = recipe.data / name
        boilerplate_file = folder / "boilerplate.txt"
        boilerplate = set(boilerplate_file.read_text().split()) if boilerplate_file.exists() else set()
        usable = [
            line
            for line in training_lines(folder, recipe.hands_in_capitals)
            if DEFAULT.covers(line.text) and wanted(line.text)
        ]
        own = np.array([_CAPITALS_OFTEN if line.hand in recipe.hands_in_capitals else 1.0 for line in usable])
        own *= [0.1 if line.image.stem in boilerplate else 1.0 for line in usable]
        if recipe.balance_writers:
            counts = Counter(line.hand for line in usable)
            balanced = own * [counts[line.hand] ** -0.5 for line in usable]
            own = balanced * own.sum() / balanced.sum()
        lines += usable
        weights += (weight * own).tolist()
    shares = np.array(weights)
    return lines, shares / shares.sum()
