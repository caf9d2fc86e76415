"""A page that is no known form: its full text, line by line."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from pipeline.field_reader import FieldReader
from pipeline.lines import segment_lines
from pipeline.path_confidence import path_confidences
from pipeline.records import Box, TextLine, Trace, Word
from pipeline.upright_line import set_upright
from pipeline.words import segment_words
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
        lines, reader.recognizer.log_probs([set_upright(line.image) for line in lines]), strict=True
    ):
        found = best_path(log_probs, reader.alphabet)
        if not found.text.strip():
            continue
        sure, of_words = path_confidences(found, log_probs, reader.calibration)
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


def at_scale(lines: tuple[TextLine, ...], factor: float) -> tuple[TextLine, ...]:
    """The lines with their boxes, and those of their words, in pixels of a page ``factor`` times as large."""
    if factor == 1.0:
        return lines

    def scaled(box: Box) -> Box:
        x, y, width, height = box
        return (
            round(x * factor),
            round(y * factor),
            max(1, round(width * factor)),
            max(1, round(height * factor)),
        )

    return tuple(
        replace(line, box=scaled(line.box), words=tuple(replace(w, box=scaled(w.box)) for w in line.words))
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
