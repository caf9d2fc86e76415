"""Ground truth as eScriptorium, kraken and Transkribus hand it on: pages, and an XML file each (ALTO 2 to 4, or PAGE).

    page_001.jpg  page_001.xml        anywhere in the folder; a METS file beside them is passed over
    htr-united.yml                    where there is one, it is checked against the pages; see catalogue.py

A line is cut out by the box around its polygon. Who wrote is not told: a page counts as a hand, and falls to training,
validation or test as writers do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

from inkfield.recognizers.training.data.catalogue import catalogue_defects
from inkfield.recognizers.training.data.label_text import normalise_label, read_xml
from inkfield.recognizers.training.data.labelled import Box, Defect, LabelledLine, Row, Unit
from inkfield.recognizers.training.data.writer_split import split_of_writer

_ROOTS = {"alto": "ALTO", "PcGts": "PAGE"}
_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_LOOKED_AT = 5
"""Files that are looked at to know what a folder holds: the first may be a METS file."""


class GroundTruth:
    """Whole pages with an XML file each."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def found(self) -> bool:
        """Whether the folder holds such pages."""
        return any(_kind(path) for path in sorted(self.root.rglob("*.xml"))[:_LOOKED_AT])

    def rows(self, unit: Unit) -> Iterator[Row]:
        lines = 0
        for row in self._of_files():
            lines += isinstance(row, LabelledLine)
            yield row
        yield from catalogue_defects(self.root, lines)

    def images(self, unit: Unit) -> Iterator[Path]:
        return (path for path in sorted(self.root.rglob("*")) if path.suffix.lower() in _PICTURES)

    def _of_files(self) -> Iterator[Row]:
        for path in sorted(self.root.rglob("*.xml")):
            try:
                tree = read_xml(path)
            except (ElementTree.ParseError, OSError) as error:
                yield Defect(path, "bad label", f"no XML: {error}")
                continue
            kind = _ROOTS.get(_name(tree))
            if kind == "ALTO":
                yield from self._lines(path, _alto_image(tree), _alto_lines(tree))
            elif kind == "PAGE":
                page = next((e for e in tree.iter() if _name(e) == "Page"), None)
                yield from self._lines(
                    path, "" if page is None else page.get("imageFilename", ""), _page_lines(tree)
                )

    def _lines(self, path: Path, name: str, lines: Iterator[tuple[str, Box | None]]) -> Iterator[Row]:
        image = _image(path, name)
        for number, (said, box) in enumerate(lines, start=1):
            text = normalise_label(said)
            if not text:
                continue  # a line that nobody has written out yet
            if box is None or min(box[2:]) <= 0:
                yield Defect(path, "bad label", f"line {number} of {image.name} has no place")
                continue
            yield LabelledLine(image, text, path.stem, split_of_writer(path.stem), box)


def _kind(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            _, root = next(ElementTree.iterparse(file, ("start",)))
    except (ElementTree.ParseError, OSError, StopIteration):
        return None
    return _ROOTS.get(_name(root))


def _image(path: Path, name: str) -> Path:
    """The picture that an XML file names, beside it; where it names none that is there, the one of its own name."""
    named = path.with_name(PureWindowsPath(name).name or path.name)
    own = [path.with_suffix(suffix) for suffix in _PICTURES]
    places = [place for place in (named, *own) if place.suffix.lower() in _PICTURES]
    return next((place for place in places if place.exists()), places[0])


def _alto_image(tree: ElementTree.Element) -> str:
    return next((e.text or "" for e in tree.iter() if _name(e) == "fileName"), "").strip()


def _alto_lines(tree: ElementTree.Element) -> Iterator[tuple[str, Box | None]]:
    for line in (e for e in tree.iter() if _name(e) == "TextLine"):
        words = [e.get("CONTENT", "") for e in line.iter() if _name(e) == "String"]
        polygon = next((e.get("POINTS", "") for e in line.iter() if _name(e) == "Polygon"), "")
        sides = [line.get(side) for side in ("HPOS", "VPOS", "WIDTH", "HEIGHT")]
        yield " ".join(words), _around(polygon) or _box(sides)


def _page_lines(tree: ElementTree.Element) -> Iterator[tuple[str, Box | None]]:
    for line in (e for e in tree.iter() if _name(e) == "TextLine"):
        coords = next((e for e in line if _name(e) == "Coords"), None)
        points = "" if coords is None else coords.get("points", "")
        texts = [e for e in line if _name(e) == "TextEquiv"]
        best = min(texts, key=lambda e: int(e.get("index", "0")), default=None)
        said = "" if best is None else next((e.text or "" for e in best if _name(e) == "Unicode"), "")
        yield said, _around(points)


def _around(points: str) -> Box | None:
    """The box around a polygon: "1,2 3,4" as well as "1 2 3 4"; None for none."""
    try:
        numbers = [round(float(part)) for part in points.replace(",", " ").split()]
    except ValueError:
        return None
    if len(numbers) < 6 or len(numbers) % 2:
        return None
    left, top = max(0, min(numbers[::2])), max(0, min(numbers[1::2]))
    return left, top, max(numbers[::2]) - left, max(numbers[1::2]) - top


def _box(sides: list[str | None]) -> Box | None:
    try:
        x, y, width, height = (round(float(side or "")) for side in sides)
    except ValueError:
        return None
    return max(0, x), max(0, y), width, height


def _name(element: ElementTree.Element) -> str:
    """The name of an element without its namespace: that differs from version to version."""
    return element.tag.rpartition("}")[2]
