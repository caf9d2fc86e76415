"""The form fields of a PDF (AcroForm): boxes, kinds, combs, groups and lists are taken as the PDF says.

Names are taken where they are words; ``f1_01[0]`` and ``Text12`` are for programs, and the printed label is better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

from inkfield.pipeline.proposal.found import FoundField, FoundOption, MmBox
from inkfield.pipeline.proposal.guess import kind_of_label
from inkfield.pipeline.proposal.labels import Print
from inkfield.pipeline.proposal.words import MM_PER_POINT
from inkfield.recognizers.limits import limit

_READ_ONLY, _MULTILINE, _PUSH, _RADIO, _COMB = 1 << 0, 1 << 12, 1 << 16, 1 << 15, 1 << 24
_HIDDEN = 1 << 1
_ODD = (PyPdfError, LookupError, ValueError, TypeError, AttributeError, RecursionError, OverflowError)
"""What pypdf raises where a PDF is not as it should be."""


@dataclass(frozen=True)
class AcroformLimits:
    """How lines of a box are counted."""

    line_mm: float = limit(6.5, "mm", "guess", "Height of a line of writing in a box of several")


LIMITS = AcroformLimits()

_FOR_PROGRAMS = re.compile(
    r"^(?:[fct]\d+_\d+|text ?(?:field)?|check ?box|button|group|undefined|topmostsubform|page|form|field|feld"
    r"|kontroll\w*|txt|chk|cb|fill|untitled|dropdown|combo ?box|list ?box|signature|date)?[\s_\-\d.a-z]{0,3}\d*[a-z]?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Widget:
    """One rectangle of a field, in mm of its page as it is shown. ``full`` names the field with all its parents."""

    page: int
    box: MmBox
    type: str
    flags: int
    full: str
    name: str
    hint: str
    state: str
    longest: int
    values: tuple[str, ...]

    @property
    def group(self) -> str:
        """What widgets of one group of boxes have in common, where one of them is ticked."""
        return re.sub(r"\[\d+\]$", "", self.full)


@dataclass(frozen=True)
class Widgets:
    """What a PDF's form has, in the order of the file, and how many of its fields could not be understood."""

    all: tuple[Widget, ...] = ()
    left_out: int = 0


def read_widgets(path: Path) -> Widgets:
    """The form fields of a PDF; none where it has no form, or cannot be read. A field that is not as it should be costs
    none of the others."""
    try:
        reader = pypdf.PdfReader(path)
        if "/AcroForm" not in reader.root_object:
            return Widgets()
        pages = list(reader.pages)
    except _ODD:
        return Widgets()
    found, odd = [], 0
    for number, page in enumerate(pages, 1):
        for reference in _annotations(page):
            try:
                widget = _widget(page, number, reference.get_object())
            except _ODD:
                odd += 1
                continue
            found += [widget] if widget is not None else []
    return Widgets(tuple(found), odd)


def form_fields(widgets: Sequence[Widget], printed: Callable[[int], Print]) -> list[FoundField]:
    """The fields that widgets are parts of. ``printed`` gives what is printed on a page, by its number."""
    groups: dict[str, list[Widget]] = {}
    for widget in widgets:
        if widget.type == "/Btn":
            groups.setdefault(widget.group, []).append(widget)
    found: list[FoundField] = []
    for widget in widgets:
        group = groups.get(widget.group, []) if widget.type == "/Btn" else []
        if _is_choice(group):
            if widget is group[0]:
                found.append(_choice(group, printed(widget.page)))
        else:
            found.append(_field(widget, printed(widget.page), found))
    return found


def _annotations(page: pypdf.PageObject) -> list[Any]:
    try:
        annotations: Any = page.get("/Annots") or ()
        return list(annotations.get_object() if hasattr(annotations, "get_object") else annotations)
    except _ODD:
        return []


def _widget(page: pypdf.PageObject, number: int, widget: Any) -> Widget | None:
    """None for what is no field to fill in: buttons, what is hidden, or lies beside the page."""
    if (
        not isinstance(widget, DictionaryObject)
        or widget.get("/Subtype") != "/Widget"
        or "/Rect" not in widget
    ):
        return None
    flags, kind = int(_said(widget, "/Ff") or 0), str(_said(widget, "/FT"))
    if int(widget.get("/F") or 0) & _HIDDEN or (kind == "/Btn" and flags & _PUSH):
        return None
    box = _box(page, _rect(widget["/Rect"]))
    if box[2] < 1 or box[3] < 1 or not _is_shown(page, box):
        return None
    names = list(_names(widget))
    appearance: Any = widget.get("/AP") or {}
    states = appearance.get("/N") or {}
    on = next((str(state)[1:] for state in states if state != "/Off"), "") if kind == "/Btn" else ""
    values = tuple(_value(entry) for entry in _said(widget, "/Opt") or ()) if kind == "/Ch" else ()
    return Widget(
        number, box, kind, flags, ".".join(reversed(names)), names[0] if names else "",
        str(_said(widget, "/TU") or ""), on, int(_said(widget, "/MaxLen") or 0), tuple(filter(str.strip, values)),
    )  # fmt: skip


def _rect(edges: Any) -> list[float]:
    return [float(edge) for edge in edges]


