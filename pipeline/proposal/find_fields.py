"""The fields of a page without form fields: checkboxes and places to write that have a label, or stand in a grid.

Not every free rectangle is a field. Paragraphs, headings and tables of text leave free ends, too; what tells them apart
is whether the free room spans its box, whether the text beside it asks for something, and whether boxes in its row
are filled with text. Where the constants were set stands in benchmarks/forms_new.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inkfield.pipeline.proposal.blank import PX_MM, BlankPage
from inkfield.pipeline.proposal.checkboxes import find_checkboxes
from inkfield.pipeline.proposal.found import FoundField, MmBox
from inkfield.pipeline.proposal.guess import is_label, kind_of_label
from inkfield.pipeline.proposal.labels import Label, Print
from inkfield.pipeline.proposal.open_places import OF_THE_PAGE, OpenPlace, open_places
from inkfield.pipeline.proposal.ruling import Ruling, find_ruling
from inkfield.pipeline.proposal.spaces import Space, find_spaces
from inkfield.pipeline.proposal.words import PrintedWord
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box


@dataclass(frozen=True)
class FindFieldsLimits:
    """Which free room is a field."""

    spans: float = limit(
        0.8, "share", "guess", "Of its box, that free room spans which is there to be written in"
    )
    whole_line: float = limit(
        0.93, "share", "guess", "Of the page's width, from which a rule is one of its whole width"
    )
    most_label_words: int = limit(40, "words", "guess", "Of the longest label")
    most_beside: int = limit(8, "words", "guess", "Of the longest label beside its field")
    head_gap_mm: float = limit(3.2, "mm", "guess", "Between a table's head and the box under it")
    same_mm: float = limit(1.2, "mm", "guess", "By which places on one row differ")
    line_reach_mm: float = limit(30.0, "mm", "guess", "Before a line, where its label may stand")
    head_reach_mm: float = limit(8.0, "mm", "guess", "Over a column, where its head may stand")
    row_head_mm: float = limit(70.0, "mm", "guess", "Before a row, where its head may stand")
    comb_gap_mm: float = limit(12.0, "mm", "guess", "Between the parts of a comb")
    narrowest_mm: float = limit(6.0, "mm", "guess", "Of the narrowest field")
    narrowest_beside_mm: float = limit(12.0, "mm", "guess", "Of the narrowest field with its label beside it")
    plenty_mm: float = limit(
        8.0,
        "mm",
        "guess",
        "Height of room over print and checkboxes in one box, that is there to be written in",
    )
    longest_or: int = limit(
        4, "letters", "guess", 'Of "or", "and", "oder", which stand between fields and ask for nothing'
    )
    separator_mm: float = limit(
        120.0, "mm", "guess", "Length of a rule that parts a page, unless a text beside it asks for something"
    )
    to_read: int = limit(250, "words", "guess", "Of a page that may be there to be read only")
    few: int = limit(2, "fields", "guess", "On a page that may be there to be read only")
    sentence: int = limit(6, "words", "guess", "Of a text that is there to be read")
    next_line_mm: tuple[float, float] = limit(
        (3.4, 9.5), "mm", "guess", "Between the lines of one field: least and most"
    )
    row_mm: float = limit(6.0, "mm", "guess", "Height of a row of a printed table")
    least_row_mm: float = limit(4.0, "mm", "guess", "Height of the lowest row to write in")
    at_foot: float = limit(0.42, "share", "guess", "Of a row's height, under which print stands at its foot")
    more_room: float = limit(
        1.4,
        "times",
        "guess",
        "The height of a printed row: people write higher than print, and nothing stands above",
    )
    counted_reach_mm: float = limit(130.0, "mm", "guess", "Between the number of a row and its field")
    number_letters: int = limit(2, "letters", "guess", "Of the number of a row")
    sure_of_open: float = limit(0.5, "probability", "guess", "That a place for which nothing is drawn is one")
    loose_px: int = limit(3, "px", "guess", "By which rules miss each other")
    wall_px: int = limit(8, "px", "guess", "Thickness of a wall between boxes")
    small_mm: float = limit(2.9, "mm", "guess", "Height of a box that is a checkbox rather than a field")
    margin_mm: float = limit(0.4, "mm", "guess", "That a field keeps from its rules")
    widest_number_mm: float = limit(15.0, "mm", "guess", "Width of the number of a row")
    row_reach_mm: float = limit(200.0, "mm", "guess", "Length of a row")
    heads_over: int = limit(2, "boxes", "guess", "That are empty under a head")


LIMITS = FindFieldsLimits()

_OFFICE = re.compile(
    r"\b(use|office) only\b|\bdo not write\b|\bleave blank\b|nur f(ü|ue)r|\bvom .* auszuf(ü|ue)llen|vermerk"
    r"|\bnicht beschriften"
)
"""Boxes of the publisher's own people."""
_ROW_NUMBER = re.compile(r"^\(?(\d{1,3}[a-z]?|[ivxIVX]{1,5}|[a-zA-Z])[.)]?$")


