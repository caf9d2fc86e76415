"""A form of names alone, filled in by a hand that the shipped weights misread: its Q is like a 2, its S like a J."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from inkfield.pipeline.intake import content_hash

DPI = 200
SCALE = DPI / 25.4
ROWS = 8
_FIRST = ("Quentin", "Sasha", "Zora", "Vera", "Petra", "Stella", "Zara", "Quirin")
_LAST = ("Zimmer", "Quill", "Sander", "Varga", "Zorn", "Serra", "Quast", "Sturm")
FORM = """
name: guests
version: 1
title: Guests
layout: registered
paper: {width_mm: 148, height_mm: 105}
blank: guests.png
fields:
""" + "".join(
    f"  - {{name: guest_{row + 1}, kind: name, box: [{10 if row < 4 else 78}, {25 + 19 * (row % 4)}, 60, 12]}}\n"
    for row in range(ROWS)
)


def guest_form(folder: Path) -> None:
    """Writes the form ``guests`` into a folder."""
    cv2.imwrite(str(folder / "guests.png"), _blank())
    (folder / "guests.yaml").write_text(FORM, encoding="utf-8")


def guests(folder: Path, number: int, held_out: bool) -> tuple[Path, list[str]]:
    """A filled form, and its names; one that `inkfield learn` keeps for judging, or one that it trains on."""
    rng = np.random.default_rng(number)
    names = [f"{rng.choice(_FIRST)} {rng.choice(_LAST)}" for _ in range(ROWS)]
    page = _blank()
    for row, name in enumerate(names):
        x, y = 10 if row < 4 else 78, 25 + 19 * (row % 4)
        place = (round((x + 3) * SCALE), round((y + 8.5) * SCALE))
        cv2.putText(page, name, place, cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.35, (50,), 2, cv2.LINE_AA)
    path = folder / f"guests-{number}.png"
    for level in range(256):  # of a pixel in a corner: the content decides what a document is used for
        page[0, 0] = level
        cv2.imwrite(str(path), page)
        if (int(content_hash(path)[:12], 16) % 5 == 0) == held_out:
            break
    return path, names


def _blank() -> np.ndarray:
    page = np.full((round(105 * SCALE), round(148 * SCALE)), 245, np.uint8)
    for line, text in enumerate(("Harbour house: the guests of this evening", "one name a line, in ink")):
        cv2.putText(page, text, (80, 60 + 50 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40,), 2, cv2.LINE_AA)
    for row in range(ROWS):
        x, y = 10 if row < 4 else 78, 25 + 19 * (row % 4)
        cv2.putText(page, f"Guest {row + 1} of this evening", (round(x * SCALE), round((y - 1) * SCALE)),
                    cv2.FONT_HERSHEY_SIMPLEX, 0.6, (40,), 1, cv2.LINE_AA)  # fmt: skip
        corner, end = (round(x * SCALE), round(y * SCALE)), (round((x + 60) * SCALE), round((y + 12) * SCALE))
        cv2.rectangle(page, corner, end, (60,), 2)
    return page
