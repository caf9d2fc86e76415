"""How far the confidences can be trusted that the pipeline gives to lines, and to the fields of cheques."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from inkfield.lab.calibrate.calibration_figure import write_calibration_figure
from inkfield.lab.calibrate.reliability import Reliability
from inkfield.lab.evaluate.evaluate_cheques import Judged
from inkfield.lab.evaluate.line_errors import Evaluation, words_right
from inkfield.pipeline.fields.line_confidence import line_confidences
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.recognizers.line_model import LineModel
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.data.labelled import LabelledLine
from inkfield.schemas.forms.model import Field

ByKind = Mapping[str, Reliability]
_GROUP = 32
REVIEW = "review"
"""The truth of a field that has no right value: accepting any is wrong."""


def line_reliability(evaluation: Evaluation, weights: str, figure: Path | None) -> ByKind:
    """Reliability of the evaluated lines, drawn into ``figure``; nothing without a figure to draw.

    ``line`` and ``word`` are what `inkfield read` reads, ``text`` is a line as a form's field of that kind. Right is
    right to the letter, but for white space. Raises OSError.
    """
    if figure is None:
        return {}
    found = judge_lines([result.line for result in evaluation.results], load_recognizer(weights))
    write_calibration_figure(
        figure, found, f"Confidence of {len(evaluation.results)} lines, weights {weights}"
    )
    return found


def cheque_reliability(fields: Mapping[str, Sequence[Judged]], figure: Path | None) -> ByKind:
    """Reliability of each field of the evaluated cheques, drawn into ``figure``; nothing without one.

    Where figures and words disagree no amount is right. Raises OSError.
    """
    if figure is None:
        return {}
    found = {
        name: _reliability([(j.confidence, j.exact and j.truth != REVIEW) for j in judged])
        for name, judged in fields.items()
    }
    write_calibration_figure(figure, found, "Confidence of the fields of cheques")
    return found


def judge_lines(lines: Sequence[LabelledLine], recognizer: LineModel) -> ByKind:
    """Reliability of the kinds ``line``, ``word`` and ``text`` on labelled lines. Raises OSError."""
    reader = FieldReader(recognizer)
    field = Field(name="line", kind="text")
    verdicts: dict[str, list[tuple[float, bool]]] = {"line": [], "word": [], "text": []}
    waiting = iter(lines)
    while group := list(islice(waiting, _GROUP)):
        outputs = recognizer.read([set_upright(line.read()) for line in group])
        for line, output in zip(group, outputs, strict=True):
            read, written = output.best().text.split(), line.text.split()
            sure, of_words = line_confidences(output, reader.calibration)
            verdicts["line"].append((sure, read == written))
            verdicts["word"] += zip(of_words, words_right(read, written), strict=True)
            reading = reader.decide(field, None, reader.candidates(field, output), output)
            verdicts["text"].append((reading.confidence, reading.text.split() == written))
    return {kind: _reliability(judged) for kind, judged in verdicts.items() if judged}


def print_reliability(by_kind: ByKind) -> None:
    """One row a kind: how many are right, how well that is foreseen, and what the threshold 0.9 lets through."""
    if not by_kind:
        return
    table = Table(
        "kind", "readings", "right", "calibration error", "Brier", "accepted at 0.9", "wrong among those"
    )
    for kind, found in by_kind.items():
        at = found.at(0.9)
        errors = (f"{found.expected_calibration_error:.3f}", f"{found.brier:.3f}")
        accepted = (f"{at.read_rate:.1%}", f"{at.error_rate:.1%}")
        table.add_row(kind, str(len(found.right)), f"{found.right.mean():.1%}", *errors, *accepted)
    Console().print(table)


def _reliability(judged: Sequence[tuple[float, bool]]) -> Reliability:
    return Reliability([sure for sure, _ in judged], [right for _, right in judged])
