"""Print on and beside the lines of a cheque, taken out before the lines are read: captions in any script and wording.

What is print is decided by how the ink looks (recognizers/models/print_network.py), stroke by stroke, never by what it
says. Typed names and amounts look like print, too: where nothing on a line is written, what stands upon it
between the places of captions stays.
"""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.recognizers.models.print_network import PX_MM, writing_logits

_INK = 45
"""A pixel is ink when it is this much darker than white: the same as for telling whose a stroke is."""
_ABOVE_MM, _BELOW_MM = 11.0, 4.5
"""How far over the payee's rule and under the last rule of words writing may reach."""
_FIRST_MM, _FIRST_NATS = 12.0, -1.5
"""Nobody begins to write so near to the paper's left edge, where banks print PAY and RUPEES."""
_DOUBT_MM, _DOUBT_NATS = 18.0, 2.5
"""From here on long captions and the first word of an entry may stand: only what surely is print goes. A caption that
stays makes a reading doubtful, a first word that goes makes it wrong."""
_ENTRY_NATS = 4.0
"""Where no bank prints upon a line (`ChequeLayout.entry_mm`) what stands there is the entry, typed ones too. These
places were set on rendered banks with even seeds, with 36 real cheques of two banks in view."""
_MOST_NATS, _MOST_MM = 3.0, 3.0
"""How sure one stroke may be, and how many millimetres of it count: many letters outvote one."""
_APART_MM, _OVER_MM = 1.0, 0.4
"""Letters of one word stand closer than the first, and reach over one another by less than the second, mostly. A
caption that does so too makes a reading doubtful. A guess, tried on 30 rendered banks."""
_FOOT_MM = 2.5
"""How far over its rule a letter may end that stands on it."""
_RAISED_MM, _PRINT_MM = (3.8, 9.0), 2.4
"""Between which heights over its rule a caption above a line ends, and under which height its letters stay."""
_MARK_MM = 1.3
"""Height of dots and accents, which look like nothing by themselves."""
_WORD = np.ones((5, 9), np.uint8)
"""Ink so near to each other, in pixels of the network (1.4 mm along the line), is of one word."""


def without_captions(cleaned: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """A cleaned cheque, grey uint8 of the layout's size, without the print around the name and the words."""
    rows = [band.row for band in layout.lines.values()]
    top = max(0, min(rows) - round(_ABOVE_MM * layout.scale))
    bottom = min(cleaned.shape[0], max(rows) + round(_BELOW_MM * layout.scale))
    part = cleaned[top:bottom]
    ink = part < 255 - _INK
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    score = written_score(part, names, len(stats), layout.scale)
    printed = score < 0
    score = np.clip(score, -_MOST_NATS, _MOST_NATS)
    own = ~_of_other_fields(stats, layout, top)
    for name, band in layout.lines.items():
        x, _, width, _ = layout.regions[name].box
        # Beyond the line stand the currency sign and the amount's figures.
        line = own & (stats[:, cv2.CC_STAT_LEFT] < x + width)
        place = _place_nats(stats, layout, name)
        _judge_line(printed, line, stats, score + place, band.row - top, layout.scale)
        if name in layout.raised:
            _drop_raised(printed, line, stats, band.row - top, layout.scale)
    printed &= own
    printed[0] = False
    result = cleaned.copy()
    _whiten(result[top:bottom], printed[names], ~printed[names] & ink)
    return result


def written_score(part: np.ndarray, names: np.ndarray, count: int, scale: float) -> np.ndarray:
    """For each component of the ink of ``part`` how much rather it was written than printed, in nats: float (count,).

    Its own look and that of the word that it stands in count alike: a single stroke looks like print sometimes.
    """
    zoom = PX_MM / scale
    small = cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    logits = writing_logits(small)
    _, words = cv2.connectedComponents(
        cv2.dilate((small < 255 - _INK).astype(np.uint8), _WORD), connectivity=8
    )
    rows, columns = np.nonzero(names)
    y = np.minimum((rows * zoom).astype(int), small.shape[0] - 1)
    x = np.minimum((columns * zoom).astype(int), small.shape[1] - 1)
    each, number, word = logits[y, x], names[rows, columns], words[y, x]
    of_word = _means(word, each)
    word_of = np.zeros(count, int)
    word_of[number] = word
    own = np.zeros(count)
    own[: number.max(initial=0) + 1] = _means(number, each)
    score: np.ndarray = 0.5 * (own + of_word[word_of])
    return score


def _of_other_fields(stats: np.ndarray, layout: ChequeLayout, top: int) -> np.ndarray:
    """Which components stand in the amount's or the date's box, or under the lines, where numbers are printed; rows of
    ``stats`` are told from ``top`` on. bool (n,)."""
    x = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] / 2
    y = top + stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    other: np.ndarray = y > max(band.row for band in layout.lines.values()) + 1.0 * layout.scale
    for name in ("courtesy_amount", "date"):
        left, upper, width, height = layout.regions[name].box
        other |= (x > left) & (x < left + width) & (y > upper) & (y < upper + height)
    return other


