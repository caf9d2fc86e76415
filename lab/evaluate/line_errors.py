"""How well a recogniser reads labelled lines: CER and WER, in all, by hand and by length."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

import numpy as np

from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.line_model import LineModel, LineOutput
from inkfield.recognizers.training.data.folder import LabelledLine

Decoder = Callable[[LineOutput], str]
Reader = Callable[[list[np.ndarray]], list[str]]
"""From grey uint8 crops of one line each to their texts."""
_GROUP = 32
_LENGTHS = {"1-10": 10, "11-25": 25, "26-50": 50}


@dataclass(frozen=True)
class LineResult:
    """One line: its text, what was read, and the edit distances in characters and in words."""

    line: LabelledLine
    read: str
    character_errors: int
    word_errors: int


@dataclass
class Evaluation:
    """Sums over many lines.

    The tokens of WER are what white space separates: punctuation stays with its word, case and accents count.
    (Figures in which punctuation marks are words of their own come out lower.)
    """

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

    def by_hand(self) -> dict[str, list[LineResult]]:
        """The lines of each hand (writer, page or form), the hand that is read worst first."""
        groups: dict[str, list[LineResult]] = defaultdict(list)
        for result in self.results:
            groups[result.line.hand].append(result)
        return dict(sorted(groups.items(), key=lambda item: -self.cer(item[1])))

    def by_length(self) -> dict[str, list[LineResult]]:
        """The lines of up to 10, 25, 50 and more characters."""
        groups: dict[str, list[LineResult]] = {name: [] for name in (*_LENGTHS, "51-")}
        for result in self.results:
            fits = (name for name, longest in _LENGTHS.items() if len(result.line.text) <= longest)
            groups[next(fits, "51-")].append(result)
        return {name: group for name, group in groups.items() if group}

    def confusions(self, count: int = 20) -> list[tuple[str, str, int]]:
        """The commonest (written, read, times): one side is empty for what was dropped or made up."""
        pairs: Counter[tuple[str, str]] = Counter()
        for result in self.results:
            if result.character_errors:
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

    def interval(self, draws: int = 2000) -> dict[str, tuple[float, float]]:
        """The 95 % interval of CER and of WER in percent, by bootstrap over writers (Efron 1979).

        Lines of one writer are alike, so writers are drawn, not lines; one writer alone gives no interval. The same
        lines give the same interval.
        """
        sums = np.array(
            [
                (
                    sum(r.character_errors for r in group),
                    sum(len(r.line.text) for r in group),
                    sum(r.word_errors for r in group),
                    sum(len(r.line.text.split()) for r in group),
                )
                for group in self.by_hand().values()
            ],
            dtype=np.float64,
        )
        if len(sums) < 2:
            return {}
        drawn = sums[np.random.default_rng(0).integers(len(sums), size=(draws, len(sums)))].sum(1)
        rates = {"cer": drawn[:, 0] / drawn[:, 1], "wer": drawn[:, 2] / np.maximum(drawn[:, 3], 1)}
        bounds = {name: np.percentile(100 * rate, (2.5, 97.5)) for name, rate in rates.items()}
        return {name: (round(float(low), 2), round(float(high), 2)) for name, (low, high) in bounds.items()}

    def details(self) -> dict[str, Any]:
        """What is behind the summary: its interval, by hand, by length of the line, and the commonest confusions."""
        return {
            "interval_95": self.interval(),
            "by_writer": {hand: self._figures(group) for hand, group in self.by_hand().items()},
            "by_length": {name: self._figures(group) for name, group in self.by_length().items()},
            "confusions": [
                {"written": written, "read": read, "times": times}
                for written, read, times in self.confusions()
            ],
        }

    def _figures(self, group: list[LineResult]) -> dict[str, float]:
        characters = sum(len(r.line.text) for r in group)
        return {"lines": len(group), "characters": characters, "cer": round(self.cer(group), 3)}


def greedy(output: LineOutput) -> str:
    """The freest reading: decoding by best path."""
    return output.best().text


def evaluate_lines(
    lines: Iterable[LabelledLine], recognizer: LineModel, decode: Decoder = greedy
) -> Evaluation:
    """Reads every line and compares. ``decode`` chooses the text from what the model makes of a line.

    The time counts normalising, the network and decoding, not reading the picture from disk.
    Raises OSError for a picture that cannot be decoded.
    """
    return evaluate_reader(lines, lambda crops: [decode(output) for output in recognizer.read(crops)])


def evaluate_reader(lines: Iterable[LabelledLine], read: Reader) -> Evaluation:
    """The same for any reader of crops, ours or another's; it is handed up to 32 crops at once."""
    evaluation = Evaluation()
    waiting = iter(lines)
    while group := list(islice(waiting, _GROUP)):
        crops = [line.read() for line in group]
        began = time.perf_counter()
        texts = read(crops)
        evaluation.seconds += time.perf_counter() - began
        for line, text in zip(group, texts, strict=True):
            words = edit_distance(text.split(), line.text.split())
            evaluation.results.append(LineResult(line, text, edit_distance(text, line.text), words))
    return evaluation


def words_right(read: list[str], written: list[str]) -> list[bool]:
    """For each word that was read, whether it stands in the line at its place."""
    right = [False] * len(read)
    for start, _, length in SequenceMatcher(a=read, b=written, autojunk=False).get_matching_blocks():
        right[start : start + length] = [True] * length
    return right


def _edits(written: str, read: str) -> list[tuple[str, str]]:
    """The single edits of one best alignment, as (written, read) characters."""
    table = [
        [i + j if i == 0 or j == 0 else 0 for j in range(len(read) + 1)] for i in range(len(written) + 1)
    ]
    for i, a in enumerate(written, 1):
        above, row = table[i - 1], table[i]
        for j, b in enumerate(read, 1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
    edits = []
    i, j = len(written), len(read)
    while i or j:
        if i and j and table[i][j] == table[i - 1][j - 1] + (written[i - 1] != read[j - 1]):
            i, j = i - 1, j - 1
            if written[i] != read[j]:
                edits.append((written[i], read[j]))
        elif i and table[i][j] == table[i - 1][j] + 1:
            i -= 1
            edits.append((written[i], ""))
        else:
            j -= 1
            edits.append(("", read[j]))
    return edits
