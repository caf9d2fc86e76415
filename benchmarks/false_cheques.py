"""How many papers that are no cheques become one, and with which fields accepted.

    python -m benchmarks.false_cheques --count 200

Renders ``count`` papers of every kind in turn (see lab/documents/negatives.py) and looks for cheques as on any page;
one that is found is read. Takes a second of a core for each.
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date

import cv2
import numpy as np
import torch

from inkfield.lab.documents.negatives import NEGATIVES
from inkfield.lab.documents.sheet import DPI
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.schemas.readings import PageReading

TODAY = date(2026, 6, 30)


def accepted(pages: list[PageReading]) -> list[str]:
    """Names of the accepted fields of what was taken for a cheque, the decision among them where it is not review."""
    return [
        field.name
        for page in pages
        for field in page.fields
        if page.form is not None and page.form.startswith("cheque") and field.status == "accepted"
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", choices=list(NEGATIVES), help="these kinds alone")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    reader = PageReader(None, "default")
    kinds = arguments.kinds or list(NEGATIVES)
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    for i in range(arguments.count):
        kind = kinds[i % len(kinds)]
        image = NEGATIVES[kind](np.random.default_rng([arguments.seed, i]))
        # A page without anything like a cheque is read as text: that is not what is asked here.
        pages = reader.read(Page("rendered", 1, image, DPI), TODAY) if find_cheques(image) else []
        cheques = [page for page in pages if page.form is not None and page.form.startswith("cheque")]
        counts[kind]["cheque" if cheques else "no cheque"] += 1
        if names := accepted(pages):
            counts[kind]["accepted"] += 1
            forms = ", ".join(str(page.form) for page in cheques)
            print(
                f"  accepted: {kind}, seed {arguments.seed}, number {i}, {forms}: {', '.join(names)}",
                flush=True,
            )
    print(f"{'kind':14} {'no cheque':>10} {'cheque':>7} {'with accepted fields':>21}")
    for kind, found in counts.items():
        print(f"{kind:14} {found['no cheque']:10} {found['cheque']:7} {found['accepted']:21}")


if __name__ == "__main__":
    main()
