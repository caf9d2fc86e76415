"""Whose stroke is it: the components of a cleaned cheque given to the fields they were written in."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from inkfield.pipeline.cheques.field_places import ChequeLayout
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class StrokeLimits:
    """Which line a stroke belongs to."""

    descender_mm: float = limit(
        2.2,
        "mm",
        "dev cheques",
        "A stroke of the line above ends at least this far over the rule below; one of the line below "
        "stands on it",
    )
    head_mm: float = limit(
        0.8, "mm", "dev cheques", "A stroke of the line above begins at least this far over its own rule"
    )
    grown_mm: float = limit(
        2.2,
        "mm",
        "dev cheques",
        "A stroke that stands in both lines and reaches so far into the upper one is of words of "
        "both, grown together",
    )
    next_mm: float = limit(
        14.5, "mm", "guess", "Rules farther apart than this are no neighbours: their writing does not meet"
    )
    alone_mm: float = limit(
        8.5, "mm", "guess", "How far over and under a rule without neighbour its writing may reach"
    )
    foot_mm: float = limit(0.5, "mm", "guess", "Writing on a rule goes a little through it")
    flourish: float = limit(
        0.25,
        "share",
        "guess",
        "Of a stroke in the payee's band, from which one that reaches up is of the name",
    )
    flourish_mm: float = limit(
        5.0, "mm", "guess", "Over the payee's rule, that such a stroke ends above at most"
    )
    over: float = limit(
        0.12, "share", "guess", "Of a stroke above a rule, from which it may hang down through it"
    )
    below: float = limit(
        0.2, "share", "guess", "Of a stroke below a rule, from which it may be of words of both lines"
    )
    least_over: float = limit(0.02, "share", "guess", "Of such a stroke above the rule")
    stamped: float = limit(
        0.25, "share", "guess", "Of a figure in the account number's band, from which it is stamped there"
    )
    lowest_stamp_mm: float = limit(2.0, "mm", "guess", "Height of a stamped figure")
    highest_stamp_mm: float = limit(5.5, "mm", "guess", "Height of a stamped figure")
    widest_stamp_mm: float = limit(4.0, "mm", "guess", "Width of a stamped figure")
    fewest_stamped: int = limit(
        3, "figures", "guess", "That are stamped over a rule: a descender comes alone"
    )
    flat_mm: float = limit(0.6, "mm", "guess", "Height of what is left of a level rule")
    rest_mm: float = limit(0.8, "mm", "guess", "From its rule, within which it lies")
    upright_mm: float = limit(
        0.45, "mm", "guess", "Width of what is left of a side of the account number's box"
    )
    upright_height_mm: float = limit(2.5, "mm", "guess", "Height of what is left of such a side")
    speck_mm2: float = limit(0.02, "mm2", "guess", "Area of a speck")


LIMITS = StrokeLimits()


def owners(
    names: np.ndarray, stats: np.ndarray, layout: ChequeLayout, fields: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """For each component the field it belongs to (1 + place in ``fields``, 0 none), int (n,); and whether it is
    of two lines grown together, bool (n,).

    ``names`` and ``stats`` are of cv2.connectedComponentsWithStats. A component belongs to the field in whose
    band most of its ink lies; one that hangs down over a rule without reaching the next belongs above it.
    """
    scale = layout.scale
    shares = _shares(names, len(stats), _bands(names.shape, layout, fields), len(fields))
    owner = shares.argmax(1)
    top = stats[:, cv2.CC_STAT_TOP]
    height, width = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH]
    bottom = top + height
    lines = _written_lines(layout)
    payee = layout.lines["payee"].row
    # Flourishes of the payee's name reach up among the bank's address, whose letters stay up there.
    name_number = fields.index("payee") + 1
    owner[
        (owner == 0)
        & (shares[:, name_number] > LIMITS.flourish)
        & (bottom > payee - LIMITS.flourish_mm * scale)
    ] = name_number
    joined = np.zeros(len(stats), bool)
    for k, (name, _, rule, following) in enumerate(lines):
        number = fields.index(name) + 1
        over = shares[:, number] > LIMITS.over
        hangs = over & (top <= rule - LIMITS.head_mm * scale) & (bottom > rule)
        owner[hangs & (bottom <= following - LIMITS.descender_mm * scale)] = number
        if k + 1 < len(lines) and following == lines[k + 1][2]:
            below = shares[:, fields.index(lines[k + 1][0]) + 1] > LIMITS.below
            grown = below & (shares[:, number] > LIMITS.least_over) & (top <= rule - LIMITS.grown_mm * scale)
            joined |= grown & (bottom > following - LIMITS.descender_mm * scale)
    account = fields.index("account_number") + 1 if "account_number" in fields else -1
    if account > 0:
        last = lines[-1][2]
        stamped = (
            (shares[:, account] > LIMITS.stamped)
            & (height > LIMITS.lowest_stamp_mm * scale)
            & (height < LIMITS.highest_stamp_mm * scale)
            & (width < LIMITS.widest_stamp_mm * scale)
        )
        over = stamped & (top < last) & (bottom > last)
        # A number stamped over the rule above its box: a row of figures of one size. A descender comes alone.
        if over.sum() >= LIMITS.fewest_stamped:
            owner[over] = account
    flat = (height <= LIMITS.flat_mm * scale) & (width >= 2 * height)
    middle = top + height / 2
    amount = layout.regions["courtesy_amount"].box
    rests = [*(rule for _, _, rule, _ in lines), amount[1], amount[1] + amount[3]]
    remains = flat & (np.abs(middle[:, None] - np.array(rests)).min(1) < LIMITS.rest_mm * scale)
    upright = (
        (width <= LIMITS.upright_mm * scale)
        & (height >= LIMITS.upright_height_mm * scale)
        & (owner == account)
    )
    owner[remains | upright | (stats[:, cv2.CC_STAT_AREA] < LIMITS.speck_mm2 * scale * scale)] = 0
    owner[0] = 0
    joined[0] = False
    return owner, joined


def _written_lines(layout: ChequeLayout) -> list[tuple[str, int, int, int]]:
    """Each line that is written on: name, the row where its own band begins, its rule's row, the next rule's row."""
    rows = [(name, rule.row) for name, rule in layout.lines.items()]
    alone = round(LIMITS.alone_mm * layout.scale)
    foot = round(LIMITS.foot_mm * layout.scale)
    lines = []
    for k, (name, row) in enumerate(rows):
        above = rows[k - 1][1] if k else -1
        below = rows[k + 1][1] if k + 1 < len(rows) else 10**6
        near_above = k > 0 and row - above < LIMITS.next_mm * layout.scale
        near_below = below - row < LIMITS.next_mm * layout.scale
        top = above + foot if near_above else row - alone
        lines.append((name, top, row, below if near_below else row + alone))
    return lines


def _bands(shape: tuple[int, ...], layout: ChequeLayout, fields: list[str]) -> np.ndarray:
    """uint8 map of the page: which field's own band a pixel lies in, 1 + its place in ``fields``; 0 is none's."""
    bands = np.zeros(shape[:2], np.uint8)
    foot = round(LIMITS.foot_mm * layout.scale)
    lines = _written_lines(layout)
    rows = {name: (first, rule + foot) for name, first, rule, _ in lines}
    # Smaller regions lie upon larger ones: amount box and date last.
    order = ["signature", "account_number", "check_number", *layout.lines, "courtesy_amount", "date"]
    for name in (name for name in order if name in fields):
        x, y, width, height = layout.regions[name].box
        top, bottom = rows.get(name, (y, y + height))
        if name == "account_number":
            top = lines[-1][2] + foot
        bands[max(0, top) : max(0, bottom), x : x + width] = fields.index(name) + 1
    return bands


def _shares(names: np.ndarray, count: int, bands: np.ndarray, fields: int) -> np.ndarray:
    """Share of each component's ink in each field's band, float (components, 1 + fields)."""
    inked = names > 0
    pairs = names[inked] * (fields + 1) + bands[inked]
    ink = np.bincount(pairs, minlength=count * (fields + 1)).reshape(count, fields + 1)
    return ink / np.maximum(1, ink.sum(1, keepdims=True))
