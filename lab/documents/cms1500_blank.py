"""Draws a blank with the geometry of the US claim form CMS-1500 (02/12), and writes its form file.

The places are those that every billing program prints to: 10 characters an inch across, 6 lines an inch down, each box
at its column and line. The captions are short and our own, and so is the artwork: the printed form's belongs to its
publisher. ``python -m inkfield.lab.documents.cms1500_blank`` writes ``cms1500.png`` and ``cms1500.yaml`` to
``schemas/forms``; one list of fields makes both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inkfield.lab.documents import blank_form
from inkfield.lab.documents.blank_form import MM_PER_INCH, Blank, Keys
from inkfield.schemas.forms.model import FORMS_FOLDER

DPI = 200
WIDTH_MM, HEIGHT_MM = 215.9, 279.4
CHARACTER_MM = MM_PER_INCH / 10

SINGLE = 0.995
"""Of fields whose one figure nothing proves: some hands write a 1 as others write a 7."""
UNPROVEN = 0.99
"""Of free text, which no list and no check digit proves."""
NAMED = 0.95
"""Of names and addresses: of 243 that were accepted at 0.9 on 60 scans two were wrong, both below this."""

DATED = 0.95
"""Of dates, as on the other forms: one that was accepted at 0.9 had a 1 for a 4."""
ON_A_LINE = 0.999
"""Of figures close under a printed line: the bar of a 7 that lies on it is taken for print, and it is a 1."""

NPI: Keys = {"kind": "code", "pattern": "[12][0-9]{9}", "check_digit": "npi"}
ICD: Keys = {
    "kind": "code",
    "pattern": r"[A-Z][0-9][0-9A]\.?([0-9X]{1,3}[0-9A-HJ-NP-S]?)?",
    "known_values": "icd_10_cm.txt",
}
_ID = "[A-Z]{0,3}[0-9]{4,12}[A-Z]{0,2}"
_LETTER = "[AC-HJKMNP-RT-Y]"
_SIGN = "[0-9AC-HJKMNP-RT-Y]"
_MEDICARE = f"[1-9]{_LETTER}{_SIGN}[0-9]{_LETTER}{_SIGN}[0-9]{_LETTER}{{2}}[0-9]{{2}}"
"""Medicare numbers since 2018 (CMS, format of the Medicare Beneficiary Identifier)."""
DIAGNOSES = "abcdefghijkl"
PROGRAMS = ("medicare", "medicaid", "tricare", "champva", "group", "feca", "other")

_COMMENT = """A claim form with the places of the US form CMS-1500 (02/12), on a blank that we draw ourselves. Written
by lab/documents/cms1500_blank.py with its blank picture: change the list there and run
`python -m inkfield.lab.documents.cms1500_blank`. Numbers in the names of captions are those of the form's boxes."""


def column(number: float) -> float:
    """Left edge, in mm, of the column in which a printer puts its n-th character."""
    return 8.4 + CHARACTER_MM * (number - 1)


def line(number: float) -> float:
    """Lower edge, in mm, of the n-th line."""
    return MM_PER_INCH * (number / 6 + 0.06)


LEFT, RIGHT = 8.0, 209.0
_FIRST, _SECOND, _THIRD = 81.2, 132.2, 76.6
"""Where the patient's boxes end, where the right half begins, where box 14 ends."""
SERVICE_LINES = 6
_ROW = line(2) - line(0)
_HALF = _ROW / 2


