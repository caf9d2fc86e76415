"""Finds the documents in a file of many pages: separators begin each.

A *sheet* stands between two documents and belongs to none; its page, and a blank back behind it, are dropped. A
*sticker* is stuck on the first page of a document, and that page stays. No page that says something is dropped: a code
of ours that is small was stuck on a page, and a page with a large code that cannot be read is kept, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from inkfield.pipeline.image.barcodes import LIMITS as BARCODE_LIMITS
from inkfield.pipeline.image.barcodes import Barcode, read_barcodes, read_large_barcodes
from inkfield.pipeline.image.empty import is_empty
from inkfield.pipeline.image.geometry import to_grey
from inkfield.pipeline.intake import IntakeLimits, count_pages, open_pages
from inkfield.pipeline.records import Page
from inkfield.schemas.errors import DocumentError

PREFIX = "INKFIELD-SEPARATOR"
"""Begins what our own sheets say; a space and the label follow."""
OWN = re.compile(rf"{PREFIX}(?: (?P<label>.*))?|PATCHT", re.DOTALL)
"""Also PATCHT, as the sheets of other programs (NAPS2, paperless-ngx) have it."""
LONGEST_LABEL = 200


class Doubt(StrEnum):
    """Why a person should see where a document begins. Stands in ``documents.split_doubt``."""

    sentence: str

    def __new__(cls, code: str, sentence: str = "") -> Doubt:
        made = str.__new__(cls, code)
        made._value_ = code
        made.sentence = sentence
        return made

    UNREADABLE = (
        "separator_unreadable",
        "it begins at a separator whose code cannot be read: its label is not known",
    )
    SEVERAL = "several_labels", "it begins at a page with several separators that do not say the same"
    PERHAPS = (
        "perhaps_several",
        "a code on one of its pages cannot be read: perhaps another document begins there",
    )
    HIDDEN = "page_unreadable", "one of its pages cannot be opened: perhaps that was a separator"


@dataclass(frozen=True)
class SeparatorRules:
    """Which barcodes separate. Patterns are for the whole text; a group ``label``, or else the first one, or else the
    text is the label."""

    sheets: re.Pattern[str] | None = None
    """Of sheets beside our own."""
    stickers: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Part:
    """One document: pages of the file, from 1; none where ``last`` lies before ``first``."""

    first: int
    last: int
    label: str | None = None
    doubt: Doubt | None = None

    @property
    def pages(self) -> range:
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class Seen:
    """What a page means for the splitting: ``begins`` a document, or is ``dropped``, or neither."""

    number: int
    begins: bool = False
    dropped: bool = False
    blank: bool = False
    labels: tuple[str, ...] = ()
    doubt: Doubt | None = None


def find_parts(
    path: Path, rules: SeparatorRules, limits: IntakeLimits, on_page: Callable[[int], None]
) -> tuple[Part, ...]:
    """The documents of a file that holds separators; nothing for one that is one document as it is. A single page is
    looked at for a label only where stickers are in use.

    Raises a DocumentError where the file cannot be opened. Pages that cannot be read are in the parts; whoever reads
    these tells of them.
    """
    total = count_pages(path, limits)
    if (
        total == 1 and rules.stickers is None
    ):  # nothing to part, and opening a page takes a sixth of reading it
        return ()
    return parts_of(_look(path, total, rules, limits, on_page), total)


def parts_of(seen: Iterable[Seen], total: int) -> tuple[Part, ...]:
    """The documents by what was seen on the pages, in order; pages that are not there could not be opened."""
    by_number = {page.number: page for page in seen}
    if not any(page.begins or page.doubt for page in by_number.values()):
        return ()
    building = [_Building(1)]
    behind_sheet = missing = False
    for number in range(1, total + 1):
        page = by_number.get(number)
        if page is None:
            missing = True
            behind_sheet = False
            continue
        if behind_sheet and page.blank and not page.begins:  # the back of a sheet
            building[-1].first = number + 1
            continue
        behind_sheet = page.dropped
        if not page.begins:
            building[-1].doubt = building[-1].doubt or page.doubt
            continue
        building[-1].last = number - 1
        building.append(_of(page, number + 1 if page.dropped else number))
    building[-1].last = total
    parts = [made for made in map(_Building.part, _without_repeats(building)) if made is not None]
    if missing and parts:
        return tuple(_with_hidden(parts, by_number))
    return tuple(parts)


def label_of(text: str, pattern: re.Pattern[str]) -> str | None:
    """The label that a code says, "" for one without a label; None where the code does not separate."""
    match = pattern.fullmatch(text)
    if match is None:
        return None
    group = "label" if "label" in pattern.groupindex else min(1, pattern.groups)
    return (match[group] or "").strip()[:LONGEST_LABEL]


def see(page: Page, rules: SeparatorRules, behind_sheet: bool = False) -> Seen:
    """What a page means for the splitting; whether it is blank is told only of those ``behind_sheet``."""
    if rules.sheets is None and rules.stickers is None:
        codes = read_large_barcodes(page.image, page.dpi)
    else:
        codes = read_barcodes(page.image)
    sheets, stickers, doubtful = _sorted(codes, page.dpi, rules)
    if not codes:
        return Seen(page.number, blank=behind_sheet and is_empty(to_grey(page.image), page.dpi))
    labels = tuple(dict.fromkeys(label for label in (*sheets, *stickers) if label))
    if sheets or stickers:
        doubt = Doubt.SEVERAL if len(labels) > 1 else None
        return Seen(page.number, True, bool(sheets) and not stickers, labels=labels, doubt=doubt)
    if doubtful >= BARCODE_LIMITS.unreadable_mm:
        return Seen(page.number, begins=True, doubt=Doubt.UNREADABLE)
    return Seen(page.number, doubt=Doubt.PERHAPS if doubtful and rules.stickers is not None else None)


def _sorted(
    codes: Iterable[Barcode], dpi: float, rules: SeparatorRules
) -> tuple[list[str], list[str], float]:
    """The labels of sheets, those of stickers, and the size in mm of the largest code that cannot be read."""
    sheets: list[str] = []
    stickers: list[str] = []
    doubtful = 0.0
    for code in codes:
        size = code.longer_mm(dpi)
        if not code.text:
            doubtful = max(doubtful, size)
            continue
        own = label_of(code.text, OWN)
        if own is not None:
            (sheets if size >= BARCODE_LIMITS.unreadable_mm else stickers).append(own)
            continue
        for pattern, found in ((rules.sheets, sheets), (rules.stickers, stickers)):
            label = None if pattern is None else label_of(code.text, pattern)
            if label is not None:
                found.append(label)
                break
    return sheets, stickers, doubtful


def _look(
    path: Path, total: int, rules: SeparatorRules, limits: IntakeLimits, on_page: Callable[[int], None]
) -> Iterator[Seen]:
    """All pages that can be opened. One that cannot costs none of the others."""
    number, behind = 0, False
    while number < total:
        try:
            on_page(number + 1)
            for page in open_pages(path, limits, range(number + 1, total + 1)):
                number = page.number
                on_page(number)
                seen = see(page, rules, behind)
                behind = seen.dropped or seen.blank
                yield seen
                on_page(number + 1)
            return  # those that are broken were passed over
        except DocumentError:
            number += 1
        finally:
            on_page(0)


@dataclass
class _Building:
    """A document whose end is not yet known."""

    first: int
    last: int = 0
    labels: tuple[str, ...] = ()
    doubt: Doubt | None = None

    def part(self) -> Part | None:
        """None where there is nothing between two separators, and no label to tell of."""
        label = self.labels[0] if len(self.labels) == 1 else None
        if self.last < self.first and label is None:
            return None
        return Part(self.first, self.last, label, self.doubt)


def _of(page: Seen, first: int) -> _Building:
    return _Building(first, labels=page.labels, doubt=page.doubt)


def _without_repeats(building: list[_Building]) -> list[_Building]:
    """Two sheets that say the same with nothing between them, or both sides of one sheet, are one."""
    kept: list[_Building] = []
    for one in building:
        before = kept[-1] if kept else None
        if before is not None and before.last < before.first and before.labels == one.labels:
            kept.pop()
        kept.append(one)
    return kept


def _with_hidden(parts: list[Part], by_number: dict[int, Seen]) -> Iterator[Part]:
    """A page that cannot be opened may have been a separator: the document that holds it says so."""
    for part in parts:
        hidden = any(number not in by_number for number in part.pages)
        yield Part(part.first, part.last, part.label, part.doubt or (Doubt.HIDDEN if hidden else None))
