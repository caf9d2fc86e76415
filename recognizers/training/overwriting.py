"""Trains the network that tells a figure written over another one; half an hour of one core.

python -m inkfield.recognizers.training.overwriting --lines 12000 --minutes 15
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from inkfield.recognizers.line_model import LineModel, Span
from inkfield.recognizers.models.overwriting_network import (
    ARCHITECTURE,
    SIDE,
    WEIGHTS,
    OverwritingNetwork,
    places,
)
from inkfield.recognizers.recognizer import FIGURES, load_recognizer
from inkfield.recognizers.synthesis.digits import can_write, render_digits
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS, fonts_for
from inkfield.recognizers.synthesis.pen import render_ink
from inkfield.recognizers.synthesis.texts import random_text
from inkfield.recognizers.training.small_network import save_network, train_one_cycle

_BATCH = 256
_LEARNING_RATE = 0.004
_REAL = 0.6
"""Share of lines in real digits, the others in fonts of hands."""
_OVERWRITTEN = 0.6
"""Share of lines in which one figure or two are written over."""
_SHAKE = 3
"""Pixels by which a place is moved up, down and along in training."""


def draw_places(
    count: int, rng: np.random.Generator, model: LineModel, held_out: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """The places of figures on ``count`` rendered lines: uint8 (n, 48, 48), and bool (n,) where two figures lie."""
    pictures, labels = [], []
    for _ in range(count):
        drawn = _drawn_line(rng, model, held_out)
        if drawn is not None:
            line, figures, over = drawn
            pictures.append(places(line, figures))
            labels.append(over)
    return np.concatenate(pictures), np.concatenate(labels)


def _drawn_line(
    rng: np.random.Generator, model: LineModel, held_out: bool
) -> tuple[np.ndarray, list[Span], np.ndarray] | None:
    """A line of figures, where they lie, and which of them were written over; None where no figure was read."""
    mask = np.pad(_string(rng, held_out), 8)
    thin = bool(rng.random() < 0.3)
    clean = _scan(mask, rng)
    spans = model.read([clean])[0].spans()
    figures = [span for span in spans.characters if span.text.isdigit()]
    if not figures:
        return None
    over = np.zeros(len(figures), bool)
    if rng.random() < _OVERWRITTEN:
        count = min(len(figures), 1 + int(rng.random() < 0.2))
        over[rng.choice(len(figures), size=count, replace=False)] = True
    for at in np.flatnonzero(over):
        _write_over(mask, figures[at], rng, held_out, thin)
    return (_scan(mask, rng) if over.any() else clean), figures, over


def _string(rng: np.random.Generator, held_out: bool) -> np.ndarray:
    """A mask uint8 of an amount, a date or a number by one writer, figures about 40 px high."""
    while True:
        text = random_text(rng, {"amount": 0.5, "figures": 0.5})
        if any(c.isdigit() for c in text) and set(text) <= set("0123456789,./-= "):
            break
    if rng.random() < _REAL and can_write(text):
        return render_digits(text, rng, 40, held_out).mask
    return render_ink(text, rng, _hand(rng, held_out), 25, float(rng.normal(0.05, 0.15))).mask


def _hand(rng: np.random.Generator, held_out: bool) -> Path:
    """A font of a hand; of those that training never sees, if ``held_out``."""
    fonts = list(UNSEEN_HANDS) if held_out else fonts_for("0123456789", "hand")
    return fonts[int(rng.integers(len(fonts)))]


def _write_over(mask: np.ndarray, span: Span, rng: np.random.Generator, held_out: bool, thin: bool) -> None:
    """Another figure on a figure's place, by the same pen or another, in place."""
    left, right = max(0, round(span.left)), min(mask.shape[1], round(span.right))
    rows = np.flatnonzero((mask[:, left:right] > 60).any(1))
    if not len(rows):
        return
    high = max(12.0, float(np.ptp(rows)) * rng.uniform(0.75, 1.15))
    digit = str(rng.integers(10))
    if rng.random() < 0.6 and can_write("0"):
        other = render_digits(digit, rng, 40, held_out).mask
    else:
        other = render_ink(digit, rng, _hand(rng, held_out), 25).mask
    if min(other.shape) < 3:
        return
    if thin:
        other = cv2.erode(other, np.ones((2, 2), np.uint8))
    wide = max(3, round(other.shape[1] * high / other.shape[0]))
    other = cv2.resize(other, (wide, round(high)), interpolation=cv2.INTER_AREA)
    x = round((left + right) / 2 + rng.normal(0, 0.07) * high - wide / 2)
    y = round((rows[0] + rows[-1]) / 2 + rng.normal(0, 0.07) * high - other.shape[0] / 2)
    x, y = max(0, min(x, mask.shape[1] - wide)), max(0, y)
    place = mask[y : y + other.shape[0], x : x + wide].astype(np.float32)
    other = other[: place.shape[0], : place.shape[1]].astype(np.float32) * rng.uniform(0.75, 1)
    # Where strokes cross, ballpoint is darker or not: both are seen.
    both = 255 - (255 - place) * (255 - other) / 255 if rng.random() < 0.5 else np.maximum(place, other)
    mask[y : y + other.shape[0], x : x + other.shape[1]] = both.astype(np.uint8)


