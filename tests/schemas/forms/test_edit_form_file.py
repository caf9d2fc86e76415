"""A form file whose fields are changed by a program is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkfield.schemas.forms.edit import mark_of, save_fields
from inkfield.schemas.forms.model import FormError, load_form

KEYS = """name: membership
version: 1
title: Membership
layout: cheque
paper: {width_mm: 210, height_mm: 100}
fields:
  - {name: member, kind: name}
rules: []
"""


def test_a_change_that_is_refused_leaves_no_trace(tmp_path: Path) -> None:
    """Neither in the file nor in what is read from it afterwards."""
    path = tmp_path / "membership.yaml"
    path.write_text(KEYS)
    before = load_form(path)
    with pytest.raises(FormError):
        save_fields(path, mark_of(path), [{"was": "member", "name": "no name", "kind": "name"}])
    assert path.read_text() == KEYS
    assert load_form(path) == before
    form = save_fields(path, mark_of(path), [{"was": "member", "name": "person", "kind": "name"}])
    assert [field.name for field in form.fields] == ["person"]
    assert load_form(path) == form
