"""A printed barcode as a field."""

from __future__ import annotations

import numpy as np

from inkfield.pipeline.fields.kinds.kind import PrintReading
from inkfield.pipeline.image.barcodes import read_barcodes


def texts_of(crop: np.ndarray) -> tuple[str, ...]:
    """What the barcodes in a crop (grey uint8) say, each once; without those that cannot be read."""
    return tuple(dict.fromkeys(code.text for code in read_barcodes(crop) if code.text))


BARCODE = PrintReading("barcode", read=texts_of)
