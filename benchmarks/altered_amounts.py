"""How many altered amounts show two pens, and how many unaltered ones seem to: by kind of alteration, on rendered ones.

    python -m benchmarks.altered_amounts --count 100

Takes one to two seconds an amount. The limit is that of pipeline/cheques/ink_colour.py.
"""

from __future__ import annotations

import argparse
from typing import get_args

import numpy as np

from pipeline.background import suppress_background
from pipeline.cheques.ink_colour import TWO_PENS, two_pens
from pipeline.geometry import crop
from recognizers.ink.pages.altered import Alteration, AmountStrip, render_amounts
from recognizers.ink.pages.sheet import PX


def apart(strip: AmountStrip) -> float:
    """How far apart two pens lie in the words or in the figures, whichever is more."""
    cleaned = suppress_background(strip.image)
    boxes = (strip.words, strip.figures)
    return max(two_pens([(crop(strip.image, box), crop(cleaned, box))], PX) for box in boxes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="amounts of each kind")
    count = parser.parse_args().count
    for alteration in get_args(Alteration):
        found = [apart(render_amounts(np.random.default_rng([i, 1]), alteration)) for i in range(count)]
        share = np.mean(np.array(found) >= TWO_PENS)
        print(f"{alteration:12} found {share:.2f}  99th percentile {np.percentile(found, 99):.1f}")


if __name__ == "__main__":
    main()
