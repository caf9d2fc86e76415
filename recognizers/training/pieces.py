"""Pieces of real ink with their text and hand, side by side in one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

Spans = list[tuple[int, int]]
"""For each character of a text its columns, as (first, past the last)."""


@dataclass(frozen=True)
class Pieces:
    """Ink uint8 (height, total width) of all pieces, where each ends, its text and its hand."""

    ink: np.ndarray
    ends: np.ndarray
    texts: list[str]
    hands: list[str]


def save_pieces(path: Path, pieces: list[tuple[np.ndarray, str, str]]) -> None:
    """Writes (ink uint8 of one height, text, hand) of each piece. Raises ValueError where there are none."""
    inks, texts, hands = zip(*pieces, strict=True)
    ends = np.cumsum([ink.shape[1] for ink in inks])
    np.savez_compressed(path, ink=np.hstack(inks), ends=ends, texts=np.array(texts), hands=np.array(hands))


def load_pieces(path: Path) -> Pieces:
    """Reads what `save_pieces` wrote. Raises FileNotFoundError."""
    with np.load(path) as data:
        return Pieces(data["ink"], data["ends"], data["texts"].tolist(), data["hands"].tolist())
