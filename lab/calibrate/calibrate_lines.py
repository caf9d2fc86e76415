"""Fits the confidence of each field kind on hands that were never trained on, and tells how reliable it is.

    python -m inkfield.lab.calibrate.calibrate_lines --weights default --lines ../shared/handwriting

Figures are set from MNIST's test part, words of amounts from rendered hands, text from the validation lines of
the data sets. Nothing that is used for measuring cheques takes part.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from inkfield.lab.calibrate.calibration_figure import write_calibration_figure
from inkfield.lab.calibrate.reliability import Reliability
from inkfield.lab.documents.cheque_us_page import spoken_dollars
from inkfield.lab.evaluate.line_errors import words_right
from inkfield.pipeline.cheques.joint_reading import joint_evidence
from inkfield.pipeline.fields.calibration import confidence, fit
from inkfield.pipeline.fields.kinds import READINGS
from inkfield.pipeline.fields.kinds.amount_locale import INDIAN, WESTERN, AmountLocale
from inkfield.pipeline.fields.kinds.joint_amount import read_joint_amount
from inkfield.pipeline.fields.kinds.kind import Draw, TextReading
from inkfield.pipeline.fields.line_confidence import line_evidence
from inkfield.pipeline.fields.ranking import Evidence, evidence
from inkfield.pipeline.fields.reader import FieldReader, Ink, parser
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.recognizers.recognizer import WEIGHTS, load_recognizer
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import spoken_amount
from inkfield.recognizers.training.augment import augment
from inkfield.recognizers.training.data.folder import read_lines
from inkfield.schemas.forms.model import Field
from inkfield.schemas.readings import Value

Judged = list[tuple[Evidence, bool]]
Spoken = Callable[[np.random.Generator], tuple[str, str, str | int]]
_SPOKEN: dict[AmountLocale, Spoken] = {INDIAN: spoken_amount, WESTERN: spoken_dollars}
"""What draws one amount as a writer of that country puts it: in figures, in words, and its value."""


def sampled(
    reader: FieldReader, kind: TextReading, sample: Draw, rng: np.random.Generator, count: int
) -> Judged:
    """Evidence for texts that a kind draws as people write them."""
    field = Field(name="sample", kind=kind.kind, **kind.sampled_as)
    texts = (sample(rng) for _ in range(count))
    return (in_cells if field.cells else rendered)(reader, field, texts, rng)


def rendered(reader: FieldReader, field: Field, texts: Iterator[str], rng: np.random.Generator) -> Judged:
    """Evidence for rendered texts of held-out hands, and whether the first candidate is right."""
    judged: Judged = []
    for text in texts:
        value = parser(field)(text)
        if value is None:
            continue
        crop = augment(render_line(text, rng, held_out=True), rng, 0.8)
        _judge(reader, field, crop, value, judged)
    return judged


def real_lines(reader: FieldReader, field: Field, folders: list[Path], count: int) -> Judged:
    """Evidence for validation lines of real hands; right is right to the letter, but for case and ends."""
    judged: Judged = []
    for folder in folders:
        for line in list(read_lines(folder, "val"))[:count]:
            _judge(reader, field, line.read(), line.text, judged)
    return judged


def best_path_lines(reader: FieldReader, folders: list[Path], count: int) -> tuple[Judged, Judged]:
    """Evidence for validation lines as `inkfield read` reads them, by best path, and for each of their words.

    Right is right to the letter; a word is right when an alignment of the words read with those written pairs it
    with one that is equal.
    """
    judged_lines: Judged = []
    judged_words: Judged = []
    for folder in folders:
        for line in islice(read_lines(folder, "val"), count):
            output = reader.recognizer.read([set_upright(line.read())])[0]
            read, written = output.best().text.split(), line.text.split()
            of_line, of_words = line_evidence(output)
            judged_lines.append((of_line, read == written))
            judged_words += zip(of_words, words_right(read, written), strict=True)
    return judged_lines, judged_words


def in_cells(reader: FieldReader, field: Field, texts: Iterator[str], rng: np.random.Generator) -> Judged:
    """Evidence for texts in character boxes, each character by another held-out hand."""
    judged: Judged = []
    for text in texts:
        cells = [augment(render_line(c, rng, "hand", held_out=True), rng, 0.6) for c in text]
        looks = reader.looks_at_cells(field, [cv2.resize(cell, (64, 72)) for cell in cells])
        if looks is not None and looks[0]:
            found, by_cell = looks
            truth = parser(field)(text)
            judged.append((evidence(found, by_cell), found[0].value == truth))
    return judged


def _judge(reader: FieldReader, field: Field, crop: np.ndarray, value: Value, judged: Judged) -> None:
    looks = reader.looks_at_lines(field, Ink((crop,), None))
    if looks is not None and looks[0]:
        candidates, output = looks
        judged.append((evidence(candidates, output), _same(candidates[0].value, value)))


def _same(read: Value, truth: Value) -> bool:
    if isinstance(read, str) and isinstance(truth, str):
        return " ".join(read.lower().split()) == " ".join(truth.lower().split())
    return read == truth


def joint(
    reader: FieldReader, rng: np.random.Generator, count: int, locale: AmountLocale = INDIAN
) -> Iterator[tuple[str, Evidence, bool]]:
    """The joint reading of figures and words of one value, by how many sides support it."""
    for _ in range(count):
        figures, words, value = _SPOKEN[locale](rng)
        outputs = [
            reader.look(
                Ink((augment(render_line(text, rng, "hand", held_out=True), rng, 1.0),), None), network
            )
            for text, network in ((figures, reader.figures), (words, reader.recognizer))
        ]
        if outputs[0] is None or outputs[1] is None:
            continue
        found, _, _ = read_joint_amount([outputs[0]], outputs[1], locale)
        if found.candidates and not found.disagreement:
            kind, evident = joint_evidence(found, outputs)
            yield kind, evident, found.candidates[0].value == Decimal(value)


def calibrate(weights: str, lines: Path, count: int = 250) -> dict[str, Judged]:
    """All judged evidence by kind."""
    reader = FieldReader(load_recognizer(weights))
    rng = np.random.default_rng(7)

    judged = {
        kind.kind: sampled(reader, kind, kind.sample, rng, count)
        for kind in READINGS.values()
        if isinstance(kind, TextReading) and kind.sample is not None
    }
    judged["name"] = real_lines(
        reader, Field(name="n", kind="name", language="address"), [lines / "dhsd"], count
    )
    plain = [lines / "copiste", lines / "dhsd"]
    judged["text"] = real_lines(reader, Field(name="t", kind="text"), plain, count // 2)
    judged["line"], judged["word"] = best_path_lines(reader, plain, count // 2)
    for kind, evident, right in joint(reader, rng, count):
        judged.setdefault(kind, []).append((evident, right))
    return judged


def main() -> None:
    import torch

    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", default="default")
    parser.add_argument(
        "--lines", type=Path, required=True, help="folder with the data sets copiste and dhsd"
    )
    parser.add_argument("--count", type=int, default=250)
    parser.add_argument("--figure", type=Path, help="PNG of the reliability of each kind")
    arguments = parser.parse_args()
    coefficients = {}
    reliability = {}
    for kind, judged in calibrate(arguments.weights, arguments.lines, arguments.count).items():
        if len(judged) < 20:
            continue
        coefficients[kind] = _fit(judged)
        found = reliability[kind] = cross_fitted(judged)
        at = found.at(0.9)
        print(
            f"{kind:12} n {len(judged):4} right {found.right.mean():.3f} "
            f"error of calibration {found.expected_calibration_error:.3f} "
            f"at 0.9: read {at.read_rate:.3f} wrong {at.error_rate:.4f}"
        )
    if arguments.figure:
        write_calibration_figure(arguments.figure, reliability, "Confidence by field kind, held-out fifths")
    path = WEIGHTS / f"{Path(arguments.weights).stem}.calibration.json"
    path.write_text(json.dumps(coefficients, indent=1) + "\n")


def cross_fitted(judged: Judged, parts: int = 5) -> Reliability:
    """How reliable confidences are on evidence that they were not fitted on: each part by a fit on the others."""
    sure = np.zeros(len(judged))
    for part in range(parts):
        others = _fit([pair for i, pair in enumerate(judged) if i % parts != part])
        for i in range(part, len(judged), parts):
            sure[i] = confidence(judged[i][0], others)
    return Reliability(list(sure), [right for _, right in judged])


def _fit(judged: Judged) -> list[float]:
    return fit(np.array([found.vector() for found, _ in judged]), np.array([right for _, right in judged]))


if __name__ == "__main__":
    main()
