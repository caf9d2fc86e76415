"""Which data set a folder holds, and its lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from inkfield.recognizers.training.data import folder as lines
from inkfield.recognizers.training.data.cvl import PARTS, Cvl
from inkfield.recognizers.training.data.ground_truth import GroundTruth
from inkfield.recognizers.training.data.iam import Iam
from inkfield.recognizers.training.data.labelled import LabelledLine, Row, Unit
from inkfield.recognizers.training.data.rimes import PAGES, SETS, WORDS, RimesLines, RimesPages, RimesWords

LABELS = "line images with labels.tsv"
PAGES_WITH_XML = "pages with ALTO or PAGE XML"
UNITS: tuple[Unit, ...] = ("lines", "words")
KNOWN = (
    "line images with labels.tsv; IAM (ascii/lines.txt or xml/); CVL (trainset/, testset/); RIMES 2011 (XML with "
    "pages, Sets/TrainLines.txt, or word snippets with *_icdar2011.txt); pages with ALTO or "
    "PAGE XML (eScriptorium, kraken)"
)


Source = Iam | Cvl | RimesPages | RimesLines | RimesWords | GroundTruth


@dataclass(frozen=True)
class Part:
    """The lines, or the words, of a data set: the labels one by one, and the pictures that are there."""

    rows: Callable[[], Iterator[Row]]
    images: Callable[[], Iterator[Path]]


@dataclass(frozen=True)
class DataSet:
    """A data set on disk. Nothing is read before its rows are asked for."""

    layout: str
    root: Path
    parts: Mapping[Unit, Part]


def open_dataset(folder: Path) -> DataSet:
    """The data set in a folder, or in the only data set folder inside it (as archives unpack).

    Raises FileNotFoundError, naming the layouts that are known.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder")
    inside = sorted(path for path in folder.iterdir() if path.is_dir())
    for root in [folder, *(inside if len(inside) <= 3 else [])]:
        found = _layout(root)
        if found is not None:
            return found
    pages = GroundTruth(folder)  # last: published sets have such files, too, among others
    if pages.found():
        return DataSet(PAGES_WITH_XML, folder, _parts(pages, ["lines"]))
    raise FileNotFoundError(f"{folder} holds no data set of a known layout. Known are: {KNOWN}")


def read_dataset(folder: Path, split: str | None = None, unit: Unit = "lines") -> Iterator[LabelledLine]:
    """The lines or words of a data set, lazily, in file order; of all splits for None.

    In a published data set rows that cannot be used are passed over (`inkfield data check` tells them); in a
    labels.tsv of one's own they raise ValueError. Raises FileNotFoundError, ValueError for a unit that it lacks.
    """
    data = open_dataset(folder)
    if data.layout == LABELS:
        yield from lines.read_lines(data.root, split)
        return
    if unit not in data.parts:
        raise ValueError(f"{folder} has no {unit}, only {', '.join(data.parts)}")
    for row in data.parts[unit].rows():
        if isinstance(row, LabelledLine) and (split is None or row.split == split):
            yield row


def _layout(root: Path) -> DataSet | None:
    if (root / "labels.tsv").is_file():
        part = Part(lambda: lines.rows(root), lambda: lines.images(root))
        return DataSet(LABELS, root, {"lines": part})
    units = [u for u in UNITS if any((root / part / u).is_dir() for part in PARTS)]
    if units:
        return DataSet("CVL", root, _parts(Cvl(root), units))
    rimes: dict[Unit, Part] = {}
    if any(any(root.glob(pattern)) for patterns in PAGES.values() for pattern in patterns):
        rimes |= _parts(RimesPages(root), ["lines"])
    elif any((root / "Sets" / name).exists() for name in SETS.values()):
        rimes |= _parts(RimesLines(root), ["lines"])
    if any(any(root.glob(pattern)) for pattern, _ in WORDS.values()):
        rimes |= _parts(RimesWords(root), ["words"])
    if rimes:
        return DataSet("RIMES 2011", root, rimes)
    iam = Iam(root)
    units = [unit for unit in UNITS if iam.has(unit)]
    return DataSet("IAM", root, _parts(iam, units)) if units else None


def _parts(source: Source, units: list[Unit]) -> dict[Unit, Part]:
    return {unit: _part(source, unit) for unit in units}


def _part(source: Source, unit: Unit) -> Part:
    return Part(lambda: source.rows(unit), lambda: source.images(unit))
