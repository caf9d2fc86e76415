"""How sure and how often right single digits in character boxes are read, by the line recogniser, by the network for
single digits, and by both with any exponents.

    python -m benchmarks.single_digits [--count 2000]

The cells are drawn as for training, in hands that neither was trained on (fonts of unseen hands; with the fetched
MNIST, its test part). Nats a digit is the mean of -log P(truth).
"""

from __future__ import annotations

import argparse

import numpy as np
import torch

from inkfield.recognizers.models.digit_network import digit_log_probs
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.training.digit_cells import draw_bank, draw_cell

_EXPONENTS = (
    (1.0, 0.0),
    (0.0, 1.0),
    (0.1, 0.9),
    (0.2, 0.5),
    (0.2, 0.8),
    (0.3, 0.7),
    (0.3, 0.8),
    (0.3, 0.9),
    (0.4, 0.8),
    (0.5, 0.7),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000)
    count = parser.parse_args().count
    torch.set_num_threads(1)
    rng = np.random.default_rng(99)
    bank = draw_bank(1500, rng, held_out=True)
    drawn = [draw_cell(bank, rng) for _ in range(count)]
    cells, truth = [cell for cell, _ in drawn], np.array([digit for _, digit in drawn])
    recognizer = load_recognizer()
    by_line = np.array([output.score(list("0123456789")) for output in recognizer.read(cells)])
    by_line = np.maximum(by_line - np.logaddexp.reduce(by_line, axis=1, keepdims=True), -30)
    by_digit = digit_log_probs(cells)
    print("line  digit  wrong %  nats a digit")
    for line, digit in _EXPONENTS:
        scores = line * by_line + digit * by_digit
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        wrong = 100 * np.mean(scores.argmax(1) != truth)
        print(f"{line:4.1f}  {digit:5.1f}  {wrong:7.2f}  {-scores[np.arange(count), truth].mean():.4f}")


if __name__ == "__main__":
    main()
