"""The labelled values of a page that nobody described, from its picture alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.image.geometry import clipped, map_box
from inkfield.pipeline.image.view import View
from inkfield.pipeline.pairs.boxes import Captioned, with_captions, with_questions
from inkfield.pipeline.pairs.labels import Piece, beside, ruled, tell_pieces
from inkfield.pipeline.pairs.match import Way, cell, match_values
from inkfield.pipeline.pairs.read_value import read_value
from inkfield.pipeline.pairs.runs import Run, find_runs, joined_run
from inkfield.pipeline.pairs.sheet import Sheet, lay_out
from inkfield.pipeline.proposal.blank import PX_MM
from inkfield.pipeline.proposal.guess import kind_of_label
from inkfield.recognizers.limits import limit
from inkfield.schemas.readings import Box, LabelledValue


@dataclass(frozen=True)
class PairLimits:
    """How sure a pair is, and which runs are one value."""

    most: float = limit(
        0.85, "probability", "guess", "That any pair is right: no form says what belongs where"
    )
    ways: tuple[float, float] = limit(
        (0.97, 0.25),
        "probability",
        "guess",
        "That a label at no cost is the right one, and what each unit of cost takes of it",
    )
    apart_mm: float = limit(
        6.0, "mm", "guess", "Gap between typed words on one line, from which on they are two values"
    )
    head_mm: float = limit(14.0, "mm", "guess", "Highest head of a column")
    no_caption: float = limit(0.5, "probability", "guess", "Of a checkbox without a caption")


LIMITS = PairLimits()


def find_pairs(view: View, reader: FieldReader, shape: tuple[int, ...]) -> tuple[LabelledValue, ...]:
    """The pairs of a straightened page, from top to bottom; boxes of the values in pixels of the scan, which has this
    ``shape`` (height, width, ...)."""
    sheet = lay_out(view)
    pieces = tell_pieces(sheet, find_runs(sheet), reader)
    boxes = with_captions(sheet, pieces)
    boxes = with_questions(sheet, pieces, boxes)
    left_out = frozenset(i for box in boxes for i in box.pieces)
    ways = match_values(sheet, pieces, left_out)
    to_scan = view.to_scan @ sheet.to_view

    def on_scan(box: Box) -> Box:
        return clipped(map_box(box, to_scan), shape)

    found = [*_written(sheet, pieces, ways, reader), *_ticked(pieces, boxes), *_chosen(sheet, pieces, boxes)]
    found.sort(key=lambda pair: (round(pair.box[1] / (3 * PX_MM)), pair.box[0]))
    return tuple(
        LabelledValue(
            p.label, p.value, p.kind, on_scan(p.box), round(min(p.confidence, LIMITS.most), 4), p.row
        )
        for p in found
    )


def _written(
    sheet: Sheet, pieces: Sequence[Piece], ways: dict[int, Way], reader: FieldReader
) -> Iterator[LabelledValue]:
    groups: dict[tuple[int, int | None], list[int]] = {}
    for value, way in ways.items():
        groups.setdefault((way.label, way.row), []).append(value)
    for (label, row), values in groups.items():
        said = label_text(sheet, pieces, label, row is not None)
        kind = kind_of_label(said) or "text"
        runs = [pieces[i].run for i in values]
        for lines in _values(sheet, runs + _marks_between(pieces, runs)):
            reading = read_value(sheet, lines, said, kind, reader)
            if reading is None:
                continue
            cost = min(ways[i].cost for i in values)
            sure = reading.confidence * max(0.1, LIMITS.ways[0] - LIMITS.ways[1] * cost)
            yield LabelledValue(said, reading.value, reading.kind, _around(lines), sure, row)


def _marks_between(pieces: Sequence[Piece], runs: Sequence[Run]) -> list[Run]:
    """Points and dashes that stand between the parts of a value: alone they say nothing."""
    return [
        piece.run for piece in pieces
        if piece.role == "value" and not any(map(str.isalnum, piece.text))
        and any(r.right <= piece.run.left + 3 and beside(r, piece.run) for r in runs)
        and any(r.left >= piece.run.right - 3 and beside(r, piece.run) for r in runs)
    ]  # fmt: skip


def _values(sheet: Sheet, runs: Sequence[Run]) -> list[list[Run]]:
    """The runs of one label as values, each the runs of its lines from top to bottom. Typed columns that stand apart
    are values of their own."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.middle[1]):
        for row in rows:
            if all(beside(run, other) for other in row[-1:]):
                row.append(run)
                break
        else:
            rows.append([run])
    first: list[Run] = []
    others: list[list[Run]] = []
    for row in rows:
        row.sort(key=lambda run: run.left)
        part = [row[0]]
        parts = [part]
        for run in row[1:]:
            typed = run.writing < 0 and part[-1].writing < 0
            if len(rows) > 1 and typed and run.left - part[-1].right > LIMITS.apart_mm * PX_MM:
                part = [run]
                parts.append(part)
            else:
                part.append(run)
        first.append(joined_run(sheet, parts[0]))
        others += [[joined_run(sheet, part)] for part in parts[1:]]
    return [first, *others]


