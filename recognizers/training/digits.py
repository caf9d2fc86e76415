"""Trains the network for single digits in character boxes; a quarter of an hour of one core.

python -m inkfield.recognizers.training.digits --minutes 18 --weights recognizers/weights/digits/digits.safetensors
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from inkfield.recognizers.models.digit_network import ARCHITECTURE, WEIGHTS, DigitNetwork, square
from inkfield.recognizers.training.digit_cells import DigitBank, draw_bank, draw_cell
from inkfield.recognizers.training.small_network import save_network, train_one_cycle
from inkfield.recognizers.weights_file import read_weights

_BATCH = 192
_LEARNING_RATE = 0.004


def draw_batch(bank: DigitBank, rng: np.random.Generator, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """``count`` cells float32 (count, 1, 32, 32) and their digits int64 (count,)."""
    cells = [draw_cell(bank, rng) for _ in range(count)]
    pictures = np.stack([square(cell) for cell, _ in cells])[:, None]
    return torch.from_numpy(pictures / np.float32(255)), torch.tensor([digit for _, digit in cells])


def train(
    minutes: float, bank: DigitBank, held_out: DigitBank, seed: int, start: Path | None = None
) -> tuple[DigitNetwork, dict]:
    """One cycle of ``minutes`` (Smith 2018), from the weights ``start`` if told; the network, and its figures on 4,000
    cells of unseen hands."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = DigitNetwork().train()
    if start is not None:
        network.load_state_dict(read_weights(start).tensors)

    def loss_of_batch() -> torch.Tensor:
        pictures, digits = draw_batch(bank, rng, _BATCH)
        return nn.functional.cross_entropy(network(pictures), digits)

    steps = train_one_cycle(network, loss_of_batch, minutes, _LEARNING_RATE, time.monotonic, 200)
    network.eval()
    return network, {"steps": steps, "cells": steps * _BATCH, **judge(network, held_out)}


def judge(network: DigitNetwork, held_out: DigitBank, count: int = 4000) -> dict[str, float]:
    """Percent of wrong digits and mean loss in nats on cells that nothing was trained on."""
    pictures, digits = draw_batch(held_out, np.random.default_rng(20260101), count)
    with torch.inference_mode():
        logits = network(pictures)
    wrong = float((logits.argmax(1) != digits).float().mean())
    return {
        "wrong": round(100 * wrong, 2),
        "nats": round(float(nn.functional.cross_entropy(logits, digits)), 4),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=18.0)
    parser.add_argument(
        "--digits", type=int, default=40000, help="digits in the bank that cells are set from"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(arguments.seed)
    bank, held_out = draw_bank(arguments.digits, rng), draw_bank(2000, rng, held_out=True)
    network, figures = train(arguments.minutes, bank, held_out, arguments.seed, arguments.start)
    save_network(arguments.weights, ARCHITECTURE, network)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