class _Form:
    """The form in the making: its picture, and its fields beside it."""

    def __init__(self, dpi: int, ink: int) -> None:
        self.paper = Blank(WIDTH_MM, HEIGHT_MM, dpi, ink)
        self.fields: list[Keys] = []

    def box(self, left: float, right: float, bottom: int, title: str, lines: int = 2) -> tuple[float, float]:
        """A printed box of so many lines with its caption; returns its top and bottom in mm."""
        top, end = line(bottom - lines), line(bottom)
        self.paper.frame((left, top, right - left, end - top))
        self.paper.text(left + 0.6, top + 0.35, title, 2.05)
        return top, end

    def add(
        self,
        name: str,
        kind: str,
        left: float,
        right: float,
        bottom: float,
        high: float = 5.4,
        **keys: Any,
    ) -> None:
        """A field whose lower edge lies on a line."""
        if kind == "text":
            keys = {"accept_at": UNPROVEN, **keys}
        if kind == "date":
            keys = {"accept_at": DATED, **keys}
        if kind in ("name", "address"):
            keys = {"accept_at": NAMED, **keys}
        if kind == "code" and "check_digit" not in keys and "known_values" not in keys:
            keys = {"accept_at": UNPROVEN if keys["pattern"].endswith(_ID) else 0.97, **keys}
        box = [round(v, 2) for v in (left, line(bottom) - high - 0.2, right - left, high)]
        self.fields.append({"name": name, "kind": kind, **keys, "box": box})

    def code(
        self, name: str, left: float, right: float, bottom: float, pattern: str, high: float = 5.4
    ) -> None:
        self.add(name, "code", left, right, bottom, high, pattern=pattern)

    def written(
        self, name: str, kind: str, left: float, right: float, bottom: int, title: str, **keys: Any
    ) -> None:
        """A printed box with one field that fills it below its caption."""
        self.box(left, right, bottom, title)
        self.add(name, kind, left + 0.5, right - 0.5, bottom, **keys)

    def date(
        self, name: str, start: float, bottom: float, year: int = 4, required: bool = False, past: bool = True
    ) -> None:
        """A date in three parts from a column on, with printed lines between them."""
        left, right = column(start) - 0.4, column(start + 6 + year) - 0.4
        parts = [round(3 * CHARACTER_MM, 2), round(6 * CHARACTER_MM, 2)]
        keys: Keys = {"date_order": "MDY", "parts": parts}
        if past:
            keys["post_dated"] = False
        if required:
            keys["required"] = True
        self.add(name, "date", left, right, bottom, 4.6, **keys)
        for part, caption in zip((0.0, *parts), ("MM", "DD", "YY"), strict=True):
            self.paper.text(left + part + 2.2, line(bottom) - 6.25, caption, 1.5)
            if part:
                self.paper.dashes(left + part, line(bottom) - 5.4, line(bottom) - 0.3)

    def choice(
        self,
        name: str,
        places: Sequence[tuple[str, str, float]],
        bottom: float,
        after: bool = False,
        **keys: Any,
    ) -> None:
        """Boxes to tick, each at a column, with captions before or ``after`` them."""
        options = []
        for value, caption, start in places:
            box = [round(v, 2) for v in (column(start) - 0.4, line(bottom) - 4.1, 3.6, 3.6)]
            self.paper.frame(box, 0.25)
            if caption:
                at, anchor = (box[0] + 4.1, "lm") if after else (box[0] - 0.5, "rm")
                self.paper.text(at, box[1] + 1.8, caption, 2.0, anchor=anchor)
            options.append({"value": value, "box": box})
        self.fields.append({"name": name, "kind": "choice", **keys, "options": options})

    def amount(
        self, name: str, left: float, right: float, bottom: float, high: float = 4.6, **keys: Any
    ) -> None:
        """An amount with a printed line before its cents."""
        cents = round(right - left - 3 * CHARACTER_MM, 2)
        self.add(name, "amount", left, right, bottom, high, grammar="western", parts=[cents], **keys)
        self.paper.dashes(left + cents, line(bottom) - high - 0.2, line(bottom) - 0.2)


def draw(dpi: int = DPI, ink: int = 95) -> tuple[Blank, list[Keys]]:
    """The blank form and its fields. ``ink`` is the grey level of its print."""
    form = _Form(dpi, ink)
    _head(form)
    _patient(form)
    _insured(form)
    _signatures(form)
    _condition(form)
    _diagnoses(form)
    _services(form)
    _foot(form)
    return form.paper, form.fields


