"""What was filled in on the screen: values of a PDF's form fields, and text that was typed onto its pages."""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw as pdfium_c

from inkfield.pipeline.intake.pdf_bytes import plain_pdf
from inkfield.pipeline.records import FilledValue
from inkfield.schemas.readings import Box

Placed = tuple[str | bool, tuple[float, float, float, float], str]
"""A value, where it stands (left, top, right, bottom, as parts of the page's sides), and what the PDF calls it."""
_NOT_SHOWN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_TEXTS = (
    pdfium_c.FPDF_FORMFIELD_TEXTFIELD,
    pdfium_c.FPDF_FORMFIELD_COMBOBOX,
    pdfium_c.FPDF_FORMFIELD_LISTBOX,
)
_BOXES = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
logging.getLogger("pypdfium2._helpers.document").setLevel(logging.ERROR)  # it warns of every XFA form
_UNITS = 1 << 20
"""Pixels of a made-up screen to which PDFium converts places."""


def filled_values(path: Path, only: int | None = None) -> dict[int, tuple[Placed, ...]]:
    """The values of each page, or of ``only`` one, by its number, where there are any.

    What was left empty is not among them: a person may have filled it in by pen. Of pages that cannot be opened nothing
    is said. Raises the errors of `plain_pdf`.
    """
    found = {}
    with plain_pdf(path) as plain:
        try:
            document = pdfium.PdfDocument(plain)
        except pdfium.PdfiumError:
            return {}
        try:
            document.init_forms()
            for number in range(1, len(document) + 1):
                if only in (None, number) and (values := tuple(_of_page(document, number))):
                    found[number] = values
        finally:
            document.close()
    return found


def on_picture(values: tuple[Placed, ...], shape: tuple[int, ...]) -> tuple[FilledValue, ...]:
    """The values with their boxes in pixels of a picture of the page, which has this shape (height, width, ...)."""
    high, wide = shape[:2]

    def box(edges: tuple[float, float, float, float]) -> Box:
        left, top, right, bottom = (
            round(e * side) for e, side in zip(edges, (wide, high, wide, high), strict=True)
        )
        return left, top, max(1, right - left), max(1, bottom - top)

    return tuple(FilledValue(value, box(edges), name) for value, edges, name in values)


def _of_page(document: pdfium.PdfDocument, number: int) -> Iterator[Placed]:
    try:
        page = document[number - 1]
    except pdfium.PdfiumError:
        return
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            shown = not pdfium_c.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN
            value, name = _value(document, annotation) if shown else ("", "")
            if value:
                yield value, _edges(page, annotation), name
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
    page.close()


def _value(document: pdfium.PdfDocument, annotation: pdfium_c.FPDF_ANNOTATION) -> tuple[str | bool, str]:
    """What an annotation says, empty or False where nothing, and its name."""
    subtype = pdfium_c.FPDFAnnot_GetSubtype(annotation)
    if subtype == pdfium_c.FPDF_ANNOT_FREETEXT:
        return _text(lambda *to: pdfium_c.FPDFAnnot_GetStringValue(annotation, b"Contents", *to)), ""
    if subtype != pdfium_c.FPDF_ANNOT_WIDGET or document.formenv is None:
        return "", ""
    form = document.formenv.raw
    kind = pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation)
    name = _text(lambda *to: pdfium_c.FPDFAnnot_GetFormFieldAlternateName(form, annotation, *to))
    name = name or _text(lambda *to: pdfium_c.FPDFAnnot_GetFormFieldName(form, annotation, *to))
    if kind in _BOXES:
        return bool(pdfium_c.FPDFAnnot_IsChecked(form, annotation)), name
    if kind in _TEXTS:
        return _text(lambda *to: pdfium_c.FPDFAnnot_GetFormFieldValue(form, annotation, *to)), name
    return "", name


def _text(get: Callable[..., int]) -> str:
    """A text that PDFium writes into a buffer, UTF-16 with a zero at its end."""
    length = get(None, 0)
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    get(ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace").strip()


def _edges(page: pdfium.PdfPage, annotation: pdfium_c.FPDF_ANNOTATION) -> tuple[float, float, float, float]:
    rect = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(annotation, rect)
    corners = [_shown(page, x, y) for x in (rect.left, rect.right) for y in (rect.top, rect.bottom)]
    across, down = zip(*corners, strict=True)
    return min(across), min(down), max(across), max(down)


def _shown(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """A point of the page as parts of the sides of what is shown, which is turned as the page says."""
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, _UNITS, _UNITS, 0, x, y, across, down)
    return across.value / _UNITS, down.value / _UNITS
