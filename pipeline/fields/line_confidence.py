"""How sure a line of text is, and each of its words: the probability that it is right to the letter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from inkfield.pipeline.fields.calibration import confidence
from inkfield.pipeline.fields.ranking import Evidence
from inkfield.recognizers.line_model import LineOutput


def line_evidence(output: LineOutput, text: str | None = None) -> tuple[Evidence, list[Evidence]]:
    """The evidence for a text, by default the freest reading, and for each of its words.

    A reading without a grammar has no rivals with texts of their own. What speaks for it is how clear each character
    is where it is clearest: what lies between characters may hesitate about where one ends without doubting the text.
    Of a text that a language model preferred each character is judged by what the ink says for it, so a word that the
    model changed against the ink is unsure.
    """
    spans = output.spans(text)
    clear = sum(character.log_probability for character in spans.characters)
    words = [_evidence(word.log_probability, word.doubt) for word in spans.words]
    return _evidence(clear, output.doubt), words


def _evidence(clear: float, doubt: float) -> Evidence:
    share = min(max(math.exp(clear), 1e-6), 1 - 1e-6)
    return Evidence(math.log(share / (1 - share)), shortfall=0.0, doubt=doubt)


def line_confidences(
    output: LineOutput, calibration: Mapping[str, Sequence[float]], text: str | None = None
) -> tuple[float, list[float]]:
    """The probability that a text, by default the freest reading, is right to the letter, and each of its words."""
    line, words = line_evidence(output, text)
    of_words = [confidence(word, calibration.get("word")) for word in words]
    return confidence(line, calibration.get("line")), of_words
