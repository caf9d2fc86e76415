"""A recogniser that is no CTC network stands beside the shipped one: one file that registers it, and nothing else.

The one here is what a decoder with attention is at its smallest: it gives the probability of the next character for
every beginning of a text, by looking at the glyphs of the crop one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from inkfield.pipeline.fields.reader import FieldReader, Ink
from inkfield.pipeline.records import no_trace
from inkfield.pipeline.text.read_text import read_text
from inkfield.recognizers.grammars.automaton import Automaton, from_strings
from inkfield.recognizers.language.model import load_language
from inkfield.recognizers.line_model import (
    ARCHITECTURES,
    Hypothesis,
    LineModel,
    LineOutput,
    Span,
    Spans,
    register,
)
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.weights_file import StoredNetwork, write_weights
from inkfield.schemas.forms.model import Field

_SIDE = 16
_SHARPNESS = 12.0
_BEAM = 20
_SPACE = 24
"""Pixels of white between words."""
END = ""


class GlyphModel(LineModel):
    """Attends to one glyph after the other and compares it with ``glyphs`` (n, 16, 16), one for each character."""

    def __init__(self, name: str, characters: str, glyphs: np.ndarray) -> None:
        self.name, self.characters, self.glyphs = name, characters, glyphs

    def read(self, crops: Sequence[np.ndarray]) -> list[GlyphOutput]:
        return [GlyphOutput(self, crop) for crop in crops]


class GlyphOutput(LineOutput):
    """``attended`` is where each character lies, ``probable`` the probability of each character there."""

    def __init__(self, model: GlyphModel, crop: np.ndarray, favoured: tuple[str, float] = ("", 0.0)) -> None:
        self.model, self.crop, self.favoured = model, crop, favoured
        self.attended = list(_glyph_places(crop))
        self.steps = [self._look(*place) for place in self.attended]
        if favoured[0] and self.steps:
            self.steps[0][favoured[0]] *= np.exp(favoured[1])
            total = sum(self.steps[0].values())
            self.steps[0] = {character: p / total for character, p in self.steps[0].items()}

    def _look(self, left: int, right: int) -> dict[str, float]:
        if right - left > 0 and not (self.crop[:, left:right] < 128).any():
            return {" ": 0.98} | dict.fromkeys(self.model.characters.replace(" ", ""), 0.02 / 60)
        seen = _square(self.crop[:, left:right])
        distances = ((self.model.glyphs - seen) ** 2).mean((1, 2))
        odds = np.exp(-_SHARPNESS * distances / max(1e-6, float(np.median(distances))))
        shares = odds / odds.sum()
        return dict(zip(self.model.characters, shares.tolist(), strict=True))

    def next_log_probs(self, beginning: str) -> dict[str, float]:
        """What a decoder with attention gives: the log-probability of each next character, or of the end."""
        if len(beginning) == len(self.steps):
            return {END: 0.0}
        return {character: float(np.log(p)) for character, p in self.steps[len(beginning)].items() if p > 0}

    def best(self) -> Hypothesis:
        return self._beam(self.next_log_probs, 1)[0]

    @property
    def doubt(self) -> float:
        return -self.best().log_probability / max(1, len(self.steps))

    def n_best(
        self, language: str | None = None, count: int = 10, words: frozenset[str] = frozenset()
    ) -> list[Hypothesis]:
        found = self._beam(self.next_log_probs, max(count, _BEAM))
        if language is None:
            return found[:count]
        model = load_language(language)
        scored = [
            Hypothesis(h.text, h.log_probability + model.alpha * model.log_probability(h.text)) for h in found
        ]
        return sorted(scored, key=lambda one: -one.log_probability)[:count]

    def within(self, grammar: Automaton, count: int = 10) -> list[Hypothesis]:
        def allowed(text: str) -> dict[str, float]:
            state = 0
            for character in text.lower() if grammar.fold_case else text:
                state = grammar.arcs[state][character][0]
            ways = grammar.arcs[state]
            return {
                c: score if c == END else score + ways[c.lower() if grammar.fold_case else c][1]
                for c, score in self.next_log_probs(text).items()
                if (c == END and grammar.final[state] > -np.inf)
                or (c.lower() if grammar.fold_case else c) in ways
            }

        return self._beam(allowed, count)

    def score(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self._score(text) for text in texts], np.float64)

    def _score(self, text: str) -> float:
        steps = [self.next_log_probs(text[:i]).get(c, -np.inf) for i, c in enumerate([*text, END])]
        return float(sum(steps))

    def spans(self, text: str | None = None) -> Spans:
        text = self.best().text if text is None else text
        if len(text) > len(self.steps):
            raise ValueError("the text is too long for the ink")
        characters = [
            Span(c, *map(float, place), self.next_log_probs(text[:i])[c], self.doubt)
            for i, (c, place) in enumerate(zip(text, self.attended, strict=False))
        ]
        words = []
        for word in re.finditer(r"\S+", text):
            own = characters[word.start() : word.end()]
            clear = sum(one.log_probability for one in own)
            words.append(Span(word[0], own[0].left, own[-1].right, clear, self.doubt))
        return Spans(tuple(characters), tuple(words))

    def favour_first(self, character: str, log_odds: float) -> GlyphOutput:
        return GlyphOutput(self.model, self.crop, (character, log_odds))

    def _beam(self, ways: Callable[[str], dict[str, float]], count: int) -> list[Hypothesis]:
        beam, ended = [Hypothesis("", 0.0)], []
        while beam:
            following = []
            for one in beam:
                for character, score in ways(one.text).items():
                    longer = Hypothesis(one.text + character, one.log_probability + score)
                    (ended if character == END else following).append(longer)
            beam = sorted(following, key=lambda one: -one.log_probability)[:_BEAM]
        return sorted(ended, key=lambda one: -one.log_probability)[:count]


def _glyph_places(crop: np.ndarray) -> Iterator[tuple[int, int]]:
    """First column and the one past the last of each glyph, and of the white of each space."""
    inked = (crop < 128).any(axis=0)
    edges = np.flatnonzero(np.diff(inked.astype(np.int8), prepend=0, append=0))
    previous = None
    for left, right in edges.reshape(-1, 2).tolist():
        if previous is not None and left - previous > _SPACE // 2:
            yield previous, left
        yield left, right
        previous = right


def _square(glyph: np.ndarray) -> np.ndarray:
    """float (16, 16), 1 is ink, in the glyph's own proportions."""
    rows = np.flatnonzero((glyph < 128).any(axis=1))
    ink = glyph[rows[0] : rows[-1] + 1] if len(rows) else glyph
    side = max(ink.shape)
    padded = np.pad(255 - ink, ((0, side - ink.shape[0]), (0, side - ink.shape[1])))
    return cv2.resize(padded, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) / 255