def _head(form: _Form) -> None:
    paper = form.paper
    paper.text(LEFT, 9.5, "Claim for professional health services", 4.6)
    paper.text(LEFT, 15.5, "Boxes as on the form CMS-1500 (02/12). Type, or print in block letters.", 2.3)
    paper.polygon([(150, 9), (163, 9), (156.5, 20)])
    paper.polygon([(166, 20), (179, 20), (172.5, 9)])
    paper.text(183, 9.5, "Payer's copy", 3.4)
    paper.text(183, 15.5, "inkfield 1500 / 1", 2.4)
    for x in (LEFT, 196.3):
        for part in range(3):
            paper.frame((x + 4.2 * part, 21.6, 4.2, 4.2))
    paper.line(LEFT, line(6), RIGHT, line(6), 0.7)
    form.box(LEFT, _SECOND, 8, "1. Kind of cover")
    captions = ("Medicare", "Medicaid", "Tricare", "Champva", "Group", "FECA", "Other")
    starts = (1, 8, 15, 24, 31, 39, 45)
    places = [(v, c, s) for v, c, s in zip(PROGRAMS, captions, starts, strict=True)]
    form.choice("cover", places, 8, after=True)
    form.written(
        "insured_id",
        "code",
        _SECOND,
        RIGHT,
        8,
        "1a. Number of the insured person",
        pattern=f"{_MEDICARE}|{_ID}",
        required=True,
    )


def _patient(form: _Form) -> None:
    form.written(
        "patient_name",
        "name",
        LEFT,
        _FIRST,
        10,
        "2. Patient: last name, first name, initial",
        language="names",
        required=True,
    )
    form.box(_FIRST, _SECOND, 10, "3. Born")
    form.date("patient_birth_date", 31, 10, required=True)
    form.paper.text(column(42), line(8) + 0.35, "Sex", 2.05)
    form.choice("patient_sex", [("M", "M", 43.5), ("F", "F", 47)], 10)
    form.written(
        "patient_street", "address", LEFT, _FIRST, 12, "5. Patient's street and number", language="address"
    )
    form.box(_FIRST, _SECOND, 12, "6. Patient is to the insured person")
    form.choice(
        "relationship",
        [("self", "Self", 33), ("spouse", "Spouse", 38), ("child", "Child", 42.5), ("other", "Other", 47)],
        12,
    )
    _town(form, "patient", "", LEFT, column(25) - 0.6, _FIRST, 13.5)
    form.written("reserved_8", "text", _FIRST, _SECOND, 14, "8. Reserved")
    form.written("other_insured_name", "name", LEFT, _FIRST, 18, "9. Other insured person", language="names")
    form.written("other_policy", "code", LEFT, _FIRST, 20, "a. Other policy or group", pattern=_ID)
    form.written("reserved_9b", "text", LEFT, _FIRST, 22, "b. Reserved")
    form.written("reserved_9c", "text", LEFT, _FIRST, 24, "c. Reserved")
    form.written("other_plan", "text", LEFT, _FIRST, 26, "d. Other plan or program")
    form.box(_FIRST, _SECOND, 16, "")
    form.box(_FIRST, _SECOND, 18, "10. Is the condition due to")
    for name, title, bottom in (
        ("employment", "a. Work, now or before", 20),
        ("auto_accident", "b. Car accident          State", 22),
        ("other_accident", "c. Other accident", 24),
    ):
        form.box(_FIRST, _SECOND, bottom, title)
        form.choice(name, [("yes", "Yes", 35), ("no", "No", 41)], bottom)
    form.code("accident_state", column(45) - 0.4, column(48), 22, "[A-Z]{2}", 4.6)
    form.paper.line(column(45) - 0.4, line(22) - 0.5, column(48), line(22) - 0.5)
    form.written("claim_codes", "text", _FIRST, _SECOND, 26, "d. Claim codes")


