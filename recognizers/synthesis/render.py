"""Lines of rendered ink on paper, as a recogniser meets them: rules, boxes, neighbours, patterns, scanner."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from inkfield.recognizers.synthesis.digits import can_write, render_digits
from inkfield.recognizers.synthesis.fonts import available_fonts
from inkfield.recognizers.synthesis.pen import Hand, Ink, random_hand, render_ink

_TYPED = 0.2
"""Share of lines that a machine wrote."""
_GRADES = ("A", "A", "A", "C", "B")
_AMOUNT = re.compile(r"(?P<currency>(?:Rs\.?|\$|₹|£|\*+) ?)(?P<figures>[\d,.=/ -]+)")
_CAPTIONS = (
    "D D M M Y Y Y Y",
    "Rupees",
    "Pay",
    "Date",
    "Amount",
    "Name",
    "Policy No.",
    "OR BEARER",
    "A/c No.",
    "Signature",
)


def render_line(
    text: str,
    rng: np.random.Generator,
    kind: str | None = None,
    held_out: bool = False,
    hands: Sequence[Path] = (),
) -> np.ndarray:
    """One line of ``text``: grey uint8, some 20 to 110 px high, dark ink on light paper.

    ``kind`` is "hand" or "typed"; None draws one. Figures are mostly set from real digits, if these were
    fetched; ``held_out`` takes those of hands that training never sees. ``hands`` are the fonts to write with; by
    default all. Same ``rng`` state and same fonts, same picture.
    """
    if kind is None:
        kind = "typed" if rng.random() < _TYPED else "hand"
    x_height = float(rng.uniform(13, 30))
    ink = _typed(text, rng, x_height) if kind == "typed" else _written(text, rng, x_height, held_out, hands)
    if kind == "hand" and rng.random() < 0.04 and text[-1:] not in ("-", "=", "_", "/"):
        ink = _fill_up(ink, rng, x_height)
    page, top, left = _paper(ink, rng)
    _print_on(page, ink, top, left, x_height, rng)
    tone = float(rng.uniform(0.0, 0.55 if kind == "hand" else 0.35)) * float(page.mean())
    _lay(page, ink.mask, top, left, tone, float(rng.uniform(0.75, 1.0)))
    return _scan(page, rng, smallest=8.0 / x_height)


def _typed(text: str, rng: np.random.Generator, x_height: float) -> Ink:
    return render_ink(text, rng, _pick(available_fonts("typed"), rng), x_height)


def _written(
    text: str, rng: np.random.Generator, x_height: float, held_out: bool, hands: Sequence[Path] = ()
) -> Ink:
    """In a font's hand; figures mostly from real digits, a currency sign before them in a font's hand."""
    real_digits = rng.random() < 0.55
    if real_digits and can_write(text):
        return render_digits(text, rng, x_height * 1.5, held_out)
    grade = _GRADES[int(rng.integers(len(_GRADES)))]
    if grade == "B" and sum(c.isupper() for c in text) > max(2, len(text) // 2):
        grade = "A"  # nobody writes whole words in the flourished capitals of a script
    if text == text.upper() and rng.random() < 0.1:
        grade = "K"
    font = _pick(list(hands) or available_fonts("hand", grade) or available_fonts("hand"), rng)
    slant = float(rng.normal(0.05, 0.16))
    amount = _AMOUNT.fullmatch(text)
    if real_digits and amount and can_write(amount["figures"]):
        sign = render_ink(amount["currency"], rng, font, x_height, slant)
        gap = rng.uniform(0.1, 0.5) + (0.4 if amount["currency"].endswith(" ") else 0.0)
        figures = render_digits(amount["figures"], rng, x_height * 1.5, held_out)
        return _side_by_side(sign, figures, int(gap * x_height))
    hand = random_hand(rng)
    if rng.random() < 0.08:  # one letter to a cell of the form
        hand = Hand(
            **{**hand.__dict__, "letter_space": float(rng.uniform(0.4, 1.2)), "word_space": 2.0, "join": 0.0}
        )
    return render_ink(text, rng, font, x_height, slant, hand)


def _pick(fonts: list[Path], rng: np.random.Generator) -> Path:
    return fonts[int(rng.integers(len(fonts)))]


def _side_by_side(left: Ink, right: Ink, gap: int) -> Ink:
    """Two pieces of ink on one baseline."""
    baseline = max(left.baseline, right.baseline)
    below = max(i.mask.shape[0] - i.baseline for i in (left, right))
    width = left.mask.shape[1] + gap + right.mask.shape[1]
    mask = np.zeros((int(baseline + below) + 2, width), np.uint8)
    for ink, x in ((left, 0), (right, left.mask.shape[1] + gap)):
        y = int(baseline - ink.baseline)
        mask[y : y + ink.mask.shape[0], x : x + ink.mask.shape[1]] = ink.mask
    return Ink(mask, baseline)


def _fill_up(ink: Ink, rng: np.random.Generator, x_height: float) -> Ink:
    """A long stroke through the rest of the line, well apart from the text, as people end an amount."""
    gap, length = int(rng.uniform(0.8, 2.5) * x_height), int(rng.uniform(3, 9) * x_height)
    height, width = ink.mask.shape
    mask = np.pad(ink.mask, ((0, 0), (0, gap + length)))
    y = float(np.clip(ink.baseline - rng.uniform(0.1, 0.8) * x_height, 1, height - 2))
    at = np.linspace(width + gap, width + gap + length - 2, 12)
    ups = np.clip(y + np.cumsum(rng.normal(0, 0.04 * x_height, 12)), 1, height - 2)
    stroke = (np.stack([at, ups], axis=1) * 16).astype(np.int32)
    cv2.polylines(mask, [stroke], False, (255,), max(1, round(0.12 * x_height)), cv2.LINE_AA, 4)
    return Ink(mask, ink.baseline)


def _lay(page: np.ndarray, mask: np.ndarray, top: int, left: int, tone: float, opacity: float) -> None:
    """Ink of a tone onto the page (float32, in place); what sticks out over the page's edge is cut off."""
    cut = mask[max(0, -top) : page.shape[0] - top, max(0, -left) : page.shape[1] - left]
    if not cut.size:
        return
    place = page[max(0, top) :, max(0, left) :][: cut.shape[0], : cut.shape[1]]
    share = cut.astype(np.float32) * np.float32(opacity / 255)
    place += (np.float32(tone) - place) * share


