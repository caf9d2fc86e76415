"""Where the fields of a cheque lie, whatever its country."""

from __future__ import annotations

from dataclasses import dataclass

from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.pipeline.cheques.paper.printed_lines import Band
from inkfield.pipeline.records import Region
from inkfield.schemas.forms.model import Field
from inkfield.schemas.readings import Box

BY_KIND = ("date", "micr", "signature")
"""Kinds of which a cheque has one field, whatever its name."""


def region_of(field: Field) -> str:
    """The name of the region of a cheque that a field is read from."""
    return field.kind if field.kind in BY_KIND else field.name


@dataclass(frozen=True)
class ChequeLayout:
    """Regions by name, the date cells from left to right (none for a date on a rule), and pixels per millimetre.

    ``labels`` tells for a region how far in mm a printed label may reach into it from the left and from the
    right: some banks print PAY before the rule, some above its beginning. ``lines`` are the rules that are written
    on, by region, from top to bottom: between them is decided whose a stroke is. ``micr`` is the line at the foot
    as read. ``other_rules`` are rows of printed level lines that no region begins or ends at. ``small_print``: labels
    are set as small as notes, at the left end of their rule, and frames come in over a region's right or upper edge.
    ``captioned`` are the lines before which a caption stands on the rule or beside it, ``bare`` those before which
    none ever does, ``raised`` those over which one may stand; ``entry_mm`` is from where to where along all lines, from
    the paper's left edge, no bank prints anything (None: as on Indian cheques).
    """

    regions: dict[str, Region]
    labels: dict[str, tuple[float, float]]
    date_cells: tuple[Box, ...]
    scale: float
    lines: dict[str, Band]
    micr: MicrReading
    other_rules: tuple[int, ...] = ()
    small_print: bool = False
    captioned: frozenset[str] = frozenset({"payee", "legal_amount_1"})
    bare: frozenset[str] = frozenset()
    raised: frozenset[str] = frozenset()
    entry_mm: tuple[float, float] | None = None
