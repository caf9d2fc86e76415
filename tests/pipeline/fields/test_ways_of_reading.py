"""How the kinds of fields are read: each that is written has a parser, and draws what it can read."""

from __future__ import annotations

import numpy as np
import pytest

from inkfield.pipeline.fields.kinds import READINGS, reading_of, written
from inkfield.pipeline.fields.kinds.kind import MarkReading, TextReading
from inkfield.pipeline.fields.reader import grammar, holds_figures, parser
from inkfield.schemas.forms.model import Field
from inkfield.schemas.kinds import KINDS
from inkfield.schemas.kinds.checkbox import CHECKBOX
from inkfield.schemas.kinds.kind import FieldKind

SAMPLED = [r for r in READINGS.values() if isinstance(r, TextReading) and r.sample is not None]


def test_every_way_of_reading_is_of_a_kind() -> None:
    assert set(READINGS) <= set(KINDS)
    assert all(kind.read_like in READINGS for kind in KINDS.values())


@pytest.mark.parametrize("reading", SAMPLED, ids=lambda reading: reading.kind)
def test_samples_are_values_of_the_kind(reading: TextReading) -> None:
    assert reading.sample is not None
    rng = np.random.default_rng(1)
    field = Field(name="sample", kind=reading.kind, **reading.sampled_as)
    values = [parser(field)(reading.sample(rng)) for _ in range(50)]
    assert (
        sum(value is not None for value in values) >= 40
    )  # some amounts in words are cut at their beginning


def test_a_kind_without_a_way_of_its_own_is_read_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    class Room(FieldKind):
        def parse(self, text: str) -> str:
            if not text.isdigit():
                raise ValueError("a room is a number")
            return f"room {text}"

    monkeypatch.setitem(KINDS, "room", Room("room", read_like="integer"))
    field = Field(name="place", kind="room")
    assert parser(field)(" 12 ") == "room 12" and parser(field)("cellar") is None
    assert holds_figures(field) and grammar(field) is grammar(Field(name="number", kind="integer"))
    assert written(field).calibrated_as == "code"


def test_a_mark_is_read_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "stamp", type(CHECKBOX)("stamp", "bool", read_like="checkbox"))
    like, stamp = READINGS["checkbox"], reading_of("stamp")
    assert isinstance(stamp, MarkReading) and isinstance(like, MarkReading) and stamp.look is like.look
    with pytest.raises(TypeError, match="holds no text"):
        written(Field(name="seen", kind="stamp"))
