"""What an n-gram model adds to a whole text, as the beam search of the CTC networks adds it word by word."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from inkfield.recognizers.ctc.word_beam import WordModel
from inkfield.recognizers.language.model import load_language


def language_score(language: str, words: frozenset[str], text: str) -> float:
    """The weighted natural log-probability of a text, the bonus of its words (or characters) included.

    ``words`` are a user's own. Raises FileNotFoundError for a model that is not there.
    """
    model = load_language(language)
    if model.unit == "character":
        return model.alpha * model.log_probability(text) + model.beta * len(text) + model.known_words(text)
    scorer = _word_model(language, words)
    state, total = scorer.get_start_state(), 0.0
    written = text.split()
    for place, word in enumerate(written, start=1):
        score, state = scorer.score(state, word, place == len(written))
        total += score
    return total


@lru_cache(maxsize=4)
def _word_model(language: str, words: frozenset[str]) -> WordModel:
    return WordModel(replace(load_language(language), listed=words))
