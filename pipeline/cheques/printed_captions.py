"""Print on and beside the lines of a cheque, taken out before the lines are read: captions in any script and wording.

What is print is decided by how the ink looks (recognizers/models/print_network.py), stroke by stroke, never by what it
says. Typed names and amounts look like print, too: where nothing on a line is written, what stands upon it
between the places of captions stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.caption_ink import entry_ink_nats, ink_colours
from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.pipeline.image.label_means import mean_by_label
from inkfield.recognizers.limits import limit
from inkfield.recognizers.models.print_network import PX_MM, writing_logits


@dataclass(frozen=True)
class PrintedCaptionLimits:
    """Where on the lines banks print, where entries begin, and how much the look of a stroke says."""

    ink: int = limit(
        45,
        "grey levels",
        "guess",
        "A pixel is ink when it is this much darker than white: the same as for telling whose a stroke is",
    )
    above_mm: float = limit(11.0, "mm", "guess", "Over the payee's rule that writing may reach")
    below_mm: float = limit(4.5, "mm", "guess", "Under the last rule of words that writing may reach")
    first_mm: float = limit(
        12.0,
        "mm",
        "rendered",
        "From the paper's left edge, where nobody begins to write: banks print PAY and RUPEES",
    )
    first_nats: float = limit(-1.5, "nats", "rendered", "That this place says against an entry")
    doubt_mm: float = limit(
        18.0,
        "mm",
        "rendered",
        "From the paper's left edge, from where long captions and the first word of an entry may stand",
    )
    doubt_nats: float = limit(
        2.5,
        "nats",
        "rendered",
        "That this place says for an entry: a caption that stays makes a reading doubtful, a first "
        "word that goes makes it wrong",
    )
    entry_mm: tuple[float, float] = limit(
        (36.0, 128.0),
        "mm",
        "rendered",
        "From the paper's left edge, between which no bank prints upon a line: set on rendered banks "
        "with even seeds, with 36 real cheques of two banks in view",
    )
    entry_nats: float = limit(4.0, "nats", "rendered", "That this place says for an entry")
    most_nats: float = limit(3.0, "nats", "rendered", "That one stroke may say")
    most_mm: float = limit(3.0, "mm", "rendered", "Of a stroke's width that count: many letters outvote one")
    apart_mm: float = limit(
        1.0,
        "mm",
        "rendered",
        "Under which letters of one word stand apart; a guess, tried on 30 rendered banks",
    )
    over_mm: float = limit(
        0.4,
        "mm",
        "rendered",
        "By which letters of one word reach over one another; a guess, tried on 30 rendered banks",
    )
    foot_mm: float = limit(2.5, "mm", "guess", "How far over its rule a letter may end that stands on it")
    raised_mm: tuple[float, float] = limit(
        (3.8, 9.0), "mm", "rendered", "Over its rule, between which a caption above a line ends"
    )
    print_mm: tuple[float, float] = limit(
        (0.6, 2.4), "mm", "rendered", "Between which the letters of such a caption are high"
    )
    mark_mm: float = limit(
        1.3, "mm", "guess", "Height of dots and accents, which look like nothing by themselves"
    )
    rule_mm: float = limit(0.2, "mm", "guess", "Above and below the middle of a rule, that ink may be its")
    own_share: float = limit(0.5, "share", "guess", "Of a stroke's own look, beside that of its word")
    under_words_mm: float = limit(1.0, "mm", "guess", "Under the last rule, from where numbers are printed")
    least_rise_mm: float = limit(1.0, "mm", "guess", "That a letter upon a rule reaches above it")
    most_fall_mm: float = limit(4.0, "mm", "guess", "That a letter upon a rule reaches below it")
    mark_above_mm: float = limit(7.0, "mm", "guess", "Over the rule, up to where dots and accents stand")
    mark_below_mm: float = limit(2.0, "mm", "guess", "Under the rule, down to where dots and accents stand")


LIMITS = PrintedCaptionLimits()

_WORD = np.ones((5, 9), np.uint8)
"""Ink so near to each other, in pixels of the network (1.4 mm along the line), is of one word."""


def without_captions(cleaned: np.ndarray, image: np.ndarray, layout: ChequeLayout) -> np.ndarray:
    """A cleaned cheque, grey uint8 of the layout's size, without the print around the name and the words; ``image`` is
    the same cheque as scanned, BGR or grey."""
    rows = [band.row for band in layout.lines.values()]
    top = max(0, min(rows) - round(LIMITS.above_mm * layout.scale))
    bottom = min(cleaned.shape[0], max(rows) + round(LIMITS.below_mm * layout.scale))
    part = cleaned[top:bottom]
    ink = part < 255 - LIMITS.ink
    _, names, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    score = written_score(part, names, len(stats), layout.scale)
    printed = score < 0
    score = np.clip(score, -LIMITS.most_nats, LIMITS.most_nats)
    own = ~_of_other_fields(stats, layout, top)
    colours = ink_colours(image[top:bottom], part, names, len(stats))
    for name, band in layout.lines.items():
        x, _, width, _ = layout.regions[name].box
        # Beyond the line stand the currency sign and the amount's figures.
        line = own & (stats[:, cv2.CC_STAT_LEFT] < x + width)
        place = _place_nats(stats, layout, name)
        _judge_line(printed, line, stats, score + place, colours, band.row - top, layout.scale)
        if name in layout.raised:
            _drop_raised(printed, line, stats, band.row - top, layout.scale)
    printed &= own
    printed[0] = False
    result = cleaned.copy()
    _whiten(result[top:bottom], printed[names], ~printed[names] & ink)
    return result


def written_score(
    part: np.ndarray, names: np.ndarray, count: int, scale: float, rules: Sequence[int] = ()
) -> np.ndarray:
    """For each component of the ink of ``part`` how much rather it was written than printed, in nats: float (count,).

    Its own look and that of the word that it stands in count alike: a single stroke looks like print sometimes.
    ``rules`` are rows of ``part`` with a printed rule: what is left of one joins a caption to the entry.
    """
    zoom = PX_MM / scale
    rows, columns = np.nonzero(names)
    if not len(rows):
        return np.zeros(count)
    small = cv2.resize(part, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    logits = writing_logits(small)
    inked = (small < 255 - LIMITS.ink).astype(np.uint8)
    reach = LIMITS.rule_mm * PX_MM
    for row in rules:
        inked[max(0, round(row * zoom - reach)) : round(row * zoom + reach) + 1] = 0
    _, words = cv2.connectedComponents(cv2.dilate(inked, _WORD), connectivity=8)
    y = np.minimum((rows * zoom).astype(int), small.shape[0] - 1)
    x = np.minimum((columns * zoom).astype(int), small.shape[1] - 1)
    each, number, word = logits[y, x], names[rows, columns], words[y, x]
    of_word = mean_by_label(word, each)
    word_of = np.zeros(count, int)
    word_of[number] = word
    score: np.ndarray = LIMITS.own_share * (mean_by_label(number, each, count) + of_word[word_of])
    return score


def printed_before(stats: np.ndarray, score: np.ndarray, most: int) -> int:
    """How many of the components of a line, from the left, are a printed label before the entry, at most ``most``.

    ``stats`` are OpenCV's in mm, float (n, 5), and ``score`` is `written_score`'s, float (n,). No word is cut.
    """
    left, right = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH]
    votes = np.clip(score, -LIMITS.most_nats, LIMITS.most_nats) * np.minimum(right - left, LIMITS.most_mm)
    total = np.concatenate([[0.0], np.cumsum(votes[:most])])
    start = int(np.argmin(total))
    if start < len(left):
        start, _ = _whole_words(start, len(left), left, right)
    return start


def _of_other_fields(stats: np.ndarray, layout: ChequeLayout, top: int) -> np.ndarray:
    """Which components stand in the amount's or the date's box, or under the lines, where numbers are printed; rows of
    ``stats`` are told from ``top`` on. bool (n,)."""
    x = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] / 2
    y = top + stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    other: np.ndarray = (
        y > max(band.row for band in layout.lines.values()) + LIMITS.under_words_mm * layout.scale
    )
    for name in ("courtesy_amount", "date"):
        left, upper, width, height = layout.regions[name].box
        other |= (x > left) & (x < left + width) & (y > upper) & (y < upper + height)
    return other


def _place_nats(stats: np.ndarray, layout: ChequeLayout, name: str) -> np.ndarray:
    """What the place of each component along the line says for an entry, in nats, float (n,)."""
    captioned, (first, last) = name in layout.captioned, layout.entry_mm or LIMITS.entry_mm
    left = stats[:, cv2.CC_STAT_LEFT] / layout.scale
    middle = left + stats[:, cv2.CC_STAT_WIDTH] / layout.scale / 2
    nats = np.where(middle > (LIMITS.doubt_mm if captioned else 0.0), LIMITS.doubt_nats, 0.0)
    begins = 0.0 if name in layout.bare else first
    nats = np.where(middle > begins, LIMITS.entry_nats, nats) * (middle < last)
    found: np.ndarray = nats + LIMITS.first_nats * (left < LIMITS.first_mm) * captioned
    return found


def _judge_line(
    printed: np.ndarray,
    line: np.ndarray,
    stats: np.ndarray,
    score: np.ndarray,
    colours: np.ndarray,
    row: int,
    scale: float,
) -> None:
    """Decides, in place, for the components of a line (bool) with its rule at ``row``: what stands upon the rule is
    captions, then the entry, then captions, and the two ends of the entry lie where most strokes agree."""
    left, top, width, height = (stats[:, k] / scale for k in range(4))
    foot, middle, rule = top + height, left + width / 2, row / scale
    on_line = (
        line
        & (foot > rule - LIMITS.foot_mm)
        & (top < rule - LIMITS.least_rise_mm)
        & (foot < rule + LIMITS.most_fall_mm)
    )
    numbers = np.flatnonzero(on_line)
    if not len(numbers):
        return
    numbers = numbers[np.argsort(middle[numbers])]
    votes = (score + entry_ink_nats(colours, left, width, on_line)) * np.minimum(width, LIMITS.most_mm)
    start, stop = _whole_words(*_best_run(votes[numbers]), left[numbers], (left + width)[numbers])
    printed[numbers] = True
    entry = numbers[start:stop]
    printed[entry] = False
    if len(entry):
        first, last = left[entry].min(), (left + width)[entry].max()
        marks = line & ~on_line & (height < LIMITS.mark_mm) & (middle > first) & (middle < last)
        printed[marks & (foot > rule - LIMITS.mark_above_mm) & (foot < rule + LIMITS.mark_below_mm)] = False


def _drop_raised(printed: np.ndarray, line: np.ndarray, stats: np.ndarray, row: int, scale: float) -> None:
    """Marks, in place, what is as low as print and ends over the line that is written on: a caption above it."""
    top, height = stats[:, cv2.CC_STAT_TOP] / scale, stats[:, cv2.CC_STAT_HEIGHT] / scale
    over = row / scale - (top + height)
    low, high = LIMITS.raised_mm
    least, most = LIMITS.print_mm
    printed[line & (over > low) & (over < high) & (height > least) & (height < most)] = True


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
    return -LIMITS.over_mm < gap < LIMITS.apart_mm


def _best_run(votes: np.ndarray) -> tuple[int, int]:
    """Start and stop of the run of votes with the greatest sum; an empty one where all are against."""
    total = np.concatenate([[0.0], np.cumsum(votes)])
    lowest = np.minimum.accumulate(total)
    stop = int(np.argmax(total - lowest))
    return int(np.argmin(total[: stop + 1])), stop


def _whiten(part: np.ndarray, printed: np.ndarray, written: np.ndarray) -> None:
    """Paints print and its soft edge white, in place, but nothing that was written."""
    edge = cv2.dilate(printed.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    keep = cv2.dilate(written.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    part[(edge & ~keep) | printed] = 255