def _town(form: _Form, who: str, street: str, left: float, state: float, right: float, phone: float) -> None:
    """City and state, post code and telephone."""
    form.written(f"{who}_city", "address", left, state, 14, "City")
    form.written(f"{who}_state", "code", state, right, 14, "State", pattern="[A-Z]{2}")
    middle = column(phone) if left == LEFT else column(63) - 0.4
    form.written(f"{who}_zip", "code", left, middle, 16, "ZIP code", pattern="[0-9]{5}(-[0-9]{4})?")
    form.box(middle, right, 16, "Telephone: area code and number")
    form.code(f"{who}_area_code", middle + 1.5, middle + 12.5, 16, "[0-9]{3}")
    form.code(f"{who}_phone", middle + 14, right - 0.5, 16, "[0-9]{3}-?[0-9]{4}")
    form.paper.dashes(middle + 13.2, line(16) - 5.4, line(16) - 0.4)


def _insured(form: _Form) -> None:
    form.written(
        "insured_name",
        "name",
        _SECOND,
        RIGHT,
        10,
        "4. Insured person: last name, first name, initial",
        language="names",
    )
    form.written(
        "insured_street",
        "address",
        _SECOND,
        RIGHT,
        12,
        "7. Street and number of the insured person",
        language="address",
    )
    _town(form, "insured", "", _SECOND, column(73) - 0.4, RIGHT, 63)
    form.written("insured_group", "code", _SECOND, RIGHT, 18, "11. Group or FECA number", pattern=_ID)
    form.box(_SECOND, RIGHT, 20, "a. Born")
    form.date("insured_birth_date", 53, 20)
    form.choice("insured_sex", [("M", "M", 68), ("F", "F", 75)], 20)
    form.box(_SECOND, RIGHT, 22, "b. Other claim number")
    form.code("other_claim_qualifier", _SECOND + 0.5, column(52.6), 22, "[A-Z][0-9A-Z]")
    form.paper.dashes(column(53) - 0.6, line(22) - 5.4, line(22))
    form.code("other_claim_id", column(53), RIGHT - 0.5, 22, _ID)
    form.written("insured_plan", "text", _SECOND, RIGHT, 24, "c. Plan or program")
    form.box(_SECOND, RIGHT, 26, "d. Is there another plan?")
    form.choice("another_plan", [("yes", "Yes", 53), ("no", "No", 58)], 26)
    form.paper.text(column(60), line(26) - 3.2, "If yes, fill in 9, 9a and 9d", 2.0)


def _signatures(form: _Form) -> None:
    paper = form.paper
    form.box(
        LEFT,
        _SECOND,
        30,
        "12. Patient, or who may sign for the patient: what the payer needs may be released",
        4,
    )
    paper.text(LEFT + 3.4, line(26) + 3.0, "and benefits may be paid to who accepts assignment below.", 2.05)
    form.box(_SECOND, RIGHT, 30, "13. Insured person: medical benefits may be paid to", 4)
    paper.text(_SECOND + 3.4, line(26) + 3.0, "the supplier named below.", 2.05)
    for name, start, end in (("patient_signature", 7, 35), ("insured_signature", 57, 78)):
        paper.text(column(start) - 9.5, line(30) - 3.2, "Signed", 2.1)
        paper.line(column(start) - 0.5, line(30) - 1.0, column(end), line(30) - 1.0)
        form.add(
            name, "signature", column(start), column(end), 29.8, 8.6, known_values="signature_on_file.txt"
        )
    paper.text(column(38) - 6.5, line(30) - 3.2, "Date", 2.1)
    paper.line(column(38) - 0.5, line(30) - 1.0, column(49), line(30) - 1.0)
    form.add(
        "patient_signed", "date", column(38) - 0.4, column(49), 29.8, 6.4, date_order="MDY", post_dated=False
    )
    paper.line(LEFT, line(30), RIGHT, line(30), 0.7)


