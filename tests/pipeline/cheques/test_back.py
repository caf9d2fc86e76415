"""Backs of cheques: what is on them, and that front and back are one item."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkfield.lab.documents.cheque_back import Back, render_back
from inkfield.pipeline.cheques.back import account_numbers, may_be_back, measures_of_back, with_back
from inkfield.pipeline.cheques.registry import STANDARDS
from inkfield.pipeline.document import read_document
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.settings import Settings
from inkfield.schemas.forms.model import Limit, load_forms
from inkfield.schemas.readings import PageReading, TextLine
from inkfield.schemas.reasons import ReasonCode
from tests.support.checkout import EXAMPLES
from tests.support.readings import field

EXAMPLE = EXAMPLES / "cheque-single.pdf"


def lines(*texts: str) -> tuple[TextLine, ...]:
    return tuple(TextLine((0, 30 * k, 300, 25), text, 0.9, ()) for k, text in enumerate(texts))


def back(**what: object) -> np.ndarray:
    return render_back(np.random.default_rng(4), 202, 92, Back(**what))  # type: ignore[arg-type]


def test_what_is_written_on_a_back() -> None:
    signed = measures_of_back(back(), 300, lines("Endorse here"), [])
    assert signed == {"endorsed": 1.0, "deposit_only": 0.0}
    bare = measures_of_back(back(signed=False), 300, lines("ENDORSE HERE", "For mobi1e deposit only"), [])
    assert bare == {"endorsed": 0.0, "deposit_only": 1.0}
    own = measures_of_back(back(), 300, lines("A/c 3099 1234 567"), ["30991234567"])
    other = measures_of_back(back(), 300, lines("11112222333"), ["30991234567"])
    assert own and other and (own["back_account"], other["back_account"]) == (1.0, 0.0)


def test_the_banks_number_on_a_back_is_not_the_account() -> None:
    line = field("micr", "micr", "A123456780A 0012345678C 0981")
    accounts = account_numbers([line], STANDARDS["cheque_us"])
    stamped = measures_of_back(back(), 300, lines("123456780"), accounts)
    written = measures_of_back(back(), 300, lines("A/c 0012345678"), accounts)
    assert stamped and written and (stamped["back_account"], written["back_account"]) == (0.0, 1.0)
    short = measures_of_back(back(), 300, lines("9912345"), ["12345"])
    assert short and short["back_account"] == 0.0


def test_a_slip_or_a_letter_is_no_back() -> None:
    assert measures_of_back(back(), 300, lines(" ".join(["word"] * 50)), []) is None
    assert measures_of_back(back(signed=False), 300, lines("Receipt", "Total"), []) is None
    assert not may_be_back((1087, 2386), (3508, 2480)) and not may_be_back((3508, 2480), (3508, 2480))
    assert may_be_back((1087, 2386), (2390, 1080))


def test_a_limit_of_the_form_sends_the_front_to_review() -> None:
    form = load_forms()["cheque_in"]
    form = form.model_copy(update={"quality": form.quality | {"endorsed": Limit(min=1)}})
    front = PageReading(
        1, 9, 9, 300.0, "cheque_in", 1, "done", (replace(field("decision", "decision", "post")),)
    )
    assert with_back(front, form, {"endorsed": 1.0}).status == "done"
    refused = with_back(front, form, {"endorsed": 0.0})
    assert (refused.status, refused.fields[0].value) == ("review", "review")
    assert [reason.code for reason in refused.fields[0].reasons] == [ReasonCode.NOT_ENDORSED]


@pytest.mark.parametrize("order", ["front first", "back first"])
def test_front_and_back_in_a_document_are_one_item(tmp_path: Path, order: str) -> None:
    front = Image.fromarray(np.ascontiguousarray(next(open_pages(EXAMPLE)).image[..., ::-1]))
    turned = order == "back first"
    drawn = render_back(np.random.default_rng(6), 202, 92, Back(restricted=True, turned=turned))
    other = Image.fromarray(np.ascontiguousarray(drawn[..., ::-1])).resize(front.size)
    pages = [other, front] if turned else [front, other]
    pages[0].save(tmp_path / "both.pdf", resolution=300, save_all=True, append_images=pages[1:])
    reading = read_document(tmp_path / "both.pdf", Settings())
    place = 1 if turned else 0
    cheque, page = reading.pages[place], reading.pages[1 - place]
    assert cheque.form == "cheque_in" and cheque.quality["endorsed"] == 1.0
    assert page.form is None and page.status == "done"
    assert page.reason is not None and page.reason.code == ReasonCode.BACK
    assert reading.status == cheque.status
    assert account_numbers(cheque.fields, STANDARDS["cheque"])
