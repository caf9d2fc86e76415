"""Why a field, a page or a decision is as it is: codes, and the sentence of each.

The code stands in ``reasons.reason``, so that SQL can count by it. docs/reasons.md is made of this file:
``python -m inkfield.schemas.reasons > docs/reasons.md``.

What fills a sentence are names of fields and measures, measures of the picture, ids and names of documents: never what
stands in a field.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from string import Formatter
from typing import Any

Parameter = str | int | float | tuple[str, ...]

RULES = "The form's rules and limits"
READING = "Reading a field"
AMOUNT = "The amount of a cheque"
MICR = "The MICR line of a cheque"
DECISION = "The decision about a page"
MASTER = "What the bank knows of its cheques (INKFIELD_MASTER_DATA)"
QUALITY = "The picture: limits of the form's `quality` (names as in ANSI X9.100-180)"
PERSON = "What a person settled"
PAGE = "A page that is no known form"
SEVERAL = "Pages of a form of several"
OLD = "From before there were codes"


class ReasonCode(StrEnum):
    """The codes, each with its topic and the template of its sentence.

    A place in a template says the type of what fills it: ``{name}`` a text, ``{number:d}`` a whole number,
    ``{measure:.3g}`` a number, ``{names:and}`` and ``{names:list}`` several texts.
    """

    topic: str
    template: str

    def __new__(cls, code: str, topic: str = "", template: str = "") -> ReasonCode:
        made = str.__new__(cls, code)
        made._value_ = code
        made.topic = topic
        made.template = template
        return made

    LOW_CONFIDENCE = "low_confidence", RULES, "confidence below the form's limit"
    NO_VALUE = "no_value", RULES, "no value"
    NOT_WRITTEN = "not_written", RULES, "required, but nothing is written"
    FAR_AHEAD = "far_ahead", RULES, "date lies more than a year ahead"
    POST_DATED = "post_dated", RULES, "post-dated: the date lies ahead"
    STALE = "stale", RULES, "stale: the date is too long ago"
    DIFFER = "differ", RULES, "{fields:and} differ"
    WRONG_ORDER = "wrong_order", RULES, "{earlier} lies after {later}"
    WRONG_SUM = "wrong_sum", RULES, "{total} is not the sum of {column}"
    SEVERAL_OF = "several_of", RULES, "more than one of {fields:list} is ticked"
    NONE_OF = "none_of", RULES, "none of {fields:list} is ticked"

    CAPTION_TAKEN = "caption_taken", READING, "something beside it was taken for print: perhaps a word of it"
    CAPTION = "caption", READING, "perhaps a printed caption was read with it"
    DATE_ORDER = "date_order", READING, "the order of day, month and year is not legible under the boxes"
    YEAR_CUT = "year_cut", READING, "perhaps only the first two figures of the year were read"
    NOT_FOUND = "not_found", READING, "no {field} found"
    NOT_LISTED = "not_listed", READING, "not on the form's list of known values"
    LISTED_OTHERWISE = "listed_otherwise", READING, "the form's list has it otherwise than it is written"
    CUT_OFF = "cut_off", READING, "cut off by the scanner"
    SEVERAL_OPTIONS = "several_options", READING, "several options are ticked"
    CELLS = "cells", READING, "for review: {cells:list}"
    TOO_LARGE = "too_large", READING, "the number does not fit into 16 digits and 2 decimal places"

    NO_AMOUNT = "no_amount", AMOUNT, "what is written there is not an amount"
    HARDLY_AN_AMOUNT = "hardly_an_amount", AMOUNT, "perhaps not an amount: it reads as something else"
    ONE_SIDE = "one_side", AMOUNT, "{field} states no amount"
    DISAGREE = "disagree", AMOUNT, "figures and words disagree"
    HARDLY_LEGIBLE = "hardly_legible", AMOUNT, "uncertain: figures or words are hard to read"
    TWO_PENS = "two_pens", AMOUNT, "{field} is written with two pens: perhaps altered"
    PEN_CHANGE = "pen_change", AMOUNT, "words and figures continue with another pen: perhaps altered"
    ONE_MORE_FIGURE = "one_more_figure", AMOUNT, "the figures may hold one figure more: perhaps altered"
    OVERWRITTEN = "overwritten", AMOUNT, "a figure may be written over another one: perhaps altered"
    STRUCK_OUT = "struck_out", AMOUNT, "something is written across the cheque: perhaps cancelled"

    NO_MICR = "no_micr", MICR, "no MICR line was found"
    MICR_PATTERN = "micr_pattern", MICR, "the MICR line ({font}) does not match this form's pattern"
    MICR_STRUCTURE = "micr_structure", MICR, "the MICR line is not {structure}: read it on the cheque"
    CHECK_DIGIT = "check_digit", MICR, "the routing number's check digit is wrong"
    PERHAPS_SLIP = (
        "perhaps_slip", MICR,
        "perhaps no cheque: its line has no number, and no words of a cheque are printed on it",
    )  # fmt: skip
    OTHER_COUNTRY = "other_country", MICR, "a cheque of a country that has no form: a person has to read it"
    SERIAL_DIFFERS = "serial_differs", MICR, "printed number and MICR line differ"

    ABSENT = "absent", DECISION, "{field} is not there"
    IN_REVIEW = "in_review", DECISION, "{field} is for review"
    NOT_ONE_AMOUNT = "not_one_amount", DECISION, "{fields:and} do not state one amount"
    UNCERTAIN = "uncertain", DECISION, "the fields together are not certain enough"
    OBJECTION = "objection", DECISION, "{field}: {objection}"
    PRESENTED = (
        "presented", DECISION,
        "presented before: it is the cheque of document {document:d} ({file}, page {page:d})",
    )  # fmt: skip
    PRESENTED_ALIKE = (
        "presented_alike", DECISION,
        "perhaps presented before: what is written is the same as on document {document:d} ({file}, page {page:d})",
    )  # fmt: skip
    PRESENTED_OTHERWISE = (
        "presented_otherwise", DECISION,
        "presented before: document {document:d} ({file}, page {page:d}) has the same MICR line and another amount",
    )  # fmt: skip

    NOT_MATCHED = (
        "not_matched",
        MASTER,
        "number and account were not read: the bank's lists say nothing of it",
    )
    NOT_ISSUED = "not_issued", MASTER, "the list of issued cheques does not have it"
    ISSUED_OTHERWISE = "issued_otherwise", MASTER, "{fields:and} differ from the list of issued cheques"
    STOPPED = "stopped", MASTER, "its payment is stopped"
    UNKNOWN_PAYEE = "unknown_payee", MASTER, "the list of payees does not have its payee"
    OVER_LIMIT = "over_limit", MASTER, "the amount is over the limit of its account"
    MASTER_DATA = "master_data", MASTER, "the bank's lists cannot be used: {fault}"

    UNDERSIZE = "undersize", QUALITY, "undersize image: {measure} {value:.3g}"
    OVERSIZE = "oversize", QUALITY, "oversize image: {measure} {value:.3g}"
    TORN_CORNER = "torn_corner", QUALITY, "torn or folded corner: {measure} {value:.3g}"
    SKEWED = "skewed", QUALITY, "skewed image: {measure} {value:.3g}"
    TOO_DARK = "too_dark", QUALITY, "too dark: {measure} {value:.3g}"
    TOO_LIGHT = "too_light", QUALITY, "too light: {measure} {value:.3g}"
    PIGGYBACK = "piggyback", QUALITY, "piggyback: {measure} {value:.3g}"
    STREAKS = "streaks", QUALITY, "streaks: {measure} {value:.3g}"
    OUT_OF_FOCUS = "out_of_focus", QUALITY, "out of focus: {measure} {value:.3g}"
    NOISE = "noise", QUALITY, "noise: {measure} {value:.3g}"
    LOW_RESOLUTION = "low_resolution", QUALITY, "resolution too low: {measure} {value:.3g}"
    UNLIKE_SPECIMENS = (
        "unlike_specimens", QUALITY,
        "signature unlike the specimens on file: {measure} {value:.3g}",
    )  # fmt: skip
    NOT_ENDORSED = "not_endorsed", QUALITY, "the back is not signed: {measure} {value:.3g}"
    OTHER_ACCOUNT = "other_account", QUALITY, "another account number on the back: {measure} {value:.3g}"
    NOT_RESTRICTED = (
        "not_restricted",
        QUALITY,
        "the endorsement is not for deposit only: {measure} {value:.3g}",
    )
    PAGE_QUALITY = "page_quality", QUALITY, "page quality: {measure} {value:.3g}"

    SPOT_CHECK = "spot_check", PERSON, "somebody who did not see the reading read it otherwise"
    READ_OTHERWISE = "read_otherwise", PERSON, "the machine now reads it otherwise than a person settled it"
    OTHER_KIND = "other_kind", PERSON, "a person settled it when it was of another kind"

    BACK = "back", PAGE, "the back of the cheque on page {page:d}"
    BLANK = "blank", PAGE, "nothing is written or printed on the page"
    BLACK = "black", PAGE, "the page is black"
    NO_TEXT = "no_text", PAGE, "neither a known form nor text: a photo, or a scan of something else"
    NO_CHEQUE = (
        "no_cheque", PAGE,
        "the shape of a cheque, but neither its MICR line nor its fields were found",
    )  # fmt: skip
    NO_FORM = "no_form", PAGE, "text, but no known form"

    COVER = "cover", PAGE, "no page of the form, and none of the form's is missing: it needs nobody"
    MISSING_PAGE = "missing_page", SEVERAL, "missing of the form: {pages:list}"
    PAGES_IN_DOUBT = (
        "pages_in_doubt",
        SEVERAL,
        "it is not certain that these pages belong together: {pages:list}",
    )

    OTHER = "other", OLD, "{text}"


@dataclass(frozen=True)
class Reason:
    """A code with what fills the places of its sentence; as a text it is the sentence.

    Raises TypeError for parameters that are not those of the code's template.
    """

    code: ReasonCode
    parameters: Mapping[str, Parameter] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        wanted = _types(self.code.template)
        if wanted.keys() != self.parameters.keys() or not all(
            isinstance(value, wanted[name]) for name, value in self.parameters.items()
        ):
            raise TypeError(f"the reason {self.code} takes {', '.join(wanted) or 'no parameters'}")

    def __str__(self) -> str:
        return _SENTENCE.vformat(self.code.template, (), self.parameters)

    def as_json(self) -> dict[str, Any]:
        """The parameters as JSON knows them: it has no NaN and no infinity, they become null."""
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in self.parameters.items()
        }

    @classmethod
    def from_json(cls, code: str, parameters: Mapping[str, Any]) -> Reason:
        """The reason that `as_json` has told. Raises ValueError for a code that there is not."""
        known = {
            name: math.nan if value is None else tuple(value) if isinstance(value, list) else value
            for name, value in parameters.items()
        }
        return cls(ReasonCode(code), known)


def because(code: ReasonCode, **parameters: Parameter) -> Reason:
    """The reason of a code. Raises TypeError for parameters that are not those of its template."""
    return Reason(code, parameters)


class _Sentence(Formatter):
    """Fills a template; several texts are joined as the place says."""

    def format_field(self, value: Any, spec: str) -> str:
        joined = _JOINED.get(spec)
        return str(super().format_field(value, spec)) if joined is None else joined.join(value)


_SENTENCE = _Sentence()
_JOINED = {"and": " and ", "list": ", "}


@cache
def _types(template: str) -> dict[str, type | tuple[type, ...]]:
    """By name the types of what a template takes."""
    places = ((name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name)
    return {name: _type(spec) for name, spec in places}


def _type(spec: str) -> type | tuple[type, ...]:
    if spec in _JOINED:
        return tuple
    return {"": str, "d": int}.get(spec, (int, float))


def as_markdown() -> str:
    """docs/reasons.md."""
    lines = [
        "# Reasons",
        "",
        "Why a field waits for a person, why a decision is what it is, and why a page is no known form. Lists, reports",
        "and `inkfield explain` show the sentence. In SQL the code stands in `reasons.reason`, what fills the sentence",
        "in `reasons.parameters`: names of fields and measures, ids and names of documents, never what stands in a",
        "field. The view `current_reasons` has those of current readings, with document, page, form, field and status:",
        "",
        "```sql",
        "SELECT form, field, reason, count(*) FROM current_reasons GROUP BY form, field, reason ORDER BY 4 DESC;",
        "```",
    ]
    for topic in dict.fromkeys(code.topic for code in ReasonCode):
        lines += ["", f"## {topic}", "", "| code | sentence |", "|---|---|"]
        lines += [f"| `{c}` | {_shown(c.template)} |" for c in ReasonCode if c.topic == topic]
    return "\n".join(lines) + "\n"


def _shown(template: str) -> str:
    return re.sub(r"{(\w+)[^}]*}", r"*\1*", template)


if __name__ == "__main__":
    print(as_markdown(), end="")
