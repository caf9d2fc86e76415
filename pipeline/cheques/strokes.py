"""Whose stroke is it: the components of a cleaned cheque given to the fields they were written in."""

from __future__ import annotations

import cv2
import numpy as np

from inkfield.pipeline.cheques.field_places import ChequeLayout

_DESCENDER_MM = 2.2
"""A stroke of the line above ends at least this far over the rule below; one of the line below stands on it."""
_HEAD_MM = 0.8
"""A stroke of the line above begins at least this far over its own rule."""
_GROWN_MM = 2.2
"""A stroke that stands in both lines and reaches so far into the upper one is of words of both, grown together."""

_NEXT_MM = 14.5
"""Rules farther apart than this are no neighbours: their writing does not meet."""
_ALONE_MM = 8.5
"""How far over and under a rule without neighbour its writing may reach."""
_FOOT_MM = 0.5
"""Writing on a rule goes a little through it."""


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
    owner[(owner == 0) & (shares[:, name_number] > 0.25) & (bottom > payee - 5 * scale)] = name_number
    joined = np.zeros(len(stats), bool)
    for k, (name, _, rule, following) in enumerate(lines):
        number = fields.index(name) + 1
        over = shares[:, number] > 0.12
        hangs = over & (top <= rule - _HEAD_MM * scale) & (bottom > rule)
        owner[hangs & (bottom <= following - _DESCENDER_MM * scale)] = number
        if k + 1 < len(lines) and following == lines[k + 1][2]:
            below = shares[:, fields.index(lines[k + 1][0]) + 1] > 0.2
            grown = below & (shares[:, number] > 0.02) & (top <= rule - _GROWN_MM * scale)
            joined |= grown & (bottom > following - _DESCENDER_MM * scale)
    account = fields.index("account_number") + 1 if "account_number" in fields else -1
    if account > 0:
        last = lines[-1][2]
        stamped = (
            (shares[:, account] > 0.25) & (height > 2 * scale) & (height < 5.5 * scale) & (width < 4 * scale)
        )
        over = stamped & (top < last) & (bottom > last)
        # A number stamped over the rule above its box: a row of figures of one size. A descender comes alone.
        if over.sum() >= 3:
            owner[over] = account
    flat = (height <= 0.6 * scale) & (width >= 2 * height)
    middle = top + height / 2
    amount = layout.regions["courtesy_amount"].box
    rests = [*(rule for _, _, rule, _ in lines), amount[1], amount[1] + amount[3]]
    remains = flat & (np.abs(middle[:, None] - np.array(rests)).min(1) < 0.8 * scale)
    upright = (width <= 0.45 * scale) & (height >= 2.5 * scale) & (owner == account)
    owner[remains | upright | (stats[:, cv2.CC_STAT_AREA] < 0.02 * scale * scale)] = 0
    owner[0] = 0
    joined[0] = False
    return owner, joined


def _written_lines(layout: ChequeLayout) -> list[tuple[str, int, int, int]]:
    """Each line that is written on: name, the row where its own band begins, its rule's row, the next rule's row."""
    rows = [(name, rule.row) for name, rule in layout.lines.items()]
    alone = round(_ALONE_MM * layout.scale)
    foot = round(_FOOT_MM * layout.scale)
    lines = []
    for k, (name, row) in enumerate(rows):
        above = rows[k - 1][1] if k else -1
        below = rows[k + 1][1] if k + 1 < len(rows) else 10**6
        near_above = k > 0 and row - above < _NEXT_MM * layout.scale
        near_below = below - row < _NEXT_MM * layout.scale
        top = above + foot if near_above else row - alone
        lines.append((name, top, row, below if near_below else row + alone))
    return lines


def _bands(shape: tuple[int, ...], layout: ChequeLayout, fields: list[str]) -> np.ndarray:
    """uint8 map of the page: which field's own band a pixel lies in, 1 + its place in ``fields``; 0 is none's."""
    bands = np.zeros(shape[:2], np.uint8)
    foot = round(_FOOT_MM * layout.scale)
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
