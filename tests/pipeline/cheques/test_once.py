"""No stage of a cheque is computed twice: its MICR line, its cleaned picture and its crops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inkfield.lab.documents.cheque_page import render_cheque
from inkfield.lab.documents.cheque_us_page import render_us_cheque
from inkfield.lab.documents.sheet import DPI
from inkfield.pipeline.cheques import cheque as one_cheque
from inkfield.pipeline.cheques.find_cheques import find_cheques
from inkfield.pipeline.cheques.layout import cts_2010, us
from inkfield.pipeline.cheques.signature.specimens import account_of
from inkfield.pipeline.page import PageReader
from inkfield.pipeline.records import Page
from tests.support.checkout import UNSEEN_HAND

TODAY = date(2026, 6, 30)


def _counting(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the calls of each stage of a cheque from now on."""
    calls = Counter[str]()

    def count(module: object, name: str) -> None:
        stage: Callable[..., Any] = getattr(module, name)

        def counted(*arguments: Any) -> Any:
            calls[name] += 1
            return stage(*arguments)

        monkeypatch.setattr(module, name, counted)

    for module, name in (
        (cts_2010, "read_micr"), (us, "read_micr"), (one_cheque, "clean"), (one_cheque, "field_crops"),
    ):  # fmt: skip
        count(module, name)
    return calls


@pytest.mark.parametrize(
    ("form", "turn", "lines"),
    [
        ("cheque_in", 0, 1),
        ("cheque_in", 2, 2),  # upside down there is no line
        # The first look decides the standard; the line is read on the picture that the standard's own finder works on.
        ("cheque_us", 0, 2),
        ("cheque_us", 2, 3),
    ],
)
def test_each_stage_of_a_page_is_computed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, turn: int, lines: int
) -> None:
    rng = np.random.default_rng([3, 0])
    rendered = (
        render_cheque(rng, UNSEEN_HAND)
        if form == "cheque_in"
        else render_us_cheque(rng, UNSEEN_HAND, TODAY, False)
    )
    image = np.rot90(rendered[0], turn).copy()
    reader = PageReader(form, "default")
    page = Page("scan", 1, image, DPI)
    (plain,) = reader.read(page, TODAY)
    specimens = tmp_path / "specimens"
    for layout, of_form in reader.cheques.items():
        reader.cheques[layout] = of_form.model_copy(update={"specimens": str(specimens)})
    (cheque,) = find_cheques(image)
    folder = specimens / account_of(cheque, plain.fields)
    folder.mkdir(parents=True)
    assert cv2.imwrite(str(folder / "own.png"), cheque.crops["signature"])

    calls = _counting(monkeypatch)
    (reading,) = reader.read(page, TODAY)
    assert "signature_score" in reading.quality
    assert calls == {"read_micr": lines, "clean": 1, "field_crops": 1}
