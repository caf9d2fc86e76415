"""A page that is no known form: its full text, line by line."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from pipeline.calibration import confidence
from pipeline.candidates import Candidate, evidence
from pipeline.field_reader import FieldReader
from pipeline.lines import segment_lines
from pipeline.records import Box, TextLine, Trace, Word
from recognizers.crnn import COLUMN_STRIDE
from recognizers.decoding.best_path import best_path
from recognizers.decoding.hypothesis import Hypothesis


def read_text(grey: np.ndarray, dpi: float, reader: FieldReader, trace: Trace) -> tuple[TextLine, ...]:
    """All lines of a deskewed grey page (uint8), in reading order, with their words. Best-path decoding: the
    language of an unknown page is unknown."""
    lines = segment_lines(grey, dpi)
    trace("lines", draw_boxes(grey, [line.box for line in lines]))
    read = []
    for line, log_probs in zip(
        lines, reader.recognizer.log_probs([line.image for line in lines]), strict=True
    ):
        found = best_path(log_probs, reader.alphabet)
        if not found.text.strip():
            continue
        candidate = Candidate(found.text, found.text, found.log_probability)
        sure = confidence(evidence([candidate], log_probs, reader.alphabet), reader.calibration.get("line"))
        words = _words(line.box, found, len(log_probs), sure)
        read.append(replace(line, text=" ".join(found.text.split()), confidence=round(sure, 4), words=words))
    trace("words", draw_boxes(grey, [word.box for line in read for word in line.words]))
    return tuple(read)


def _words(box: Box, found: Hypothesis, columns: int, sure: float) -> tuple[Word, ...]:
    """Words with the boxes that the network's own alignment gives: from a word's first column to the next's."""
    x, y, width, height = box
    texts = found.text.split()
    starts = [*found.start_columns, columns]
    if len(starts) != len(texts) + 1:
        return ()
    scale = width / max(1, columns)
    gap = height / 4 / COLUMN_STRIDE
    words = []
    for text, start, following in zip(texts, starts, starts[1:], strict=False):
        left = max(0, int((start - 1) * scale))
        right = min(width, max(left + 1, int((following - gap if following < columns else columns) * scale)))
        words.append(Word((x + left, y, max(1, right - left), height), text, round(sure, 4)))
    return tuple(words)


def draw_boxes(grey: np.ndarray, boxes: list[Box]) -> np.ndarray:
    """The page with boxes drawn on it, BGR."""
    picture = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR) if grey.ndim == 2 else grey.copy()
    for x, y, width, height in boxes:
        cv2.rectangle(
            picture, (x, y), (x + width, y + height), (40, 90, 230), max(1, picture.shape[1] // 800)
        )
    return picture
