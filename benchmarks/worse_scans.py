"""How labelled cheques are read from worse pictures of them than the scans at hand.

    python -m benchmarks.worse_scans DIR [--form cheque_in] [--workers 2]

DIR holds labels.jsonl and colour scans at 300 dpi, as for `inkfield evaluate --cheques`. 100 dpi in grey and 200 dpi in
black and white are what clearing houses exchange (CTS, ANSI X9.100-181); photos are by lab/documents/photo.py.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from skimage.filters import threshold_sauvola

from inkfield.lab.documents.photo import photograph
from inkfield.lab.evaluate.evaluate_cheques import evaluate_cheques

Worsen = Callable[[np.ndarray, int], np.ndarray]
_SHOWN = ("micr", "date", "account_number", "courtesy_amount", "legal_amount", "amount")


def shrunk(image: np.ndarray, number: int, dpi: int) -> np.ndarray:
    return cv2.resize(image, None, fx=dpi / 300, fy=dpi / 300, interpolation=cv2.INTER_AREA)


def grey(image: np.ndarray, number: int, dpi: int = 300) -> np.ndarray:
    return cv2.cvtColor(shrunk(image, number, dpi), cv2.COLOR_BGR2GRAY)


def black_and_white(image: np.ndarray, number: int, dpi: int) -> np.ndarray:
    picture = grey(image, number, dpi)
    return np.where(picture > threshold_sauvola(picture, 31, k=0.2), 255, 0).astype(np.uint8)


def crooked(image: np.ndarray, number: int) -> np.ndarray:
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 2.5, 1)
    return cv2.warpAffine(image, turn, (width, height), borderValue=(255, 255, 255))


def packed(image: np.ndarray, number: int) -> np.ndarray:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 25])[1], 1))


def photo(image: np.ndarray, number: int) -> np.ndarray:
    return photograph(image.astype(np.float32), np.random.default_rng(number))


VARIANTS: dict[str, Worsen] = {
    "as it is": lambda image, number: image,
    "grey, 300 dpi": grey,
    "grey, 200 dpi": partial(grey, dpi=200),
    "grey, 100 dpi": partial(grey, dpi=100),
    "black and white, 200 dpi": partial(black_and_white, dpi=200),
    "crooked by 2.5 degrees": crooked,
    "JPEG, quality 25": packed,
    "photo": photo,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--form", default="cheque_in")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    for name, worsen in VARIANTS.items():
        with tempfile.TemporaryDirectory() as scratch:
            shutil.copy(arguments.folder / "labels.jsonl", scratch)
            (Path(scratch) / "images").mkdir()
            for number, path in enumerate(sorted((arguments.folder / "images").iterdir())):
                worse = worsen(cv2.imread(str(path)), number)
                # Lossless under the name that the labels have: the reader looks at what is in a file.
                encoded = cv2.imencode(".png", worse)[1]
                (Path(scratch) / "images" / path.name).write_bytes(encoded.tobytes())
            found = evaluate_cheques(Path(scratch), arguments.form, workers=arguments.workers).summary()
        fields = ", ".join(f"{field} {found[field]['exact']}" for field in _SHOWN if field in found)
        wrong = sum(found[field]["wrong_accepted"] for field in _SHOWN if field in found)
        print(f"{name}: {fields}; accepted wrong {wrong}; posted {found['posted_rate']:.0%},"
              f" {found['posted_wrong']} wrong", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
