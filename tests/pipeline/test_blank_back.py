"""The blank backs of what was scanned on both sides need nobody."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inkfield.pipeline.document import _status, read_document
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.settings import Settings
from inkfield.schemas.readings import PageReading
from tests.support.checkout import EXAMPLES

EXAMPLE = EXAMPLES / "cheque-single.pdf"
PAGE = PageReading(1, 100, 100, 300.0, None, None, "done")
Status = Literal["done", "review", "blank", "unknown_form"]


def status(*pages: Status) -> str:
    return _status([replace(PAGE, status=page) for page in pages])


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (("done", "blank"), "done"),
        (("blank", "done", "blank", "done", "blank"), "done"),
        (("review", "blank"), "review"),
        (("unknown_form", "blank"), "review"),
        (("done", "unknown_form"), "review"),
        (("blank",), "review"),
        (("blank", "blank"), "review"),
    ],
)
def test_blank_pages_do_not_hold_up_the_others(pages: tuple[Status, ...], expected: str) -> None:
    assert status(*pages) == expected


@given(st.lists(st.sampled_from(["done", "review", "blank", "unknown_form"]), min_size=1, max_size=8))
def test_a_blank_page_changes_nothing_where_another_is_written_on(pages: list[Status]) -> None:
    if set(pages) != {"blank"}:
        assert status(*pages) == status(*pages, "blank") == status("blank", *pages)


def test_a_cheque_with_a_blank_back_is_what_the_cheque_is(tmp_path: Path) -> None:
    front = Image.fromarray(np.ascontiguousarray(next(open_pages(EXAMPLE)).image[..., ::-1]))
    noise = np.random.default_rng(3).normal(246, 3, (front.height // 2, front.width // 2))
    back = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8)).convert("RGB").resize(front.size)
    for name, pages in (("one.pdf", [front]), ("both.pdf", [front, back])):
        pages[0].save(tmp_path / name, resolution=300, save_all=True, append_images=pages[1:])
    one, both = (read_document(tmp_path / name, Settings()) for name in ("one.pdf", "both.pdf"))
    assert [page.status for page in both.pages] == [one.pages[0].status, "blank"]
    assert both.status == one.status
