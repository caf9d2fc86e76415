"""How well a recogniser reads labelled lines: CER and WER, in all, by hand and by length."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from recognizers.alphabet import Alphabet
from recognizers.data.lines import LabelledLine
from recognizers.decoding.best_path import best_path
from recognizers.distance import edit_distance
from recognizers.recognizer import Recognizer

Decoder = Callable[[np.ndarray], str]
_GROUP = 32


@dataclass(frozen=True)
class LineResult:
    """One line: its text, what was read, and the edit distances in characters and in words."""

    line: LabelledLine
    read: str
    character_errors: int
    word_errors: int


@dataclass
class Evaluation:
    """Sums over many lines. Words are what white space separates; punctuation stays with its word."""

    results: list[LineResult] = field(default_factory=list)
    seconds: float = 0.0

    def cer(self, results: Iterable[LineResult] | None = None) -> float:
        """Character error rate in percent: edits over reference characters."""
        chosen = self.results if results is None else list(results)
        return 100 * sum(r.character_errors for r in chosen) / max(1, sum(len(r.line.text) for r in chosen))

    def wer(self) -> float:
        """Word error rate in percent."""
        words = sum(len(r.line.text.split()) for r in self.results)
        return 100 * sum(r.word_errors for r in self.results) / max(1, words)

    def by_hand(self) -> dict[str, float]:
        """CER of each hand (writer, page or form)."""
        groups: dict[str, list[LineResult]] = defaultdict(list)
        for result in self.results:
            groups[result.line.hand].append(result)
        return {hand: self.cer(group) for hand, group in sorted(groups.items())}

    def by_length(self) -> dict[str, float]:
        """CER of lines of up to 10, 25, 50 and more characters."""
        groups: dict[str, list[LineResult]] = {"1-10": [], "11-25": [], "26-50": [], "51-": []}
        for result in self.results:
            length = len(result.line.text)
            name = "1-10" if length <= 10 else "11-25" if length <= 25 else "26-50" if length <= 50 else "51-"
            groups[name].append(result)
        return {name: self.cer(group) for name, group in groups.items() if group}

    def confusions(self, count: int = 20) -> list[tuple[str, str, int]]:
        """The commonest (written, read, times): one side is empty for what was dropped or made up."""
        pairs: Counter[tuple[str, str]] = Counter()
        for result in self.results:
            pairs.update(_edits(result.line.text, result.read))
        return [(written, read, times) for (written, read), times in pairs.most_common(count)]

    def summary(self) -> dict[str, float]:
        """The keys that others script against."""
        return {
            "lines": len(self.results),
            "characters": sum(len(r.line.text) for r in self.results),
            "cer": round(self.cer(), 3),
            "wer": round(self.wer(), 3),
            "ms_per_line": round(1000 * self.seconds / max(1, len(self.results)), 2),
        }


def evaluate_lines(
    lines: Iterable[LabelledLine], recognizer: Recognizer, decode: Decoder | None = None
) -> Evaluation:
    """Reads every line and compares. ``decode`` turns log-probabilities into text; None is best path.

    The time counts normalising, the network and decoding, not reading the picture from disk.
    """
    decode = decode or greedy(recognizer.alphabet)
    evaluation = Evaluation()
    lines = list(lines)
    for start in range(0, len(lines), _GROUP):
        group = lines[start : start + _GROUP]
        crops = [line.read() for line in group]
        began = time.perf_counter()
        texts = [decode(log_probs) for log_probs in recognizer.log_probs(crops)]
        evaluation.seconds += time.perf_counter() - began
        for line, text in zip(group, texts, strict=True):
            words = edit_distance(text.split(), line.text.split())
            evaluation.results.append(LineResult(line, text, edit_distance(text, line.text), words))
    return evaluation


def greedy(alphabet: Alphabet) -> Decoder:
    """Best-path decoding as a plain function of the log-probabilities."""
    return lambda log_probs: best_path(log_probs, alphabet).text


def _edits(written: str, read: str) -> list[tuple[str, str]]:
    """The single edits of one best alignment, as (written, read) characters."""
    table = np.zeros((len(written) + 1, len(read) + 1), np.int32)
    table[:, 0] = np.arange(len(written) + 1)
    table[0] = np.arange(len(read) + 1)
    for i, a in enumerate(written, 1):
        for j, b in enumerate(read, 1):
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a != b))
    edits = []
    i, j = len(written), len(read)
    while i or j:
        if i and j and table[i, j] == table[i - 1, j - 1] + (written[i - 1] != read[j - 1]):
            i, j = i - 1, j - 1
            if written[i] != read[j]:
                edits.append((written[i], read[j]))
        elif i and table[i, j] == table[i - 1, j] + 1:
            i -= 1
            edits.append((written[i], ""))
        else:
            j -= 1
            edits.append(("", read[j]))
    return edits
