"""Reasons: codes with the sentence that people see."""

from __future__ import annotations

import math

import pytest

from inkfield.schemas.reasons import Reason, ReasonCode, as_markdown, because
from tests.support.checkout import ROOT


def test_the_documentation_is_that_of_the_codes() -> None:
    assert (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8") == as_markdown()


def test_a_reason_reads_as_a_sentence() -> None:
    assert str(because(ReasonCode.DIFFER, fields=("figures", "words"))) == "figures and words differ"
    assert str(because(ReasonCode.NONE_OF, fields=("m", "f"))) == "none of m, f is ticked"
    assert (
        str(because(ReasonCode.SKEWED, measure="skew_degrees", value=3.14159))
        == "skewed image: skew_degrees 3.14"
    )


@pytest.mark.parametrize(
    "reason",
    [
        because(ReasonCode.CELLS, cells=("services.1.charge", "services.2.charge")),
        because(ReasonCode.PRESENTED, document=7, file="a {b}.pdf", page=1),
        because(ReasonCode.STALE),
    ],
)
def test_a_reason_comes_back_from_json(reason: Reason) -> None:
    assert Reason.from_json(reason.code, reason.as_json()) == reason


def test_json_knows_no_nan() -> None:
    told = because(ReasonCode.NOISE, measure="noise", value=math.nan).as_json()
    assert told == {"measure": "noise", "value": None}
    assert str(Reason.from_json("noise", told)) == "noise: noise nan"


def test_parameters_are_those_of_the_sentence() -> None:
    with pytest.raises(TypeError, match="takes fields"):
        because(ReasonCode.DIFFER, fields="figures")
    with pytest.raises(TypeError, match="takes no parameters"):
        because(ReasonCode.STALE, days=3)
