"""The records that flow through the pipeline, one type per thing.

Boxes are ``(x, y, width, height)`` in pixels of the page as scanned, whichever way it lies; those
that stages hand to each other are in pixels of the picture that they work on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

import numpy as np

Box = tuple[int, int, int, int]
Value = Decimal | date | str | bool | int | None
Trace = Callable[[str, np.ndarray], None]
"""Called by a stage with its name and a picture (uint8, grey or BGR) of what it made; see `inkfield explain`."""

CROP_STAGE = "crop: "
"""Begins the name of the stage that shows the crop of a field."""

FieldStatus = Literal["accepted", "review", "empty"]
DocumentStatus = Literal["done", "review", "failed"]


def no_trace(stage: str, picture: np.ndarray) -> None:
    """The trace of a normal run: shows nothing."""


@dataclass(frozen=True)
class Page:
    """One page image as taken in. ``image`` is uint8, (height, width, 3) BGR or (height, width) grey."""

    source: str
    number: int
    image: np.ndarray
    dpi: float
    sha256: str


@dataclass(frozen=True)
class Region:
    """Where a field lies on a page."""

    name: str
    kind: str
    box: Box


@dataclass(frozen=True)
class Word:
    box: Box
    text: str
    confidence: float


@dataclass(frozen=True)
class TextLine:
    """One line of writing. ``image`` is a grey uint8 crop, dark ink on light paper, deskewed."""

    box: Box
    image: np.ndarray
    text: str = ""
    confidence: float = 0.0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """Another reading of a field: text, its value, and the probability that it is right."""

    text: str
    value: Value
    probability: float


@dataclass(frozen=True)
class FieldReading:
    """What was read in one field. ``source`` tells which model and rule made it."""

    name: str
    kind: str
    text: str
    value: Value
    confidence: float
    status: FieldStatus
    box: Box | None = None
    alternatives: tuple[Alternative, ...] = ()
    source: str = ""
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageTime:
    """A stage that a page went through, and the CPU seconds that it took."""

    name: str
    seconds: float


@dataclass(frozen=True)
class PageReading:
    """All that was read on one page. ``form`` is None for a page that is no known form: then ``lines`` are, and
    ``reason`` tells why it is none."""

    number: int
    width: int
    height: int
    dpi: float
    form: str | None
    form_version: int | None
    status: Literal["done", "review", "blank", "unknown_form"]
    fields: tuple[FieldReading, ...] = ()
    lines: tuple[TextLine, ...] = ()
    quality: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    picture: str | None = None
    """Perceptual hash of the page, or of the cheque on it; see picture_hash.py."""
    scan_number: int | None = None
    """The page of the file that it was read on, from 1: several cheques may have been scanned together."""
    stages: tuple[StageTime, ...] = ()
    """What was done with the page, in order."""


@dataclass(frozen=True)
class DocumentReading:
    """What became of one file. ``error_code`` and ``error_message`` are set when ``status`` is ``failed``."""

    source: str
    sha256: str
    status: DocumentStatus
    pages: tuple[PageReading, ...] = ()
    error_code: str | None = None
    error_message: str | None = None
