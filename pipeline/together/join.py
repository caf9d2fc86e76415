"""The pages of a form of several, once all pages of a document are read: joined, and judged as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from inkfield.pipeline.judgement.decision import decide
from inkfield.pipeline.judgement.rules import apply_rules
from inkfield.pipeline.together.group import FilledForm, SeenPage, by_equal, by_order
from inkfield.schemas.forms.model import Form
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import FieldReading, PageReading
from inkfield.schemas.reasons import Reason, ReasonCode, because


def join_pages(pages: Sequence[PageReading], forms: Mapping[str, Form], today: date) -> list[PageReading]:
    """The pages of a document, those of forms of several pages joined and judged, covers let go; the others as they
    are.

    ``pages`` are all of the document, in its order, with their final numbers; ``forms`` are by name.
    """
    joined = list(pages)
    for name in dict.fromkeys(page.form for page in pages if page.sheet is not None):
        form = forms[name or ""]
        mine = {page.number: page for page in pages if page.sheet is not None and page.form == name}
        seen = [
            SeenPage(number, page.sheet or 1, *key_of(form, page.fields)) for number, page in mine.items()
        ]
        for filled in grouped(form, seen):
            for page in _judged(form, filled, [mine[one.place] for one in filled.pages], today):
                joined[page.number - 1] = page
    return _without_covers(joined, forms)


def grouped(form: Form, pages: Sequence[SeenPage]) -> list[FilledForm]:
    """The filled forms that these pages are of, in the way that the form says. ``pages`` are in the file's order."""
    required = _required(form)
    return by_equal(pages, required) if form.together.by == "equal" else by_order(pages, required)


def key_of(
    form: Form, fields: Collection[FieldReading], settled: Collection[str] = ()
) -> tuple[str | None, bool]:
    """What a page with these fields has that is equal on all pages of a filled form, and whether that is sure. None
    where the form names no such field, or it is empty or has no value. ``settled`` are names of fields that a person
    said."""
    field = next((one for one in fields if one.name in form.together.fields), None)
    text = None if field is None else kind_of(field.kind).as_text(field.value)
    if field is None or not text:
        return None, False
    sure = field.name in settled or field.confidence >= form.field(field.name).accept_at
    return form.together.part_of(text), sure


def reason_to_wait(form: Form, filled: FilledForm) -> Reason | None:
    """Why a filled form waits for a person whatever stands in it: a page of it is missing, or it is not certain which
    are its pages."""
    missing = sorted(_required(form) - filled.numbers)
    if missing:
        return because(ReasonCode.MISSING_PAGE, pages=tuple(f"page {number}" for number in missing))
    if filled.doubtful:
        places = sorted(page.place for page in filled.pages)
        return because(ReasonCode.PAGES_IN_DOUBT, pages=tuple(f"page {place}" for place in places))
    return None


def _judged(form: Form, filled: FilledForm, pages: Sequence[PageReading], today: date) -> list[PageReading]:
    """The pages of a filled form, the rules of the form asked of all their fields. A decision stands on the first."""
    order = {field.name: at for at, field in enumerate(form.fields)}
    fields = [field for page in pages for field in page.fields]
    fields.sort(key=lambda field: order[field.name.partition(".")[0]])  # a table's cells stay behind it
    judged = decide(form, apply_rules(form, fields, today), pages[0].quality)
    own = {field.name: page.number for page in pages for field in page.fields}
    found = []
    for page in pages:
        first = page is pages[0]
        mine = tuple(field for field in judged if own.get(field.name, pages[0].number) == page.number)
        reason = reason_to_wait(form, filled) if first else None
        waits = reason is not None or any(field.status == "review" for field in mine)
        found.append(
            replace(
                page,
                fields=mine,
                status="review" if waits else "done",
                reason=reason,
                part_of=None if first else pages[0].number,
            )
        )
    return found


def _without_covers(pages: Sequence[PageReading], forms: Mapping[str, Form]) -> list[PageReading]:
    """Pages of no form need nobody where no page of a form of several is missing: those before the first of its pages,
    or all, as the form says."""
    sheets = [page for page in pages if page.sheet is not None]
    missing = any(page.reason and page.reason.code == ReasonCode.MISSING_PAGE for page in sheets)
    if not sheets or missing:
        return list(pages)
    first = min(page.number for page in pages if page.form is not None)
    drop = all(forms[page.form or ""].together.drop_others for page in sheets)
    return [
        replace(page, status="done", reason=because(ReasonCode.COVER), pairs=())
        if page.status == "unknown_form" and (drop or page.number < first)
        else page
        for page in pages
    ]


def _required(form: Form) -> set[int]:
    return {sheet.number for sheet in form.pages if sheet.required}
