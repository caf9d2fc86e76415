"""Whether a page that is no known form is a form at all: labelled values are looked for on no letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inkfield.pipeline.proposal.guess import kind_of_label
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import TextLine


@dataclass(frozen=True)
class FormLikeLimits:
    """How many labels make a form."""

    fewest: int = limit(3, "labels", "guess", "Of a page that is a form")
    share: float = limit(0.12, "share", "guess", "Labels by lines of the page, under which it is a letter")
    words: int = limit(6, "words", "guess", "Most of a line that is a label by its words alone")


LIMITS = FormLikeLimits()
_COLON = re.compile(r"[^\W\d_]{2,}\s?:(?!\d|//)")


def looks_like_form(lines: Sequence[TextLine]) -> bool:
    """Whether enough of the lines that were read on a page ask for something."""
    labels = sum(_labels(line.text) for line in lines)
    return labels >= max(LIMITS.fewest, LIMITS.share * len(lines))


def _labels(text: str) -> int:
    """Words before a colon; else one where a short line speaks of what forms ask for."""
    colons = len(_COLON.findall(text))
    short = len(text.split()) <= LIMITS.words and kind_of_label(text) is not None
    return colons or int(short)
