"""A searchable PDF: the scan as it is, and the text that was read, unseen, where it stands.

A PDF keeps its pages; a picture becomes a page, a JPEG byte for byte, any other without loss. Words lie along the
direction of the page's lines, so on a page that is turned as well. On one that is a little crooked each word is level
for itself, in the middle of its ink: programs that search take text that climbs for single letters.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)

from inkfield.flows.reports.pdf_archival import declare_archival
from inkfield.flows.workers.limits import intake_limits
from inkfield.pipeline.intake import open_pages
from inkfield.schemas.readings import Box, DocumentReading, PageReading, TextLine, Word

UNSEEN = Path(__file__).parent / "unseen.ttf"
"""Made by scripts/unseen_font.py."""
FONT = "/F1"
"""Its name on a page: OCRmyPDF, which takes such pages in, knows fonts by this one."""
_POINTS = 72.0
_CROOKED = math.radians(20)
"""More is no longer a little: then words climb as they are written."""
_DESCENT = 250
"""Part of a character's height that lies under its line, in thousandths."""


def write_searchable_pdf(scan: Path, reading: DocumentReading, target: Path) -> None:
    """Writes the scan with the text that was read in it. Raises DocumentError for a scan that cannot be opened now, and
    OSError where ``target`` cannot be written."""
    writer = PdfWriter()
    if _is_pdf(scan):
        writer.append(PdfReader(scan))
        pages = [writer.pages[page.number - 1] for page in reading.pages]
    else:
        pages = [_page_of(writer, scan, image, dpi) for image, dpi in _pictures(scan)]
    _lay_all_under(writer, pages, reading)
    if not _is_pdf(scan):
        declare_archival(writer)
    _write(writer, target)


def write_text_alone(reading: DocumentReading, target: Path) -> None:
    """Writes the text without the scan: pages as large as what was scanned, on which nothing is to be seen. Raises
    OSError where ``target`` cannot be written."""
    writer = PdfWriter()
    pages = [
        writer.add_blank_page(read.width * _POINTS / read.dpi, read.height * _POINTS / read.dpi)
        for read in reading.pages
    ]
    _lay_all_under(writer, pages, reading)
    for page in pages:  # in one stream each: OCRmyPDF, which takes such pages in, knows no list of them
        content = page.get_contents()
        assert content is not None
        page[NameObject("/Contents")] = writer._add_object(_stream(content.get_data()))
    _write(writer, target)


def _lay_all_under(writer: PdfWriter, pages: Sequence[PageObject], reading: DocumentReading) -> None:
    font = _Font(writer, reading)
    for page, read in zip(pages, reading.pages, strict=True):
        _lay_under(page, read, font)


def _write(writer: PdfWriter, target: Path) -> None:
    with target.open("wb") as file:
        writer.write(file)


def _is_pdf(scan: Path) -> bool:
    with scan.open("rb") as file:
        return b"%PDF-" in file.read(1024)


def _pictures(scan: Path) -> Iterator[tuple[np.ndarray, float]]:
    for page in open_pages(scan, intake_limits()):
        yield page.image, page.dpi


