from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from inkfield.lab.documents.pdf import write_pdf
from inkfield.lab.documents.scan import jpeg
from inkfield.lab.documents.write_set import write_set
from inkfield.pipeline.intake import IntakeLimits, open_pages

SEED = 4
"""Makes two documents of one page."""


def test_pdfs_and_their_values_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        said = write_set(tmp_path / folder, 2, seed=SEED, kinds=["cheque_in"])
        assert said.startswith("2 documents")
    names = sorted(path.name for path in (tmp_path / "a").glob("*.pdf"))
    assert names == ["cheque_in-001.pdf", "cheque_in-002.pdf"]
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        expected = json.loads((tmp_path / "a" / "expected" / name).with_suffix(".json").read_text("utf-8"))
        pages = list(open_pages(tmp_path / "a" / name, IntakeLimits()))
        assert len(pages) == len(expected["pages"])
        assert all(page["form"] == "cheque_in" for page in expected["pages"])


def test_an_unknown_kind_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_set(tmp_path, 1, 1, kinds=["postcard"])


def test_intake_takes_the_scan_out_of_a_pdf_as_it_is(tmp_path: Path) -> None:
    image = np.random.default_rng(1).integers(0, 255, (600, 900, 3), dtype=np.uint8)
    pages = [(jpeg(image, 90), (900, 600)), (jpeg(image[:400], 90), (900, 400))]
    write_pdf(tmp_path / "two.pdf", pages, 150)
    taken = list(open_pages(tmp_path / "two.pdf", IntakeLimits()))
    assert [page.image.shape for page in taken] == [(600, 900, 3), (400, 900, 3)]
    assert [round(page.dpi) for page in taken] == [150, 150]
