"""Blank forms as PDFs: text, lines and boxes in millimetres from the top left corner, with form fields if wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pypdf
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

MM = 72 / 25.4


@dataclass
class BlankForm:
    """One page in the making. ``width`` and ``height`` in mm."""

    width: float = 210.0
    height: float = 297.0
    drawn: list[str] = field(default_factory=list)
    fields: list[DictionaryObject] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, size: float = 8.0) -> None:
        """Text whose baseline is at ``y``; ``size`` in points."""
        said = (
            text.encode("cp1252")
            .decode("latin-1")
            .replace("\\", "\\\\")
            .replace("(", "\\(")
            .replace(")", "\\)")
        )
        self.drawn.append(f"BT /F {size} Tf {x * MM:.2f} {(self.height - y) * MM:.2f} Td ({said}) Tj ET")

    def line(self, x: float, y: float, right: float, bottom: float | None = None) -> None:
        end = y if bottom is None else bottom
        points = (x, self.height - y, right, self.height - end)
        self.drawn.append("0.6 w {:.2f} {:.2f} m {:.2f} {:.2f} l S".format(*(p * MM for p in points)))

    def box(self, x: float, y: float, width: float, height: float, grey: float | None = None) -> None:
        corner = (x, self.height - y - height, width, height)
        edges = " ".join(f"{number * MM:.2f}" for number in corner)
        self.drawn.append(f"{grey} g {edges} re f 0 g" if grey is not None else f"0.6 w {edges} re S")

    def widget(self, box: tuple[float, float, float, float], kind: str, name: str, **keys: object) -> None:
        """A form field: ``kind`` Tx, Btn, Ch or Sig; keys as in PDF (MaxLen, Ff, TU, Opt, and ``on`` for a state)."""
        x, y, width, height = box
        rect = (x, self.height - y - height, x + width, self.height - y)
        made = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject("/Widget"),
                NameObject("/FT"): NameObject(f"/{kind}"),
                NameObject("/T"): TextStringObject(name),
                NameObject("/Rect"): ArrayObject(FloatObject(number * MM) for number in rect),
            }
        )
        if "on" in keys:
            state = DictionaryObject({NameObject(f"/{keys.pop('on')}"): StreamObject()})
            made[NameObject("/AP")] = DictionaryObject({NameObject("/N"): state})
        for key, value in keys.items():
            if isinstance(value, list):
                made[NameObject(f"/{key}")] = ArrayObject(TextStringObject(str(entry)) for entry in value)
            else:
                number = isinstance(value, int)
                made[NameObject(f"/{key}")] = NumberObject(value) if number else TextStringObject(str(value))
        self.fields.append(made)


def write_pdf(path: Path, *pages: BlankForm) -> Path:
    """Writes the pages as one PDF with a text layer."""
    writer = pypdf.PdfWriter()
    fields = ArrayObject()
    for page in pages:
        made = writer.add_blank_page(page.width * MM, page.height * MM)
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        made[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        content = StreamObject()
        content.set_data("\n".join(page.drawn).encode("latin-1"))
        made[NameObject("/Contents")] = writer._add_object(content)
        widgets = ArrayObject(writer._add_object(widget) for widget in page.fields)
        made[NameObject("/Annots")] = widgets
        fields.extend(widgets)
    if fields:
        writer._root_object[NameObject("/AcroForm")] = DictionaryObject(
            {NameObject("/Fields"): fields, NameObject("/NeedAppearances"): BooleanObject(True)}
        )
    with path.open("wb") as file:
        writer.write(file)
    return path
