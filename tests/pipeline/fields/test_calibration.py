from pathlib import Path

import numpy as np

from inkfield.lab.evaluate.line_errors import words_right
from inkfield.pipeline.fields.calibration import confidence, fit, load_calibration
from inkfield.pipeline.fields.line_confidence import path_confidences, path_evidence
from inkfield.pipeline.fields.ranking import Evidence
from inkfield.recognizers.ctc.hypothesis import Hypothesis


def test_fitted_confidence_is_the_share_that_is_right() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(2, 4, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-(logits - 1)))
    vectors = np.column_stack([logits / 4, np.zeros(4000), np.zeros(4000)])
    coefficients = fit(vectors, right)
    sure = np.array([confidence(Evidence(logit, 0.0, 0.0), coefficients) for logit in logits])
    for low in np.arange(0.1, 0.9, 0.2):
        group = (sure >= low) & (sure < low + 0.2)
        assert abs(sure[group].mean() - right[group].mean()) < 0.06


def test_never_certain_even_without_errors() -> None:
    coefficients = fit(np.full((20, 3), 0.5), np.ones(20, bool))
    assert confidence(Evidence(2.0, 0.25, 0.05), coefficients) < 0.99


def test_weights_without_calibration_are_not_fully_trusted(tmp_path: Path) -> None:
    coefficients = load_calibration(tmp_path / "none.json").get("amount")
    assert confidence(Evidence(5.0, 0.1, 0.01), coefficients) < 0.9


def columns_of(*peaks: float) -> np.ndarray:
    """Log-probabilities of a character a peak, with a hesitant blank after each, float64 (2 * peaks, 3)."""
    columns = np.full((2 * len(peaks), 3), -9.0)
    columns[::2, 1] = peaks
    columns[1::2, 0] = -0.5
    return columns


def test_a_line_read_by_best_path_is_surer_the_clearer_its_characters() -> None:
    sure, unsure = path_evidence(columns_of(*[-0.002] * 10)), path_evidence(columns_of(*[-0.6] * 10))
    assert sure.posterior_logit > 2 > -2 > unsure.posterior_logit
    assert sure.doubt < unsure.doubt
    assert np.isfinite(path_evidence(columns_of()).vector()).all()


def test_words_have_confidences_of_their_own() -> None:
    columns = columns_of(*[-0.001] * 5, *[-0.7] * 5)
    line, words = path_confidences(Hypothesis("clear blurr", -7.0, (0, 11)), columns, {})
    assert words[0] > words[1]
    assert words[0] > line
    assert path_confidences(Hypothesis("", 0.0), columns[:0], {})[1] == []
    assert words_right(["the", "cat", "sot"], ["the", "black", "cat", "sat"]) == [True, True, False]
