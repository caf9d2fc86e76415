"""The back of a cheque: whether a page is one, and what is written on it: endorsement, restriction, account number.

Measures of the back stand among those of the front, so that a form may limit them (`quality`): ``endorsed`` is 1 where
somebody signed, else 0; ``deposit_only`` is 1 where the endorsement is restricted (for mobile deposit only);
``back_account`` is 1 where the account number of the front is written there, 0 where another number is, and not there
where none is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.fields.signature import signature_present
from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.ruled_lines import find_ruled_lines, remove_ruled_lines
from inkfield.pipeline.judgement.decision import objected, quality_reasons
from inkfield.recognizers.distance import edit_distance
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import Form
from inkfield.schemas.readings import FieldReading, PageReading, TextLine
from inkfield.schemas.reasons import ReasonCode, because

_OF_BACKS = ("endorse", "endorsement", "deposit", "mobile", "endossement", "endosser", "acquit")
"""Words of which a back has one, where it is not signed."""
_RESTRICTED = ("deposit",)


@dataclass(frozen=True)
class BackLimits:
    """When a page is the back of a cheque, and which numbers on it are an account's."""

    aspect: float = limit(
        1.6, "ratio", "guess", "Width over height of a page that has the shape of a cheque, at least"
    )
    size: float = limit(
        0.06, "share", "guess", "Of a front's sides, that its back's may be longer or shorter"
    )
    most_words: int = limit(
        40, "words", "guess",
        "Of a back at most, a signature, a stamp and a line or two; a page of more is a slip or a letter",
    )  # fmt: skip
    long_word: int = limit(6, "letters", "guess", "From which on a word may have one letter misread")
    ink: int = limit(70, "grey levels", "guess", "By which ink is darker than white at least")
    edge_mm: float = limit(2.0, "mm", "guess", "At the edges of a page, in which nothing is a signature")
    account_digits: int = limit(7, "digits", "guess", "Of the shortest number that is an account's")


LIMITS = BackLimits()


def may_be_back(front: Sequence[int], back: Sequence[int]) -> bool:
    """Whether pictures of these shapes (height, width) may be two sides of one cheque that fills them."""
    high, wide = sorted(front[:2])
    return wide / max(1, high) >= LIMITS.aspect and all(
        abs(one - other) <= LIMITS.size * one
        for one, other in zip((high, wide), sorted(back[:2]), strict=True)
    )


def measures_of_back(
    image: np.ndarray, dpi: float, lines: Sequence[TextLine], accounts: Sequence[str]
) -> dict[str, float] | None:
    """The measures of a page (BGR or grey uint8) whose text is ``lines`` as the back of a cheque of one of these
    ``accounts``; None where it is none."""
    words = [word for line in lines for word in re.findall(r"[^\W\d_]+", line.text.lower())]
    if len(words) > LIMITS.most_words:
        return None
    signed, _ = signature_present(_without_text(image, dpi, lines), dpi)
    if not signed and not _holds(words, _OF_BACKS):
        return None
    found = {"endorsed": float(signed), "deposit_only": float(_holds(words, _RESTRICTED))}
    numbers = [re.sub(r"\D", "", line.text) for line in lines]
    numbers = [number for number in numbers if len(number) >= LIMITS.account_digits]
    if numbers:
        # A short number stands in many a longer one by chance.
        own = any(
            account == number or (len(account) >= LIMITS.account_digits and account in number)
            for account in accounts
            for number in numbers
        )
        found["back_account"] = float(own)
    return found


def _without_text(image: np.ndarray, dpi: float, lines: Sequence[TextLine]) -> np.ndarray:
    """The page as grey uint8, its paper white, without edges, rules, and lines that say something else than a name."""
    grey = suppress_background(image)
    ink = grey < 255 - LIMITS.ink
    bare = remove_ruled_lines(grey, ink, find_ruled_lines(ink, dpi))
    for line in lines:
        words = re.findall(r"[^\W\d_]+", line.text.lower())
        if _holds(words, _OF_BACKS) or len(re.sub(r"\D", "", line.text)) >= LIMITS.account_digits:
            x, y, width, height = line.box
            bare[max(0, y) : y + height, max(0, x) : x + width] = 255
    edge = round(LIMITS.edge_mm * dpi / 25.4)
    return np.ascontiguousarray(bare[edge:-edge, edge:-edge])


def account_numbers(fields: Sequence[FieldReading], standard: ChequeStandard) -> list[str]:
    """The account numbers that a front states: in their field, and in the line at its foot where that holds one."""
    stated = [str(f.value) for f in fields if f.name == "account_number" and f.value]
    parts = [standard.parts(str(f.value)) for f in fields if f.kind == "micr" and f.value]
    return [*stated, *(part.account for part in parts if part and part.account)]


def with_back(front: PageReading, form: Form, measures: Mapping[str, float]) -> PageReading:
    """The front with the measures of its back; for a person where the form's limits are not kept."""
    reasons = quality_reasons(form, measures)
    fields = tuple(objected(f, reasons) if f.kind == "decision" and reasons else f for f in front.fields)
    status = "review" if any(f.status == "review" for f in fields) else front.status
    return replace(front, quality={**front.quality, **measures}, fields=fields, status=status)


def as_back(back: PageReading, front: int) -> PageReading:
    """The page as the back of the cheque on page number ``front``: it needs nobody for itself."""
    return replace(back, status="done", reason=because(ReasonCode.BACK, page=front), pairs=())


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    return any(edit_distance(word, one) <= (len(one) >= LIMITS.long_word) for word in words for one in wanted)