class _Font:
    """A font of which nothing is seen: all its characters are as wide as high, and it says what each stands for."""

    def __init__(self, writer: PdfWriter, reading: DocumentReading) -> None:
        used = {" ", *(c for page in reading.pages for line in page.lines for c in line.text)}
        self.codes = {c: code for code, c in enumerate(sorted(used), start=1)}
        self.reference = writer._add_object(self._font(writer))

    def coded(self, text: str) -> str:
        return "".join(f"{self.codes[c]:04x}" for c in text if c in self.codes)

    def _font(self, writer: PdfWriter) -> DictionaryObject:
        # In the file as PDF/A wants it, though it is never drawn; each code is its only character.
        program = _stream(UNSEEN.read_bytes())
        program[NameObject("/Length1")] = NumberObject(UNSEEN.stat().st_size)
        descriptor: dict[str, PdfObject] = {
            "/Type": NameObject("/FontDescriptor"),
            "/FontName": NameObject("/Unseen"),
            "/Flags": NumberObject(4),  # not the standard letters
            "/FontBBox": _numbers(0, -_DESCENT, 1000, 1000 - _DESCENT),
            "/ItalicAngle": NumberObject(0),
            "/Ascent": NumberObject(1000 - _DESCENT),
            "/Descent": NumberObject(-_DESCENT),
            "/CapHeight": NumberObject(1000 - _DESCENT),
            "/StemV": NumberObject(80),
            "/FontFile2": writer._add_object(program),
        }
        characters: dict[str, PdfObject] = {
            "/Type": NameObject("/Font"),
            "/Subtype": NameObject("/CIDFontType2"),
            "/BaseFont": NameObject("/Unseen"),
            "/CIDSystemInfo": _dictionary(
                {
                    "/Registry": TextStringObject("Adobe"),
                    "/Ordering": TextStringObject("Identity"),
                    "/Supplement": NumberObject(0),
                }
            ),
            "/DW": NumberObject(1000),
            "/CIDToGIDMap": writer._add_object(_stream(b"\0\0" + b"\0\1" * len(self.codes))),
            "/FontDescriptor": writer._add_object(_dictionary(descriptor)),
        }
        return _dictionary(
            {
                "/Type": NameObject("/Font"),
                "/Subtype": NameObject("/Type0"),
                "/BaseFont": NameObject("/Unseen"),
                "/Encoding": NameObject("/Identity-H"),
                "/DescendantFonts": ArrayObject([writer._add_object(_dictionary(characters))]),
                "/ToUnicode": writer._add_object(_stream(self._to_unicode())),
            }
        )

    def _to_unicode(self) -> bytes:
        entries = [
            f"<{code:04x}> <{character.encode('utf-16-be').hex()}>" for character, code in self.codes.items()
        ]
        blocks = [entries[start : start + 100] for start in range(0, len(entries), 100)]
        mapped = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CMapName /Unseen def /CMapType 2 def\n"
            f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{mapped}\n"
            "endcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()


