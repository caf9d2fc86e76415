"""Full text is read with the language model that fits the page."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.pipeline.fields.line_confidence import line_confidences
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.records import no_trace
from inkfield.pipeline.text.read_text import DETECT, NO_LANGUAGE, read_text
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.render import render_line

LINES = [
    "We have received your letter of last week and",
    "we hope that the claim can be settled before",
    "the end of this month without further delay",
    "because all of the papers that you sent us are",
    "complete and nothing else is needed from you",
    "yours truly for the whole of the company here",
]


@pytest.fixture(scope="module")
def reader() -> FieldReader:
    return FieldReader(load_recognizer())


@pytest.fixture(scope="module")
def page() -> np.ndarray:
    """The lines in fonts of hands, one below the other."""
    rng = np.random.default_rng(8)
    page = np.full((150 * len(LINES) + 100, 2400), 245, np.uint8)
    for row, text in enumerate(LINES):
        grey = render_line(text, rng, "hand")
        grey = cv2.resize(
            grey, None, fx=70 / grey.shape[0], fy=70 / grey.shape[0], interpolation=cv2.INTER_AREA
        )
        page[50 + 150 * row : 120 + 150 * row, 100 : 100 + grey.shape[1]] = grey[:, : page.shape[1] - 200]
    return page


def _errors(page: np.ndarray, reader: FieldReader, language: str) -> int:
    read = " ".join(line.text for line in read_text(page, 200, reader, no_trace, language))
    return edit_distance(read, " ".join(LINES))


def test_the_model_that_fits_the_page_mends_what_the_ink_left_open(
    page: np.ndarray, reader: FieldReader
) -> None:
    detected, without = _errors(page, reader, DETECT), _errors(page, reader, NO_LANGUAGE)
    assert detected < without
    assert detected == _errors(page, reader, "english")


def test_a_word_that_the_ink_does_not_bear_is_unsure(reader: FieldReader) -> None:
    grey = render_line("seventy five", np.random.default_rng(3), "typed")
    output = reader.recognizer.read([grey])[0]
    assert output.best().text == "seventy five"
    _, sure = line_confidences(output, reader.calibration)
    _, same = line_confidences(output, reader.calibration, "seventy five")
    _, other = line_confidences(output, reader.calibration, "seventy nine")
    assert same == pytest.approx(sure, abs=0.02)
    assert other[0] == pytest.approx(sure[0], abs=0.02) and other[1] < 0.2 < sure[1]


def test_the_language_can_be_named(tmp_path: Path, page: np.ndarray) -> None:
    file = tmp_path / "letter.png"
    cv2.imwrite(str(file), page[:400])
    done = CliRunner().invoke(app, ["read", str(file), "--language", "none"])
    assert done.exit_code == 0 and done.stdout.strip()
    assert CliRunner().invoke(app, ["read", str(file), "--language", "klingon"]).exit_code == 2
