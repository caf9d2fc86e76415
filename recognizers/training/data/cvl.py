"""The CVL database (Kleber, Fiel, Diem and Sablatnig, ICDAR 2013), release 1.1, as it is unpacked.

    trainset/  testset/                        27 and 283 writers; each with
      lines/0001/0001-1-0.tif                  writer-text-line
      words/0001/0001-1-0-0-Imagine.tif        writer-text-line-word-transcription
      xml/0001-1_attributes.xml                PAGE of 2010 with AttrRegion; pages/0001-1.tif

In the XML a region of attrType 2 is a line, one of attrType 1 a word with its ``text``; fontType 2 is handwriting.
The XML declares an encoding that its bytes do not always have. Where a page has no XML, a line's text is set from
the names of its word images. There is no validation set: a fifth of the training writers is taken for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from inkfield.recognizers.training.data.label_text import normalise_label, read_xml
from inkfield.recognizers.training.data.labelled import Defect, LabelledLine, Row, Unit
from inkfield.recognizers.training.data.writer_split import split_of_writer

PARTS = ("trainset", "testset")
_WORD_PARTS = 5


class Cvl:
    """An unpacked CVL database."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def rows(self, unit: Unit) -> Iterator[Row]:
        for part in PARTS:
            yield from self._lines(part) if unit == "lines" else self._words(part)

    def images(self, unit: Unit) -> Iterator[Path]:
        for part in PARTS:
            yield from sorted((self.root / part / unit).glob("*/*.tif"))

    def _words(self, part: str) -> Iterator[Row]:
        for image in sorted((self.root / part / "words").glob("*/*.tif")):
            found = _word_name(image)
            if found is None:
                message = "the name is not writer-text-line-word-transcription"
                yield Defect(image, "bad label", message)
            else:
                writer = found[0].split("-")[0]
                yield LabelledLine(image, found[2], writer, _split(part, writer))

    def _lines(self, part: str) -> Iterator[Row]:
        folder = self.root / part
        pages = {path.name.split("_")[0]: path for path in sorted((folder / "xml").glob("*.xml"))}
        writers = {p.name for p in (folder / "lines").glob("*") if p.is_dir()}
        for writer in sorted(writers | {page.split("-")[0] for page in pages}):
            by_names = self._texts_by_names(folder / "words" / writer)
            named = {line.rsplit("-", 1)[0] for line in by_names}
            for page in sorted(named | {p for p in pages if p.startswith(f"{writer}-")}):
                texts = {line: text for line, text in by_names.items() if line.startswith(f"{page}-")}
                if page in pages:
                    try:
                        texts = dict(_xml_lines(read_xml(pages[page])))
                    except (ElementTree.ParseError, OSError) as error:
                        yield Defect(pages[page], "bad label", f"no XML: {error}")
                for line, text in texts.items():
                    image = folder / "lines" / writer / f"{line}.tif"
                    yield LabelledLine(image, text, writer, _split(part, writer))

    def _texts_by_names(self, folder: Path) -> dict[str, str]:
        """Text of each line of one writer, from the names of the word images in their order."""
        words = [found for image in folder.glob("*.tif") if (found := _word_name(image))]
        texts: dict[str, str] = {}
        for line, _, text in sorted(words):
            texts[line] = f"{texts[line]} {text}" if line in texts else text
        return texts


def _word_name(image: Path) -> tuple[str, int, str] | None:
    """The line, the place in it and the text that the name of a word image tells."""
    parts = image.stem.split("-", _WORD_PARTS - 1)
    if len(parts) < _WORD_PARTS or not all(part.isdigit() for part in parts[:4]):
        return None
    text = normalise_label(parts[4])
    return ("-".join(parts[:3]), int(parts[3]), text) if text else None


def _xml_lines(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for line in root.iterfind(".//{*}AttrRegion[@attrType='2'][@fontType='2']"):
        words = [word.get("text") for word in line.iterfind("{*}AttrRegion[@text]")]
        text = normalise_label(" ".join(filter(None, words)))
        if text:
            yield line.get("id", ""), text


def _split(part: str, writer: str) -> str:
    return "test" if part == "testset" else split_of_writer(writer, validation=20, test=0)
