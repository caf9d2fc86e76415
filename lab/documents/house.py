"""Banks that nobody tuned anything on: the print of an Indian cheque drawn at random within CTS-2010, one bank a seed.

The standard leaves to the bank: wordings, scripts and places of the captions, how the lines are ruled, logo, pattern,
tint, how the boxes are framed, what else is printed, and whether the MICR line bears a part of the account number.
Even seeds are for development, odd ones for reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from inkfield.lab.documents import people
from inkfield.lab.documents.captions import LATIN, SCRIPTS, Caption
from inkfield.lab.documents.cheque_page import TRANSACTIONS, Bank
from inkfield.lab.documents.random_bank import random_bank
from inkfield.lab.documents.sheet import text_width

_SEED = 20261128
_LEFT_MM, _RIGHT_MM = 8.0, 193.0
FACES = ("roboto", "tinos")

Ruling = Literal["solid", "dotted", "dashed", "micro"]
Sign = Literal["in_box", "in_cell", "before_box"]
_SIGNS: tuple[Sign, ...] = ("in_box", "in_cell", "before_box")
_RULINGS: tuple[Ruling, ...] = ("solid", "dotted", "dashed", "micro")


@dataclass(frozen=True)
class House:
    """One bank's print. ``bank`` has the places that are written on; lengths in mm, rules as (left, right, row)."""

    bank: Bank
    captions: tuple[Caption, ...]
    rules: tuple[tuple[float, float, float], ...]
    ruling: Ruling
    rule_mm: float
    account_in_micr: bool
    micr_gap: int
    transaction: str
    sign: Sign
    white_boxes: bool
    stamped: bool
    logo: int
    barcode: bool
    hidden_box: bool
    strikes_bearer: float
    bearer: tuple[float, float, float]
    ifsc: str
    dpi: int
    grey: bool
    quality: int
    depth: float


def house(seed: int, faces: Sequence[str] = FACES) -> House:
    """The bank of a seed; ``faces`` are the typefaces it may print in."""
    rng = np.random.default_rng([_SEED, seed])
    bank = random_bank(rng)
    first = 25.4 + float(rng.uniform(-1.4, 2.4))
    gap = float(rng.uniform(7.7, 9.3))
    rows = (first, first + gap, first + 2 * gap)
    top = first + gap + float(rng.uniform(0.8, 2.2))
    amount = (
        float(rng.uniform(143.5, 147.5)),
        top,
        float(rng.uniform(47, 51)),
        float(rng.uniform(8.0, 10.2)),
    )
    account = (float(rng.uniform(9, 15)), rows[2] + float(rng.uniform(1.8, 4.2)), float(rng.uniform(52, 66)),
               float(rng.uniform(5.6, 7.6)))  # fmt: skip
    pen = _Printer(rng, faces, bank)
    print_end = amount[0] - float(rng.uniform(0.6, 2.5))
    payee_rule, payee_start = pen.opening("pay", rows[0], 1.0)
    words_rule, words_start = pen.opening("rupees", rows[1], 1.0)
    payee_right, payee_end, bearer = pen.bearer(rows[0])
    second_left, second_end, second_right = pen.second_line(rows[2], print_end)
    words_right = float(rng.choice([print_end, amount[0], _RIGHT_MM], p=[0.6, 0.2, 0.2]))
    sign = _SIGNS[int(rng.choice(3, p=[0.55, 0.3, 0.15]))]
    if sign == "before_box":
        words_right, second_end = min(words_right, amount[0] - 6.5), min(second_end, amount[0] - 7.5)
        second_right = min(second_right, amount[0] - 6.5)
    bank = replace(
        bank, rules=rows, amount=amount, account=account, rule_end=print_end,
        starts=((payee_start, payee_start + 16), (words_start, words_start + 8), (second_left + 1, second_left + 9)),
        ends=(payee_end, second_end),
    )  # fmt: skip
    ifsc = f"{bank.name.replace(' ', '')[:4].upper()}0{people.digits(rng, 6)}"
    pen.head(ifsc, rows[0])
    pen.date_label(bank)
    pen.foot()
    return House(
        bank=bank, captions=tuple(pen.captions),
        rules=((payee_rule, payee_right, rows[0]), (words_rule, words_right, rows[1]),
               (second_left, second_right, rows[2])),
        ruling=_RULINGS[int(rng.choice(4, p=[0.45, 0.25, 0.1, 0.2]))],
        rule_mm=float(rng.uniform(0.13, 0.3)), account_in_micr=bool(rng.random() < 0.7),
        micr_gap=int(rng.choice([1, 5])), transaction=people.pick(rng, TRANSACTIONS),
        sign=sign, white_boxes=bool(rng.random() < 0.6),
        stamped=bool(rng.random() < 0.25), logo=int(rng.integers(4)), barcode=bool(rng.random() < 0.4),
        hidden_box=bool(rng.random() < 0.6), strikes_bearer=float(rng.choice([0.0, 0.35])), bearer=bearer, ifsc=ifsc,
        dpi=int(rng.choice([200, 240, 300, 300])), grey=bool(rng.random() < 0.15), quality=int(rng.integers(70, 96)),
        depth=float(rng.uniform(0.5, 1.5)),
    )  # fmt: skip


