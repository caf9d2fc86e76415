"""Time a line: ours against other readers, on the same crops in one run, as ratios.

    python -m benchmarks.against_peers                                 # rendered lines of mixed widths
    python -m benchmarks.against_peers --lines ../handwriting/copiste  # or those of a data set

Each reader runs on one thread and gets one crop a call, as a form's fields come; ours also in groups of 32, as a
page's lines come. The readers take turns crop by crop, so that whatever else the machine does meets all alike, and
the median of each reader's times for a crop counts. Peers that are not installed are named and left out.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from inkfield.lab.evaluate.evaluate_lines import load_lines, make_decoder
from inkfield.lab.evaluate.peers import PEERS, PeerMissing, load_peer
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import random_text

Read = Callable[[np.ndarray], object]
_GROUP = 32


def crops_of(folder: Path | None, count: int) -> list[np.ndarray]:
    """Crops of a data set's validation lines, or rendered ones from one word to a line."""
    if folder is not None:
        return [line.read() for line in load_lines(folder, limit=count)]
    rng = np.random.default_rng(1)
    return [render_line(random_text(rng), rng) for _ in range(count)]


def seconds_by_reader(
    readers: dict[str, Read], crops: list[np.ndarray], rounds: int
) -> dict[str, np.ndarray]:
    """Median seconds of each reader for each crop, (crops,) float64."""
    times = {name: np.zeros((rounds, len(crops))) for name in readers}
    for read in readers.values():
        read(crops[0])  # what is set up at the first call is not a line's time
    for turn in range(rounds):
        for place, crop in enumerate(crops):
            for name, read in readers.items():
                began = time.perf_counter()
                read(crop)
                times[name][turn, place] = time.perf_counter() - began
    return {name: np.median(taken, axis=0) for name, taken in times.items()}


def seconds_in_groups(
    read_all: Callable[[list[np.ndarray]], object], crops: list[np.ndarray], rounds: int
) -> float:
    """Median seconds a crop where they are read in groups."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        for start in range(0, len(crops), _GROUP):
            read_all(crops[start : start + _GROUP])
        taken.append((time.perf_counter() - began) / len(crops))
    return float(np.median(taken))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=Path, help="a data set folder; rendered lines without it")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--peers", default=",".join(PEERS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    recognizer = load_recognizer(arguments.weights)
    decode = make_decoder("greedy", "english")
    readers: dict[str, Read] = {"inkfield": lambda crop: decode(recognizer.read([crop])[0])}
    for name in filter(None, arguments.peers.split(",")):
        try:
            readers[name] = load_peer(name).read_one
        except PeerMissing as error:
            print(error)
    crops = crops_of(arguments.lines, arguments.count)
    widths = sorted(round(48 * crop.shape[1] / crop.shape[0]) for crop in crops)
    middle = widths[len(widths) // 2]
    print(f"{len(crops)} crops, {widths[0]} to {widths[-1]} px wide (median {middle}) at a height of 48 px")

    taken = seconds_by_reader(readers, crops, arguments.rounds)
    ours = float(taken["inkfield"].mean())
    grouped = seconds_in_groups(
        lambda group: [decode(output) for output in recognizer.read(group)], crops, arguments.rounds
    )
    rows = {"inkfield": ours, f"inkfield, {_GROUP} at once": grouped}
    rows |= {name: float(times.mean()) for name, times in taken.items() if name != "inkfield"}
    print(f"{'reader':24}{'ms a line':>10}{'times ours':>12}")
    for name, seconds in rows.items():
        print(f"{name:24}{1000 * seconds:10.1f}{seconds / ours:12.2f}")


if __name__ == "__main__":
    main()