def _paper(ink: Ink, rng: np.random.Generator) -> tuple[np.ndarray, int, int]:
    """Paper around the ink (float32), and the ink's row and column on it."""
    top, bottom, left, right = (int(v) for v in rng.integers(2, 16, 4))
    height, width = ink.mask.shape[0] + top + bottom, ink.mask.shape[1] + left + right
    page = np.full((height, width), rng.uniform(185, 255), np.float32)
    if rng.random() < 0.4:
        page += np.linspace(-1, 1, width, dtype=np.float32)[None] * np.float32(rng.uniform(-18, 18))
    if rng.random() < 0.25:
        grid = rng.normal(0, rng.uniform(3, 14), (max(2, height // 6), max(2, width // 6))).astype(np.float32)
        page += cv2.resize(grid, (width, height), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.12:
        _security_pattern(page, rng)
    return page, top, left


def _security_pattern(page: np.ndarray, rng: np.random.Generator) -> None:
    """Fine wavy lines, as cheques are printed with against copying; most of it was removed before."""
    height, width = page.shape
    columns = np.arange(width, dtype=np.float32)[None]
    rows = np.arange(height, dtype=np.float32)[:, None]
    wave = np.sin(columns * np.float32(rng.uniform(0.02, 0.15)) + np.float32(rng.uniform(0, 6))) * np.float32(
        rng.uniform(1, 8)
    )
    phase = (rows + wave) * np.float32(2 * np.pi / rng.uniform(3, 10)) + columns * np.float32(
        rng.normal(0, 0.2)
    )
    page -= np.maximum(np.cos(phase), 0) ** 3 * np.float32(rng.uniform(5, 45))


def _print_on(
    page: np.ndarray, ink: Ink, top: int, left: int, x_height: float, rng: np.random.Generator
) -> None:
    """What is printed about the writing, and what the lines above and below leave in the crop."""
    height, width = page.shape
    base = int(top + ink.baseline)
    if rng.random() < 0.3:
        _rule(page, min(height - 2, base + int(rng.integers(-3, 9))), rng)
    if rng.random() < 0.1:
        _cells(page, rng)
    elif rng.random() < 0.08:
        x = int(rng.integers(0, left)) if rng.random() < 0.5 else width - 1 - int(rng.integers(0, 4))
        lean = x + int(rng.integers(-2, 3))
        cv2.line(page, (x, 0), (lean, height), _grey(rng.uniform(40, 170)), int(rng.integers(1, 3)))
    if rng.random() < 0.07:
        _caption(page, x_height, rng)
    if rng.random() < 0.12:
        _neighbour(page, x_height, rng)
    if rng.random() < 0.12:
        for _ in range(int(rng.integers(1, 4))):
            x, y = int(rng.integers(0, width)), int(rng.choice([0, height - 1]))
            reach = int(height * rng.uniform(0.05, 0.18))
            end = (x + int(rng.integers(-8, 9)), y + (reach if y == 0 else -reach))
            cv2.line(page, (x, y), end, _grey(rng.uniform(30, 140)), int(rng.integers(1, 4)), cv2.LINE_AA)


def _rule(page: np.ndarray, y: int, rng: np.random.Generator) -> None:
    """A whole, dashed or mostly erased rule."""
    width = page.shape[1]
    tone, thick = _grey(rng.uniform(40, 190)), int(rng.integers(1, 3))
    style = rng.random()
    step = width if style < 0.5 else int(rng.integers(4, 14))
    length = step if style < 0.5 else max(1, step * 6 // 10)
    for x in range(0, width, step):
        if style < 0.8 or rng.random() < 0.3:
            cv2.line(page, (x, y), (min(width, x + length), y), tone, thick)


def _cells(page: np.ndarray, rng: np.random.Generator) -> None:
    """Sides of character boxes at an even pitch, pale or in pieces, as their removal leaves them."""
    height, width = page.shape
    pitch = height * rng.uniform(0.45, 0.9)
    tone, thick = _grey(rng.uniform(110, 205)), int(rng.integers(1, 3))
    for x in np.arange(rng.uniform(0, pitch), width, pitch):
        if rng.random() < 0.7:
            y0, y1 = sorted(int(v) for v in rng.integers(0, height, 2))
            y0, y1 = (0, height) if rng.random() < 0.5 else (y0, y1)
            cv2.line(page, (int(x), y0), (int(x), y1), tone, thick)


def _caption(page: np.ndarray, x_height: float, rng: np.random.Generator) -> None:
    """A printed word of the form, small and cut by the crop's lower or upper edge."""
    caption = _typed(_CAPTIONS[int(rng.integers(len(_CAPTIONS)))], rng, 0.45 * x_height)
    high = caption.mask.shape[0]
    seen = int(high * rng.uniform(0.2, 0.55))
    top = page.shape[0] - seen if rng.random() < 0.7 else seen - high
    left = int(rng.integers(-10, max(1, page.shape[1] - 10)))
    _lay(page, caption.mask, top, left, float(rng.uniform(20, 140)), 1.0)


def _neighbour(page: np.ndarray, x_height: float, rng: np.random.Generator) -> None:
    """Feet of the line above or heads of the line below, where the crop caught them."""
    text = "".join("agyfhtdjlpk nriesB"[int(i)] for i in rng.integers(0, 18, int(rng.integers(4, 14))))
    other = _written(text, rng, x_height, False)
    reach = page.shape[0] * rng.uniform(0.06, 0.16)
    left = int(rng.integers(-40, max(1, page.shape[1] - 20)))
    top = int(reach) - other.mask.shape[0] if rng.random() < 0.5 else page.shape[0] - int(reach)
    _lay(page, other.mask, top, left, float(rng.uniform(10, 120)), 0.95)


def _grey(tone: float) -> tuple[float]:
    """A tone as OpenCV takes it."""
    return (float(tone),)


def _scan(page: np.ndarray, rng: np.random.Generator, smallest: float) -> np.ndarray:
    """Resolution (down to ``smallest`` of it), focus, noise, JPEG and threshold of a scanner; back to uint8."""
    if rng.random() < 0.35:
        scale = rng.uniform(max(0.4, smallest), 0.9)
        size = (max(8, int(page.shape[1] * scale)), max(8, int(page.shape[0] * scale)))
        page = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.4:
        page = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < 0.4:
        page = page + rng.standard_normal(page.shape, dtype=np.float32) * np.float32(rng.uniform(1, 10))
    grey: np.ndarray = np.clip(page, 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))])
        grey = cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)
    if rng.random() < 0.12:
        grey = np.where(grey < np.percentile(grey, 70) - 40, 0, 255).astype(np.uint8)
    return grey
