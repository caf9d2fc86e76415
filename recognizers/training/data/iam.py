"""The IAM Handwriting Database (Marti and Bunke, IJDAR 2002), as it is unpacked from its archives.

    ascii/lines.txt  words.txt  forms.txt      or these files in the folder itself
    xml/a01-000u.xml                           texts as they are written, and the writer
    lines/a01/a01-000u/a01-000u-00.png         words/a01/a01-000u/a01-000u-00-00.png
    formsA-D/a01-000u.png                      taken, with the boxes of the tables, where lines or words are not there
    splits/train.uttlist  validation.uttlist  test.uttlist     Aachen: names of forms
    trainset.txt  validationset1.txt  validationset2.txt  testset.txt     the publishers' task: names of lines

``ascii`` or ``xml`` is enough. lines.txt holds tokens ("life|Peers|."), the XML the text as it is written
("life Peers."): the XML is taken where it is there, and the tokens are joined by rule where it is not. Its texts
are escaped twice. A token ``#`` is a word that the writer crossed out; it stays, as in published figures.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from xml.etree import ElementTree

from inkfield.recognizers.training.data.label_text import detokenise, normalise_label, read_text, read_xml
from inkfield.recognizers.training.data.labelled import Box, Defect, LabelledLine, LeftOut, Row, Unit
from inkfield.recognizers.training.data.writer_split import split_of_writer

_SPLIT_FILES = {
    "train": ("train.uttlist", "trainset.txt"),
    "val": ("validation.uttlist", "validationset1.txt", "validationset2.txt"),
    "test": ("test.uttlist", "testset.txt"),
}


@dataclass(frozen=True)
class IamRow:
    """One row of lines.txt or words.txt. ``whole`` is False where the segmentation into words may be wrong.

    ``grey_level`` is the publishers' threshold between ink and paper (0..255) of the line; ``box`` lies on
    the form, in pixels; ``text`` has ``|`` between the tokens of a line.
    """

    identifier: str
    whole: bool
    grey_level: int
    box: Box
    text: str


def parse_row(row: str, unit: Unit) -> IamRow:
    """A row of lines.txt or words.txt. Raises ValueError, saying what does not fit.

    The header of words.txt shows a number of components that most rows of the published file do not have.
    """
    fields = row.split(" ")
    numbers = list(takewhile(_is_integer, fields[2:8]))
    rest = fields[2 + len(numbers) :]
    if unit == "words" and len(numbers) in (5, 6):
        rest = rest[1:]  # the grammatical tag
    elif unit == "words" or len(numbers) != 6:
        raise ValueError("the row has not the columns that it should have")
    if fields[1] not in ("ok", "err"):
        raise ValueError(f"the segmentation is {fields[1]!r}, not ok or err")
    if fields[0].count("-") != (2 if unit == "lines" else 3):
        raise ValueError(f"{fields[0]!r} names none of the {unit}")
    if not "".join(rest):
        raise ValueError("the text is empty")
    x, y, width, height = map(int, numbers[-4:])
    return IamRow(fields[0], fields[1] == "ok", int(numbers[0]), (x, y, width, height), " ".join(rest))


class Iam:
    """An unpacked IAM. Texts and writers are read when they are first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ascii = root / "ascii" if (root / "ascii").is_dir() else root
        self.xml = sorted((root / "xml").glob("*.xml"))

    def rows(self, unit: Unit) -> Iterator[Row]:
        """Lines or words in file order; words of lines that were not cut up well are left out."""
        yield from self._writers_and_texts[2]
        table = self.ascii / f"{unit}.txt"
        if table.exists():
            yield from self._from_table(table, unit)
            return
        for identifier, text in self._texts.items():
            if identifier.count("-") == (2 if unit == "lines" else 3):
                yield self._labelled(identifier, text, unit)

    def images(self, unit: Unit) -> Iterator[Path]:
        if (self.root / unit).is_dir():
            return iter(sorted((self.root / unit).glob("*/*/*.png")))
        return iter(self.forms.values())

    @cached_property
    def forms(self) -> Mapping[str, Path]:
        """Scanned forms by name."""
        return {path.stem: path for path in sorted(self.root.glob("forms*/*.png"))}

    def has(self, unit: Unit) -> bool:
        """Whether lines or words can be read: there is a table or the XML, and there are pictures."""
        table = (self.ascii / f"{unit}.txt").exists()
        cut = (self.root / unit).is_dir() and (table or bool(self.xml))
        return cut or (table and bool(self.forms))

    def _from_table(self, table: Path, unit: Unit) -> Iterator[Row]:
        for number, raw in enumerate(read_text(table).splitlines(), start=1):
            if raw.startswith("#") or not raw.strip():
                continue
            try:
                row = parse_row(raw.rstrip(), unit)
            except (ValueError, IndexError) as error:
                yield Defect(table, "bad label", str(error), number)
                continue
            if unit == "words" and not row.whole:
                yield LeftOut(self._cut(row.identifier, unit))
                continue
            if min(row.box[2:]) <= 0 and not (self.root / unit).is_dir():
                yield Defect(table, "bad box", f"{row.identifier} has an empty box", number)
                continue
            text = self._texts.get(row.identifier)
            tokens = normalise_label(row.text).split("|")
            if text is not None and "".join(tokens).replace(" ", "") != text.replace(" ", ""):
                message = f"{row.identifier} has another text in the XML; that of the XML is taken"
                yield Defect(table, "two texts", message, number)
            yield self._labelled(row.identifier, detokenise(tokens) if text is None else text, unit, row.box)

    def _labelled(self, identifier: str, text: str, unit: Unit, box: Box | None = None) -> LabelledLine:
        form = "-".join(identifier.split("-")[:2])
        writer = self._writers.get(form, form)
        split = self._split(identifier, form, writer)
        if box is not None and not (self.root / unit).is_dir():
            page = self.forms.get(form, self.root / "forms" / f"{form}.png")
            return LabelledLine(page, text, writer, split, box)
        return LabelledLine(self._cut(identifier, unit), text, writer, split)

    def _cut(self, identifier: str, unit: Unit) -> Path:
        series, number, *_ = identifier.split("-")
        return self.root / unit / series / f"{series}-{number}" / f"{identifier}.png"

    def _split(self, identifier: str, form: str, writer: str) -> str:
        if not self._splits:
            return split_of_writer(writer)
        line = "-".join(identifier.split("-")[:3])
        return self._splits.get(form) or self._splits.get(line) or ""

    @cached_property
    def _splits(self) -> Mapping[str, str]:
        """From the name of a form or a line to its split; empty where there are no split files."""
        known: dict[str, str] = {}
        for split, names in _SPLIT_FILES.items():
            for name in names:
                for path in [*self.root.glob(name), *self.root.glob(f"*/{name}")]:
                    known |= dict.fromkeys(read_text(path).split(), split)
        return known

    @cached_property
    def _writers(self) -> Mapping[str, str]:
        table = self.ascii / "forms.txt"
        listed = read_text(table).splitlines() if table.exists() else []
        fields = [row.split() for row in listed if row and not row.startswith("#")]
        return self._writers_and_texts[0] | {row[0]: row[1] for row in fields if len(row) > 1}

    @property
    def _texts(self) -> Mapping[str, str]:
        return self._writers_and_texts[1]

    @cached_property
    def _writers_and_texts(self) -> tuple[dict[str, str], dict[str, str], list[Defect]]:
        """From the XML: writer by form, text by line and word, and the files that cannot be read."""
        writers: dict[str, str] = {}
        texts: dict[str, str] = {}
        broken = []
        for path in self.xml:
            try:
                form = read_xml(path)
            except (ElementTree.ParseError, OSError) as error:
                broken.append(Defect(path, "bad label", f"no XML: {error}"))
                continue
            writers[form.get("id", path.stem)] = form.get("writer-id", path.stem)
            for element in [*form.iter("line"), *form.iter("word")]:
                text = normalise_label(html.unescape(element.get("text", "")))
                if text:
                    texts[element.get("id", "")] = text
        return writers, texts, broken


def _is_integer(field: str) -> bool:
    return field.removeprefix("-").isdigit()
