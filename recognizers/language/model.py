"""n-gram models (kenlm) and how the two beams ask them.

A word model sees punctuation as tokens of its own ("house," is "house" and ","), and looks a word up in
small letters when it does not know it as written.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import kenlm
from pyctcdecode.language_model import AbstractLanguageModel

from inkfield.recognizers.alphabet import Alphabet

MODELS = Path(__file__).parent / "models"
SPACE = "▁"  # stands for the space in character models: ARPA files separate tokens by spaces
_LN10 = math.log(10.0)
# log10, on top of what the model gives the unknown word: that there is one, and each of its letters.
_UNKNOWN, _UNKNOWN_LETTER = -3.0, -1.4
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?:[.,/:-]\d+)*|[^\w\s]|_")


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """``alpha`` weighs the model against the ink; ``beta`` is the bonus for each word (or character).

    ``words`` are whole words, in small letters, that a model of characters was estimated from: each of them in a
    reading is worth ``known`` nats, which an n-gram of five characters cannot tell from its parts.
    """

    name: str
    unit: Literal["word", "character"]
    model: kenlm.Model
    vocabulary: frozenset[str]
    alpha: float = 0.5
    beta: float = 1.0
    words: frozenset[str] = frozenset()
    known: float = 0.0

    def known_words(self, text: str) -> float:
        """What the whole words of a line that the model knows are worth, in nats."""
        return self.known * sum(word in self.words for word in whole_words(text))

    def log_probability(self, text: str) -> float:
        """Natural log-probability of a whole line, unweighted."""
        return _LN10 * float(self.model.score(" ".join(tokens(text, self.unit)), bos=True, eos=True))


def load_language(
    name: str, alpha: float | None = None, beta: float | None = None, folder: Path = MODELS
) -> LanguageModel:
    """A model of the folder by its name, or one elsewhere by its path without the ending .arpa.gz.

    Raises FileNotFoundError naming those there are.
    """
    language = _load(name, folder) if Path(name).name == name else _load(Path(name).name, Path(name).parent)
    return replace(
        language,
        alpha=language.alpha if alpha is None else alpha,
        beta=language.beta if beta is None else beta,
    )


def languages(folder: Path = MODELS) -> list[str]:
    """Names of the models there are."""
    return sorted(path.name.removesuffix(".arpa.gz") for path in folder.glob("*.arpa.gz"))


@lru_cache(maxsize=16)
def _load(name: str, folder: Path) -> LanguageModel:
    path = folder / f"{name}.arpa.gz"
    if not path.exists():
        raise FileNotFoundError(f"no language model '{name}': there are {', '.join(languages(folder))}")
    facts = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    # kenlm wants a plain file by name.
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / f"{name}.arpa"
        with gzip.open(path) as packed, plain.open("wb") as out:
            shutil.copyfileobj(packed, out)
        config = kenlm.Config()
        config.show_progress = False
        config.arpa_complain = kenlm.ARPALoadComplain.NONE
        model = kenlm.Model(str(plain), config)
        vocabulary = _vocabulary(plain)
    listed = folder / f"{name}.words.txt"
    words = frozenset(listed.read_text(encoding="utf-8").split()) if listed.exists() else frozenset()
    return LanguageModel(
        name, facts["unit"], model, vocabulary, facts["alpha"], facts["beta"], words, facts.get("known", 0.0)
    )


def _vocabulary(arpa: Path) -> frozenset[str]:
    words = set()
    with arpa.open(encoding="utf-8") as lines:
        inside = False
        for line in lines:
            if line.startswith("\\"):
                if inside:
                    break
                inside = line.startswith("\\1-grams")
            elif inside and "\t" in line:
                words.add(line.split("\t")[1].strip())
    return frozenset(words - {"<s>", "</s>", "<unk>"})


def tokens(text: str, unit: str = "word") -> list[str]:
    """What the model is asked about: words, numbers and signs apart, or characters."""
    if unit == "character":
        return [SPACE if c.isspace() else c for c in " ".join(text.split())]
    return _TOKEN.findall(text)


def whole_words(text: str) -> list[str]:
    """The words of a line in small letters, initials and the signs about them left out."""
    words = (word.strip(".,").lower() for word in text.split())
    return [word for word in words if len(word) > 2]


class WordModel(AbstractLanguageModel):
    """What pyctcdecode asks: the score of a finished word, and whether a part of one can become a word."""

    def __init__(self, language: LanguageModel):
        self._language = language
        self._prefixes = {w[:i] for w in language.vocabulary for i in range(1, len(w) + 1)}

    @property
    def order(self) -> int:
        return int(self._language.model.order)

    def get_start_state(self) -> kenlm.State:
        state = kenlm.State()
        self._language.model.BeginSentenceWrite(state)
        return state

    def score_partial_token(self, partial_token: str) -> float:
        unknown = sum(_unknown(t) for t in tokens(partial_token) if not self._begins_word(t))
        return unknown * self._language.alpha * _LN10

    def score(
        self, prev_state: kenlm.State, word: str, is_last_word: bool = False
    ) -> tuple[float, kenlm.State]:
        state = prev_state
        total = 0.0
        for token in tokens(word):
            known = self._known(token)
            following = kenlm.State()
            total += self._language.model.BaseScore(state, known or "<unk>", following)
            if known is None and not token[0].isdigit():
                total += _unknown(token)
            state = following
        if is_last_word:
            total += self._language.model.BaseScore(state, "</s>", kenlm.State())
        bonus = self._language.beta if word else 0.0
        return self._language.alpha * total * _LN10 + bonus, state

    def _known(self, token: str) -> str | None:
        vocabulary = self._language.vocabulary
        if token in vocabulary:
            return token
        small = token.lower()
        if small in vocabulary:
            return small
        return small.capitalize() if small.capitalize() in vocabulary else None

    def _begins_word(self, token: str) -> bool:
        if not token[0].isalpha():
            return True
        small = token.lower()
        return token in self._prefixes or small in self._prefixes or small.capitalize() in self._prefixes


def _unknown(token: str) -> float:
    """log10 of the unknown word being this one: a long run of letters is less likely than a short."""
    return _UNKNOWN + _UNKNOWN_LETTER * len(token)


class CharacterSteps:
    """The states of a character model as the prefix beam walks them; made anew for each line."""

    def __init__(self, language: LanguageModel, alphabet: Alphabet):
        self.language = language
        self.symbols = ["", *(SPACE if c == " " else c for c in alphabet.characters)]
        start = kenlm.State()
        language.model.BeginSentenceWrite(start)
        self.states = [start]
        self._ways: list[_Ways] = [_Ways(self, 0)]

    def __getitem__(self, state: int) -> _Ways:
        return self._ways[state]

    def end(self, state: int) -> float:
        """Weighted natural log of ending the line here."""
        score = self.language.model.BaseScore(self.states[state], "</s>", kenlm.State())
        return float(self.language.alpha * _LN10 * score)

    def step(self, state: int, class_: int) -> tuple[int, float]:
        following = kenlm.State()
        score = self.language.model.BaseScore(self.states[state], self.symbols[class_], following)
        self.states.append(following)
        self._ways.append(_Ways(self, len(self.states) - 1))
        weight = self.language.alpha * _LN10 * score + self.language.beta
        return len(self.states) - 1, math.exp(weight)


class _Ways:
    def __init__(self, owner: CharacterSteps, state: int):
        self._owner = owner
        self._state = state
        self._known: dict[int, tuple[int, float]] = {}

    def get(self, class_: int, /) -> tuple[int, float]:
        way = self._known.get(class_)
        if way is None:
            way = self._known[class_] = self._owner.step(self._state, class_)
        return way
