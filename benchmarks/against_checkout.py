"""CPU time of reading against another checkout of this repository, and whether both read the same.

    python -m benchmarks.against_checkout ../before cheque=FOLDER claim=FOLDER text=FOLDER

One process for each checkout, with one thread, reads the documents of a folder in turns; who begins changes each time.
What is counted is the process's own CPU time; the ratio is the sum here over the sum there. The first document
only warms up, and each of the others is read once: a second time its amounts' grammars would be at hand. Readings are
the same when nothing differs but the seconds of stages, and numbers by less than 1e-6.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
_ALIKE = 1e-6


def answer_questions() -> None:
    """Reads the documents named on standard input; writes CPU seconds and reading of each as a line of JSON."""
    import dataclasses
    from datetime import date

    import numpy as np
    import torch

    from inkfield.pipeline.document import read_document
    from inkfield.pipeline.settings import Settings

    torch.set_num_threads(1)

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return list(value.shape)
        return value.item() if isinstance(value, np.generic) else str(value)

    settings = Settings(today=date(2026, 11, 1))
    for name in sys.stdin:
        began = time.process_time()
        reading = read_document(Path(name.strip()), settings)
        seconds = time.process_time() - began
        print(json.dumps([seconds, dataclasses.asdict(reading)], default=plain), flush=True)


class Reader:
    """A process that reads with the code of one checkout."""

    def __init__(self, checkout: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--answer"],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self, document: Path) -> tuple[float, Any]:
        assert self._process.stdin and self._process.stdout
        print(document.resolve(), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the reader ended at {document}")
        seconds, reading = json.loads(line)
        return seconds, reading


def alike(one: Any, other: Any) -> bool:
    """Whether two readings are the same but for rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            alike(one[key], other[key]) for key in one if key != "seconds"
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_ALIKE, abs_tol=_ALIKE)
    return bool(one == other)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("other", type=Path, help="the other checkout")
    parser.add_argument("sets", nargs="+", help="KIND=FOLDER")
    arguments = parser.parse_args()
    readers = Reader(arguments.other.resolve()), Reader(HERE)
    for kind, _, place in (one.partition("=") for one in arguments.sets):
        documents = sorted(path for path in Path(place).iterdir() if path.is_file())
        different = []
        spent, pages = [0.0, 0.0], 0
        for number, document in enumerate(documents):
            readings: list[Any] = [None, None]
            for side in ((0, 1), (1, 0))[number % 2]:
                seconds, readings[side] = readers[side].read(document)
                spent[side] += seconds if number else 0.0
            pages += len(readings[1]["pages"]) if number else 0
            if not alike(*readings):
                different.append(document.name)
        there, here = (seconds / max(1, pages) for seconds in spent)
        print(
            f"{kind}: {here / there:.2f} of the other's time ({there:.3f} to {here:.3f} s a page, {pages} pages);"
            f" {len(different)} of {len(documents)} documents read differently {different}",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:] == ["--answer"]:
        answer_questions()
    else:
        main()
