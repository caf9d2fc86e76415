"""The back of a cheque: endorsed with a signature, a restriction, an account number or a stamp; or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.scan import scan
from inkfield.lab.documents.sheet import PX, Sheet
from inkfield.lab.documents.writer import random_writer, sign, write

_PRINTED = ("ENDORSE HERE", "Endorse here", "ENDORSE HERE / ENDOSSEMENT ICI")
_RESTRICTED = ("For mobile deposit only", "For deposit only", "FOR MOBILE DEPOSIT ONLY")
_STAMP = (140, 40, 60)


@dataclass(frozen=True)
class Back:
    """What is on it. ``account`` is written or stamped where it is not "". ``turned``: it is written along the short
    side, as in the US."""

    signed: bool = True
    restricted: bool = False
    account: str = ""
    stamped: bool = False
    printed: bool = True
    turned: bool = False


def render_back(
    rng: np.random.Generator, width: float, height: float, back: Back, hands: Sequence[Path] = ()
) -> np.ndarray:
    """A scan (uint8 BGR, 300 dpi) of the back of a cheque of ``width`` x ``height`` mm. Of one with nothing on it the
    paper alone."""
    wide, high = (height, width) if back.turned else (width, height)
    sheet = Sheet(wide, high, (250, 250, 248))
    left, row = 8.0, 8.0
    if back.printed:
        sheet.text(left, row, people.pick(rng, _PRINTED), 2.4, (90, 90, 90))
        sheet.line(left, row + 22, left + 55, row + 22, 0.2, (120, 120, 120))
    if back.stamped:
        sheet.box(left, row + 30, 52, 15, 0.5, _STAMP)
        sheet.text(left + 3, row + 37, people.pick(rng, _RESTRICTED).upper(), 3.0, _STAMP)
        if back.account:
            sheet.text(left + 3, row + 42.5, f"ACCOUNT {back.account}", 3.0, _STAMP)
    page = sheet.pixels()
    writer = random_writer(rng, hands)
    if back.signed:
        sign(page, left + 3, row + 19, float(rng.uniform(30, 42)), rng, writer)
    if back.restricted:
        write(page, people.pick(rng, _RESTRICTED), left + 1, row + 29, rng, writer, 2.1, wide - 16)
    if back.account and not back.stamped:
        write(page, back.account, left + 1, row + 37, rng, writer, 2.2, wide - 16)
    if back.turned:
        page = np.ascontiguousarray(cv2.rotate(page, cv2.ROTATE_90_CLOCKWISE))
    return scan(page[: round(height * PX)], rng)
