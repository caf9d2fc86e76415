"""How many rendered strings of figures and amounts are read without a single error, by who wrote them.

    python -m benchmarks.rendered_strings [--count 500] [--weights NAME]

Each string stands alone on plain paper, its digits 24 to 40 px high, as a field of a form scanned at 200 to 300
dpi; numbers by best path, over the whole alphabet and over digits alone, as a field of digits is read; amounts by their
grammar, right when the value is. "hands" are
the fonts of hands, "digits" single digits of the MNIST test part: people whom training never saw, but each digit
by another one, and some hardly legible even to people (0.2 %, LeCun et al. 1998). "training" is drawn as training
draws figures, with all its dirt.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from inkfield.pipeline.fields.kinds.amount_reading import read_amount
from inkfield.pipeline.fields.kinds.amounts import parse_amount
from inkfield.recognizers.alphabet import BLANK
from inkfield.recognizers.recognizer import FIGURES, Recognizer, load_recognizer
from inkfield.recognizers.synthesis.digits import can_write, render_digits
from inkfield.recognizers.synthesis.fonts import available_fonts
from inkfield.recognizers.synthesis.pen import render_ink
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import random_text

Draw = Callable[[str, np.random.Generator], np.ndarray]


def on_paper(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink on plain paper as a scanner sees it: grey uint8."""
    page = np.pad(mask.astype(np.float32), 8) * rng.uniform(-0.9, -0.6) + rng.uniform(230, 250)
    return np.clip(page + rng.normal(0, 3, page.shape), 0, 255).astype(np.uint8)


def typed(text: str, rng: np.random.Generator) -> np.ndarray:
    fonts = available_fonts("typed")
    return on_paper(
        render_ink(text, rng, fonts[int(rng.integers(len(fonts)))], rng.uniform(17, 28)).mask, rng
    )


def hands(text: str, rng: np.random.Generator) -> np.ndarray:
    fonts = available_fonts("hand", "A")
    return on_paper(
        render_ink(text, rng, fonts[int(rng.integers(len(fonts)))], rng.uniform(17, 28)).mask, rng
    )


def digits(text: str, rng: np.random.Generator) -> np.ndarray:
    return on_paper(render_digits(text, rng, rng.uniform(24, 40), held_out=True).mask, rng)


def as_trained(text: str, rng: np.random.Generator) -> np.ndarray:
    return render_line(text, rng, held_out=True)


def amounts_right(draw: Draw, recognizer: Recognizer, count: int) -> float:
    """Share of ``count`` amounts of which the value is read."""
    rng = np.random.default_rng(20261123)
    right = 0
    for _ in range(count):
        text = random_text(rng, "amount")
        while draw is digits and not can_write(text):
            text = random_text(rng, "amount")
        found = read_amount(recognizer.log_probs([draw(text, rng)])[0], recognizer.alphabet)
        right += bool(found) and found[0].value == parse_amount(text)
    return right / count


def numbers_right(draw: Draw, recognizer: Recognizer, count: int) -> tuple[float, float]:
    """Shares of ``count`` strings of figures read without an error: over all characters, over digits alone."""
    rng = np.random.default_rng(20261122)
    alphabet = recognizer.alphabet
    digits_only = np.full(len(alphabet), -np.inf, np.float32)
    digits_only[[BLANK, *alphabet.encode("0123456789")]] = 0
    free = constrained = 0
    for _ in range(count):
        text = random_text(rng, "figures")
        log_probs = recognizer.log_probs([draw(text, rng)])[0]
        free += alphabet.decode_path(log_probs.argmax(1).tolist()) == text
        constrained += alphabet.decode_path((log_probs + digits_only).argmax(1).tolist()) == text
    return free / count, constrained / count


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--weights", default=str(FIGURES), help="default: the network for figures")
    arguments = parser.parse_args()
    recognizer = load_recognizer(arguments.weights)
    for name, draw in {"typed": typed, "hands": hands, "digits": digits, "training": as_trained}.items():
        free, constrained = numbers_right(draw, recognizer, arguments.count)
        amounts = amounts_right(draw, recognizer, arguments.count)
        print(
            f"{name:10} {100 * free:.1f} % of numbers right, {100 * constrained:.1f} % as digits only,"
            f" {100 * amounts:.1f} % of amounts"
        )


if __name__ == "__main__":
    main()