def _condition(form: _Form) -> None:
    paper = form.paper
    form.box(LEFT, _THIRD, 32, "14. Date of present illness, injury or pregnancy")
    form.date("onset", 2, 32)
    paper.text(column(13), line(32) - 3.6, "Qual.", 1.9)
    form.code("onset_qualifier", column(15.3), column(20), 32, "[0-9]{3}", 4.6)
    form.box(_THIRD, _SECOND, 32, "15. Other date")
    paper.text(column(28.4), line(32) - 3.6, "Qual.", 1.9)
    form.code("other_date_qualifier", column(30.4), column(35), 32, "[0-9]{3}", 4.6)
    form.date("other_date", 37, 32)
    for bottom, name, title in (
        (32, "unable_to_work", "16. Patient could not work"),
        (34, "hospital", "18. In hospital for these services"),
    ):
        form.box(_SECOND, RIGHT, bottom, title)
        paper.text(column(51), line(bottom) - 3.6, "From", 1.9)
        form.date(f"{name}_from", 54, bottom)
        paper.text(column(66), line(bottom) - 3.6, "To", 1.9)
        form.date(f"{name}_to", 68, bottom, past=False)
    form.box(LEFT, _THIRD, 34, "17. Referring provider")
    form.code("referring_qualifier", LEFT + 0.5, column(3.7), 34, "D[NKQ]")
    paper.dashes(column(3.9), line(34) - 5.4, line(34))
    form.add("referring_name", "name", column(4), _THIRD - 0.5, 34, language="names")
    form.box(_THIRD, _SECOND, 33, "17a.", 1)
    form.box(_THIRD, _SECOND, 34, "17b.", 1)
    paper.line(column(30) - 0.2, line(32), column(30) - 0.2, line(34))
    paper.line(column(33) - 0.6, line(32), column(33) - 0.6, line(34))
    form.code("referring_id_qualifier", column(30), column(33) - 0.8, 33, "0B|1G|G2|LU", 3.9)
    form.code("referring_id", column(33) - 0.4, _SECOND - 0.5, 33, _ID, 3.9)
    paper.text(column(30) + 0.6, line(34) - 3.1, "NPI", 2.3)
    form.add("referring_npi", left=column(33) - 0.4, right=_SECOND - 0.5, bottom=34, high=3.9, **NPI)
    form.written("additional_information", "text", LEFT, _SECOND, 36, "19. Further information")
    form.box(_SECOND, RIGHT, 36, "20. Outside laboratory?                    Charges")
    form.choice("outside_lab", [("yes", "Yes", 53), ("no", "No", 58)], 36)
    form.amount("outside_lab_charges", column(63), column(74), 36)


def _diagnoses(form: _Form) -> None:
    paper = form.paper
    form.box(LEFT, _SECOND, 40, "21. Diagnoses (the letters go to 24E)", 4)
    paper.text(column(39) - 1, line(37) - 3.3, "ICD", 2.1)
    paper.frame((column(42) - 0.6, line(37) - 4.0, 5.4, 3.8))
    form.code("icd_indicator", column(42) - 0.4, column(42) + 4.6, 37, "[09]", 3.6)
    for i, letter in enumerate(DIAGNOSES):
        left, bottom = column((3, 16, 29, 42)[i % 4]), 38 + i // 4
        width = 9 * CHARACTER_MM if i % 4 < 3 else 7.6 * CHARACTER_MM
        paper.text(left - 3.6, line(bottom) - 3.5, f"{letter.upper()}.", 2.3)
        paper.line(left - 0.6, line(bottom) - 0.25, left + width, line(bottom) - 0.25)
        paper.line(left - 0.6, line(bottom) - 2.2, left - 0.6, line(bottom) - 0.25)
        form.add(f"diagnosis_{letter}", left=left - 0.3, right=left + width, bottom=bottom, high=3.9, **ICD)
    form.box(_SECOND, RIGHT, 38, "22. Resubmission code             Original reference")
    paper.line(column(62), line(36) + 2.6, column(62), line(38))
    form.code("resubmission_code", _SECOND + 0.5, column(62) - 0.4, 38, "[178]")
    form.code("original_reference", column(62) + 0.4, RIGHT - 0.5, 38, _ID)
    form.written(
        "prior_authorization", "code", _SECOND, RIGHT, 40, "23. Number of prior authorization", pattern=_ID
    )