def _said(widget: DictionaryObject, key: str) -> Any:
    """What a widget says, or the field that it belongs to."""
    node: Any = widget
    for _ in range(32):
        if node is None:
            return None
        if key in node:
            return node[key]
        node = node["/Parent"].get_object() if "/Parent" in node else None
    return None


def _names(widget: DictionaryObject) -> Iterator[str]:
    """Its partial names, its own first."""
    node: Any = widget
    for _ in range(32):
        if node is None:
            return
        if "/T" in node:
            yield str(node["/T"]).strip()
        node = node["/Parent"].get_object() if "/Parent" in node else None


def _value(entry: Any) -> str:
    entry = entry.get_object()
    return str(entry[-1] if isinstance(entry, list) else entry)


def _box(page: pypdf.PageObject, rect: Sequence[float]) -> MmBox:
    """A rectangle in points from the lower left corner, as a box in mm of the page as it is shown."""
    shown = page.cropbox
    left, right = sorted((rect[0], rect[2]))
    low, high = sorted((rect[1], rect[3]))
    points = (left - float(shown.left), float(shown.top) - high, right - left, high - low)
    x, y, width, height = (number * MM_PER_POINT for number in points)
    sides = float(shown.width) * MM_PER_POINT, float(shown.height) * MM_PER_POINT
    return quarter_turned((x, y, width, height), sides, page.rotation)


def quarter_turned(box: MmBox, sides: tuple[float, float], degrees: int) -> MmBox:
    """A box on a page of these sides (width, height) once the page is turned clockwise by 0, 90, 180 or 270."""
    x, y, width, height = box
    across, down = sides
    match degrees % 360:
        case 90:
            return down - y - height, x, height, width
        case 180:
            return across - x - width, down - y - height, width, height
        case 270:
            return y, across - x - width, height, width
        case _:
            return box


def _is_shown(page: pypdf.PageObject, box: MmBox) -> bool:
    """Whether the middle of a box lies on the page: programs keep fields of their own beside it."""
    sides = [float(side) * MM_PER_POINT for side in (page.cropbox.width, page.cropbox.height)]
    width, height = reversed(sides) if page.rotation % 180 else sides
    return 0 <= box[0] + box[2] / 2 <= width and 0 <= box[1] + box[3] / 2 <= height


def _is_choice(group: Sequence[Widget]) -> bool:
    """Whether boxes belong together so that one of them is ticked: radio buttons, or boxes of one name each with
    a state of its own."""
    if len(group) < 2 or len({widget.page for widget in group}) > 1:
        return False
    states = [widget.state for widget in group]
    return bool(group[0].flags & _RADIO) or (all(states) and len(set(states)) == len(states))


def _choice(group: Sequence[Widget], printed: Print) -> FoundField:
    options = []
    for number, widget in enumerate(group, 1):
        caption = printed.right_of(widget.box) or printed.left_of(widget.box)
        options.append(FoundOption(caption.text if caption else widget.state or str(number), widget.box))
    first = group[0]
    name = re.sub(r"\[\d+\]$", "", first.name)
    label = first.hint or (name if _is_word(name) else "")
    if not label:
        above = printed.above(first.box, 8.0)
        label = above.text if above else name
    return FoundField(
        first.page,
        first.box,
        "choice",
        label,
        1.0,
        "form field",
        name=name if _is_word(name) else "",
        options=tuple(options),
    )


def _label(widget: Widget, printed: Print, before: Sequence[FoundField]) -> str:
    box = widget.box
    if widget.type == "/Btn":
        beside = printed.right_of(box) or printed.left_of(box) or printed.above(box)
    elif before and before[-1].cells and widget.flags & _COMB and _follows(box, before[-1].box):
        return before[-1].label  # SSN: 3, 2 and 4 boxes under one label
    else:
        beside = printed.above(box, 3.0) or printed.left_of(box, 30.0) or printed.below(box)
    return beside.text if beside else ""


def _follows(box: MmBox, before: MmBox) -> bool:
    return abs(box[1] - before[1]) < 1.0 and 0 < box[0] - before[0] - before[2] < 12.0


def _field(widget: Widget, printed: Print, before: Sequence[FoundField]) -> FoundField:
    box = widget.box
    label = _label(widget, printed, before)
    name = widget.name if _is_word(widget.name) else ""
    told = name or label or widget.hint
    kind = _kind(widget, (name, label, widget.hint))
    cells = widget.longest if widget.flags & _COMB and widget.longest > 1 and kind != "checkbox" else 0
    lines = max(1, round(box[3] / LIMITS.line_mm)) if widget.flags & _MULTILINE else 1
    return FoundField(
        widget.page, box, kind, label or told, 1.0, "form field", 0 if lines > 1 else cells, lines, told,
        values=widget.values,
    )  # fmt: skip


def _kind(widget: Widget, texts: Sequence[str]) -> str:
    if widget.type == "/Btn":
        return "checkbox"
    if widget.type == "/Sig":
        return "signature"
    for text in texts:
        kind = kind_of_label(re.sub(r"[_\[\]]", " ", text)) if text else None
        if kind is not None:
            # People sign in text fields, too, but not in lists.
            return kind if kind != "signature" or widget.type == "/Tx" else "text"
    return "text"


def _is_word(name: str) -> bool:
    bare = re.sub(r"\[\d+\]", "", name)
    return not _FOR_PROGRAMS.match(bare) and len(re.findall(r"[A-Za-zÄÖÜäöüß]{3,}", bare)) > 0
