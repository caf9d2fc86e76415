"""Banks drawn at random: one bank a seed, all different, within the standard."""

from __future__ import annotations

import numpy as np

from inkfield.lab.documents.captions import SCRIPTS
from inkfield.lab.documents.cheque_page import HEIGHT_MM, WIDTH_MM
from inkfield.lab.documents.house import house
from inkfield.lab.documents.house_page import render_house_cheque
from inkfield.pipeline.cheques.micr.indian_line import parse_indian_micr

SEEDS = range(200)


def test_a_seed_is_one_bank() -> None:
    assert house(4) == house(4) != house(6)


def test_banks_differ_in_what_they_print_and_where() -> None:
    banks = [house(seed) for seed in SEEDS]
    scripts = {face for bank in banks for caption in bank.captions for face, _ in caption.runs}
    assert set(SCRIPTS) <= scripts
    assert len({bank.ruling for bank in banks}) == 4 and len({bank.sign for bank in banks}) == 3
    assert 0.5 < np.mean([bank.account_in_micr for bank in banks]) < 0.9
    assert (
        len({round(bank.rules[0][0]) for bank in banks}) > 8
    )  # the rule begins behind the caption, or under it


def test_all_that_is_written_on_lies_on_the_paper_in_its_order() -> None:
    for seed in SEEDS:
        bank = house(seed)
        rows = [row for _, _, row in bank.rules]
        assert rows == sorted(rows) and rows[0] > 20 and rows[2] < 50
        x, y, width, height = bank.bank.amount
        assert x + width < WIDTH_MM and rows[1] < y < y + height < HEIGHT_MM - 15
        assert all(0 < caption.y < 76 for caption in bank.captions)


def test_the_blank_is_the_same_paper_with_nothing_written() -> None:
    bank = house(2)
    cheque = render_house_cheque(bank, np.random.default_rng(1), with_blank=True)
    assert parse_indian_micr(cheque.truth["micr"]) is not None
    assert cheque.image.shape == cheque.blank.shape
    darker = cheque.blank.min(axis=2).astype(int) - cheque.image.min(axis=2) > 60
    assert 0.002 < darker.mean() < 0.05
    assert darker[round(0.86 * darker.shape[0]) :].mean() < 1e-4  # the MICR band is the bank's
