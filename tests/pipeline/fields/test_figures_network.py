"""The recogniser of figures: which fields it reads, and that it reads them."""

import numpy as np
import pytest
import torch

from inkfield.pipeline.fields.kinds.amounts import parse_amount
from inkfield.pipeline.fields.reader import FieldReader, Ink, holds_figures
from inkfield.recognizers.recognizer import load_recognizer
from inkfield.recognizers.synthesis.render import render_line
from inkfield.recognizers.synthesis.texts import random_text
from inkfield.schemas.forms.model import Field, load_forms

AMOUNT = Field(name="total", kind="amount", grammar="indian")
NUMBER = Field(name="number", kind="code", pattern="[0-9]{1,15}")


@pytest.fixture(scope="module")
def reader() -> FieldReader:
    torch.set_num_threads(1)
    return FieldReader(load_recognizer("default"))


def test_it_reads_the_fields_in_which_nothing_but_figures_can_stand() -> None:
    fields = {f"{form.name}.{field.name}": field for form in load_forms().values() for field in form.fields}
    for name in (
        "cheque_in.account_number",
        "cheque_in.date",
        "cheque_us.check_number",
        "claim.total",
        "claim.claim_number",
    ):
        assert holds_figures(fields[name]), name
    for name in (
        "cheque_in.payee",
        "cheque_us.date",
        "claim.policy_number",
        "claim.diagnosis_1",
        "cheque_us.memo",
    ):
        assert not holds_figures(fields[name]), name


def test_typed_numbers_are_read_without_an_error(reader: FieldReader) -> None:
    rng = np.random.default_rng(3)
    texts = [random_text(rng, "figures") for _ in range(40)]
    read = [reader.read(NUMBER, Ink((render_line(text, rng, "typed"),), None)) for text in texts]
    right = sum(reading.value == text for reading, text in zip(read, texts, strict=True))
    assert right >= 38  # some are printed over, blurred and cut to the bone


@pytest.mark.parametrize("text", ["1,250=00", "£106.50", "Rs. 12,45,000/-", "$ 2,400.75"])
def test_the_signs_of_an_amount_are_no_figures(reader: FieldReader, text: str) -> None:
    for seed in range(3):
        crop = render_line(text, np.random.default_rng(seed), "typed")
        assert reader.read(AMOUNT, Ink((crop,), None)).value == parse_amount(text)
