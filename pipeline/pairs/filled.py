"""Labelled values that were filled in on the screen: the PDF's own values take the place of what was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from inkfield.pipeline.image.geometry import middle_in
from inkfield.pipeline.pairs.find_pairs import LIMITS as PAIR_LIMITS
from inkfield.pipeline.proposal.guess import kind_of_label
from inkfield.pipeline.records import FilledValue
from inkfield.schemas.readings import LabelledValue

_NUMBERING = re.compile(r"\[\d+\]|_+")


def with_filled(pairs: Sequence[LabelledValue], filled: Sequence[FilledValue]) -> tuple[LabelledValue, ...]:
    """The pairs, with the values of the file where it has them. A printed label stays; a field at which none was found
    is called what the PDF calls it. What a value belongs to is as unsure as before."""
    found = list(pairs)
    for value in filled:
        at = [
            i
            for i, pair in enumerate(found)
            if middle_in(value.box, pair.box) or middle_in(pair.box, value.box)
        ]
        if at:
            found[at[0]] = replace(found[at[0]], value=value.value, confidence=PAIR_LIMITS.most)
            found = [pair for i, pair in enumerate(found) if i not in at[1:]]
        elif value.name:
            label = _NUMBERING.sub(" ", value.name.rpartition(".")[2]).strip()
            kind = "checkbox" if value.value is True else kind_of_label(label) or "text"
            found.append(LabelledValue(label, value.value, kind, value.box, PAIR_LIMITS.most))
    return tuple(sorted(found, key=lambda pair: (pair.box[1], pair.box[0])) if filled else found)
