"""Which page of an earlier reading a page of a new one is."""

from __future__ import annotations

from collections.abc import Sequence

from inkfield.schemas.database.tables import PageRow

SAME_PAGE = 16
"""Bits of 256 by which the pictures of one page may differ from reading to reading of the same file."""


def match_pages(old: Sequence[PageRow], new: Sequence[PageRow]) -> dict[int, PageRow]:
    """By the number of a new page the old one that it is.

    As many pages are the same pages. If a reading finds more or fewer (cheques scanned together that were taken for
    one), pictures tell which is which; without pictures a page is the one of its number and form.
    """
    if len(old) == len(new):
        return {row.number: page for row, page in zip(new, sorted(old, key=lambda p: p.number), strict=True)}
    matched: dict[int, PageRow] = {}
    left = list(old)
    for row in new:
        alike = [page for page in left if _alike(page, row)]
        if alike:
            best = min(alike, key=lambda page: (_distance(page, row), abs(page.number - row.number)))
            matched[row.number] = best
            left.remove(best)
    return matched


def _alike(page: PageRow, row: PageRow) -> bool:
    if page.picture and row.picture:
        return distance(page.picture, row.picture) <= SAME_PAGE
    return (page.number, page.form) == (row.number, row.form)


def _distance(page: PageRow, row: PageRow) -> int:
    return distance(page.picture, row.picture) if page.picture and row.picture else 0


def distance(first: str, second: str) -> int:
    """Bits in which two perceptual hashes (hex, of one length) differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()
