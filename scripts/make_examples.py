"""Renders the examples: a few cheques and claim forms by legible hands, with their true values beside them.

python scripts/make_examples.py examples
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from inkfield.lab.documents.write_set import write_document
from inkfield.recognizers.synthesis.fonts import bundled_fonts

HANDS = ("patrick-hand", "kalam", "caveat", "handlee", "architects-daughter")
"""Hands whose 1 is no 7 and whose 4 is no 9: a person can read every example."""
DOCUMENTS = (
    ("cheques", "cheque_in", 4),
    ("cheque-single", "cheque_in", 1),
    ("claim-1", "claim", 1),
    ("claim-2", "claim", 1),
    ("claim-3", "claim", 1),
)


def main() -> None:
    folder = Path(sys.argv[1])
    (folder / "expected").mkdir(parents=True, exist_ok=True)
    hands = [font for font in bundled_fonts("hand") if font.stem in HANDS]
    for i, (name, kind, pages) in enumerate(DOCUMENTS):
        write_document(folder, name, kind, pages, np.random.default_rng([2026, i]), hands)


if __name__ == "__main__":
    main()
