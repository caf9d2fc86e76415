from pathlib import Path

import numpy as np

from inkfield.lab.evaluate.line_errors import words_right
from inkfield.pipeline.fields.calibration import confidence, fit, load_calibration
from inkfield.pipeline.fields.line_confidence import line_confidences, line_evidence
from inkfield.pipeline.fields.ranking import Evidence
from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.output import CTCOutput


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


def output_of(*words: list[float]) -> CTCOutput:
    """What a network makes of a character for each peak, with a hesitant blank after each, and clear spaces."""
    signs = [sign for word in words for sign in [*((1, peak) for peak in word), (2, -0.001)]][:-1]
    columns = np.full((2 * len(signs), 3), -9.0)
    for step, (class_, peak) in enumerate(signs):
        columns[2 * step, class_] = peak
    columns[1::2, 0] = -0.5
    return CTCOutput(columns, Alphabet("a "))


def test_a_line_read_by_best_path_is_surer_the_clearer_its_characters() -> None:
    (sure, _), (unsure, _) = line_evidence(output_of([-0.002] * 10)), line_evidence(output_of([-0.6] * 10))
    assert sure.posterior_logit > 2 > -2 > unsure.posterior_logit
    assert sure.doubt < unsure.doubt
    assert np.isfinite(line_evidence(output_of())[0].vector()).all()


def test_words_have_confidences_of_their_own() -> None:
    line, words = line_confidences(output_of([-0.001] * 5, [-0.7] * 5), {})
    assert len(words) == 2 and words[0] > words[1]
    assert words[0] > line
    assert line_confidences(output_of(), {})[1] == []
    assert words_right(["the", "cat", "sot"], ["the", "black", "cat", "sat"]) == [True, True, False]