_COLUMNS: tuple[tuple[str, str, float, float, Keys], ...] = (
    (
        "date_from",
        "A. From",
        1,
        10,
        {"kind": "date", "accept_at": DATED, "date_order": "MDY", "post_dated": False},
    ),
    ("date_to", "To", 10, 19, {"kind": "date", "accept_at": DATED, "date_order": "MDY", "post_dated": False}),
    ("place", "B. Place", 19, 22, {"kind": "code", "pattern": "[0-9]{2}"}),
    ("emergency", "C. EMG", 22, 24.6, {"kind": "code", "pattern": "[YN]"}),
    (
        "procedure",
        "D. Procedure",
        24.6,
        32.2,
        {"kind": "code", "accept_at": UNPROVEN, "pattern": "[0-9]{4}[0-9FT]|[A-EGHJ-MP-V][0-9]{4}"},
    ),
    ("modifier_1", "Modifiers", 32.2, 35.5, {"kind": "code", "pattern": "[0-9A-Z]{2}"}),
    ("modifier_2", "", 35.5, 38.5, {"kind": "code", "pattern": "[0-9A-Z]{2}"}),
    ("modifier_3", "", 38.5, 41.5, {"kind": "code", "pattern": "[0-9A-Z]{2}"}),
    ("modifier_4", "", 41.5, 44.5, {"kind": "code", "pattern": "[0-9A-Z]{2}"}),
    ("pointer", "E. Diagn.", 44.5, 49.74, {"kind": "code", "pattern": "[A-L]{1,4}"}),
    ("charge", "F. Charge", 49.74, 59, {"kind": "amount", "grammar": "western"}),
    ("units", "G. Units", 59, 62.6, {"kind": "integer", "accept_at": SINGLE}),
    ("epsdt", "H.", 62.6, 64.8, {"kind": "code", "pattern": "[YN]"}),
    ("provider_npi", "J. Rendering provider", 68, 79.9, NPI),
)
"""Name, caption, first column, column after the last, keys: of the lower halves of the lines of box 24."""
_UPPER: tuple[tuple[str, float, float, Keys], ...] = (
    ("supplement", 1, 62.6, {"kind": "text"}),
    ("id_qualifier", 64.8, 68, {"kind": "code", "pattern": "0B|1G|G2|LU|ZZ"}),
    ("provider_id", 68, 79.9, {"kind": "code", "pattern": _ID}),
)
"""The same of the shaded upper halves."""


