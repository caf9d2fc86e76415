"""The picture of each misread field of labelled cheques: the crop, the truth, the reading, the confidence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw

from inkfield.lab.documents.sheet import typeface
from inkfield.recognizers.synthesis.fonts import load_font

_WIDTH = 1000
_SIZE = 22


def write_error(
    folder: Path,
    cheque: str,
    name: str,
    crops: Mapping[str, np.ndarray],
    truth: str,
    read: str,
    confidence: float,
) -> None:
    """Writes FOLDER/CHEQUE_FIELD.png, readable by its owner only: it shows what stands on a cheque.

    ``crops`` are the cleaned fields of the cheque by name. Raises OSError where nothing can be written.
    """
    parts = [_fitted(crop) for crop in _of_field(name, crops) if crop.size]
    lines = [f"{cheque}  {name}", f"truth    {truth}", f"read     {read}   ({100 * confidence:.1f} %)"]
    picture = Image.new("RGB", (_WIDTH, sum(part.shape[0] + 6 for part in parts) + 30 * len(lines)), "white")
    top = 0
    for part in parts:
        picture.paste(Image.fromarray(part), (0, top))
        top += part.shape[0] + 6
    pen = ImageDraw.Draw(picture)
    for line in lines:
        pen.text((8, top), line, fill=(20, 20, 120), font=load_font(typeface("roboto"), _SIZE))
        top += 30
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{cheque}_{name}.png"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        picture.save(file, "PNG")


def _of_field(name: str, crops: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """The crops that a field was read from: words stand on two lines, the joint amount is figures and words."""
    wanted = ("courtesy_amount", "legal_amount") if name == "amount" else (name,)
    return [crop for key, crop in crops.items() if any(key == w or key.startswith(f"{w}_") for w in wanted)]


def _fitted(crop: np.ndarray) -> np.ndarray:
    shown = crop if crop.ndim == 3 else cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR)
    if shown.shape[1] > _WIDTH:
        height = max(1, round(shown.shape[0] * _WIDTH / shown.shape[1]))
        shown = cv2.resize(shown, (_WIDTH, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(shown[..., ::-1])
