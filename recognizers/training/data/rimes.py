"""RIMES 2011 (Grosicki and El Abed, ICDAR 2011) in the three layouts in which it is handed on.

Lines of the competition: pages, and XML with the boxes of the lines in them
    training_2011.xml  eval_2011_annotated.xml      images_gray/train2011-0.png (or images/, or beside the XML)
Lines cut out (2024)
    Images/train2011-0_000001.jpg  Transcriptions/train2011-0_000001.txt  Sets/TrainLines.txt  ValidationLines.txt
Words of the competition: snippets, and text files with a row "path word" each
    groundtruth_training_icdar2011.txt         trainingsnippets_icdar/training_WR/lot_1/00001_L/00001_L_0_0.tiff
    ground_truth_validation_icdar2011.txt      validationsnippets_icdar/testdataset_ICDAR/...
    grount_truth_test_icdar2011.txt            data_test/...

Writers are not named: a letter counts as a hand. The last hundred training pages of the XML are its validation set,
as is usual in the literature.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

from inkfield.recognizers.training.data.label_text import normalise_label, read_text, read_xml
from inkfield.recognizers.training.data.labelled import Defect, LabelledLine, Row, Unit

PAGES = {"train": ("training_2011*.xml",), "test": ("eval_2011_annotated*.xml",)}
_VALIDATION_PAGES = 100
SETS = {"train": "TrainLines.txt", "val": "ValidationLines.txt", "test": "TestLines.txt"}
WORDS = {
    "train": ("*training_icdar2011.txt", ("trainingsnippets_icdar/training_WR", "training_WR")),
    "val": (
        "*validation_icdar2011.txt",
        ("validationsnippets_icdar/testdataset_ICDAR", "testdataset_ICDAR", "valdataset_ICDAR"),
    ),
    "test": ("*test_icdar2011.txt", ("data_test", "testdataset_ICDAR")),
}
_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")


class RimesPages:
    """Whole pages with an XML file that tells the box and the text of each line."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def rows(self, unit: Unit) -> Iterator[Row]:
        for split, patterns in PAGES.items():
            for path in sorted(self.root.glob(patterns[0])):
                try:
                    pages = list(read_xml(path).iter("SinglePage"))
                except (ElementTree.ParseError, OSError) as error:
                    yield Defect(path, "bad label", f"no XML: {error}")
                    continue
                last = sorted(_number(page.get("FileName", "")) for page in pages)[-_VALIDATION_PAGES:]
                for page in pages:
                    validation = split == "train" and len(pages) > len(last)
                    chosen = validation and _number(page.get("FileName", "")) >= last[0]
                    yield from self._page(path, page, "val" if chosen else split)

    def images(self, unit: Unit) -> Iterator[Path]:
        names = ("train2011-*", "eval2011-*")
        found = chain.from_iterable(self.root.rglob(name) for name in names)
        return (path for path in sorted(found) if path.suffix.lower() in _PICTURES)

    def _page(self, labels: Path, page: ElementTree.Element, split: str) -> Iterator[Row]:
        image = self._image(page.get("FileName", ""))
        for number, line in enumerate(page.iter("Line"), start=1):
            text = normalise_label(html.unescape(line.get("Value", "")))
            where = f"line {number} of {image.name}"
            try:
                left, top, right, bottom = (int(line.get(k, "")) for k in ("Left", "Top", "Right", "Bottom"))
            except ValueError:
                yield Defect(labels, "bad label", f"{where} has no box")
                continue
            left, top = max(0, left), max(0, top)  # some boxes begin left of the page, or above it
            if not text or right <= left or bottom <= top:
                yield Defect(labels, "bad label", f"{where} has an empty {'box' if text else 'text'}")
                continue
            yield LabelledLine(image, text, image.stem, split, (left, top, right - left, bottom - top))

    def _image(self, name: str) -> Path:
        base = Path(name).name
        folders = (
            "images_gray",
            "images",
            "training_2011/images",
            "eval_2011/images",
            "training_2011",
            "eval_2011",
        )
        places = [self.root / folder / base for folder in folders] + [self.root / base]
        return next((place for place in places if place.exists()), places[0])


class RimesLines:
    """Line images with a text file each."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def rows(self, unit: Unit) -> Iterator[Row]:
        for split, name in SETS.items():
            path = self.root / "Sets" / name
            if not path.exists():
                yield Defect(path, "missing", "the file is missing")
                continue
            for number, line in enumerate(read_text(path).splitlines(), start=1):
                if line.strip():
                    yield self._line(path, number, line.strip(), split)

    def images(self, unit: Unit) -> Iterator[Path]:
        found = sorted((self.root / "Images").glob("*"))
        return (path for path in found if path.suffix.lower() in _PICTURES)

    def _line(self, labels: Path, number: int, name: str, split: str) -> Row:
        if Path(name).name != name:
            return Defect(labels, "bad label", "the row is no file name", number)
        transcription = self.root / "Transcriptions" / f"{name}.txt"
        if not transcription.exists():
            return Defect(transcription, "missing", "the text of a listed line is missing")
        text = normalise_label(read_text(transcription))
        if not text:
            return Defect(transcription, "bad label", "the text is empty")
        image = self.root / "Images" / f"{name}.jpg"
        return LabelledLine(image, text, name.split("_")[0], split)


class RimesWords:
    """Word snippets with a text file a set."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def rows(self, unit: Unit) -> Iterator[Row]:
        for split, (pattern, folders) in WORDS.items():
            for path in sorted(self.root.glob(pattern)):
                base = self._folder(folders)
                for number, line in enumerate(read_text(path).splitlines(), start=1):
                    if line.strip():
                        yield _word(path, number, line, base, split)

    def images(self, unit: Unit) -> Iterator[Path]:
        bases = {self._folder(folders) for pattern, folders in WORDS.values() if any(self.root.glob(pattern))}
        found = chain.from_iterable(base.rglob("*") for base in sorted(bases))
        return (path for path in found if path.suffix.lower() in _PICTURES)

    def _folder(self, names: tuple[str, ...]) -> Path:
        return next((self.root / n for n in names if (self.root / n).is_dir()), self.root / names[0])


def _word(labels: Path, number: int, line: str, base: Path, split: str) -> Row:
    name, _, text = line.strip().partition(" ")
    text = normalise_label(text)
    path = Path(name)
    if path.suffix.lower() not in _PICTURES or path.is_absolute() or ".." in path.parts:
        return Defect(labels, "bad label", "the row does not begin with the path of a picture", number)
    if not text:
        return Defect(labels, "bad label", "the text is empty", number)
    letter = path.parent.name or path.stem.split("_")[0]
    return LabelledLine(base / path, text, letter, split)


def _number(name: str) -> int:
    digits = re.findall(r"\d+", Path(name).stem)
    return int(digits[-1]) if digits else 0
