"""Reads rendered forms of those that come with inkfield, and says how many of their fields are right.

``python -m inkfield.lab.evaluate.evaluate_forms cms1500 --count 60 --seed 1`` renders scans by hands that training
never sees and reads them as ``inkfield process`` does. For each kind of field it prints how many were written, how many
are exact, how many were accepted unseen, and how many of these are wrong; ``--errors FILE`` lists those that are wrong.
A table counts as its cells; what is empty and read as empty does not count.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from inkfield.lab.documents.write_set import RENDERERS
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from inkfield.recognizers.synthesis.fonts import UNSEEN_HANDS
from inkfield.schemas.forms.model import Field, Form, load_forms
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import FieldReading, PageReading

TODAY = date(2026, 7, 1)
"""The renderers' dates lie before it."""


@dataclass(frozen=True)
class Judged:
    """One field of one page: what was written and read, and with which confidence."""

    page: int
    name: str
    kind: str
    cells: bool
    written: str | None
    read: str | None
    confidence: float
    accepted: bool
    exact: bool


def judge_page(number: int, form: Form, truth: Mapping[str, Any], reading: PageReading) -> Iterator[Judged]:
    """Every field of a page that was written in, or in which something was read."""
    found = {field.name: field for field in reading.fields} if reading.form == form.name else {}
    for field in form.fields:
        if field.kind != "table":
            yield from _judge(number, field.name, field, truth[field.name], found.get(field.name))
            continue
        rows = max(
            [len(truth[field.name]), *(int(n.split(".")[1]) for n in found if n.startswith(f"{field.name}."))]
        )
        for row in range(rows):
            line = truth[field.name][row] if row < len(truth[field.name]) else {}
            for cell in field.columns:
                name = f"{field.name}.{row + 1}.{cell.name}"
                yield from _judge(number, name, cell, line.get(cell.name), found.get(name))


def _judge(
    number: int, name: str, field: Any, written: Any, reading: FieldReading | None
) -> Iterator[Judged]:
    kind = kind_of(field.kind)
    read = None if reading is None else kind.as_text(reading.value)
    is_mark = kind.stored == "bool"
    if (
        not is_mark
        and written in (None, "")
        and read is None
        and (reading is None or reading.status == "empty")
    ):
        return
    said = kind.as_text(written) if is_mark else None if written is None else str(written)
    exact = reading is not None and kind.same(said, read)
    sure = 0.0 if reading is None else reading.confidence
    cells = isinstance(field, Field) and bool(field.character_boxes())
    accepted = reading is not None and reading.status == "accepted"
    yield Judged(number, name, field.kind, cells, said, read, sure, accepted, exact)


def evaluate(name: str, count: int, seed: int) -> tuple[list[Judged], int]:
    """The fields of ``count`` rendered forms, and how many of them were taken for another form or none."""
    reader, form = PageReader(None, "default"), load_forms()[name]
    judged: list[Judged] = []
    missed = 0
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        hand = UNSEEN_HANDS[number % len(UNSEEN_HANDS)]
        images, truth = RENDERERS[name](rng, [hand])
        reading = read_filled(reader, images)
        missed += reading.form != name
        judged += judge_page(number, form, truth, reading)
    return judged, missed


def read_filled(reader: PageReader, images: Sequence[np.ndarray]) -> PageReading:
    """The pages of one filled form, read: all their fields in one reading, of the first."""
    pages = []
    for number, image in enumerate(images, start=1):
        pages.append(replace(reader.read(Page("rendered", number, image, 300.0), TODAY)[0], number=number))
    first, *others = reader.join(pages, TODAY)
    mine = [page for page in others if page.part_of == first.number]
    return replace(first, fields=tuple(field for page in (first, *mine) for field in page.fields))


def table(judged: list[Judged]) -> str:
    """The figures as lines of text, by kind of field."""
    groups = Counter(field.kind for field in judged)
    lines = [f"{'kind':12} {'fields':>7} {'exact':>7} {'accepted':>9} {'wrong among those':>18}"]
    for kind, part in [*((k, [f for f in judged if f.kind == k]) for k in sorted(groups)), ("all", judged)]:
        accepted = [field for field in part if field.accepted]
        exact = sum(field.exact for field in part) / len(part)
        wrong = sum(not field.exact for field in accepted)
        lines.append(f"{kind:12} {len(part):7} {exact:7.1%} {len(accepted) / len(part):9.1%} {wrong:18}")
    characters = [f for f in judged if f.cells and f.written]
    if characters:
        right, total = (sum(_characters(f)[i] for f in characters) for i in (0, 1))
        lines.append(f"characters in boxes: {right} of {total} right ({right / total:.2%})")
    return "\n".join(lines)


def _characters(field: Judged) -> tuple[int, int]:
    """How many characters of a comb are right, and how many were written."""
    written, read = (field.written or "").replace("-", ""), (field.read or "").replace("-", "")
    return sum(a == b for a, b in zip(written, read, strict=False)), len(written)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("form", choices=sorted(RENDERERS))
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=Path, help="a file for the fields that are wrong")
    options = parser.parse_args()
    judged, missed = evaluate(options.form, options.count, options.seed)
    print(table(judged))
    print(f"taken for another form or none: {missed} of {options.count}")
    if options.errors:
        wrong = [f for f in judged if not f.exact]
        options.errors.write_text(
            "".join(
                f"{f.page}\t{f.name}\t{f.written}\t{f.read}\t{f.confidence:.3f}\t{'ACCEPTED' if f.accepted else ''}\n"
                for f in wrong
            ),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