def _scan(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ink on white paper as a scanner sees it: paler or darker, blurred, grained, and packed as JPEG."""
    ink = mask.astype(np.float32)
    if rng.random() < 0.5:  # thin or pale ink
        ink *= rng.uniform(0.7, 1)
    ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.6)), np.float32)
    picture = 255 - ink * rng.uniform(0.45, 0.98)
    picture += rng.normal(0, rng.uniform(0, 6), picture.shape)
    grey = np.clip(picture, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(40, 95))])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE))


def train(
    minutes: float, pictures: np.ndarray, labels: np.ndarray, seed: int
) -> tuple[OverwritingNetwork, int]:
    """One cycle of ``minutes`` (Smith 2018) over places uint8 (n, 48, 48); the network and the number of steps."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = OverwritingNetwork().train()

    def loss_of_batch() -> torch.Tensor:
        chosen = rng.integers(len(labels), size=_BATCH)
        batch = _shaken(torch.from_numpy(pictures[chosen])[:, None] / 255)
        wanted = torch.from_numpy(labels[chosen].astype(np.float32))
        return nn.functional.binary_cross_entropy_with_logits(network(batch), wanted)

    steps = train_one_cycle(network, loss_of_batch, minutes, _LEARNING_RATE, time.process_time, 100)
    return network.eval(), steps


def _shaken(pictures: torch.Tensor) -> torch.Tensor:
    """The same places, float (n, 1, 48, 48), each moved, sheared and enlarged a little."""
    count = len(pictures)
    affine = torch.zeros(count, 2, 3)
    affine[:, 0, 0] = torch.exp(0.1 * torch.randn(count))
    affine[:, 1, 1] = torch.exp(0.08 * torch.randn(count))
    affine[:, 0, 1] = 0.12 * torch.randn(count)
    affine[:, :, 2] = (2 * torch.rand(count, 2) - 1) * 2 * _SHAKE / SIDE
    grid = nn.functional.affine_grid(affine, list(pictures.shape), align_corners=False)
    return nn.functional.grid_sample(pictures, grid, align_corners=False)


def judge(network: OverwritingNetwork, pictures: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Share in percent of overwritten figures that are told, at log-odds by which 1 in 1,000 others is told too."""
    with torch.inference_mode():
        odds = np.concatenate(
            [
                network(torch.from_numpy(part[:, None] / np.float32(255))).numpy()
                for part in np.array_split(pictures, max(1, len(pictures) // 1000))
            ]
        )
    limit = float(np.quantile(odds[~labels], 0.999))
    return {
        "limit": round(limit, 2),
        "told": round(100 * float((odds[labels] > limit).mean()), 1),
        "single": int((~labels).sum()),
        "double": int(labels.sum()),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=12000, help="rendered lines that places are cut from")
    parser.add_argument("--minutes", type=float, default=15.0, help="of the processor")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rng = np.random.default_rng(arguments.seed)
    model = load_recognizer(str(FIGURES))
    pictures, labels = draw_places(arguments.lines, rng, model)
    held_out = draw_places(max(20, arguments.lines // 6), rng, model, held_out=True)
    print(json.dumps({"places": len(labels), "double": int(labels.sum())}), flush=True)
    network, steps = train(arguments.minutes, pictures, labels, arguments.seed)
    save_network(arguments.weights, ARCHITECTURE, network)
    print(json.dumps({"steps": steps, **judge(network, *held_out)}))


if __name__ == "__main__":
    main()
