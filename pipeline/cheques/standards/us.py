"""US cheques: personal ones 6 x 2.75 inches, business ones up to 8.5 x 3.5 (foot: ANSI X9.100-160)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.layout.us import find_us_fields, read_us_micr
from inkfield.pipeline.cheques.micr.us_line import is_us_micr, parse_us_micr, us_faults
from inkfield.pipeline.cheques.paper.level_perspective import levelled
from inkfield.pipeline.cheques.standard import ChequeStandard, Look
from inkfield.pipeline.fields.kinds.amount_locale import WESTERN
from inkfield.pipeline.image.geometry import to_grey
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class LookLimits:
    """To which size pictures are brought."""

    width: int = limit(
        1600,
        "px",
        "guess",
        "Pixels to which a cheque's width is brought: 267 dpi for a personal one, whatever the camera",
    )
    screen_px: float = limit(
        1.3,
        "px",
        "guess",
        "Blur at that width under which the dots of a halftone screen, and its moiré with a camera's, "
        "melt into grey",
    )


LIMITS = LookLimits()


def _look(image: np.ndarray, larger: bool) -> Look:
    level, to_level = levelled(image, LIMITS.width / image.shape[1])
    level = cv2.GaussianBlur(level, (0, 0), LIMITS.screen_px)
    grey = to_grey(level)
    micr = read_us_micr(grey)
    return Look(level, to_level, micr, find_us_fields(grey, micr))


STANDARD = ChequeStandard(
    name="cheque_us",
    aspect=(1.75, 2.95),
    look=_look,
    owns=is_us_micr,
    parts=parse_us_micr,
    faults=us_faults,
    captions=(("pay",), ("order",), ("dollars",)),
    fields={"check_number": "code", "memo": "text"},
    amounts=WESTERN,
    names_printed=False,
    serial_field="check_number",
)
