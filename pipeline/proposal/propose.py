"""A form proposed for a blank: fields, names, kinds, and the pictures that pages are recognised by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from inkfield.pipeline.intake import IntakeLimits
from inkfield.pipeline.intake.pdf_bytes import plain_pdf
from inkfield.pipeline.intake.sniff import sniff
from inkfield.pipeline.proposal.acroform import Widget, Widgets, form_fields, quarter_turned, read_widgets
from inkfield.pipeline.proposal.blank import BlankPage, blank_pages
from inkfield.pipeline.proposal.find_fields import find_fields, print_of
from inkfield.pipeline.proposal.found import FoundColumn, FoundField, MmBox
from inkfield.pipeline.proposal.grids import with_tables
from inkfield.pipeline.proposal.guess import date_order_of, name_of_label, short_label, unique_names
from inkfield.pipeline.proposal.labels import Print
from inkfield.pipeline.proposal.ruling import find_ruling
from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import RESERVED_VIEWS, Form, FormError, sql_identifier
from inkfield.schemas.kinds import kind_of


@dataclass(frozen=True)
class ProposeLimits:
    """Which fields have several lines."""

    letter_width: float = limit(212.0, "mm", "guess", "Width of paper from which on it is of American size")
    one_line_mm: float = limit(13.0, "mm", "guess", "Height of the highest box for one line")
    line_mm: float = limit(7.5, "mm", "guess", "Height of a line in a box of several")
    smallest_mm: float = limit(0.1, "mm", "guess", "Side of the smallest box that is kept")


LIMITS = ProposeLimits()

_LANGUAGES = {"name": "names", "address": "address"}


@dataclass(frozen=True)
class Proposal:
    """``form`` is complete but for the folder; ``found`` says for each of its fields what it was found by and how sure;
    ``blanks`` are grey uint8 pictures by number of page; ``values`` are lists of known values by their file name."""

    form: Form
    found: tuple[FoundField, ...]
    blanks: dict[int, np.ndarray]
    values: dict[str, tuple[str, ...]]
    keys: dict[str, Any]
    """What the form file says."""
    scanned: bool
    """Whether the print was read from the picture of a page."""
    left_out: int
    """Form fields of the PDF that could not be understood."""


def propose_form(path: Path, name: str | None = None) -> Proposal:
    """A form for a blank: a PDF with form fields, a PDF drawn by a program, or a scan (PDF or image) of an empty form.

    Raises a DocumentError for a file that cannot be read, and FormError for one without any field, or for a name that
    cannot be one in SQL.
    """
    name = form_name(path, name)
    widgets = _widgets(path)
    pages = list(blank_pages(path, {widget.page for widget in widgets.all}))
    found = _fields(pages, widgets.all)
    if not found:
        raise FormError(f"{path.name}: no place to write was found; is it a blank form?")
    by_number = {page.number: page for page in pages}
    numbers = sorted({field.page for field in found})
    names = unique_names(_name(field) for field in found)
    values = {
        f"{name}.{field}.txt": f.values for field, f in zip(names, found, strict=True) if len(f.values) > 1
    }
    keys = _keys(path, name, [by_number[number] for number in numbers])
    keys["fields"] = [
        _said(field, called, name, by_number[field.page], many="pages" in keys)
        for called, field in zip(names, found, strict=True)
    ]
    form = Form.model_validate(keys)
    unread = any(not by_number[number].layer for number in numbers)
    blanks = {n: by_number[n].grey for n in numbers}
    return Proposal(form, tuple(found), blanks, values, keys, unread, widgets.left_out)


def form_name(path: Path, name: str | None) -> str:
    """What the form is called: by ``name``, else by its file. Raises FormError for a name that cannot be one in SQL."""
    name = name or name_of_label(re.sub(r"[_\-.]+", " ", path.stem), "form")
    try:
        sql_identifier(name)
    except ValueError as error:
        raise FormError(f"--name: {error}") from None
    if name in RESERVED_VIEWS:
        raise FormError(f"--name: {name} is a table of the database; choose another name for the form")
    return name


def _widgets(path: Path) -> Widgets:
    """The form fields of a blank. Fields for signatures alone make no form to fill in on the screen: none then."""
    if sniff(path, IntakeLimits()) != "pdf":
        return Widgets()
    with plain_pdf(path) as plain:
        widgets = read_widgets(plain)
    return widgets if any(widget.type != "/Sig" for widget in widgets.all) else Widgets()


def _fields(pages: Sequence[BlankPage], widgets: Sequence[Widget]) -> list[FoundField]:
    if not widgets:
        return [field for page in pages for field in with_tables(find_fields(page))]
    by_number = {page.number: page for page in pages}

    @cache
    def printed(number: int) -> Print:
        page = by_number[number]
        return print_of(page, find_ruling(page))

    return form_fields([_upright(widget, by_number[widget.page]) for widget in widgets], printed)


def _upright(widget: Widget, page: BlankPage) -> Widget:
    """A widget on its page as that was turned."""
    sides = page.paper if page.turn % 180 == 0 else page.paper[::-1]
    return replace(widget, box=quarter_turned(widget.box, sides, page.turn))


def _keys(path: Path, name: str, pages: Sequence[BlankPage]) -> dict[str, Any]:
    first = pages[0]
    keys: dict[str, Any] = {"name": name, "version": 1, "title": _title(path, first)}
    keys["paper"] = {"width_mm": first.paper[0], "height_mm": first.paper[1]}
    if len(pages) == 1 and first.number == 1:
        keys["blank"] = f"{name}.png"
        return keys
    keys["pages"] = []
    for page in pages:
        sheet: dict[str, Any] = {"number": page.number, "blank": f"{name}.{page.number}.png"}
        if page.paper != first.paper:
            sheet["paper"] = {"width_mm": page.paper[0], "height_mm": page.paper[1]}
        keys["pages"].append(sheet)
    return keys


def _title(path: Path, page: BlankPage) -> str:
    """The largest print in the upper third of the page, else the name of the file."""
    high = [
        word
        for word in page.words
        if word.bottom < page.paper[1] / 3 and word.right - word.left > word.height / 2
    ]
    if not high:
        return path.stem
    largest = max(word.height for word in high)
    big = [word for word in high if word.height > 0.75 * largest]
    text = " ".join(
        word.text for word in sorted(big, key=lambda word: (round(word.top / largest), word.left))
    )
    return text[:80] if len(text) > 3 else path.stem


def _name(field: FoundField) -> str:
    otherwise = {"text": "field", "checkbox": "tick"}.get(field.kind, field.kind)
    return name_of_label(re.sub(r"[_\[\]]+", " ", field.name) if field.name else field.label, otherwise)


def _said(field: FoundField, called: str, form: str, page: BlankPage, many: bool) -> dict[str, Any]:
    """One entry of ``fields`` as the YAML has it."""
    said: dict[str, Any] = {"name": called, "kind": field.kind}
    if many:
        said["page"] = field.page
    if field.options:
        labels = _unique(
            [short_label(option.label)[:60] or str(i) for i, option in enumerate(field.options, 1)]
        )
        said["options"] = [
            {"value": label, "box": _rounded(option.box, page.paper)}
            for label, option in zip(labels, field.options, strict=True)
        ]
        return said
    said["box"] = _rounded(field.box, page.paper)
    letter = page.paper[0] > LIMITS.letter_width
    if field.columns:
        names = unique_names(name_of_label(column.label, "column") for column in field.columns)
        columns = zip(names, field.columns, strict=True)
        return said | {
            "rows": field.rows,
            "columns": [_column(name, column, letter) for name, column in columns],
        }
    if field.kind == "date":
        said["date_order"] = date_order_of(f"{field.name} {field.label}", letter)
    if field.cells and "cells" in kind_of(field.kind).keys:
        said["cells"] = field.cells
    lines = (
        field.lines
        if field.lines > 1
        else round(field.box[3] / LIMITS.line_mm)
        if field.box[3] > LIMITS.one_line_mm
        else 1
    )
    if lines > 1 and field.kind in ("text", "name", "address"):
        said["lines"] = lines
    if field.kind in _LANGUAGES:
        said["language"] = _LANGUAGES[field.kind]
    if len(field.values) > 1:
        said["known_values"] = f"{form}.{called}.txt"
    return said


def _column(called: str, column: FoundColumn, letter: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"name": called, "kind": column.kind}
    if column.kind == "date":
        said["date_order"] = date_order_of(column.label, letter)
    return said | {"x": round(column.x, 1), "width": round(column.width - 0.1, 1)}


def _unique(labels: Sequence[str]) -> list[str]:
    """The labels, with numbers where two are alike."""
    unique: list[str] = []
    for label in labels:
        number = 1
        while (chosen := label if number == 1 else f"{label} {number}") in unique:
            number += 1
        unique.append(chosen)
    return unique


def _rounded(box: MmBox, paper: tuple[float, float]) -> list[float]:
    """A box to a tenth of a millimetre, cut at the edges of the paper."""
    left, top = max(0.0, box[0]), max(0.0, box[1])
    right, bottom = min(paper[0], box[0] + box[2]), min(paper[1], box[1] + box[3])
    width, height = max(LIMITS.smallest_mm, right - left), max(LIMITS.smallest_mm, bottom - top)
    return [round(left, 1), round(top, 1), round(width - 0.05, 1), round(height - 0.05, 1)]
