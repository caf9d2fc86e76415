from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inkfield.pipeline.templates.template import find_landmarks, load_template
from inkfield.schemas.forms.model import FormError
from tests.support.claim_forms import CLAIM


def test_a_blank_is_loaded_once_with_its_landmarks() -> None:
    blank = load_template(CLAIM)
    assert blank is load_template(CLAIM)
    assert len(blank.landmarks.points) > 200
    assert (blank.landmarks.points <= [210, 297]).all()
    assert blank.at(100 / 25.4).shape == (1169, 827)


def test_a_missing_or_broken_blank_is_told(tmp_path: Path) -> None:
    form = CLAIM.model_copy(update={"folder": tmp_path})
    with pytest.raises(FormError, match=r"claim\.png"):
        load_template(form)
    (tmp_path / "claim.png").write_text("no picture")
    with pytest.raises(FormError, match="no image"):
        load_template(form)


def test_a_white_page_has_no_landmarks() -> None:
    found = find_landmarks(np.full((585, 413), 255, np.uint8))
    assert found.points.shape == (0, 2)
