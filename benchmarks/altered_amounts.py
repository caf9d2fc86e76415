"""How many altered amounts show two pens, and how many unaltered ones seem to: by kind of alteration, on rendered ones.

    python -m benchmarks.altered_amounts --count 100

Takes one to two seconds an amount. The limits are those of pipeline/cheques.
"""

from __future__ import annotations

import argparse
from typing import get_args

import numpy as np

from inkfield.lab.documents.altered import Alteration, AmountStrip, render_amounts
from inkfield.lab.documents.sheet import PX
from inkfield.pipeline.cheques.alteration.ink_colour import LIMITS as COLOUR_LIMITS
from inkfield.pipeline.cheques.alteration.ink_colour import two_pens
from inkfield.pipeline.cheques.alteration.pen_change import pen_change
from inkfield.pipeline.image.background import suppress_background
from inkfield.pipeline.image.geometry import crop


def apart(strip: AmountStrip) -> tuple[float, float]:
    """How far apart two pens lie in one of the fields, and how much both change together, as shares of the limits."""
    cleaned = suppress_background(strip.image)
    words, figures = ([(crop(strip.image, box), crop(cleaned, box))] for box in (strip.words, strip.figures))
    alone = max(two_pens(pieces, PX) for pieces in (words, figures))
    return alone / COLOUR_LIMITS.two_pens, pen_change(words, figures, PX)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=100, help="amounts of each kind")
    count = parser.parse_args().count
    for alteration in get_args(Alteration):
        rendered = (render_amounts(np.random.default_rng([i, 1]), alteration) for i in range(count))
        found = np.array([apart(strip) for strip in rendered])
        alone, together = (found >= 1).mean(0)
        print(f"{alteration:12} in one field {alone:.2f}, together {together:.2f}, "
              f"either {(found >= 1).any(1).mean():.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
