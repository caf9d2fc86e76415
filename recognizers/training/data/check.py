"""What a data set folder holds, and what is missing or broken in it, file by file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from inkfield.recognizers.alphabet import DEFAULT, Alphabet
from inkfield.recognizers.training.data.datasets import DataSet, Part
from inkfield.recognizers.training.data.labelled import Defect, LabelledLine, LeftOut

Progress = Callable[[int, int], None]
"""Called with the number of pictures that were looked at, and of all."""

_ONE_GREY = "nothing is written: the picture is of one grey"


@dataclass
class SplitCounts:
    """What one split holds. ``samples`` are lines, or words where the data set is one of words."""

    samples: int = 0
    words: int = 0
    characters: int = 0
    writers: set[str] = field(default_factory=set)


@dataclass
class Report:
    """The findings on one part of a data set.

    ``unwritable`` counts the characters that the recogniser's alphabet lacks: such labels cannot be learnt.
    ``shared_writers`` are in more than one split, ``left_out`` is the number of pictures that the publishers do
    not vouch for. None of these is a defect.
    """

    splits: dict[str, SplitCounts] = field(default_factory=dict)
    unwritable: Counter[str] = field(default_factory=Counter)
    shared_writers: list[str] = field(default_factory=list)
    left_out: int = 0
    defects: list[Defect] = field(default_factory=list)


def check(data: DataSet, progress: Progress, alphabet: Alphabet = DEFAULT) -> dict[str, Report]:
    """Reads every label and decodes every picture of a data set: a report on its lines, on its words, or both."""
    return {unit: _check_part(part, progress, alphabet) for unit, part in data.parts.items()}


def _check_part(part: Part, progress: Progress, alphabet: Alphabet) -> Report:
    report = Report()
    by_image: dict[Path, list[LabelledLine]] = defaultdict(list)
    left_out: set[Path] = set()
    for row in part.rows():
        if isinstance(row, Defect):
            report.defects.append(row)
            continue
        if isinstance(row, LeftOut):
            left_out.add(row.image)
            continue
        if any(row.box == other.box for other in by_image[row.image]):
            report.defects.append(Defect(row.image, "labelled twice", "the picture has two labels"))
        by_image[row.image].append(row)
        _count(report, row, alphabet)
    present = set(part.images())
    for done, (image, rows) in enumerate(by_image.items(), start=1):
        report.defects.extend(_look_at(image, rows))
        progress(done, len(by_image))
    unlabelled = sorted(present - by_image.keys() - left_out)
    report.left_out = len(left_out)
    report.defects.extend(Defect(path, "no label", "the picture has no label") for path in unlabelled)
    splits_of: dict[str, set[str]] = defaultdict(set)
    for name, counts in report.splits.items():
        for writer in counts.writers:
            splits_of[writer].add(name)
    report.shared_writers = sorted(writer for writer, names in splits_of.items() if len(names) > 1)
    return report


def _count(report: Report, row: LabelledLine, alphabet: Alphabet) -> None:
    counts = report.splits.setdefault(row.split or "none", SplitCounts())
    counts.samples += 1
    counts.words += len(row.text.split())
    counts.characters += len(row.text)
    counts.writers.add(row.hand)
    report.unwritable.update(c for c in row.text if c not in alphabet.characters)


def _look_at(image: Path, rows: list[LabelledLine]) -> list[Defect]:
    """What is wrong with one picture. It is decoded to its end: OpenCV takes a truncated file for a whole one."""
    if not image.exists():
        return [Defect(image, "missing", "the picture is missing")]
    try:
        with Image.open(image) as picture:
            width, height = picture.size
            low, high = picture.convert("L").getextrema()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        return [Defect(image, "corrupt", f"the picture cannot be decoded: {error}")]
    if low == high:
        return [Defect(image, "blank", _ONE_GREY)]
    outside = [row.box for row in rows if row.box and not _inside(row.box, width, height)]
    return [Defect(image, "bad box", f"the box {box} lies outside the picture") for box in outside]


def _inside(box: tuple[int, int, int, int], width: int, height: int) -> bool:
    x, y, w, h = box
    return x < width and y < height and w > 0 and h > 0
