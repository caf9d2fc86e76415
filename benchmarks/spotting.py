"""How many of the names on lines of unseen writers a search finds: in the best reading of each line, and in all that
each word may be, at a precision of 90 %.

A name is a word of three letters and more that is written with a capital in all labels of the folder. Each name is
sought in all lines of the half; a line is a hit where the name stands in its label. Recall is at the lowest probability
at which 90 % of the hits of all searches together are right. `--half choose` is what the limits in
pipeline/text/word_readings.py were set on, `--half report` (the default) the other writers.

    python -m benchmarks.spotting --lines ../shared/handwriting/copiste ../shared/handwriting/poilus --language french
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from inkfield.lab.evaluate.evaluate_lines import load_lines
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.pipeline.text.word_readings import LIMITS, word_readings
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.schemas.archive.folding import fold
from inkfield.schemas.archive.matching import find_places
from inkfield.schemas.archive.query import Term

ARTICLE = re.compile(r"^(?:[ldjnsLDJNS]|[qQ]u)'")
PRECISION = 0.9


@dataclass(frozen=True)
class Line:
    label: str
    best: str
    readings: Sequence[Sequence[tuple[str, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=Path, nargs="+", required=True, help="folders of data sets")
    parser.add_argument("--language", default="french")
    parser.add_argument("--half", choices=("choose", "report"), default="report")
    options = parser.parse_args()
    labels = [line.text for folder in options.lines for line in read_dataset(folder, None, "lines")]
    small = {word for label in labels for bare, word in bare_words(label) if bare[0].islower()}
    lines = [
        line
        for folder in options.lines
        for line in read(load_lines(folder, half=options.half), options.language)
    ]
    names = sorted({w for line in lines for bare, w in bare_words(line.label) if is_name(bare, w, small)})
    there = sum(name in folded(line.label) for name in names for line in lines)
    print(f"{len(lines)} lines, {len(names)} names, {there} lines with one of them")
    exact = [
        (1.0, name in folded(line.label)) for name in names for line in lines if name in folded(line.best)
    ]
    spotted = [found for name in names for line in lines if (found := spot(line, name)) is not None]
    for title, hits in (("best reading", exact), ("all readings", spotted)):
        recall, precision, least = at_precision(hits, there)
        print(f"{title}: recall {recall:.1%} at precision {precision:.1%}, probability {least:.4f} and more")
    words = [word for line in lines for word in line.readings]
    print(f"{sum(map(len, words)) / len(words):.1f} readings a word")


def read(lines: Iterable[LabelledLine], language: str) -> Iterator[Line]:
    recognizer = load_recognizer("default")
    waiting = iter(lines)
    while group := list(islice(waiting, 32)):
        for line, output in zip(
            group, recognizer.read([set_upright(one.read()) for one in group]), strict=True
        ):
            texts = output.n_best(language, LIMITS.texts)
            found = word_readings(output, texts[0].text, texts, language)
            yield Line(line.text, texts[0].text, [[(r.text, r.probability) for r in word] for word in found])


def bare_words(label: str) -> Iterator[tuple[str, str]]:
    """Words without article and punctuation, as written and folded."""
    for word in label.split():
        bare = ARTICLE.sub("", word).strip('.,;:!?()"«»')
        parts = fold(bare)
        if bare and len(parts) == 1:
            yield bare, parts[0]


def is_name(bare: str, word: str, small: set[str]) -> bool:
    return len(bare) >= 3 and bare.isalpha() and bare[0].isupper() and word not in small


def folded(text: str) -> set[str]:
    return set(fold(text))


def spot(line: Line, name: str) -> tuple[float, bool] | None:
    places = find_places([(1, line.readings)], Term((name,)))
    return (max(p.probability for p in places), name in folded(line.label)) if places else None


def at_precision(hits: Sequence[tuple[float, bool]], there: int) -> tuple[float, float, float]:
    """The highest recall with enough precision, that precision, and from which probability."""
    by_probability: dict[float, list[bool]] = defaultdict(list)
    for probability, right in hits:
        by_probability[probability].append(right)
    best, right, count = (0.0, 1.0, 1.0), 0, 0
    for probability in sorted(by_probability, reverse=True):
        right, count = right + sum(by_probability[probability]), count + len(by_probability[probability])
        if right / count >= PRECISION:
            best = right / there, right / count, probability
    return best


if __name__ == "__main__":
    main()
