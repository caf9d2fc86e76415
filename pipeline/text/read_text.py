"""A page that is no known form: its full text, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from inkfield.pipeline.fields.line_confidence import line_confidences
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.pipeline.image.geometry import clipped, map_box
from inkfield.pipeline.image.straighten import STRAIGHTEN
from inkfield.pipeline.image.view import View
from inkfield.pipeline.records import Trace
from inkfield.pipeline.stages import run
from inkfield.pipeline.text.lines import segment_lines
from inkfield.pipeline.text.word_readings import LIMITS as WORD_LIMITS
from inkfield.pipeline.text.word_readings import word_readings
from inkfield.pipeline.text.words import segment_words
from inkfield.recognizers.language.detect import detect_language
from inkfield.recognizers.line_model import Hypothesis, LineOutput, Span
from inkfield.schemas.readings import Box, TextLine, Word

DETECT, NO_LANGUAGE = "detect", "none"
"""Instead of the name of a language model: the one that fits the page, or none."""
_OF_LISTS = "english"
"""The model that a page of a user's words is read with, where it is in no language that is known."""


def read_text(
    grey: np.ndarray,
    dpi: float,
    reader: FieldReader,
    trace: Trace,
    language: str = DETECT,
    own_words: frozenset[str] = frozenset(),
    rivals: bool = False,
) -> tuple[TextLine, ...]:
    """All lines of a deskewed grey page (uint8), in reading order, with their words.

    ``language`` names the n-gram model that the lines are decoded with, which then knows ``own_words`` too. A line that
    is mostly figures is read without one, as is a page whose language is none that is known (unless there are
    ``own_words``). With ``rivals`` each word has its readings. Raises FileNotFoundError for a model that is not there.
    """
    lines = segment_lines(grey, dpi)
    trace("lines", lambda: draw_boxes(grey, [line.box for line in lines]))
    crops = [set_upright(line.image) for line in lines]
    outputs = reader.recognizer.read(crops)
    wanted = _language(language, outputs) or (_OF_LISTS if own_words and language == DETECT else None)
    read = []
    for line, crop, output in zip(lines, crops, outputs, strict=True):
        free = output.best().text
        if not free.strip():
            continue
        text = free
        model = wanted if _mostly_letters(free) else None
        texts: Sequence[Hypothesis] = ()
        if model is not None or rivals:
            texts = output.n_best(model, WORD_LIMITS.texts if rivals else 1, own_words)
        if model is not None:
            text = texts[0].text
        other = None if text.split() == free.split() else text
        sure, of_words = line_confidences(output, reader.calibration, other)
        boxes = boxes_by_ink(
            segment_words(line), _word_boxes(line.box, output.spans(other).words, crop.shape)
        )
        readings = word_readings(output, text, texts, model, own_words) if rivals else [()] * len(boxes)
        words = tuple(
            Word(box, word, round(word_sure, 4), of_word)
            for box, word, word_sure, of_word in zip(boxes, text.split(), of_words, readings, strict=True)
        )
        read.append(TextLine(line.box, " ".join(text.split()), round(sure, 4), words))
    trace("words", lambda: draw_boxes(grey, [word.box for line in read for word in line.words]))
    return tuple(read)


def read_text_page(
    view: View,
    reader: FieldReader,
    trace: Trace,
    language: str = DETECT,
    own_words: frozenset[str] = frozenset(),
    rivals: bool = False,
) -> tuple[TextLine, ...]:
    """All lines of a page as scanned, with boxes in pixels of the scan; see `read_text`."""
    straight = run(STRAIGHTEN, view, reader.recognizer, trace)
    lines = read_text(straight.grey, straight.dpi, reader, trace, language, own_words, rivals)
    return on_scan(lines, straight.to_scan, view.image.shape)


def _language(wanted: str, outputs: Sequence[LineOutput]) -> str | None:
    if wanted == DETECT:
        return detect_language(output.best().text for output in outputs)
    return None if wanted == NO_LANGUAGE else wanted


def _mostly_letters(text: str) -> bool:
    return 2 * sum(c.isalpha() for c in text) >= len(text.replace(" ", ""))


def boxes_by_ink(inked: list[Box], seen: list[Box]) -> list[Box]:
    """The boxes of words as their ink lies, where it parts the line as the network does; else as the network sees them.

    As many boxes are not enough: a word cut in two and two words in one make the same number, and all between would
    have their neighbour's place.
    """
    same = len(inked) == len(seen) and all(
        box[0] <= x + width / 2 <= box[0] + box[2] for box, (x, _, width, _) in zip(inked, seen, strict=True)
    )
    return inked if same else seen


def _word_boxes(box: Box, words: Sequence[Span], crop: tuple[int, ...]) -> list[Box]:
    """Boxes of the words where the network sees them, in a line's box. ``crop`` is the shape of the crop it read."""
    x, y, width, height = box
    scale = width / crop[1]
    edges = [(round(word.left * scale), round(word.right * scale)) for word in words]
    return [(x + left, y, max(1, right - left), height) for left, right in edges]


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
