"""A perceptual hash of a picture: the same for another scan of the same paper up to a few bits.

Method: pHash (Zauner 2010) by the package imagehash, the signs of the 16 x 16 lowest frequencies of the cosine
transform: 256 bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import imagehash
import numpy as np
from PIL import Image

from inkfield.pipeline.image.geometry import to_grey
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class PictureHashLimits:
    """How a picture is shrunk before its hash is taken."""

    side: int = limit(
        256,
        "px",
        "guess",
        "Pixels to which a picture is shrunk first: enough for the frequencies that count, and 20 "
        "times as fast",
    )


LIMITS = PictureHashLimits()


def picture_hash(image: np.ndarray) -> str:
    """The hash of a picture (BGR or grey uint8) as 64 hexadecimal digits."""
    small = cv2.resize(to_grey(image), (LIMITS.side, LIMITS.side), interpolation=cv2.INTER_AREA)
    return str(imagehash.phash(Image.fromarray(small), hash_size=16))
