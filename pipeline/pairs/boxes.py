"""Checkboxes with their captions, and the question that a group of them answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inkfield.pipeline.pairs.labels import Piece, ruled
from inkfield.pipeline.pairs.runs import Run, walled
from inkfield.pipeline.pairs.sheet import Mark, Sheet
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class BoxLimits:
    """Where the caption of a checkbox stands, and the question over a group."""

    caption_mm: float = limit(
        9.0, "mm", "guess", "Farthest caption beside its box; what lacks one costs as much"
    )
    over_mm: float = limit(3.5, "mm", "guess", "Farthest caption above its box, where none is beside it")
    row_mm: float = limit(2.0, "mm", "guess", "Up and down between boxes of one row")
    question_mm: float = limit(16.0, "mm", "guess", "Farthest question above a group")
    beside_mm: float = limit(60.0, "mm", "guess", "Farthest question before a group, on its line")


LIMITS = BoxLimits()


@dataclass(frozen=True)
class Captioned:
    """A checkbox, its caption, and the pieces that it and the question of its group were read from."""

    mark: Mark
    caption: str
    pieces: tuple[int, ...]
    question: int | None = None


def with_captions(sheet: Sheet, pieces: Sequence[Piece]) -> list[Captioned]:
    """All checkboxes of the page with their captions, without questions yet."""
    printed = [
        i for i, piece in enumerate(pieces) if piece.role != "guide" and any(map(str.isalnum, piece.text))
    ]
    found: list[Captioned] = []
    for row in _rows(sheet):
        sides = [[_caption(sheet, pieces, printed, mark, side) for mark in row] for side in ("right", "left")]
        costs = [sum(LIMITS.caption_mm if c is None else c[1] for c in side) for side in sides]
        better = sides[0] if costs[0] <= costs[1] else sides[1]
        other = sides[1] if better is sides[0] else sides[0]
        taken = {c[0] for c in better if c is not None}
        for mark, caption, second in zip(row, better, other, strict=True):
            if caption is None and second is not None and second[0] not in taken:
                caption = second
            if caption is None:
                found.append(_over(sheet, pieces, printed, mark))
            else:
                found.append(Captioned(mark, _whole(pieces, caption[0]), (caption[0],)))
    return found


def with_questions(sheet: Sheet, pieces: Sequence[Piece], boxes: Sequence[Captioned]) -> list[Captioned]:
    """The same with the label that each is an answer to."""
    captions = {i for box in boxes for i in box.pieces}
    labels = [i for i, piece in enumerate(pieces) if piece.role == "label" and i not in captions]
    by_mark = {id(box.mark): box for box in boxes}
    found = []
    for row in _rows(sheet):
        question = _question(sheet, pieces, labels, row)
        found += [replace(by_mark[id(mark)], question=question) for mark in row]
    return found


def _rows(sheet: Sheet) -> list[list[Mark]]:
    """Checkboxes in rows, parted by upright rules, from left to right."""
    rows: list[list[Mark]] = []
    for mark in sorted(sheet.marks, key=lambda mark: mark.box[0]):
        for row in rows:
            last = row[-1].box
            y = mark.box[1] + mark.box[3] / 2
            if abs(last[1] - mark.box[1]) < LIMITS.row_mm * PX_MM and not walled(
                sheet, last[0] + last[2] + 4, mark.box[0] - 4, y
            ):
                row.append(mark)
                break
        else:
            rows.append([mark])
    return rows


def _caption(
    sheet: Sheet, pieces: Sequence[Piece], printed: Sequence[int], mark: Mark, side: str
) -> tuple[int, float] | None:
    """The nearest text on one side of a box and how far it is in mm."""
    x, y, width, height = mark.box
    middle = y + height / 2
    best: tuple[int, float] | None = None
    for i in printed:
        run = pieces[i].run
        gap = (run.left - x - width if side == "right" else x - run.right) / PX_MM
        if not -1.0 < gap < LIMITS.caption_mm or not run.top - 4 < middle < run.bottom + 4:
            continue
        edges = (x + width + 4, run.left) if side == "right" else (run.right, x - 4)
        if walled(sheet, *edges, middle) or _mark_between(sheet, mark, *edges):
            continue
        if best is None or gap < best[1]:
            best = i, gap
    return best


def _mark_between(sheet: Sheet, mark: Mark, left: float, right: float) -> bool:
    y = mark.box[1] + mark.box[3] / 2
    return any(
        other is not mark
        and left < other.box[0] + other.box[2] / 2 < right
        and other.box[1] < y < other.box[1] + other.box[3]
        for other in sheet.marks
    )


def _over(sheet: Sheet, pieces: Sequence[Piece], printed: Sequence[int], mark: Mark) -> Captioned:
    """A box whose caption stands above it: the word over its middle."""
    x, y, width, _ = mark.box
    middle = x + width / 2
    for i in printed:
        run = pieces[i].run
        if 0 <= y - run.bottom + 4 < LIMITS.over_mm * PX_MM and run.left - 8 < middle < run.right + 8:
            return Captioned(mark, _word_at(pieces[i], middle), (i,))
    return Captioned(mark, "", ())


def _word_at(piece: Piece, x: float) -> str:
    """The word of a piece that stands at a column, its letters taken to be of one width."""
    text, run = piece.text, piece.run
    at = round((x - run.left) / max(1, run.right - run.left) * len(text))
    at = min(max(at, 0), len(text) - 1)
    start = text.rfind(" ", 0, at) + 1
    stop = text.find(" ", at)
    return text[start:] if stop < 0 else text[start:stop] or text


def _whole(pieces: Sequence[Piece], i: int) -> str:
    """The caption with the lines that it goes on from."""
    before = pieces[i].joined
    if before is None or pieces[before].role != pieces[i].role:
        return pieces[i].text
    return f"{_whole(pieces, before)} {pieces[i].text}"


def _question(
    sheet: Sheet, pieces: Sequence[Piece], labels: Sequence[int], row: Sequence[Mark]
) -> int | None:
    """The label beside or above a row of checkboxes, in their box."""
    x, y, _, height = row[0].box
    width = row[-1].box[0] + row[-1].box[2] - x
    as_run = Run(x, y, x + width, y + height, (), 0.0, height)
    best, least = None, float("inf")
    for i in labels:
        run = pieces[i].run
        down, across = (y - run.bottom) / PX_MM, max(x - run.right, run.left - x - width, 0) / PX_MM
        if run.top - 6 < y + height / 2 < run.bottom + 6 and run.right < x + 6:
            if across < LIMITS.beside_mm and not walled(sheet, run.right, x - 4, y + height / 2):
                cost = 0.3 * across
            else:
                continue
        elif -1 < down < LIMITS.question_mm and across < LIMITS.beside_mm:
            level = Run(run.left, run.top, max(run.right, x + width), run.bottom, (), 0.0, run.height)
            if ruled(sheet, level, as_run) or walled(
                sheet, min(run.middle[0], x), max(run.middle[0], x + width) - 4, run.middle[1]
            ):
                continue
            cost = down + 0.5 * across
        else:
            continue
        if cost < least:
            best, least = i, cost
    return best
