"""The line of French cheques (NF K11-111), in CMC-7: number of the cheque 7, interbank zone 12, internal zone 12.

In the text of a line the symbols S I to S V are ``: ; < = >``; one space stands for a gap of any width.
"""

from __future__ import annotations

import re

from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.schemas.reasons import Reason, ReasonCode, because

_LINE = re.compile(r"<(\d{7})< ?(\d{12})> ?(\d{12}):(?: ?\d+;?)?")
_NEARLY = re.compile(r"\W\w{7}< ?\w{12}> ?\w{12}\W?.*")


def is_french_line(micr: MicrReading) -> bool:
    """Whether a line is of the French structure, with a symbol at either end misread or not."""
    return micr.font == "CMC-7" and _NEARLY.fullmatch(micr.text) is not None


def parse_french_line(text: str) -> MicrParts | None:
    """The parts of ``<0000147< 012345678909> 123456789012:``; None for other structures."""
    match = _LINE.fullmatch(text)
    return MicrParts(match[1], match[2], match[3]) if match else None


def french_faults(text: str) -> tuple[Reason, ...]:
    """What speaks against a line, as reasons for review; nothing against a good one."""
    complete = parse_french_line(text) is not None
    return () if complete else (because(ReasonCode.MICR_STRUCTURE, structure="7, 12 and 12 digits"),)
