"""The tuned numbers: documented, found, moved and put back; and what hangs on them is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from inkfield.lab.limits.development_set import TrySetup, samples_in
from inkfield.lab.limits.page import as_markdown
from inkfield.lab.limits.sensitivity import effect_of
from inkfield.lab.limits.stages import changes, looked_at, made, stages
from inkfield.pipeline.image.empty import is_empty
from tests.support.checkout import ROOT


def test_the_page_of_limits_is_up_to_date() -> None:
    assert (ROOT / "docs" / "limits.md").read_text(encoding="utf-8") == as_markdown(), (
        "python -m inkfield.lab.limits.page > docs/limits.md"
    )


def test_numbers_are_moved_by_a_tenth_and_whole_ones_by_one_at_least() -> None:
    moved = {(c.name, c.after) for c in changes("pipeline.text.no_form")}
    assert {("black", 36), ("black", 44)} <= moved
    assert {name for name, _ in moved} >= {"cheque_aspect[1]", "cheque_aspect[2]"}
    assert {c.after for c in changes("pipeline.text.words") if c.name == "fewest_gaps"} == {2, 4}
    shares = [c.after for c in changes("pipeline.intake.embedded_scan") if c.name == "covered"]
    assert max(shares) == 1.0, "a share is no more than the whole"
    assert not changes("pipeline.cheques.micr.e13b_shapes"), "a standard is not moved"


def test_a_change_counts_where_the_number_is_used_and_only_while_it_lasts() -> None:
    page = marked_page()
    less, more = (c for c in changes("pipeline.image.empty") if c.name == "enough_mm2")
    assert not is_empty(page, 300.0)
    with made(more):
        assert is_empty(page, 300.0)
    with made(less), looked_at() as seen:
        assert not is_empty(page, 300.0)
    assert ("pipeline.image.empty", "enough_mm2") in seen
    assert stages()["pipeline.image.empty"].enough_mm2 == less.before


def test_what_hangs_on_a_number_is_shown(tmp_path: Path) -> None:
    Image.fromarray(marked_page()).save(tmp_path / "mark.png", dpi=(300, 300))
    setup = TrySetup(tuple(samples_in(tmp_path)), None, "default")
    before = setup.read(None)
    assert ("pipeline.image.empty", "enough_mm2") in before.looked_at
    less, more = (c for c in changes("pipeline.image.empty") if c.name == "enough_mm2")
    assert effect_of(more, before.outcomes, setup.read(more)).changed, "the page counts as empty then"
    assert not any(effect_of(less, before.outcomes, setup.read(less)).weight)


def marked_page() -> np.ndarray:
    """A small white page at 300 dpi with a dash of 0.63 mm2 in its middle: just enough to be written on."""
    page = np.full((900, 800), 250, np.uint8)
    page[300:304, 240:262] = 20
    return page
