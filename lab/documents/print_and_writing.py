"""Pieces of cheque lines with print and writing on them, and which ink is which: what the print network learns from.

Print is drawn in typefaces, Latin and of scripts of India, writing taken from real lines where there are some, else
from fonts of hands that are bent and sheared. Pixels are those of the network (150 dpi).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from inkfield.lab.documents import people
from inkfield.lab.documents.captions import LATIN, SCRIPTS
from inkfield.lab.documents.sheet import SCRIPT_FONTS
from inkfield.recognizers.models.print_network import PX_MM
from inkfield.recognizers.synthesis.fonts import load_font

HIGH, WIDE = 112, 448
INK = 0.28
"""Darkness, 0 to 1, from which on a pixel counts as ink."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CODES = ("ABCD0123456", "UTTB0003311", "Gogri Bank", "MANJ0134240")


class Pieces:
    """Draws pieces with these typefaces, hands and real lines (float32, ink 1, at any height)."""

    def __init__(self, faces: Sequence[Path], hands: Sequence[Path], real: Sequence[np.ndarray]) -> None:
        self.faces, self.hands, self.real = faces, hands, real
        self.scripts = {path.stem: path for path in SCRIPT_FONTS.glob("*.ttf")}

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Darkness float32 (HIGH, WIDE), which pixels were written (bool), and which are ink (bool)."""
        printed, written = np.zeros((2, HIGH, WIDE), np.float32)
        first, gap = int(rng.uniform(25, 60)), int(rng.uniform(7.7, 9.3) * PX_MM)
        for k in range(-1, 3):
            self._line(printed, written, first + k * gap, rng)
        grain = rng.normal(0, 0.02, (HIGH, WIDE)) if rng.random() < 0.5 else 0.0
        seen = np.clip(np.maximum(printed, written * 0.98) + grain, 0, 1).astype(np.float32)
        return seen, written >= printed, np.maximum(printed, written) > INK

    def _line(self, printed: np.ndarray, written: np.ndarray, row: int, rng: np.random.Generator) -> None:
        """Up to two captions and a line of writing behind or upon them; remains of the rule."""
        x = int(rng.uniform(-60, 40))
        for _ in range(int(rng.integers(0, 3))):
            text, face = self._caption(rng)
            ink, base = _print(text, face, float(rng.uniform(1.8, 3.6)), bool(rng.random() < 0.35), rng)
            raised = rng.uniform(-5, 22) if rng.random() < 0.5 else rng.uniform(0, 5)
            _put(printed, ink * float(rng.uniform(0.6, 1)), x, row - base - int(raised))
            x += ink.shape[1] + int(rng.uniform(2, 30))
        if rng.random() < 0.8:
            behind = max(x, 0) + rng.uniform(2, 80) if rng.random() < 0.7 else rng.uniform(-150, 200)
            if self.real and rng.random() < 0.65:
                ink, base = _real(self.real[int(rng.integers(len(self.real)))], rng)
            else:
                ink, base = self._hand(rng)
            _put(written, ink * float(rng.uniform(0.6, 1)), int(behind), row - base)
        if rng.random() < 0.4:
            for _ in range(int(rng.integers(1, 6))):
                left = int(rng.uniform(0, WIDE))
                ends = (left, row), (left + int(rng.uniform(1, 12)), row)
                cv2.line(printed, *ends, (float(rng.uniform(0.3, 0.9)),), 1)

    def _caption(self, rng: np.random.Generator) -> tuple[str, Path]:
        face, chance = self.faces[int(rng.integers(len(self.faces)))], rng.random()
        if chance < 0.4:
            return people.pick(rng, LATIN[people.pick(rng, tuple(LATIN))]).format(
                people.pick(rng, _CODES)
            ), face
        if chance < 0.65:
            script = people.pick(rng, tuple(SCRIPTS)) if rng.random() < 0.5 else "hind"
            return people.pick(rng, tuple(SCRIPTS[script].values())), self.scripts[script]
        words = [
            "".join(rng.choice(list(_LETTERS), int(rng.integers(3, 10))))
            for _ in range(int(rng.integers(1, 4)))
        ]
        text = " ".join(words)
        text = text.upper() if rng.random() < 0.4 else text.title() if rng.random() < 0.6 else text
        return text + (
            " " + people.digits(rng, int(rng.integers(2, 12))) if rng.random() < 0.25 else ""
        ), face

    def _hand(self, rng: np.random.Generator) -> tuple[np.ndarray, int]:
        """A line in a font of a hand, sheared and bent so that no letter is twice the same; and its baseline."""
        text = people.person(rng) if rng.random() < 0.5 else people.in_words(people.rupees(rng))
        font = load_font(self.hands[int(rng.integers(len(self.hands)))], int(rng.uniform(40, 95)))
        high, wide = 180, int(font.getlength(text)) + 60
        picture = Image.new("L", (wide, high), 0)
        ImageDraw.Draw(picture).text(
            (20, 110), text, fill=255, font=font, anchor="ls", stroke_width=int(rng.integers(0, 3))
        )
        lean = np.array([[1, -float(rng.normal(0, 0.15)), 0], [float(rng.normal(0, 0.02)), 1, 0]], np.float32)
        ink = cv2.warpAffine(np.asarray(picture).astype(np.float32) / 255, lean, (wide, high))
        if rng.random() < 0.7:
            shift = [
                cv2.resize(rng.normal(0, far, (6, max(2, wide // 18))).astype(np.float32), (wide, high),
                           interpolation=cv2.INTER_CUBIC)
                for far in (2.2, 2.6)
            ]  # fmt: skip
            y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
            ink = cv2.remap(ink, x + shift[0], y + shift[1], cv2.INTER_LINEAR)
        return _halved(ink, rng), 55


def _print(
    text: str, face: Path, size_mm: float, bold: bool, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """A printed text, float32 with ink 1, and the row of its baseline."""
    font = load_font(face, max(8, int(size_mm * 2 * PX_MM)))
    wide, high = int(font.getlength(text)) + 12, int(size_mm * 2 * PX_MM * 1.9) + 8
    picture = Image.new("L", (wide, high), 0)
    ImageDraw.Draw(picture).text(
        (4, int(high * 0.7)), text, fill=255, font=font, anchor="ls", stroke_width=int(bold)
    )
    return _halved(np.asarray(picture).astype(np.float32) / 255, rng), int(high * 0.35)


def _real(line: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """A piece of a real line, 4 to 10 mm high; and its baseline, about."""
    high = float(rng.uniform(22, 62))
    zoom = high / line.shape[0]
    ink = cv2.resize(
        line, None, fx=zoom * float(rng.uniform(0.85, 1.2)), fy=zoom, interpolation=cv2.INTER_AREA
    )
    if rng.random() < 0.5:
        ink = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.2, 0.8)))
    start = int(rng.integers(0, max(1, ink.shape[1] - 200)))
    return ink[:, start : start + int(rng.uniform(60, 420))], int(high * 0.72 + rng.uniform(-3, 3))


def _halved(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Scanned: blurred a little and at half the size."""
    soft = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.4, 1.3)))
    return np.asarray(cv2.resize(soft, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def _put(target: np.ndarray, ink: np.ndarray, x: int, y: int) -> None:
    """Lays ink on a picture, in place, as far as it fits."""
    left, top = max(0, x), max(0, y)
    right, bottom = min(target.shape[1], x + ink.shape[1]), min(target.shape[0], y + ink.shape[0])
    if right > left and bottom > top:
        place = target[top:bottom, left:right]
        np.maximum(place, ink[top - y : bottom - y, left - x : right - x], out=place)
