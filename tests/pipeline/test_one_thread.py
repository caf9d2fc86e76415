"""A program that reads documents itself need not know that the networks want one thread."""

from __future__ import annotations

import torch

from inkfield import Settings, read_document
from tests.support.checkout import ROOT


def test_a_document_is_read_by_one_thread_and_the_program_keeps_its_own() -> None:
    before, seen = torch.get_num_threads(), set[int]()

    def look(stage: str, picture: object) -> None:
        seen.add(torch.get_num_threads())

    torch.set_num_threads(2)
    try:
        reading = read_document(ROOT / "examples" / "cheque-single.pdf", Settings(), look)
        assert reading.pages and seen == {1}
        assert read_document(ROOT / "no such file.pdf", Settings()).status == "failed"
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
