"""Other readers of text lines, for comparison on the very same crops. None of them is needed to read documents.

Each reads one grey crop at a time by its public call, on one thread, and gets no training and no tuning. What it
writes is folded as the labels are (one kind of quotation mark, dash and space), which can only help it.
"""

from __future__ import annotations

import importlib.metadata
import os
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.recognizers.training.data.label_text import normalise_label

_TESSERACT_LANGUAGES = ("eng", "fra", "deu")


class PeerMissing(Exception):
    """A peer that is not installed, or has no weights. The message tells how to get it."""


@dataclass(frozen=True)
class Peer:
    """A reader of one grey uint8 crop. ``version`` names the package and the model that reads."""

    name: str
    version: str
    read_one: Callable[[np.ndarray], str]

    def read(self, crops: list[np.ndarray]) -> list[str]:
        return [_fold(self.read_one(crop)) for crop in crops]


def load_peer(name: str) -> Peer:
    """rapidocr, tesseract or easyocr. Raises ValueError for another name and PeerMissing."""
    if name not in _LOADERS:
        raise ValueError(f"no peer {name!r}; there are: {', '.join(_LOADERS)}")
    try:
        return _LOADERS[name]()
    except (ImportError, RuntimeError) as error:  # RuntimeError: torchvision was built for another torch
        raise PeerMissing(f"{name} is not installed ({error}); {_HOW_TO_GET[name]}") from error


def _rapidocr() -> Peer:
    """PP-OCR's recogniser alone, without detection and without the turning of upside-down lines."""
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    engine = RapidOCR(params={**threads, "Global.log_level": "critical"})
    model = engine.cfg.Rec

    def read(crop: np.ndarray) -> str:
        colour = cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR)
        found = engine(colour, use_det=False, use_cls=False, use_rec=True)
        return " ".join(found.txts or ())

    trained = f"{model.ocr_version.value} {model.model_type.value}"
    return Peer("rapidocr", f"{_version('rapidocr')}, {trained}", read)


def _tesseract() -> Peer:
    """Tesseract on a single line (page segmentation mode 7) with the English, French and German models it has."""
    import pytesseract

    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        installed = pytesseract.get_languages(config="")
        version = str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractNotFoundError, SystemExit) as error:
        raise PeerMissing(f"the program tesseract is not installed; {_HOW_TO_GET['tesseract']}") from error
    languages = "+".join(name for name in _TESSERACT_LANGUAGES if name in installed)
    if not languages:
        raise PeerMissing(f"tesseract has no English model; {_HOW_TO_GET['tesseract']}")

    def read(crop: np.ndarray) -> str:
        text: str = pytesseract.image_to_string(crop, lang=languages, config="--psm 7")
        return text

    return Peer("tesseract", f"{version}, {languages}", read)


def _easyocr() -> Peer:
    """easyocr's recogniser alone, English. Weights are not downloaded: they must be there."""
    import easyocr

    try:
        reader = easyocr.Reader(["en"], gpu=False, detector=False, download_enabled=False, verbose=False)
    except FileNotFoundError as error:
        raise PeerMissing(f"easyocr has no weights ({error}); {_HOW_TO_GET['easyocr']}") from error

    def read(crop: np.ndarray) -> str:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a pinned memory that a CPU has not
            return " ".join(reader.recognize(np.ascontiguousarray(crop), detail=0))

    return Peer("easyocr", f"{_version('easyocr')}, english_g2", read)


_LOADERS: dict[str, Callable[[], Peer]] = {
    "rapidocr": _rapidocr,
    "tesseract": _tesseract,
    "easyocr": _easyocr,
}
PEERS = tuple(_LOADERS)
_HOW_TO_GET = {
    "rapidocr": "pip install rapidocr onnxruntime",
    "tesseract": "pip install pytesseract; apt-get install tesseract-ocr tesseract-ocr-fra tesseract-ocr-deu",
    "easyocr": (
        "pip install easyocr, with the torchvision that belongs to your torch, and let it fetch its weights once: "
        "python -c \"import easyocr; easyocr.Reader(['en'])\" (or put english_g2.pth into "
        "$EASYOCR_MODULE_PATH/model)"
    ),
}


def _version(package: str) -> str:
    return importlib.metadata.version(package)


def _fold(text: str) -> str:
    """The text with the full-width signs of multilingual models made plain, else as labels are."""
    plain = "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in text)
    return normalise_label(plain)