def _lay_under(page: PageObject, read: PageReading, font: _Font) -> None:
    box = page.cropbox
    turned = page.rotation % 360
    wide, high = float(box.width), float(box.height)
    shown = (high, wide) if turned in (90, 270) else (wide, high)
    content = [
        "q",
        _from_shown(turned, float(box.left), float(box.bottom), wide, high),
        f"BT 3 Tr {FONT} 1 Tf",
    ]
    content += _words(read, shown, font)
    content.append("ET Q")
    layer = PageObject.create_blank_page(width=1, height=1)
    layer.mediabox = layer.cropbox = layer.trimbox = RectangleObject(page.mediabox)
    fonts = DictionaryObject({NameObject(FONT): font.reference})
    layer[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    layer[NameObject("/Contents")] = _stream("\n".join(content).encode())
    page.merge_page(layer)


def _from_shown(turned: int, left: float, bottom: float, wide: float, high: float) -> str:
    """The matrix from the page as it is seen, in points from its lower left corner, to the page's own axes."""
    a, b, c, d, e, f = {
        0: (1, 0, 0, 1, 0.0, 0.0),
        90: (0, 1, -1, 0, wide, 0.0),
        180: (-1, 0, 0, -1, wide, high),
        270: (0, -1, 1, 0, 0.0, high),
    }[turned]
    return f"{a} {b} {c} {d} {left + e:.3f} {bottom + f:.3f} cm"


def _words(read: PageReading, shown: tuple[float, float], font: _Font) -> Iterator[str]:
    """Each word with the matrix that lays its characters, one unit wide and high, onto its ink."""
    across, down = shown[0] / max(1, read.width), shown[1] / max(1, read.height)
    angle = direction(read.lines)
    quarter = round(angle / (math.pi / 2)) * math.pi / 2
    laid = quarter if abs(angle - quarter) < _CROOKED else angle
    along, upward = (math.cos(laid), math.sin(laid)), (math.sin(laid), -math.cos(laid))
    for line in read.lines:
        for word in line.words or (Word(line.box, line.text, line.confidence),):
            text = word.text.strip()
            if not text:
                continue
            length, height = size_along(word.box, angle)
            sunk = height * (0.5 - _DESCENT / 1000)
            x = word.box[0] + word.box[2] / 2 - along[0] * length / 2 - upward[0] * sunk
            y = word.box[1] + word.box[3] / 2 - along[1] * length / 2 - upward[1] * sunk
            step = length / len(text)
            yield (
                f"{step * along[0] * across:.4f} {-step * along[1] * down:.4f} "
                f"{height * upward[0] * across:.4f} {-height * upward[1] * down:.4f} "
                f"{x * across:.3f} {shown[1] - y * down:.3f} Tm <{font.coded(text + ' ')}> Tj"
            )


def direction(lines: Sequence[TextLine]) -> float:
    """The direction of writing on a page, in radians from its x axis downward: from the first words of its lines to
    their last ones. 0 where no line has two words."""
    right = downward = 0.0
    for line in lines:
        if len(line.words) > 1:
            (x, y), (to_x, to_y) = _middle(line.words[0].box), _middle(line.words[-1].box)
            right, downward = right + to_x - x, downward + to_y - y
    return math.atan2(downward, right)


def size_along(box: Box, angle: float) -> tuple[float, float]:
    """Length and height of a word that is written in a direction, from the upright box around it."""
    width, height = float(box[2]), float(box[3])
    c, s = abs(math.cos(angle)), abs(math.sin(angle))
    if abs(c * c - s * s) < 0.2:  # askew by some 45 degrees the two cannot be told apart
        return max(width, height), min(width, height) / 2
    length, across = (width * c - height * s) / (c * c - s * s), (height * c - width * s) / (c * c - s * s)
    return max(length, 1.0), max(across, 1.0)


def _middle(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def _page_of(writer: PdfWriter, scan: Path, image: np.ndarray, dpi: float) -> PageObject:
    """A page that shows a picture and nothing else."""
    height, width = image.shape[:2]
    wide, high = width * _POINTS / dpi, height * _POINTS / dpi
    page = writer.add_blank_page(wide, high)
    picture = writer._add_object(_own_jpeg(scan, width, height) or _without_loss(image))
    pictures = DictionaryObject({NameObject("/Scan"): picture})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    page[NameObject("/Contents")] = writer._add_object(
        _stream(f"q {wide:.3f} 0 0 {high:.3f} 0 0 cm /Scan Do Q".encode())
    )
    return page


def _own_jpeg(scan: Path, width: int, height: int) -> StreamObject | None:
    """The file itself where it is a JPEG that is shown as it is; None for any other."""
    with Image.open(scan) as opened:
        upright = opened.getexif().get(0x0112, 1) == 1
        if (
            opened.format != "JPEG"
            or opened.mode not in ("L", "RGB")
            or not upright
            or opened.size != (width, height)
        ):
            return None
        space = "/DeviceGray" if opened.mode == "L" else "/DeviceRGB"
    return _picture(scan.read_bytes(), "/DCTDecode", width, height, space, 8)


def _without_loss(image: np.ndarray) -> StreamObject:
    """A picture packed as PNG packs it, which PDF can read; black and white with a bit a pixel."""
    height, width = image.shape[:2]
    if image.ndim == 3 and (image[..., :1] == image[..., 1:]).all():
        image = image[..., 0]
    if image.ndim == 3:
        packed, colours, bits = Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)), 3, 8
    else:
        two = bool(np.isin(np.unique(image), (0, 255)).all())
        packed, colours, bits = Image.fromarray(image), 1, 1 if two else 8
        packed = packed.convert("1", dither=Image.Dither.NONE) if two else packed
    buffer = io.BytesIO()
    packed.save(buffer, "PNG")
    space = "/DeviceRGB" if colours == 3 else "/DeviceGray"
    stream = _picture(_png_data(buffer.getvalue()), "/FlateDecode", width, height, space, bits)
    parameters = {"/Predictor": 15, "/Colors": colours, "/BitsPerComponent": bits, "/Columns": width}
    stream[NameObject("/DecodeParms")] = DictionaryObject(
        {NameObject(name): NumberObject(value) for name, value in parameters.items()}
    )
    return stream


def _png_data(png: bytes) -> bytes:
    """The packed rows of a PNG file: what its chunks IDAT hold."""
    data, place = b"", 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    return data


def _picture(data: bytes, packed: str, width: int, height: int, space: str, bits: int) -> StreamObject:
    stream = EncodedStreamObject()
    stream._data = data
    stream[NameObject("/Type")] = NameObject("/XObject")
    stream[NameObject("/Subtype")] = NameObject("/Image")
    stream[NameObject("/Filter")] = NameObject(packed)
    stream[NameObject("/Width")] = NumberObject(width)
    stream[NameObject("/Height")] = NumberObject(height)
    stream[NameObject("/ColorSpace")] = NameObject(space)
    stream[NameObject("/BitsPerComponent")] = NumberObject(bits)
    return stream


def _stream(data: bytes) -> StreamObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return stream


def _dictionary(entries: Mapping[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in entries.items()})


def _numbers(*values: float) -> ArrayObject:
    return ArrayObject([FloatObject(value) for value in values])
