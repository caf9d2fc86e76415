"""A page that is no known form: its full text, line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np

from inkfield.pipeline.fields.line_confidence import aligned_confidences, path_confidences
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.pipeline.image.geometry import clipped, map_box
from inkfield.pipeline.image.straighten import STRAIGHTEN
from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import Box, TextLine, Trace, Word
from inkfield.pipeline.stages import run
from inkfield.pipeline.text.lines import segment_lines
from inkfield.pipeline.text.words import segment_words
from inkfield.recognizers.alphabet import Alphabet
from inkfield.recognizers.ctc.best_path import best_path
from inkfield.recognizers.ctc.hypothesis import Hypothesis
from inkfield.recognizers.ctc.word_beam import BeamDecoder
from inkfield.recognizers.language.detect import detect_language
from inkfield.recognizers.language.model import load_language
from inkfield.recognizers.models.crnn import COLUMN_STRIDE

DETECT, NO_LANGUAGE = "detect", "none"
"""Instead of the name of a language model: the one that fits the page, or none."""


def read_text(
    grey: np.ndarray, dpi: float, reader: FieldReader, trace: Trace, language: str = DETECT
) -> tuple[TextLine, ...]:
    """All lines of a deskewed grey page (uint8), in reading order, with their words.

    ``language`` names the n-gram model that the lines are decoded with. A line that is mostly figures is read by best
    path, as is a page whose language is none that is known. Raises FileNotFoundError for a model that is not there.
    """
    lines = segment_lines(grey, dpi)
    trace("lines", draw_boxes(grey, [line.box for line in lines]))
    columns = reader.recognizer.log_probs([set_upright(line.image) for line in lines])
    greedy = [best_path(log_probs, reader.alphabet) for log_probs in columns]
    decode = _decoder(reader.alphabet, _language(language, greedy))
    read = []
    for line, log_probs, first in zip(lines, columns, greedy, strict=True):
        if not first.text.strip():
            continue
        found = decode(log_probs) if decode and _mostly_letters(first.text) else first
        if found.text.split() == first.text.split():
            found = first
            sure, of_words = path_confidences(found, log_probs, reader.calibration)
        else:
            sure, of_words = aligned_confidences(found, log_probs, reader.alphabet, reader.calibration)
        boxes = segment_words(line)
        texts = found.text.split()
        if len(boxes) != len(texts):  # ink and network part the line differently: the network knows the words
            boxes = _aligned_boxes(line.box, found, len(log_probs))
        words = tuple(
            Word(box, text, round(word_sure, 4))
            for box, text, word_sure in zip(boxes, texts, of_words, strict=False)
        )
        read.append(replace(line, text=" ".join(found.text.split()), confidence=round(sure, 4), words=words))
    trace("words", draw_boxes(grey, [word.box for line in read for word in line.words]))
    return tuple(read)


def read_text_page(
    view: View, reader: FieldReader, trace: Trace, language: str = DETECT
) -> tuple[TextLine, ...]:
    """All lines of a page as scanned, with boxes in pixels of the scan; see `read_text`."""
    straight = run(STRAIGHTEN, view, reader.recognizer, trace)
    lines = read_text(straight.grey, straight.dpi, reader, trace, language)
    return on_scan(lines, straight.to_scan, view.image.shape)


def _language(wanted: str, greedy: list[Hypothesis]) -> str | None:
    if wanted == DETECT:
        return detect_language(found.text for found in greedy)
    return None if wanted == NO_LANGUAGE else wanted


@lru_cache(maxsize=8)
def _decoder(alphabet: Alphabet, language: str | None) -> Callable[[np.ndarray], Hypothesis] | None:
    """Decodes columns (T, C) with a language model; made once a process, for it takes seconds."""
    if language is None:
        return None
    beam = BeamDecoder(alphabet, load_language(language))
    return lambda log_probs: beam.decode(log_probs, n_best=1)[0]


def _mostly_letters(text: str) -> bool:
    return 2 * sum(c.isalpha() for c in text) >= len(text.replace(" ", ""))


def _aligned_boxes(box: Box, found: Hypothesis, columns: int) -> list[Box]:
    """Boxes of the words by the network's own alignment: from a word's first column to the next one's."""
    x, y, width, height = box
    if len(found.start_columns) != len(found.text.split()):
        return []
    scale = width / max(1, columns)
    gap = height / 4 / COLUMN_STRIDE
    boxes = []
    for start, following in pairwise([*found.start_columns, columns]):
        left = max(0, int((start - 1) * scale))
        right = min(width, max(left + 1, int((following - gap if following < columns else columns) * scale)))
        boxes.append((x + left, y, max(1, right - left), height))
    return boxes


def on_scan(lines: tuple[TextLine, ...], to_scan: np.ndarray, shape: tuple[int, ...]) -> tuple[TextLine, ...]:
    """The lines with their boxes, and those of their words, in pixels of the page as scanned.

    ``to_scan`` is the homography of their `View`, ``shape`` (height, width) of the scan. On a page that lies crooked
    a box is the upright one around the turned box.
    """

    def moved(box: Box) -> Box:
        return clipped(map_box(box, to_scan), shape)

    return tuple(
        replace(line, box=moved(line.box), words=tuple(replace(w, box=moved(w.box)) for w in line.words))
        for line in lines
    )


def draw_boxes(grey: np.ndarray, boxes: list[Box]) -> np.ndarray:
    """The page with boxes drawn on it, BGR."""
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR) if grey.ndim == 2 else grey.copy()
    for x, y, width, height in boxes:
        cv2.rectangle(
            picture, (x, y), (x + width, y + height), (40, 90, 230), max(1, picture.shape[1] // 800)
        )
    return picture