def _place_nats(stats: np.ndarray, layout: ChequeLayout, name: str) -> np.ndarray:
    """What the place of each component along the line says for an entry, in nats, float (n,)."""
    captioned, (first, last) = name in layout.captioned, layout.entry_mm
    left = stats[:, cv2.CC_STAT_LEFT] / layout.scale
    middle = left + stats[:, cv2.CC_STAT_WIDTH] / layout.scale / 2
    nats = np.where(middle > (_DOUBT_MM if captioned else 0.0), _DOUBT_NATS, 0.0)
    begins = 0.0 if name in layout.bare else first
    nats = np.where(middle > begins, _ENTRY_NATS, nats) * (middle < last)
    found: np.ndarray = nats + _FIRST_NATS * (left < _FIRST_MM) * captioned
    return found


def _judge_line(
    printed: np.ndarray, line: np.ndarray, stats: np.ndarray, score: np.ndarray, row: int, scale: float
) -> None:
    """Decides, in place, for the components of a line (bool) with its rule at ``row``: what stands upon the rule is
    captions, then the entry, then captions, and the two ends of the entry lie where most strokes agree."""
    left, top, width, height = (stats[:, k] / scale for k in range(4))
    foot, middle, rule = top + height, left + width / 2, row / scale
    on_line = line & (foot > rule - _FOOT_MM) & (top < rule - 1.0) & (foot < rule + 4.0)
    numbers = np.flatnonzero(on_line)
    if not len(numbers):
        return
    numbers = numbers[np.argsort(middle[numbers])]
    votes = score * np.minimum(width, _MOST_MM)
    start, stop = _whole_words(*_best_run(votes[numbers]), left[numbers], (left + width)[numbers])
    printed[numbers] = True
    entry = numbers[start:stop]
    printed[entry] = False
    if len(entry):
        first, last = left[entry].min(), (left + width)[entry].max()
        marks = line & ~on_line & (height < _MARK_MM) & (middle > first) & (middle < last)
        printed[marks & (foot > rule - 7.0) & (foot < rule + 2.0)] = False


def _drop_raised(printed: np.ndarray, line: np.ndarray, stats: np.ndarray, row: int, scale: float) -> None:
    """Marks, in place, what is as low as print and ends over the line that is written on: a caption above it."""
    top, height = stats[:, cv2.CC_STAT_TOP] / scale, stats[:, cv2.CC_STAT_HEIGHT] / scale
    over = row / scale - (top + height)
    printed[
        line & (over > _RAISED_MM[0]) & (over < _RAISED_MM[1]) & (height > 0.6) & (height < _PRINT_MM)
    ] = True


def _whole_words(start: int, stop: int, left: np.ndarray, right: np.ndarray) -> tuple[int, int]:
    """The entry with what of its first and last word was taken for print: a word is never cut, for a name without its
    first letter is another name. ``left`` and ``right`` of the components in mm."""
    if start == stop:
        return start, stop
    while start > 0 and _joins(left[start:stop].min() - right[:start].max()):
        start -= 1
    while stop < len(left) and _joins(left[stop:].min() - right[start:stop].max()):
        stop += 1
    return start, stop


def _joins(gap: float) -> bool:
    return -_OVER_MM < gap < _APART_MM


def _best_run(votes: np.ndarray) -> tuple[int, int]:
    """Start and stop of the run of votes with the greatest sum; an empty one where all are against."""
    total = np.concatenate([[0.0], np.cumsum(votes)])
    lowest = np.minimum.accumulate(total)
    stop = int(np.argmax(total - lowest))
    return int(np.argmin(total[: stop + 1])), stop


def _means(labels: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of the values of each label from 0 to the highest, float (n,)."""
    total = np.bincount(labels, values)
    mean: np.ndarray = total / np.maximum(1, np.bincount(labels))
    return mean


def _whiten(part: np.ndarray, printed: np.ndarray, written: np.ndarray) -> None:
    """Paints print and its soft edge white, in place, but nothing that was written."""
    edge = cv2.dilate(printed.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    keep = cv2.dilate(written.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    part[(edge & ~keep) | printed] = 255
