"""What is fixed for all cheques of one standard, whatever bank prints them: one object a standard.

The standards are the modules in the folder standards/ (see registry.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.cheques.micr.parts import MicrParts
from inkfield.pipeline.cheques.micr.reading import MicrReading
from inkfield.pipeline.fields.kinds.amount_locale import AmountLocale
from inkfield.schemas.forms.model import Kind
from inkfield.schemas.reasons import Reason


@dataclass(frozen=True)
class Look:
    """A picture as a standard sees it: ``image`` level (BGR or grey uint8), in the size that its finder works at,
    and the homography (3, 3) from the picture to it.

    ``micr`` is the line at its foot, read once; ``layout`` is None where it shows no cheque of the standard.
    """

    image: np.ndarray
    to_level: np.ndarray
    micr: MicrReading
    layout: ChequeLayout | None


@dataclass(frozen=True, eq=False)
class ChequeStandard:
    """One standard. ``name`` is what a form's key ``layout`` calls it.

    - ``aspect``: width over height of a picture that such a cheque may fill, scanner's margin and lost edge included.
    - ``look(image, larger)``: the picture as this standard sees it, upright but for a few degrees; ``larger``: it may
      be too high, with what lies before and behind the cheque.
    - ``owns(micr)``: whether a line is of its structure, single symbols misread or not. It is what decides.
    - ``parts(text)`` and ``faults(text)``: what its line of E-13B says, None for other structures; and what speaks
      against it, as reasons for review.
    - ``captions``: the words printed on every one, each in one of its forms: proof where no line is read.
    - ``fields``: what is found on it by name beside payee and amounts, with the field's kind.
    - ``amounts``: how amounts are written, unless the form's field says otherwise.
    - ``names_printed``: a name or a note may be printed where it is signed.
    - ``serial_field``: the field that is printed a second time, as the serial of the line.
    - ``line_fields``: fields that the line alone says, each with the part of it (see MicrParts).
    - ``by_line``: a picture is a cheque of it by its line alone; without one nothing is.
    - ``date_by_letters``: the letters under the boxes of the date tell the order of day, month and year.
    - ``of_any_country``: the cheques of all countries that have no standard: nothing of them is accepted unseen.
    """

    name: str
    aspect: tuple[float, float]
    look: Callable[[np.ndarray, bool], Look]
    owns: Callable[[MicrReading], bool]
    parts: Callable[[str], MicrParts | None]
    faults: Callable[[str], tuple[Reason, ...]]
    captions: tuple[tuple[str, ...], ...]
    fields: Mapping[str, Kind]
    amounts: AmountLocale
    names_printed: bool
    serial_field: str | None = None
    line_fields: Mapping[str, str] = field(default_factory=dict)
    by_line: bool = False
    date_by_letters: bool = False
    of_any_country: bool = False
