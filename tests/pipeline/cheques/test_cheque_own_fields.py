"""Fields that a bank adds to its own form of a cheque, or names otherwise."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.lab.documents.cheque_us_page import render_us_cheque
from inkfield.pipeline.cheques.field_places import BY_KIND
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.cheques.read_cheque import read_cheque
from inkfield.pipeline.fields.reader import FieldReader
from inkfield.pipeline.records import no_trace
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.schemas.forms.model import Field, load_forms
from inkfield.schemas.reasons import ReasonCode, because
from tests.support.checkout import UNSEEN_HAND

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize("name", ["cheque_in", "cheque_us"])
def test_a_field_is_read_from_its_own_place_or_not_at_all(name: str) -> None:
    form = load_forms()[name]
    rng = np.random.default_rng(1)
    indian = name == "cheque_in"
    image, _ = (
        render_cheque(rng, today=TODAY) if indian else render_us_cheque(rng, UNSEEN_HAND, TODAY, photo=False)
    )
    (cheque,) = find_cheques(image)
    renamed = [
        field.model_copy(update={"name": f"own_{field.name}"}) if field.kind in BY_KIND else field
        for field in form.fields
    ]
    further = [
        Field(name="branch_code", kind="code", pattern="[0-9]{3,18}"),
        Field(name="account_number", kind="code", pattern="[0-9]{9,18}"),
        Field(name="remark", kind="text"),
        Field(name="copies", kind="integer"),
    ]
    added = [field for field in further if form.layout != "cheque" or field.name != "account_number"]
    form = form.model_copy(update={"fields": (*renamed, *added)})
    reader = FieldReader(load_recognizer("default"))
    read = {field.name: field for field in read_cheque(cheque, form, reader, TODAY, no_trace)}
    for field in added:
        reading = read[field.name]
        assert (reading.value, reading.confidence, reading.status, reading.box) == (None, 0.0, "review", None)
        assert reading.reasons == (because(ReasonCode.NOT_FOUND, field=field.name),)
    for kind in BY_KIND:
        assert read[f"own_{kind}"].value
        assert read[f"own_{kind}"].box == cheque.scan_box(kind) is not None
    assert not indian or read["account_number"].value
