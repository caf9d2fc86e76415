"""How many cheques are posted that must not be, and how many good ones are: on banks drawn at random.

    python -m benchmarks.hostile_cheques --count 1000

Renders ``count`` scans that must not be posted, of every kind in turn (see lab/documents/hostile.py), and as
many good cheques, reads each as any page is read, and prints what became of them. Takes half a second of a core to one
second for each.
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date

import numpy as np

from inkfield.lab.documents.hostile import HOSTILE, good
from inkfield.lab.documents.sheet import DPI
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.schemas.readings import PageReading

TODAY = date(2026, 6, 30)
EVERY = 100
"""Cheques after which the run says how far it is."""


def became(readings: list[PageReading]) -> str:
    """What the page became: the decision on a cheque, or that it is none."""
    decisions = [f.value for reading in readings for f in reading.fields if f.name == "decision"]
    return "post" if "post" in decisions else str(decisions[0]) if decisions else "no cheque"


def wrong_values(readings: list[PageReading], truth: dict[str, object]) -> list[str]:
    """Names of accepted fields of a good cheque whose value is not the true one."""
    return [
        f.name
        for reading in readings
        for f in reading.fields
        if f.name in ("amount", "date", "micr", "check_number", "account_number")
        and f.status == "accepted"
        and _text(f.value) != str(truth[f.name])
    ]


def _text(value: object) -> str:
    return (
        value.isoformat()
        if isinstance(value, date)
        else f"{value:.2f}"
        if hasattr(value, "quantize")
        else str(value)
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=1000, help="scans of each sort, hostile and good")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", choices=list(HOSTILE), help="these kinds alone")
    parser.add_argument("--no-good", action="store_true", help="leave the good ones out")
    arguments = parser.parse_args()
    reader = PageReader(None, "default")

    def read(image: np.ndarray) -> list[PageReading]:
        return reader.read(Page("rendered", 1, image, DPI), TODAY)

    kinds = arguments.kinds or list(HOSTILE)
    found: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    for i in range(arguments.count):
        kind = kinds[i % len(kinds)]
        outcome = became(read(HOSTILE[kind](np.random.default_rng([arguments.seed, i, 0]))))
        found[kind][outcome] += 1
        if outcome == "post":
            print(f"  posted: {kind}, seed {arguments.seed}, number {i}", flush=True)
        if (i + 1) % EVERY == 0:
            posted = sum(counts["post"] for counts in found.values())
            print(f"hostile: {i + 1} read, {posted} posted", flush=True)
    heads = ("must not be posted", "expected", "post", "review", "reject", "no cheque")
    print("{:20} {:12} {:>5} {:>7} {:>7} {:>10}".format(*heads))
    for kind, counts in found.items():
        print(f"{kind:20} {'not posted':12} {counts['post']:5} {counts['review']:7} {counts['reject']:7} "
              f"{counts['no cheque']:10}")  # fmt: skip
    posted = sum(counts["post"] for counts in found.values())
    print(f"hostile posted: {posted} of {arguments.count} ({posted / max(1, arguments.count):.2%})")
    if arguments.no_good:
        return
    for form, american in (("cheque_in", False), ("cheque_us", True)):
        counts, wrong = Counter[str](), Counter[str]()
        for i in range(int(american), arguments.count, 2):
            image, truth = good(np.random.default_rng([arguments.seed, i, 1]), american)
            readings = read(image)
            decision, names = became(readings), wrong_values(readings, truth)
            counts[decision] += 1
            wrong.update(names)
            if names:
                print(
                    f"  wrong value accepted: {form}, number {i}, {', '.join(names)}; {decision}", flush=True
                )
            if (read_so_far := sum(counts.values())) % EVERY == 0:
                print(f"good {form}: {read_so_far} read, {counts['post']} posted", flush=True)
        total = sum(counts.values())
        print(f"good {form}: posted {counts['post']} of {total} ({counts['post'] / max(1, total):.1%}), "
              f"{dict(counts)}, wrong values accepted {dict(wrong)}")  # fmt: skip


if __name__ == "__main__":
    main()
