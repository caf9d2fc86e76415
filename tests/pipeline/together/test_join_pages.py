"""Pages that were read, joined as the form says: by a barcode, by their order, with covers and further sheets."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from inkfield.pipeline.together.join import join_pages
from inkfield.schemas.forms.model import Form
from inkfield.schemas.readings import FieldReading, PageReading
from inkfield.schemas.reasons import ReasonCode, because

TODAY = date(2026, 7, 1)
CODES = {"by": "equal", "fields": ["code_1", "code_2"], "part": "([0-9]+)-[0-9]"}


def form(**more: Any) -> Form:
    """Two pages with a barcode and a date each, and a further sheet."""
    fields = [
        {"name": f"{name}_{page}", "kind": kind, "page": page, "box": [10, 10 + 20 * at, 50, 10], **keys}
        for page in (1, 2)
        for at, (name, kind, keys) in enumerate(
            [("code", "barcode", {}), ("day", "date", {"date_order": "DMY", "accept_at": 0.5})]
        )
    ]
    pages = [{"number": n, "blank": f"{n}.png", "required": n < 3} for n in (1, 2, 3)]
    rules = [{"rule": "date_order", "earlier": "day_1", "later": "day_2"}]
    paper = {"width_mm": 210, "height_mm": 297}
    return Form.model_validate(
        {"name": "pair", "version": 1, "title": "Pair", "paper": paper, "pages": pages, "fields": fields,
         "rules": rules, **more}
    )  # fmt: skip


def read(*numbers: int | None, codes: str = "") -> list[PageReading]:
    """Pages of a document by which page of the form each is; None is one of no form."""
    pages = []
    for place, number in enumerate(numbers, start=1):
        if number is None:
            reason = because(ReasonCode.NO_FORM)
            pages.append(PageReading(place, 100, 100, 300.0, None, None, "unknown_form", reason=reason))
            continue
        fields = ()
        if number < 3:
            code = f"{codes[place - 1]}711-{number}" if codes else None
            day = date(2026, 3, 10 - number)  # page 2 says an earlier day than page 1
            fields = (
                FieldReading(f"code_{number}", "barcode", code or "", code, 0.999 if code else 0.0,
                             "review" if code else "empty"),
                FieldReading(f"day_{number}", "date", str(day), day, 0.99),
            )  # fmt: skip
        pages.append(PageReading(place, 100, 100, 300.0, "pair", 1, "review", fields, sheet=number))
    return pages


def told(pages: list[PageReading]) -> list[tuple[int | None, str | None]]:
    """Of each page what it is part of, and why it waits."""
    return [(page.part_of, None if page.reason is None else str(page.reason.code)) for page in pages]


def join(form: Form, pages: list[PageReading]) -> list[PageReading]:
    return join_pages(pages, {"pair": form}, TODAY)


def test_a_part_of_a_barcode_joins_pages_in_any_order() -> None:
    pages = join(form(together=CODES), read(2, 1, 1, 2, 1, codes="12431"))
    assert told(pages) == [
        (5, None), (None, "missing_page"), (None, "missing_page"), (None, "missing_page"), (None, None),
    ]  # fmt: skip


def test_rules_hold_across_pages() -> None:
    pages = join(form(), read(1, 2))
    reasons = {
        field.name: [reason.code for reason in field.reasons] for page in pages for field in page.fields
    }
    assert reasons["day_1"] == reasons["day_2"] == [ReasonCode.WRONG_ORDER]
    assert [page.status for page in pages] == ["review", "review"]


def test_a_further_sheet_is_not_missed_and_goes_with_its_form() -> None:
    assert told(join(form(), read(1, 2, 3, 1, 2))) == [
        (None, None),
        (1, None),
        (1, None),
        (None, None),
        (4, None),
    ]


def test_what_is_missing_is_told_on_the_page_that_came() -> None:
    (page,) = join(form(), read(2))
    assert page.status == "review" and str(page.reason) == "missing of the form: page 1"
    (page,) = join(form(), read(3))
    assert str(page.reason) == "missing of the form: page 1, page 2"


def test_covers_need_nobody_where_nothing_is_missing() -> None:
    assert told(join(form(), read(None, 1, 2, None))) == [
        (None, "cover"),
        (None, None),
        (2, None),
        (None, "no_form"),
    ]
    assert told(join(form(), read(None, 1, None)))[0] == (None, "no_form")
    drop = form(together={"drop_others": True})
    assert told(join(drop, read(1, None, 2, None)))[1::2] == [(None, "cover"), (None, "cover")]
    assert told(join(drop, read(1, None)))[1] == (None, "no_form")  # it may be the page that is missing


@pytest.mark.parametrize(
    ("together", "said"),
    [
        ({"by": "equal"}, "name the equal fields"),
        ({"by": "order", "fields": ["code_1"]}, "name the equal fields"),
        ({"by": "equal", "fields": ["code_1"]}, "one field on each page"),
        ({"by": "equal", "fields": ["code_1", "day_2"]}, "of one kind"),
        ({"by": "equal", "fields": ["code_1", "none"]}, "no field 'none'"),
        ({**CODES, "part": "[0-9]+"}, "with one group"),
        ({"part": "([0-9]+)"}, "with one group"),
    ],
)
def test_what_a_form_says_wrongly_is_told(together: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        form(together=together)
