"""A person with a pen: writes lines, single characters in boxes, marks and a signature onto a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from scipy.interpolate import CubicSpline

from inkfield.lab.documents.sheet import PX
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS, bundled_fonts
from inkfield.recognizers.synthesis.pen import DrawnInk, Hand, random_hand, render_ink

_PENS_BGR = ((150, 62, 28), (120, 40, 22), (165, 80, 45), (42, 36, 34), (58, 50, 46), (110, 30, 60))
"""Blue ballpoints mostly, two blacks, one violet."""


@dataclass(frozen=True)
class Writer:
    """One hand with one pen. ``slant`` is in radians, ``size`` scales what it writes, ``colour`` is BGR."""

    font: Path
    hand: Hand
    slant: float
    size: float
    colour: tuple[int, int, int]
    strength: float


def all_hands() -> list[Path]:
    """The hands of the repository: those that training never sees, and everyday ones that it does."""
    return [*UNSEEN_HANDS, *bundled_fonts("hand", "A")]


def random_writer(rng: np.random.Generator, hands: Sequence[Path] = ()) -> Writer:
    """Somebody who writes legibly, in one of ``hands`` (the hands of the repository if none are given)."""
    fonts = list(hands) or all_hands()
    hand = random_hand(rng)
    steady = replace(
        hand,
        word_space=float(np.clip(hand.word_space, 0.7, 1.3)),
        letter_space=max(hand.letter_space, 0.06),
        ballpoint=min(hand.ballpoint, 0.16),
        join=0.0,
        wave=min(hand.wave, 0.07),
        drift=min(hand.drift, 0.09),
        letter_jitter=min(hand.letter_jitter, 0.06),
        pressure=float(np.clip(hand.pressure, 0.38, 0.6)),
    )
    return Writer(
        font=fonts[int(rng.integers(len(fonts)))],
        hand=steady,
        slant=float(np.clip(rng.normal(0.06, 0.1), -0.15, 0.3)),
        size=float(rng.uniform(0.92, 1.08)),
        colour=_PENS_BGR[int(rng.integers(len(_PENS_BGR)))],
        strength=float(rng.uniform(0.86, 0.98)),
    )


def write(
    page: np.ndarray,
    text: str,
    x_mm: float,
    baseline_mm: float,
    rng: np.random.Generator,
    writer: Writer,
    x_height_mm: float = 2.3,
    widest_mm: float = 1000.0,
) -> float:
    """Writes a line of text on a float32 BGR page (in place) at 300 dpi; returns its width in mm.

    What would be wider than ``widest_mm`` is written smaller, as people do.
    """
    ink = _ink(text, rng, writer, x_height_mm)
    if ink.mask.shape[1] > widest_mm * PX:
        ink = _ink(text, rng, writer, x_height_mm * widest_mm * PX / ink.mask.shape[1] * 0.97)
    _lay(page, ink.mask, x_mm * PX, baseline_mm * PX - ink.baseline, writer)
    return ink.mask.shape[1] / PX


def write_in_cells(
    page: np.ndarray,
    text: str,
    cells_mm: Sequence[tuple[float, float, float, float]],
    rng: np.random.Generator,
    writer: Writer,
) -> None:
    """Writes one character in the middle, more or less, of each cell ``(x, y, width, height)``; a space is left out."""
    for character, (x, y, width, height) in zip(text, cells_mm, strict=False):
        if character == " ":
            continue
        ink = _ink(character, rng, writer, 0.36 * height)
        rows, columns = ink.mask.shape
        left = (x + width / 2) * PX - columns / 2 + float(rng.normal(0, 0.05)) * width * PX
        top = (y + height / 2) * PX - rows / 2 + float(rng.normal(0, 0.04)) * height * PX
        _lay(page, ink.mask, left, top, writer)


def sign(
    page: np.ndarray,
    x_mm: float,
    baseline_mm: float,
    width_mm: float,
    rng: np.random.Generator,
    writer: Writer,
) -> None:
    """A signature: a capital's big loops that run out into waves, sometimes underlined."""
    waves = int(rng.integers(5, 10))
    size = min(width_mm * float(rng.uniform(0.16, 0.24)), 8.0)
    x, y = [0.0], [0.0]
    for i in range(waves):
        part = (i + 1) / waves
        tall = size * (1.4 if i == 0 else float(rng.uniform(0.25, 0.8)) * (1.1 - 0.7 * part))
        x += [width_mm * (part - 0.55 / waves) + float(rng.normal(0, 0.04)) * width_mm, width_mm * part]
        y += [-tall, float(rng.normal(0, 0.12)) * size + (0.4 * size if rng.random() < 0.2 else 0.0)]
    _stroke(page, np.array(x) + x_mm, np.array(y) + baseline_mm, rng, writer)
    if rng.random() < 0.5:
        under = baseline_mm + size * float(rng.uniform(0.25, 0.5))
        ends = np.array([x_mm, x_mm + 0.5 * width_mm, x_mm + 0.95 * width_mm])
        _stroke(page, ends, np.array([under + 0.4, under, under - 0.8]), rng, writer)