def _services(form: _Form) -> None:
    paper = form.paper
    top, bottom = line(42), line(54)
    paper.frame((LEFT, line(40), RIGHT - LEFT, top - line(40)))
    left_edge = column(1) - 0.4
    columns: list[Keys] = []
    for row in range(SERVICE_LINES):
        at = top + _ROW * row
        paper.shade((LEFT, at, RIGHT - LEFT, _HALF), 226)
        paper.text(LEFT - 3.0, at + _ROW - 3.6, str(row + 1), 2.6)
    for row in range(SERVICE_LINES + 1):
        paper.line(LEFT, top + _ROW * row, RIGHT, top + _ROW * row, 0.3)
    for name, start, end, keys in _UPPER:
        columns.append(
            {"name": name, **keys, **_place(start, end), "y": 0.15, "height": round(_HALF - 0.3, 2)}
        )
    for name, caption, start, end, keys in _COLUMNS:
        place = _place(start, end)
        more: Keys = {}
        x = left_edge + place["x"]
        if keys["kind"] == "date":
            more["parts"] = [round(3 * CHARACTER_MM, 2), round(6 * CHARACTER_MM, 2)]
        if keys["kind"] == "amount":
            more["parts"] = [round(place["width"] - 3 * CHARACTER_MM, 2)]
        columns.append(
            {"name": name, **keys, **more, **place, "y": round(_HALF, 2), "height": round(_HALF - 0.2, 2)}
        )
        paper.text(x + 0.5, line(40) + 0.6, caption, 2.0)
        for part, mark in zip((0.0, *more.get("parts", ())), ("MM", "DD", "YY"), strict=False):
            if keys["kind"] == "date":
                paper.text(x + part + 2.0, top - 2.4, mark, 1.7)
        if start > 1:
            whole = name not in ("date_to", "modifier_2", "modifier_3", "modifier_4")
            for row in range(SERVICE_LINES):
                at = top + _ROW * row
                paper.line(x, at + _HALF, x, at + _ROW)
            if whole:
                paper.line(x, line(40), x, top)
        for part in more.get("parts", ()):
            for row in range(SERVICE_LINES):
                paper.dashes(x + part, top + _ROW * row + _HALF, top + _ROW * (row + 1), 0.7)
    for start in (64.8, 68):
        paper.line(column(start) - 0.4, line(40), column(start) - 0.4, bottom)
    paper.text(column(64.8), line(40) + 0.6, "I. ID", 2.0)
    paper.text(column(64.8) + 0.8, line(42) - 2.4, "qual.", 1.7)
    for row in range(SERVICE_LINES):
        paper.text(column(64.8) + 1.4, top + _ROW * row + _HALF + 0.9, "NPI", 2.1)
    paper.text(column(45) - 0.6, top - 2.4, "pointer", 1.7)
    paper.line(LEFT, bottom, RIGHT, bottom, 0.7)
    form.fields.append(
        {
            "name": "services",
            "kind": "table",
            "rows": SERVICE_LINES,
            "row_height": round(_ROW, 3),
            "box": [
                round(left_edge, 2),
                round(top, 2),
                round(RIGHT - left_edge, 2),
                round(bottom - top + 0.02, 2),
            ],
            "columns": columns,
        }
    )


def _place(start: float, end: float) -> dict[str, float]:
    """Where a column of the table lies, from its first character column and the one after its last."""
    return {"x": round(CHARACTER_MM * (start - 1), 2), "width": round(CHARACTER_MM * (end - start), 2)}


def _foot(form: _Form) -> None:
    paper = form.paper
    form.box(LEFT, column(22) - 0.4, 56, "25. Tax number                     SSN  EIN")
    form.code("federal_tax_id", LEFT + 0.5, column(16.6), 56, "[0-9]{2}-?[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4}")
    form.choice("tax_id_type", [("SSN", "", 17), ("EIN", "", 19)], 56)
    form.written(
        "patient_account",
        "code",
        column(22) - 0.4,
        column(37) - 0.8,
        56,
        "26. Patient's account",
        pattern=_ID,
    )
    form.box(column(37) - 0.8, _SECOND, 56, "27. Assignment accepted?")
    form.choice("accept_assignment", [("yes", "Yes", 39.4), ("no", "No", 44)], 56)
    edges = (_SECOND, column(60.5), column(71), RIGHT)
    for name, title, left, right in zip(
        ("total_charge", "amount_paid"),
        ("28. Total charge", "29. Amount paid"),
        edges,
        edges[1:],
        strict=False,
    ):
        form.box(left, right, 56, title)
        paper.text(left + 0.6, line(56) - 4.2, "$", 2.8)
        form.amount(
            name, left + 2.6, right - 0.2, 56, **({"required": True} if name == "total_charge" else {})
        )
    form.written("reserved_30", "text", edges[2], RIGHT, 56, "30. Reserved")
    form.box(LEFT, column(22) - 0.4, 62, "31. Physician or supplier: I certify", 6)
    paper.text(LEFT + 3.4, line(56) + 3.0, "what is stated on this claim.", 2.05)
    form.add("provider_signature", "signature", LEFT + 0.5, column(21.5), 60, 9.0)
    paper.line(LEFT + 0.5, line(60) + 0.2, column(21.5), line(60) + 0.2)
    paper.text(LEFT + 0.6, line(61) + 0.6, "Signed          Date", 2.05)
    form.add("provider_signed", "date", column(11), column(21.5), 62, 6.6, date_order="MDY", post_dated=False)
    _address(form, "facility", column(22) - 0.4, _SECOND, "32. Where the services were given", 34.5)
    _address(form, "billing", _SECOND, RIGHT, "33. Billing provider and telephone", 62.5)
    tight: Keys = {"high": 4.0, "accept_at": ON_A_LINE}
    form.add("billing_area_code", "code", column(66) - 0.4, column(69.6), 57, pattern="[0-9]{3}", **tight)
    form.add("billing_phone", "code", column(70.2), RIGHT - 0.5, 57, pattern="[0-9]{3}-?[0-9]{4}", **tight)
    paper.line(LEFT, line(62), RIGHT, line(62), 0.7)
    paper.text(
        LEFT,
        line(62) + 1.6,
        "Drawn by inkfield with the places of the form CMS-1500 (02/12); not the publisher's form.",
        2.2,
    )
    paper.text(RIGHT, line(62) + 1.6, "Please print or type", 2.6, anchor="ra")
    paper.polygon([(LEFT, 270), (LEFT + 6, 270), (LEFT, 276)])
    paper.polygon([(RIGHT - 5, 270.5), (RIGHT, 270.5), (RIGHT, 275.5), (RIGHT - 5, 275.5)])


