"""Trains the network that tells print from writing on cheques; ten minutes of one core.

python -m inkfield.lab.calibrate.fit_print --lines FOLDER ... --steps 900

FOLDER are data sets of real lines (docs/data-sets.md) whose licence allows it; without any, only fonts write. Works
best with the fonts of scripts/fetch_fonts.py.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from inkfield.lab.documents.print_and_writing import HIGH, INK, WIDE, Pieces
from inkfield.recognizers.models.print_network import ARCHITECTURE, WEIGHTS, PrintNetwork
from inkfield.recognizers.synthesis.fonts import available_fonts
from inkfield.recognizers.training.data.datasets import read_dataset
from inkfield.recognizers.training.small_network import save_network
from inkfield.recognizers.weights_file import read_weights

_BATCH = 4
_KEPT = 500
"""Pieces that are kept to be seen again: drawing one takes as long as learning from it."""
_LEARNING_RATE = 6e-3
_MOST_LINES = 400
_FAINTEST = 40

Piece = tuple[np.ndarray, np.ndarray, np.ndarray]


def real_lines(folders: Sequence[Path], rng: np.random.Generator) -> list[np.ndarray]:
    """Lines of the training parts of data sets, float32 with ink 1 and paper 0, up to 400 of each."""
    found = []
    for folder in folders:
        rows = list(read_dataset(folder, "train"))
        for i in rng.permutation(len(rows))[:_MOST_LINES]:
            grey = rows[i].read().astype(np.float32)
            ink, paper = float(np.percentile(grey, 3)), float(np.percentile(grey, 70))
            if paper - ink >= _FAINTEST:
                found.append(1 - np.clip((grey - ink) / (0.93 * paper - ink), 0, 1))
    return found


def batches(pieces: Pieces, rng: np.random.Generator) -> Iterator[list[Piece]]:
    """Endless batches: one new piece each, the others from those kept."""
    kept = [pieces.draw(rng) for _ in range(40)]
    while True:
        kept = [*kept[-_KEPT:], pieces.draw(rng)]
        yield [kept[-1], *(kept[int(rng.integers(len(kept)))] for _ in range(_BATCH - 1))]


def fit(pieces: Pieces, steps: int, rng: np.random.Generator, start: Path | None = None) -> PrintNetwork:
    """The network after ``steps`` batches at one cycle of learning rates (Smith 2018), from weights if told."""
    torch.manual_seed(int(rng.integers(2**31)))
    network = PrintNetwork().train()
    if start is not None:
        network.load_state_dict(read_weights(start).tensors)
    optimiser = torch.optim.AdamW(network.parameters(), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, _LEARNING_RATE, total_steps=steps, pct_start=0.15
    )
    for step, batch in zip(range(steps), batches(pieces, rng), strict=False):
        seen, written, inked = (
            torch.from_numpy(np.stack(part).astype(np.float32))[:, None] for part in zip(*batch, strict=True)
        )
        logits = functional.interpolate(network(seen), size=(HIGH, WIDE), mode="nearest")
        each = functional.binary_cross_entropy_with_logits(logits, written, reduction="none")
        loss = (each * inked).sum() / inked.sum().clamp(min=1)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 100 == 99:
            print(f"step {step + 1}: loss {float(loss.detach()):.3f}", flush=True)
    return network.eval()


def share_right(network: PrintNetwork, pieces: Sequence[Piece]) -> tuple[float, float]:
    """Shares of written and of printed ink that are told rightly."""
    right: list[tuple[float, float]] = []
    for seen, written, inked in pieces:
        with torch.inference_mode():
            logits = functional.interpolate(network(torch.from_numpy(seen)[None, None]), size=seen.shape)
        found = logits[0, 0].numpy() > 0
        right.append((float(found[inked & written].sum()), float((~found)[inked & ~written].sum())))
    totals = [sum(float(m.sum()) for m in part) for part in
              zip(*((i & w, i & ~w) for _, w, i in pieces), strict=True)]  # fmt: skip
    told = np.sum(right, axis=0)
    return float(told[0] / max(1.0, totals[0])), float(told[1] / max(1.0, totals[1]))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=Path, nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(arguments.seed)
    faces, hands = available_fonts("typed"), available_fonts("hand")
    pieces = Pieces(faces, hands, real_lines(arguments.lines, rng))
    network = fit(pieces, arguments.steps, rng, arguments.start)
    fresh = np.random.default_rng(arguments.seed + 1)
    written, printed = share_right(network, [pieces.draw(fresh) for _ in range(60)])
    print(
        f"of new pieces: {written:.1%} of the writing and {printed:.1%} of the print are told rightly (ink over {INK})"
    )
    save_network(arguments.weights, ARCHITECTURE, network)


if __name__ == "__main__":
    main()