def tick_box(
    page: np.ndarray, box_mm: tuple[float, float, float, float], rng: np.random.Generator, writer: Writer
) -> None:
    """Marks a checkbox with a cross, a tick or a scribble, seldom quite inside of it."""
    x, y, width, height = box_mm
    x, y = x + float(rng.normal(0, 0.07)) * width, y + float(rng.normal(0, 0.07)) * height

    def stroke(points: Sequence[tuple[float, float]]) -> None:
        shares = np.array(points) + rng.normal(0, 0.03, (len(points), 2))
        _stroke(page, x + shares[:, 0] * width, y + shares[:, 1] * height, rng, writer)

    match int(rng.integers(3)):
        case 0:
            stroke([(0.12, 0.15), (0.5, 0.5), (0.9, 0.88)])
            stroke([(0.88, 0.1), (0.5, 0.52), (0.1, 0.9)])
        case 1:
            stroke([(0.15, 0.55), (0.28, 0.7), (0.42, 0.85), (0.7, 0.4), (1.1, -0.15)])
        case _:
            edges = [(share, 0.15 if i % 2 else 0.85) for i, share in enumerate(np.linspace(0.15, 0.85, 9))]
            stroke(edges)


def _ink(text: str, rng: np.random.Generator, writer: Writer, x_height_mm: float) -> DrawnInk:
    return render_ink(text, rng, writer.font, x_height_mm * PX * writer.size, writer.slant, writer.hand)


def _stroke(
    page: np.ndarray, x_mm: np.ndarray, y_mm: np.ndarray, rng: np.random.Generator, writer: Writer
) -> None:
    """One smooth pen stroke through the points, its width changing with the pen's speed."""
    steps = np.concatenate([[0.0], np.cumsum(np.maximum(0.05, np.hypot(np.diff(x_mm), np.diff(y_mm))))])
    fine = np.linspace(0, steps[-1], max(8, int(steps[-1] * 6)))
    points = np.stack([CubicSpline(steps, v)(fine) for v in (x_mm, y_mm)], 1) * PX
    mask = np.zeros(page.shape[:2], np.uint8)
    width = float(rng.uniform(0.38, 0.6)) * PX
    for i in range(len(points) - 1):
        thick = max(2, round(width * (1.0 + 0.25 * np.sin(0.21 * i))))
        start, stop = (tuple(int(v) for v in np.round(points[j] * 8)) for j in (i, i + 1))
        cv2.line(mask, start, stop, (255,), thick, cv2.LINE_AA, 3)
    x, y, wide, high = cv2.boundingRect(mask)
    if wide:
        _blend(page[y : y + high, x : x + wide], mask[y : y + high, x : x + wide], writer)


def _lay(page: np.ndarray, mask: np.ndarray, left: float, top: float, writer: Writer) -> None:
    """Puts a mask on the page with its upper left corner there, as far as it fits."""
    column, row = round(left), round(top)
    cut_left, cut_top = max(0, -column), max(0, -row)
    column, row = max(0, column), max(0, row)
    part = mask[
        cut_top : cut_top + max(0, page.shape[0] - row), cut_left : cut_left + max(0, page.shape[1] - column)
    ]
    _blend(page[row : row + part.shape[0], column : column + part.shape[1]], part, writer)


def _blend(place: np.ndarray, mask: np.ndarray, writer: Writer) -> None:
    """Ink over paper: what is under it shows through a little."""
    share = (mask.astype(np.float32) / 255.0 * writer.strength)[..., None]
    place *= 1 - share
    place += share * np.array(writer.colour, np.float32)