def _address(form: _Form, who: str, left: float, right: float, title: str, second: float) -> None:
    """Name and address in three lines, and below them the NPI and another number."""
    form.box(left, right, 62, title, 6)
    form.add(f"{who}_address", "address", left + 0.5, right - 0.5, 60.4, 13.2, lines=3, language="address")
    form.paper.line(left, line(61) - 1.2, right, line(61) - 1.2)
    form.paper.line(column(second) - 0.4, line(61) - 1.2, column(second) - 0.4, line(62))
    form.paper.text(left + 0.5, line(62) - 4.4, "a. NPI", 2.0)
    form.paper.text(column(second) + 0.2, line(62) - 4.4, "b.", 2.0)
    form.add(f"{who}_npi", left=left + 6.6, right=column(second) - 0.8, bottom=62, high=4.9, **NPI)
    form.code(f"{who}_other_id", column(second) + 3.2, right - 0.5, 62, _ID, 4.9)


RULES: list[Keys] = [
    {"rule": "sum", "table": "services", "column": "charge", "total": "total_charge"},
    {"rule": "date_order", "earlier": "services.date_from", "later": "services.date_to"},
    {"rule": "date_order", "earlier": "patient_birth_date", "later": "services.date_from"},
    {"rule": "date_order", "earlier": "hospital_from", "later": "hospital_to"},
    {"rule": "date_order", "earlier": "unable_to_work_from", "later": "unable_to_work_to"},
    {"rule": "date_order", "earlier": "services.date_from", "later": "provider_signed"},
]


def form_file() -> str:
    """The text of ``cms1500.yaml``."""
    head = {
        "name": "cms1500",
        "version": 1,
        "title": "Claim with the places of CMS-1500 (02/12)",
        "layout": "registered",
        "paper": {"width_mm": WIDTH_MM, "height_mm": HEIGHT_MM},
        "blank": "cms1500.png",
        "currency": "USD",
    }
    return blank_form.form_file(
        _COMMENT, head, draw()[1], RULES, ["dpi: {min: 140}", "contrast: {min: 0.25}"]
    )


def main() -> None:
    """Writes the picture and the form file."""
    draw()[0].image.save(FORMS_FOLDER / "cms1500.png", optimize=True, dpi=(DPI, DPI))
    (FORMS_FOLDER / "cms1500.yaml").write_text(form_file(), encoding="utf-8")


if __name__ == "__main__":
    main()