class _Printer:
    """Sets the captions of one bank: in its typeface, in English, Hindi and perhaps a script of its region."""

    def __init__(self, rng: np.random.Generator, faces: Sequence[str], bank: Bank) -> None:
        self.rng, self.bank = rng, bank
        self.face = str(faces[int(rng.integers(len(faces)))])
        self.small_face = str(faces[int(rng.integers(len(faces)))])
        self.size = float(rng.uniform(2.5, 3.5))
        self.bold = bool(rng.random() < 0.35)
        tinted = rng.random() < 0.3
        self.colour = bank.colour if tinted else (int(rng.integers(10, 60)),) * 3
        regional = list(SCRIPTS)[1:]
        self.script = "hind" if rng.random() < 0.75 else regional[int(rng.integers(len(regional)))]
        self.order = int(rng.integers(2))
        self.captions: list[Caption] = []

    def _runs(self, key: str, both: float = 0.6) -> list[tuple[str, str]]:
        latin = (self.face, people.pick(self.rng, LATIN[key]))
        other = (self.script, SCRIPTS[self.script][key])
        if self.rng.random() > both:
            return [latin]
        return [latin, other] if self.order else [other, latin]

    def _put(
        self, x: float, y: float, runs: Sequence[tuple[str, str]], size: float, to_left: bool = False
    ) -> float:
        """Prints a caption; returns its width."""
        runs = tuple((face, text) for face, text in runs if text)
        if not runs:
            return 0.0
        self.captions.append(Caption(x, y, runs, size, self.colour, to_left, self.bold))
        return sum(text_width(text, size, face) for face, text in runs) + 0.35 * size * (len(runs) - 1)

    def opening(self, key: str, row: float, clear: float) -> tuple[float, float]:
        """The caption at the beginning of a line; where the rule begins, and from where on people write."""
        rng, runs = self.rng, self._runs(key)
        style = ("before", "on", "stacked", "under", "raised")[
            int(rng.choice(5, p=[0.35, 0.3, 0.15, 0.08, 0.12]))
        ]
        base = row - float(rng.uniform(0.2, 1.0))
        match style:
            case "stacked" if len(runs) == 2:
                width = self._put(_LEFT_MM, base - 1.1 * self.size, runs[:1], 0.9 * self.size)
                width = max(width, self._put(_LEFT_MM, base, runs[1:], 0.9 * self.size))
                rule = _LEFT_MM + (width + 0.8) * int(rng.integers(2))
            case "under":
                width = self._put(_LEFT_MM, row + 0.85 * self.size, runs, 0.8 * self.size)
                rule = _LEFT_MM
                width *= 0.4
            case "raised":
                width = self._put(_LEFT_MM, base - float(rng.uniform(0.8, 2.0)), runs, self.size)
                rule = _LEFT_MM + (width + 0.8) * int(rng.integers(2))
            case "on":
                width = self._put(_LEFT_MM + 0.5, base, runs, self.size)
                rule = _LEFT_MM
            case _:
                width = self._put(_LEFT_MM, base + 0.3, runs, self.size)
                rule = _LEFT_MM + width + float(rng.uniform(0.4, 1.6))
        return rule, max(_LEFT_MM + 4.0, _LEFT_MM + width + float(rng.uniform(1.5, 5.0)) * clear)

    def bearer(self, row: float) -> tuple[float, float, tuple[float, float, float]]:
        """OR BEARER at the payee's line: where the rule ends, where people stop, and what to strike out (x0, x1, y)."""
        rng, runs = self.rng, self._runs("bearer")
        size = self.size * float(rng.uniform(0.8, 1.0))
        width = sum(text_width(t, size, f) for f, t in runs) + 0.35 * size
        right = _RIGHT_MM + float(rng.uniform(-3, 2))
        style = ("behind", "on", "raised", "stacked")[int(rng.choice(4, p=[0.35, 0.3, 0.15, 0.2]))]
        base = row - float(rng.uniform(0.2, 0.9))
        if style == "stacked" and len(runs) == 2:
            self._put(right, base - 1.15 * size, runs[:1], size, to_left=True)
            self._put(right, base, runs[1:], size, to_left=True)
            width = max(text_width(t, size, f) for f, t in runs)
        else:
            raised = float(rng.uniform(1.0, 3.0)) if style == "raised" else 0.0
            self._put(right, base - raised, runs, size, to_left=True)
        left = right - width
        rule = left - float(rng.uniform(0.5, 2.0)) if style == "behind" else right
        return rule, min(141.0, left - 3.0), (left, right, base - 0.3 * size)

    def second_line(self, row: float, end: float) -> tuple[float, float, float]:
        """The second line of words: where its rule begins, where people stop, where it ends. Some print a caption
        there."""
        rng = self.rng
        left = float(rng.choice([_LEFT_MM, 18.5, 21.0]))
        if rng.random() < 0.3:
            width = self._put(
                end - 0.5, row - 0.5, [(self.script, SCRIPTS[self.script]["pay"])], self.size, True
            )
            return left, end - width - 4.0, end - width - 1.0 if rng.random() < 0.5 else end
        return left, end - 3.0, end

    def head(self, ifsc: str, row: float) -> None:
        """Name, address, IFSC and validity; now and then a line of them stands just over the payee's line."""
        rng, bank = self.rng, self.bank
        big = float(rng.uniform(4.0, 5.8))
        small = float(rng.uniform(1.8, 2.5))
        x = 20.5 + float(rng.uniform(-1, 4))
        if rng.random() < 0.5:
            self._put(x, 5.0, [(self.script, SCRIPTS[self.script]["name"])], 0.7 * big)
        self.captions.append(Caption(x, 9.4, ((self.face, bank.name),), big, bank.colour))
        middle = float(rng.choice([x, 66.0, 84.0]))
        y = 12.6 if middle == x else 6.0
        lines = [bank.place, f"Branch code {people.digits(rng, 5)}"][: int(rng.integers(1, 3))]
        for line in lines:
            self._put(middle, y, [(self.small_face, line)], small)
            y += 1.25 * small
        code = people.pick(rng, LATIN["ifsc"]).format(ifsc)
        low = row - float(rng.uniform(6.0, 8.5))
        self._put(middle, low if rng.random() < 0.4 else y, [(self.small_face, code)], small)
        valid = (self.small_face, people.pick(rng, LATIN["valid"]))
        place = float(rng.uniform(80, 118)), min(float(rng.uniform(13.5, 17.5)), row - 7.5)
        self._put(*place, [valid], small)

    def date_label(self, bank: Bank) -> None:
        rng = self.rng
        x, y, _, height = bank.date
        label = (self.face, people.pick(rng, LATIN["date"]))
        self._put(x - 1.2, y + 0.45 * height, [label], 2.3, to_left=True)
        if rng.random() < 0.5:
            self._put(
                x - 1.2, y + 0.95 * height, [(self.script, SCRIPTS[self.script]["date"])], 2.3, to_left=True
            )

    def foot(self) -> None:
        rng = self.rng
        par = people.pick(rng, LATIN["par"]).format(self.bank.name)
        self._put(float(rng.uniform(60, 80)), 74.0, [(self.small_face, par)], 2.2)
        self._put(
            float(rng.uniform(158, 168)), 74.6, [(self.small_face, people.pick(rng, LATIN["sign"]))], 2.3
        )