def label_text(sheet: Sheet, pieces: Sequence[Piece], label: int, is_head: bool) -> str:
    """What a label says: all its parts; of a column, all that stands in its head; of the number of an item, the label
    above it, too."""
    parts = [i for i in range(len(pieces)) if _root(pieces, i) == _root(pieces, label)]
    if is_head:
        left, right = cell(sheet, pieces[label].run)
        parts = [
            i for i, piece in enumerate(pieces)
            if piece.role == "label" and (left or 0) < piece.run.middle[0] < (right or sheet.grey.shape[1])
            and not ruled(sheet, *sorted((piece.run, pieces[label].run), key=lambda run: run.top))
            and abs(piece.run.top - pieces[label].run.top) < LIMITS.head_mm * PX_MM
        ]  # fmt: skip
    if pieces[label].role == "item":
        above = _label_above(sheet, pieces, pieces[label].run)
        if above is not None:
            return f"{label_text(sheet, pieces, above, False)} {pieces[label].text}"
    lines: list[list[int]] = []
    for i in sorted(set(parts) | {label}, key=lambda i: pieces[i].run.middle[1]):
        if lines and beside(pieces[lines[-1][0]].run, pieces[i].run):
            lines[-1].append(i)
        else:
            lines.append([i])
    return " ".join(pieces[i].text for line in lines for i in sorted(line, key=lambda i: pieces[i].run.left))


def _root(pieces: Sequence[Piece], i: int) -> int:
    while (before := pieces[i].joined) is not None:
        i = before
    return i


def _label_above(sheet: Sheet, pieces: Sequence[Piece], run: Run) -> int | None:
    """The nearest label above a run that no rule parts from it."""
    over = [
        i for i, piece in enumerate(pieces)
        if piece.role == "label" and piece.run.bottom < run.top + 4 and piece.run.left < run.right
        and piece.run.right > run.left and not ruled(sheet, piece.run, run)
    ]  # fmt: skip
    return max(over, key=lambda i: pieces[i].run.bottom) if over else None


def _ticked(pieces: Sequence[Piece], boxes: Sequence[Captioned]) -> Iterator[LabelledValue]:
    for box in boxes:
        sure = box.mark.probability * (1.0 if box.caption else LIMITS.no_caption)
        yield LabelledValue(box.caption, box.mark.ticked, "checkbox", box.mark.box, sure)


def _chosen(sheet: Sheet, pieces: Sequence[Piece], boxes: Sequence[Captioned]) -> Iterator[LabelledValue]:
    """Of each question with several boxes, the captions of those that are ticked."""
    questions: dict[int, list[Captioned]] = {}
    for box in boxes:
        if box.question is not None:
            questions.setdefault(box.question, []).append(box)
    for question, group in questions.items():
        ticked = [box for box in group if box.mark.ticked]
        if len(group) < 2 or not ticked:
            continue
        sure = min(box.mark.probability for box in group) * (
            LIMITS.ways[0] if len(ticked) == 1 else LIMITS.no_caption
        )
        said = ", ".join(box.caption for box in ticked)
        yield LabelledValue(
            label_text(sheet, pieces, question, False), said, "choice", ticked[0].mark.box, sure
        )


def _around(lines: Sequence[Run]) -> Box:
    left, top = min(run.left for run in lines), min(run.top for run in lines)
    return left, top, max(run.right for run in lines) - left, max(run.bottom for run in lines) - top
