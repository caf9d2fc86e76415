"""How many pages are turned the right way up, by kind, each put in the scanner in one of the four directions.

    python -m benchmarks.orientation [--count 1000] [--seed 8]

The pages are those of benchmarks/mixed_pages.py; seed 7 served to choose constants, so report on others. Prints the
share right and the CPU milliseconds a page, and these in relation to a resize of the page to half its size.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict

import cv2
import numpy as np

from benchmarks.mixed_pages import KINDS
from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.image.orientation import find_letters, rotate_upright, upright_angle
from inkfield.recognizers.recognizer import load_recognizer

TURNS = (0, 90, 180, 270)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=8)
    arguments = parser.parse_args()
    recognizer = load_recognizer()
    tried: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    seconds: dict[str, float] = defaultdict(float)
    halving = 0.0
    for number in range(arguments.count):
        kind = list(KINDS)[number % len(KINDS)]
        rng = np.random.default_rng([arguments.seed, number])
        turn = TURNS[number // len(KINDS) % 4]
        page = to_grey(np.ascontiguousarray(rotate_upright(KINDS[kind](rng), turn)))
        start = time.process_time()
        angle = upright_angle(page, find_letters(page), recognizer)
        seconds[kind] += time.process_time() - start
        start = time.process_time()
        cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        halving += time.process_time() - start
        tried[kind] += 1
        if (angle + turn) % 360 == 0:
            right[kind] += 1
        else:
            print(f"wrong: {kind}, page {number}, put in at {turn}, turned by {angle}", flush=True)
    for kind, pages in tried.items():
        print(f"{kind:18} {right[kind]:4} of {pages:4}  {1000 * seconds[kind] / pages:5.0f} ms")
    total, pages = sum(right.values()), sum(tried.values())
    print(f"{'all':18} {total:4} of {pages:4}  {total / pages:.2%} right,"
          f" {sum(seconds.values()) / max(halving, 1e-9):.0f} times as long as halving the page")  # fmt: skip


if __name__ == "__main__":
    main()
