"""Writes a set of rendered scans as PDFs, with the true values beside them.

``python -m inkfield.lab.documents.write_set FOLDER --count 20 --seed 1`` writes ``FOLDER/NAME.pdf`` and
``FOLDER/expected/NAME.json``: ``{"pages": [{"form": "cheque_in", "hand": "mali",
"fields": {"payee": "A. Kumar", ...}}]}``, where ``hand`` is the font that a page was written with. An enrolment has two
pages, and one entry.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.lab.documents.cheque_us_page import render_us_cheque
from inkfield.lab.documents.claim_page import render_claim
from inkfield.lab.documents.cms1500_page import render_cms1500
from inkfield.lab.documents.enrolment_page import render_enrolment
from inkfield.lab.documents.pdf import write_pdf
from inkfield.lab.documents.prescription_page import render_prescription
from inkfield.lab.documents.scan import jpeg
from inkfield.lab.documents.sheet import DPI
from inkfield.lab.documents.writer import all_hands

Page = tuple[np.ndarray, dict[str, Any]]
Filled = tuple[list[np.ndarray], dict[str, Any]]
"""The pages of a filled form, and its true values."""
Render = Callable[[np.random.Generator, Sequence[Path]], Filled]


def _of_one_page(render: Callable[[np.random.Generator, Sequence[Path]], Page]) -> Render:
    def filled(rng: np.random.Generator, hands: Sequence[Path]) -> Filled:
        image, fields = render(rng, hands)
        return [image], fields

    return filled


RENDERERS: dict[str, Render] = {
    "cheque_in": _of_one_page(render_cheque),
    "cheque_us": _of_one_page(render_us_cheque),
    "claim": _of_one_page(render_claim),
    "cms1500": _of_one_page(render_cms1500),
    "enrolment": render_enrolment,
    "prescription": _of_one_page(render_prescription),
}
_BATCHES = 0.25
"""Share of documents that are a batch of several filled forms."""


def write_set(
    folder: Path,
    count: int,
    seed: int,
    kinds: Sequence[str] = ("cheque_in", "claim"),
    hands: Sequence[Path] = (),
) -> str:
    """Writes ``count`` documents and says what it wrote. The same seed and fonts give the same files.

    ``kinds`` are names of RENDERERS, in turn; ``hands`` the fonts to write with (those of the repository if none
    are given). Raises KeyError for a kind that nothing renders.
    """
    (folder / "expected").mkdir(parents=True, exist_ok=True)
    pages = 0
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        kind = kinds[i % len(kinds)]
        length = int(rng.integers(2, 5)) if rng.random() < _BATCHES else 1
        pages += write_document(folder, f"{kind}-{i + 1:03}", kind, length, rng, hands)
    return f"{count} documents of {pages} pages in {folder}, their true values in {folder / 'expected'}"


def write_document(
    folder: Path, name: str, kind: str, length: int, rng: np.random.Generator, hands: Sequence[Path] = ()
) -> int:
    """One PDF of ``length`` filled forms and its JSON; returns how many pages it has."""
    images, truths = [], []
    for _ in range(length):
        choice = list(hands) or all_hands()
        hand = choice[int(rng.integers(len(choice)))]
        filled, fields = RENDERERS[kind](rng, [hand])
        for image in filled:
            images.append((jpeg(image, int(rng.integers(60, 85))), (image.shape[1], image.shape[0])))
        truths.append({"form": kind, "hand": hand.stem, "fields": fields})
    write_pdf(folder / f"{name}.pdf", images, DPI)
    text = json.dumps({"pages": truths}, indent=2, ensure_ascii=False) + "\n"
    (folder / "expected" / f"{name}.json").write_text(text, encoding="utf-8")
    return len(images)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20, help="how many documents")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same documents")
    parser.add_argument("--kinds", nargs="+", choices=sorted(RENDERERS), default=sorted(RENDERERS))
    arguments = parser.parse_args()
    print(write_set(arguments.folder, arguments.count, arguments.seed, arguments.kinds))


if __name__ == "__main__":
    main()
