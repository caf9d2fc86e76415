"""Estimates the n-gram models: ``python -m inkfield.recognizers.language.build [NAME...] [--text FILE...]``.

Kneser-Ney by kaldingram, entropy-pruned (Stolcke 1998), written as packed ARPA files. The models of field
kinds come from lists and grammars of this package; ``english`` and ``french`` (shipped) and ``english_large`` (three
times the size of ``english``, for comparisons) are estimated from the given text files.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inkfield.recognizers.language import corpora
from inkfield.recognizers.language.model import MODELS, tokens, whole_words

_UNKNOWN_LINES = 5


@dataclass(frozen=True)
class Recipe:
    """How a model is made. ``vocabulary`` keeps that many of the commonest words (0: all); ``known`` is what a
    whole word is worth, in nats, to a model of characters (0: it keeps no list of words). ``frequencies`` is a language
    whose words are added as often as people use them, where the text alone is too short to know them."""

    unit: Literal["word", "character"]
    order: int
    prune: float
    text: Callable[[], Iterable[str]] | None
    vocabulary: int = 0
    alpha: float = 0.5
    beta: float = 1.0
    known: float = 0.0
    frequencies: str = ""


RECIPES: dict[str, Recipe] = {
    "names": Recipe(
        "character", 5, 2e-7, lambda: corpora.person_names(60_000), alpha=0.4, beta=0.8, known=2.0
    ),
    "address": Recipe("character", 5, 2e-7, lambda: corpora.addresses(40_000), alpha=0.4, beta=0.8),
    "codes": Recipe("character", 3, 0.0, lambda: corpora.codes(20_000), alpha=0.3, beta=0.8),
    "amount_words": Recipe("word", 3, 0.0, lambda: corpora.amounts_in_words(40_000)),
    "english": Recipe("word", 3, 3.5e-7, None, vocabulary=35_000, alpha=0.45),
    "french": Recipe("word", 3, 3.5e-7, None, vocabulary=50_000, alpha=0.35, frequencies="fr"),
    "english_large": Recipe("word", 3, 4e-8, None, vocabulary=60_000, alpha=0.45),
}


def build(name: str, files: Iterable[Path], folder: Path = MODELS) -> Path:
    """Estimate one model and write it. Raises ValueError when it needs text files and has none."""
    recipe = RECIPES[name]
    files = list(files)
    if recipe.text is None and not files:
        raise ValueError(f"{name} is estimated from text: give files with --text")
    lines = list(recipe.text() if recipe.text else corpora.sentences(files))
    if recipe.frequencies:
        lines += corpora.words_by_frequency(recipe.frequencies)
    with tempfile.TemporaryDirectory() as scratch:
        corpus, arpa = Path(scratch) / "corpus.txt", Path(scratch) / "model.arpa"
        _write_corpus(lines, recipe, corpus)
        _kaldingram("train", "--ngram-order", str(recipe.order), "--text", str(corpus), "--lm", str(arpa))
        if recipe.prune:
            pruned = Path(scratch) / "pruned.arpa"
            options = ["--threshold", str(recipe.prune), "--lm", str(arpa), "--write-lm", str(pruned)]
            _kaldingram("prune", *options)
            arpa = pruned
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}.arpa.gz"
        # No time stamp: the same text makes the same bytes.
        with arpa.open() as plain, target.open("wb") as out, gzip.GzipFile("", "wb", 9, out, 0) as packed:
            packed.writelines(_shortened(line).encode() for line in plain)
    facts: dict[str, object] = {
        "unit": recipe.unit,
        "order": recipe.order,
        "alpha": recipe.alpha,
        "beta": recipe.beta,
    }
    if recipe.known:
        facts["known"] = recipe.known
        counts = Counter(word for line in lines for word in whole_words(line))
        words = sorted(word for word, count in counts.items() if count > 1 and "." not in word)
        (folder / f"{name}.words.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(facts) + "\n", encoding="utf-8")
    return target


def _write_corpus(lines: Iterable[str], recipe: Recipe, path: Path) -> None:
    """One line of tokens a text; words outside of the vocabulary become <unk>."""
    split = [tokens(line, recipe.unit) for line in lines]
    split = [line for line in split if line]
    if recipe.vocabulary:
        counts = Counter(token for line in split for token in line)
        kept = {word for word, count in counts.most_common(recipe.vocabulary) if count > 1}
        split = [[token if token in kept else "<unk>" for token in line] for line in split]
    # Without a word of its own the unknown would be impossible, not just unlikely.
    split += [["<unk>"]] * _UNKNOWN_LINES
    path.write_text("".join(" ".join(line) + "\n" for line in split), encoding="utf-8")


def _shortened(line: str) -> str:
    """A line of an ARPA file with its logarithms to three decimals: half the size, the same decisions."""
    parts = line.rstrip("\n").split("\t")
    if len(parts) > 1:
        parts[0] = f"{float(parts[0]):.3f}"
        parts[2:] = [f"{float(part):.3f}" for part in parts[2:]]
    return "\t".join(parts) + "\n"


def _kaldingram(*arguments: str) -> None:
    program = [sys.executable, "-c", "from kaldingram.cli import main; main()", *arguments]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"kaldingram {arguments[0]} failed: {done.stderr[-500:]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(RECIPES)}; default: all that are shipped"
    )
    parser.add_argument(
        "--text", nargs="*", type=Path, default=[], help="text files for the models of a language"
    )
    parser.add_argument("--folder", type=Path, default=MODELS)
    arguments = parser.parse_args()
    for name in arguments.names or (name for name in RECIPES if name not in ("english_large", "french")):
        if name not in RECIPES:
            parser.error(f"there is no model {name}: choose of {', '.join(RECIPES)}")
        target = build(name, arguments.text, arguments.folder)
        print(f"{name}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
