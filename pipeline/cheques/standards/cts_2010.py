"""Indian cheques: the Cheque Truncation System of 2010 (Reserve Bank of India), 202 x 92 mm."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.layout.cts_2010 import fields_and_line, only_cheque
from inkfield.pipeline.cheques.micr.indian_line import indian_faults, indian_parts, is_indian_micr
from inkfield.pipeline.cheques.standard import ChequeStandard, Look
from inkfield.pipeline.fields.kinds.amount_locale import INDIAN
from inkfield.pipeline.image.deskew import deskew, skew_angle
from inkfield.pipeline.image.geometry import rotation, to_grey
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class LookLimits:
    """To which size coarse scans are brought."""

    width: int = limit(2386, "px", "standard", "Of a cheque at 300 dpi, to which coarser scans are brought")
    coarse: float = limit(
        1.2,
        "times",
        "guess",
        "That a scan would be enlarged, above which it is: where a rule is one pixel wide, what is a "
        "pen's upon it cannot be told",
    )


LIMITS = LookLimits()


def _look(image: np.ndarray, larger: bool) -> Look:
    zoom = LIMITS.width / image.shape[1]
    if zoom > LIMITS.coarse:
        image = cv2.resize(image, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    else:
        zoom = 1.0
    angle = skew_angle(to_grey(image))
    level = deskew(image, angle)
    to_level = rotation(image.shape, angle) @ np.diag([zoom, zoom, 1.0])
    micr = None
    if larger:  # the MICR line tells where the cheque begins
        level, top, micr = only_cheque(level)
        to_level = np.array([[1, 0, 0], [0, 1, -top], [0, 0, 1.0]]) @ to_level
    layout, micr = fields_and_line(to_grey(level), micr)
    return Look(level, to_level, micr, layout)


STANDARD = ChequeStandard(
    name="cheque",
    aspect=(1.75, 2.95),
    look=_look,
    owns=is_indian_micr,
    parts=indian_parts,
    faults=indian_faults,
    captions=(("pay",), ("rupees",), ("bearer", "order")),
    fields={"account_number": "code"},
    amounts=INDIAN,
    names_printed=True,
)