@dataclass(frozen=True)
class _Place:
    """A space in mm with its label. ``inner`` is the text in its box beside or above the space."""

    space: Space
    box: MmBox
    cell: MmBox | None
    inner: tuple[PrintedWord, ...]
    label: Label | None

    @property
    def words(self) -> int:
        return sum(len(line.text.split()) for line in self.inner)


def find_fields(page: BlankPage) -> list[FoundField]:
    """The fields of one page, from top to bottom."""
    ruling = find_ruling(page)
    printed = print_of(page, ruling)
    marks = _single(find_checkboxes(ruling.ink, page.words))
    spaces = [space for space in find_spaces(ruling, marks) if not _is_mark(space.box, marks)]
    combs = [space.box for space in spaces if space.cells]
    marks = [mark for mark in marks if not any(_within(mark, comb) for comb in combs)]
    places = [_place(space, printed, ruling.ink) for space in spaces]
    kept = [place for place in places if _is_field(place, places, printed, marks)]
    kept += _going_on(kept, places)
    kept = [_of_one_row(place, printed) for place in _named_by_heads(kept, printed)]
    taken = [_mm(mark) for mark in marks] + [place.box for place in kept]
    free = open_places(ruling.ink, printed, taken)
    if (
        not marks
        and len(page.words) > LIMITS.to_read
        and not _asks(kept)
        and not any(place.item for place in free)
    ):
        return []
    found = _checkboxes(page.number, marks, printed)
    found += [_field(page.number, place) for place in kept]
    found += [_open_field(page.number, place, printed) for place in free]
    return sorted(found, key=lambda field: (field.box[1] + field.box[3], field.box[0]))


def print_of(page: BlankPage, ruling: Ruling) -> Print:
    """What is printed on a page that has these rules."""
    level, upright = (
        [_mm((rule.left, rule.top, rule.right - rule.left, rule.bottom - rule.top)) for rule in rules]
        for rules in (ruling.level, ruling.upright)
    )
    return Print(page.words, level, upright)


def _place(space: Space, printed: Print, ink: np.ndarray) -> _Place:
    box = _mm(space.box)
    cell = None if space.cell is None else _mm(space.cell)
    inner = tuple(printed.inside(cell)) if cell is not None else ()
    label: Label | None
    if space.cells:
        label = printed.above(box) or printed.left_of(box)
    elif cell is None:
        beside = printed.left_of(box) or _over_dots(space, box, printed, ink)
        label = beside or printed.above(box) or printed.below(box)
    elif not inner:
        label = printed.left_of(box, through=True) or printed.above(box)
    else:
        label = _label_in(space, box, inner, printed)
    return _Place(space, box, cell, inner, label)


