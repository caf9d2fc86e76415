"""n-gram models (kenlm), of words or of characters.

A word model sees punctuation as tokens of its own ("house," is "house" and ",").
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

MODELS = Path(__file__).parent / "models"
SPACE = "▁"  # stands for the space in character models: ARPA files separate tokens by spaces
_LN10 = math.log(10.0)
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?:[.,/:-]\d+)*|[^\w\s]|_")


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """``alpha`` weighs the model against the ink; ``beta`` is the bonus for each word (or character).

    ``words`` are whole words, in small letters, that a model of characters was estimated from: each of them in a
    reading is worth ``known`` nats, which an n-gram of five characters cannot tell from its parts. ``listed`` are a
    user's own words, as they write them.
    """

    name: str
    unit: Literal["word", "character"]
    model: kenlm.Model
    vocabulary: frozenset[str]
    alpha: float = 0.5
    beta: float = 1.0
    words: frozenset[str] = frozenset()
    known: float = 0.0
    listed: frozenset[str] = frozenset()

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