def draw(text: str) -> np.ndarray:
    """A line with every letter apart: grey uint8 (60, width)."""
    glyphs = [np.full((60, _SPACE), 255, np.uint8)]
    for character in text:
        page = np.full((60, 60), 255, np.uint8)
        cv2.putText(page, character, (10, 42), cv2.FONT_HERSHEY_DUPLEX, 1.1, 0, 2)
        glyphs += [_cut(page), np.full((60, 5), 255, np.uint8)] if character != " " else [glyphs[0]]
    return np.hstack([*glyphs, glyphs[0]])


CHARACTERS = " ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The weights file of the architecture, which is known by its name as long as the tests run."""

    @register("glyphs")
    def build(name: str, arguments: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> GlyphModel:
        return GlyphModel(name, arguments["characters"], tensors["glyphs"].numpy())

    glyphs = np.stack([_square(_cut(draw(character))) for character in CHARACTERS])
    path = tmp_path_factory.mktemp("weights") / "glyphs.safetensors"
    tensors = {"glyphs": torch.from_numpy(glyphs.astype(np.float32))}
    write_weights(path, StoredNetwork("glyphs", {"characters": CHARACTERS}, tensors))
    yield str(path)
    del ARCHITECTURES["glyphs"]


def _cut(crop: np.ndarray) -> np.ndarray:
    columns = np.flatnonzero((crop < 128).any(axis=0))
    return crop[:, columns[0] : columns[-1] + 1] if len(columns) else crop


@pytest.fixture(scope="module")
def reader(weights: str) -> FieldReader:
    return FieldReader(load_recognizer(weights))


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Field(name="payee", kind="name"), "ANNA BERG", "ANNA BERG"),
        (Field(name="payee", kind="name", language="names"), "PETER KERN", "PETER KERN"),
        (Field(name="policy", kind="code", pattern="[A-Z]{2}[0-9]{4}"), "KX4711", "KX4711"),
        (Field(name="remark", kind="text"), "PAID IN FULL", "PAID IN FULL"),
    ],
    ids=lambda one: one.kind if isinstance(one, Field) else None,
)
def test_fields_are_read_with_it(reader: FieldReader, field: Field, text: str, value: str) -> None:
    reading = reader.read(field, Ink((draw(text),), None))
    assert reading.value == value
    assert reading.source.startswith("glyphs")
    assert 0 < reading.confidence <= 1


def test_a_field_on_two_lines_and_one_in_boxes_are_read_with_it(reader: FieldReader) -> None:
    two = Ink((draw("ANNA"), draw("BERG")), None)
    assert reader.read(Field(name="payee", kind="name"), two).value == "ANNA BERG"
    cells = tuple(draw(character) for character in "KX4711")
    field = Field(name="policy", kind="code", pattern="[A-Z]{2}[0-9]{4}", cells=6)
    assert reader.read(field, Ink((), None, cells)).value == "KX4711"


def test_a_value_of_a_list_is_found_with_it(reader: FieldReader) -> None:
    listing = copy(reader)
    listing.known = {"payee": ("Anna Berg", "Dora Hill")}
    field = Field(name="payee", kind="name")
    assert listing.read(field, Ink((draw("DORA HILL"),), None)).value == "Dora Hill"


def test_a_page_of_text_is_read_with_it(reader: FieldReader) -> None:
    page = np.full((400, 900), 255, np.uint8)
    for row, text in enumerate(("TWO BOATS", "ONE SHORE")):
        line = draw(text)
        page[60 + 120 * row : 120 + 120 * row, 50 : 50 + line.shape[1]] = line
    lines = read_text(page, 150, reader, no_trace, "none")
    assert [line.text for line in lines] == ["TWO BOATS", "ONE SHORE"]
    assert all(len(line.words) == 2 for line in lines)


def test_a_whole_language_is_scored_by_its_best_texts(reader: FieldReader) -> None:
    output = reader.recognizer.read([draw("DORA")])[0]
    near, far = output.language_score([from_strings(["DORA", "DCRA"]), from_strings(["ZZZZ"])])
    assert near > far
    assert output.language_score([from_strings(["DO"])])[0] == -np.inf
    assert near == pytest.approx(np.logaddexp.reduce(output.score(["DORA", "DCRA"])))


def test_an_architecture_that_nobody_registered_is_named(tmp_path: Path) -> None:
    path = tmp_path / "new.safetensors"
    write_weights(path, StoredNetwork("seance", {}, {"w": torch.zeros(1)}))
    with pytest.raises(ValueError, match=r"seance.*crnn"):
        load_recognizer(str(path))