def _over_dots(space: Space, box: MmBox, printed: Print, ink: np.ndarray) -> Label | None:
    """The text farther to the left, where dots lead from it to the line."""
    label = printed.left_of(box, LIMITS.line_reach_mm)
    if label is None:
        return None
    x, y, _, height = space.box
    between = ink[y + height // 2 : y + height + 2, round(label.right * PX_MM) + 5 : x - 3]
    return label if between.any() else None


def _label_in(space: Space, box: MmBox, inner: Sequence[PrintedWord], printed: Print) -> Label | None:
    """The label of a box that has print in it."""
    if space.full < LIMITS.whole_line:
        beside = printed.left_of(box, 2.0)
        if beside is not None or space.full < LIMITS.spans:
            return beside
    over = [line for line in inner if line.middle[1] < box[1] + 0.5]
    if not over:
        return printed.above(box)
    text = " ".join(line.text for line in over)
    return Label(text, "in", len(over), len(text.split()), over[-1].right)


def _is_field(place: _Place, places: Sequence[_Place], printed: Print, marks: Sequence[Box]) -> bool:
    if place.space.cells:
        return True
    if place.box[2] < LIMITS.narrowest_mm or _is_of_office(place):
        return False
    if place.cell is None:
        return _is_line(place)
    if (
        place.inner
        and place.cell[2] < LIMITS.widest_number_mm
        and all(_ROW_NUMBER.match(i.text) for i in place.inner)
    ):
        return False
    if place.inner and _is_table_head(place, places):
        return False
    if not place.inner:
        return True  # if it has a label, or a head; that is seen when all are known
    holds = any(_within_mm(_mm(mark), place.cell) for mark in marks) or any(
        _within_mm(other.box, place.cell)
        for other in places
        if other is not place and other.cell != place.cell
    )
    if holds and not (place.box[3] >= LIMITS.plenty_mm and place.space.full > LIMITS.whole_line):
        return False
    if place.space.full < LIMITS.spans:
        return _is_beside(place) and not _is_head(place, places)
    label = place.label
    if label is None or label.words > LIMITS.most_label_words:
        return False
    return is_label(label.text) or (label.words <= 12 and not _in_row_of_text(place, printed))


def _is_of_office(place: _Place) -> bool:
    """Whether print in the box, or the label, says that somebody else fills it in."""
    texts = [line.text for line in place.inner] + ([place.label.text] if place.label else [])
    return any(_OFFICE.search(text.lower()) for text in texts)


def _is_line(place: _Place) -> bool:
    """Whether a level rule that bounds no box is a line to write on."""
    label = place.label
    if label is None or OF_THE_PAGE.search(label.text.lower()):
        return False
    if place.space.full < LIMITS.whole_line:
        return _is_beside(place)
    if label.place == "left":
        return is_label(label.text) or len(label.text) > LIMITS.longest_or
    if not is_label(label.text):
        return label.words <= 6 and place.box[2] < LIMITS.separator_mm
    return label.lines <= 2 and label.words <= 12


def _is_beside(place: _Place) -> bool:
    """Whether a short text that asks for something stands before the room, on its line."""
    label = place.label
    return (
        label is not None and label.place == "left" and label.words <= LIMITS.most_beside and is_label(label.text)
        and place.box[2] >= LIMITS.narrowest_beside_mm
    )  # fmt: skip


def _going_on(kept: Sequence[_Place], places: Sequence[_Place]) -> list[_Place]:
    """Lines under a line to write on that end where it ends, and have no label of their own."""
    lines = [place for place in kept if place.cell is None]
    more: list[_Place] = []
    for place in sorted(places, key=lambda place: place.box[1]):
        if place in kept or place.cell is not None or place.space.full < LIMITS.whole_line:
            continue
        foot, right = place.box[1] + place.box[3], place.box[0] + place.box[2]
        for line in lines + more:
            down = foot - line.box[1] - line.box[3]
            if (
                LIMITS.next_line_mm[0] < down < LIMITS.next_line_mm[1]
                and abs(line.box[0] + line.box[2] - right) < LIMITS.same_mm
            ):
                more.append(replace(place, label=line.label))
                break
    return more


def _is_head(place: _Place, places: Sequence[_Place]) -> bool:
    """Whether a box is the heading of an empty one under it."""
    cell = place.cell or place.box
    foot = cell[1] + cell[3]
    return any(
        -1.0 < other.box[1] - foot < LIMITS.head_gap_mm
        and not other.inner
        and _overlap(other.box, cell) > 0.5 * min(other.box[2], cell[2])
        for other in places
        if other is not place
    )


def _is_table_head(place: _Place, places: Sequence[_Place]) -> bool:
    """Whether a printed box stands over empty boxes of its width, and the box beside it does as well."""
    beside = [
        other for other in places
        if other.cell and place.cell and other.inner and abs(other.cell[1] - place.cell[1]) < LIMITS.same_mm
    ]  # fmt: skip
    return len(beside) > 1 and all(
        _empty_under(other, places) >= LIMITS.heads_over for other in (place, *beside)
    )


def _empty_under(place: _Place, places: Sequence[_Place]) -> int:
    """How many empty boxes of its width stand under a box, one under the other."""
    x, y, width, height = place.cell or place.box
    count, foot = 0, y + height
    for other in places:
        if (
            other.cell is None
            or abs(other.cell[0] - x) > LIMITS.same_mm
            or abs(other.cell[2] - width) > 2 * LIMITS.same_mm
        ):
            continue
        only_number = all(_ROW_NUMBER.match(line.text) for line in other.inner)
        if only_number and abs(other.cell[1] - foot) < LIMITS.same_mm:
            count, foot = count + 1, other.cell[1] + other.cell[3]
    return count


def _in_row_of_text(place: _Place, printed: Print) -> bool:
    """Whether a box beside this one is filled with text to its foot: a table to read, not to fill in."""
    cell = place.cell or place.box
    foot = cell[1] + cell[3]
    return any(
        cell[1] < line.middle[1] < foot and foot - line.bottom < 2.5
        and not cell[0] - 0.5 < line.middle[0] < cell[0] + cell[2] + 0.5
        and printed.label(line, "in").words >= LIMITS.sentence
        for line in printed.lines
    )  # fmt: skip


def _named_by_heads(places: Sequence[_Place], printed: Print) -> list[_Place]:
    """Empty boxes and combs without a label get that of their row and column; boxes without any are dropped."""
    named: list[_Place] = []
    for place in sorted(places, key=lambda place: (round(place.box[1]), place.box[0])):
        if place.label is None or (not place.inner and place.cell is not None):
            place = replace(place, label=_head(place, named, printed) or place.label)
        if place.label is not None:
            named.append(place)
    return named


def _of_one_row(place: _Place, printed: Print) -> _Place:
    """A high empty box with the number of a row beside its foot is to be filled in on that row: the printed rows above
    have no rules in this column. A bare number is replaced by the text that it counts."""
    label = place.label
    if label is None or place.inner or place.space.cells:
        return place
    x, y, width, height = place.box
    foot = y + height
    if label.place != "left":
        number = printed.left_of(
            (x, foot - LIMITS.at_foot * height, width, LIMITS.at_foot * height),
            LIMITS.row_reach_mm,
            through=True,
        )
        if number is None or not _ROW_NUMBER.match(number.text):
            return place
        label = number
    if place.cell is not None and height > LIMITS.row_mm and foot - label.middle < LIMITS.at_foot * height:
        lower = min(height, LIMITS.more_room * max(LIMITS.least_row_mm, 2 * (foot - label.middle)))
        place = replace(place, box=(x, foot - lower, width, lower))
    if label is place.label and sum(map(str.isalpha, label.text)) <= LIMITS.number_letters:
        counted = printed.before(label, LIMITS.counted_reach_mm)
        place = replace(place, label=counted or label)
    return place


def _head(place: _Place, before: Sequence[_Place], printed: Print) -> Label | None:
    """The label that a box has by its row and its column, or a comb by the comb before it."""
    x, y, width, height = place.box
    if place.space.cells:
        beside = [
            other for other in before
            if other.space.cells and abs(other.box[1] - y) < LIMITS.same_mm
            and 0 < x - other.box[0] - other.box[2] < LIMITS.comb_gap_mm
        ]  # fmt: skip
        return place.label or (beside[-1].label if beside else None)
    row = printed.left_of((x, y, width, height), LIMITS.row_head_mm, through=True)
    over = [
        other for other in before
        if not other.inner and abs(other.box[0] - x) < LIMITS.same_mm and abs(other.box[2] - width) < LIMITS.same_mm
        and -0.5 < y - other.box[1] - other.box[3] < 2 * LIMITS.same_mm
    ]  # fmt: skip
    column = over[-1].label if over else printed.above((x, y, width, height), LIMITS.head_reach_mm)
    if column is not None and row is not None and column.place == "above":
        crossed = any(
            row.right < o.box[0] + o.box[2] / 2 < x and abs(o.box[1] - y) < LIMITS.same_mm for o in before
        )
        return replace(column, text=f"{column.text} {row.text}") if crossed else row
    return row or column


def _asks(places: Sequence[_Place]) -> bool:
    """Whether a page of much text has places that are surely to be filled in."""
    sure = [place for place in places if place.label is not None and is_label(place.label.text)]
    kinds = {kind_of_label(place.label.text) for place in sure if place.label is not None}
    lines = any(place.cell is None or place.space.cells for place in sure)
    return lines or len(sure) > LIMITS.few or bool(kinds & {"signature", "date"})


def _field(page: int, place: _Place) -> FoundField:
    label = place.label.text if place.label is not None else ""
    kind = kind_of_label(label) or ("code" if place.space.cells else "text")
    how, sure = ("line", 0.8) if place.cell is None else ("box", 0.9)
    if place.space.cells:
        how, sure = "comb", 0.95
    if not is_label(label):
        sure -= 0.25
    if place.label is not None and place.label.words > 12:
        sure -= 0.1
    return FoundField(page, place.box, kind, label, round(sure, 2), how, place.space.cells)


def _open_field(page: int, place: OpenPlace, printed: Print) -> FoundField:
    label = printed.label(place.line, "left")
    if place.item:
        label = printed.before(label, LIMITS.counted_reach_mm) or label
    kind = kind_of_label(label.text) or ("amount" if place.item else "text")
    return FoundField(page, place.box, kind, label.text, LIMITS.sure_of_open, "free room")


def _single(marks: Sequence[Box]) -> list[Box]:
    """Without squares that stand wall to wall, three and more: these are for one character each."""

    def row(mark: Box, step: int) -> int:
        """How many touch it one after the other on one side."""
        side = mark[0] + mark[2] if step > 0 else mark[0]
        for other in marks:
            edge = other[0] if step > 0 else other[0] + other[2]
            alike = abs(other[1] - mark[1]) <= LIMITS.loose_px and abs(other[3] - mark[3]) <= LIMITS.loose_px
            if other is not mark and alike and abs(edge - side) <= LIMITS.wall_px:
                return 1 + row(other, step)
        return 0

    return [mark for mark in marks if row(mark, 1) + row(mark, -1) < LIMITS.few]


def _checkboxes(page: int, marks: Sequence[Box], printed: Print) -> list[FoundField]:
    """Small ones with a margin, for ticks go beyond them. One without a caption is the hole of a letter in a drawing,
    unless there are more of its size."""
    found = []
    for mark in marks:
        x, y, width, height = _mm(mark)
        label = printed.right_of(_mm(mark)) or printed.left_of(_mm(mark)) or printed.above(_mm(mark))
        if label is None and not any(o is not mark and abs(o[2] - mark[2]) <= LIMITS.loose_px for o in marks):
            continue
        edge = LIMITS.margin_mm if max(width, height) < LIMITS.small_mm else 0.0
        box = (x - edge, y - edge, width + 2 * edge, height + 2 * edge)
        sure = 0.95 if label else 0.6
        found.append(FoundField(page, box, "checkbox", label.text if label else "", sure, "checkbox"))
    return found


def _mm(box: Box) -> MmBox:
    x, y, width, height = (number / PX_MM for number in box)
    return x, y, width, height


def _overlap(first: MmBox, second: MmBox) -> float:
    """Width in mm that two boxes have in common."""
    return min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])


def _within_mm(inner: MmBox, outer: MmBox) -> bool:
    x, y = inner[0] + inner[2] / 2, inner[1] + inner[3] / 2
    return outer[0] < x < outer[0] + outer[2] and outer[1] < y < outer[1] + outer[3]


def _within(inner: Box, outer: Box) -> bool:
    return _within_mm(_mm(inner), _mm(outer))


def _is_mark(box: Box, marks: Sequence[Box]) -> bool:
    return any(_within(box, mark) for mark in marks)
