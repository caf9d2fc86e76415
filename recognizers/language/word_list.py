"""A user's own words (drugs, towns, staff): one word or phrase a line."""

from __future__ import annotations

from pathlib import Path

from inkfield.recognizers.language.model import tokens

MOST_BYTES = 20_000_000


def read_word_list(path: Path) -> frozenset[str]:
    """The words of a text file, UTF-8: whole lines may be phrases, of which each word counts.

    Raises ValueError that names the file where it is too large, no text, or has no words; OSError where it cannot be
    read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(
            f"{path} is larger than {MOST_BYTES // 1_000_000} MB: give a list of words, one a line"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text: save it as UTF-8, one word a line") from error
    words = frozenset(token for token in tokens(text) if len(token) > 1 and token[0].isalpha())
    if not words:
        raise ValueError(f"{path} has no words: write one a line")
    return words
