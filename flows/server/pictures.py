"""Pictures for the review page: crops of fields and whole pages, cut from the scan where it rests.

Nothing is written to the disk. The last pages that were decoded, and the pictures made of them, stay in memory: the
fields of a page are asked for one after the other.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np

from inkfield.flows.workers.limits import intake_limits
from inkfield.flows.workers.storage import StoreMissing, local_copy, to_path
from inkfield.pipeline.intake import content_hash, open_page
from inkfield.schemas.errors import DocumentError

PAGE_WIDTH = 1600
"""Pixels: a page is shown no wider, a crop neither."""
MARGIN = 0.7
"""What is shown around a field, as a share of its height: writing does not keep to its box."""
LEAST_MARGIN, MOST_MARGIN = 24, 70
"""Pixels."""
PAGES_IN_MEMORY = 6
PICTURES_IN_MEMORY = 600
PARTS_IN_MEMORY = 60
"""Whole pages among them."""
Box = tuple[int, int, int, int]
Key = TypeVar("Key")
Made = TypeVar("Made")


class NotKept(Exception):
    """The scan does not lie any more where it lay. The message says so to a person."""


@dataclass(frozen=True)
class Scan:
    """Where a page is: the file, its content hash, and the number of the page in it, from 1."""

    path: str
    sha256: str
    number: int


class Pictures:
    """Pictures of scans as JPEG; for many threads."""

    def __init__(self) -> None:
        self._limits = intake_limits()
        self._pages: _Last[Scan, np.ndarray] = _Last(PAGES_IN_MEMORY)
        self._made: _Last[tuple[Scan, Box | None], bytes] = _Last(PICTURES_IN_MEMORY)
        self._parts: _Last[tuple[Scan, Box, tuple[int, int]], bytes] = _Last(PARTS_IN_MEMORY)

    def crop(self, scan: Scan, box: Box | None) -> bytes:
        """A box with its surroundings, the whole page without one. Raises NotKept."""
        return self._made.get((scan, box), lambda: _jpeg(_cut(self._page(scan), box)))

    def part(self, scan: Scan, box: Box, size: tuple[int, int]) -> bytes:
        """A box of the page, exactly, in a size (width, height). Raises NotKept."""
        return self._parts.get((scan, box, size), lambda: _part(self._page(scan), box, size))

    def _page(self, scan: Scan) -> np.ndarray:
        return self._pages.get(scan, lambda: self._decode(scan))

    def _decode(self, scan: Scan) -> np.ndarray:
        try:
            with local_copy(to_path(scan.path), self._limits.max_bytes) as file:
                is_it = content_hash(file) == scan.sha256
                page = open_page(file, scan.number, self._limits) if is_it else None
        except (DocumentError, StoreMissing, OSError):
            raise NotKept("The scan is no longer kept where it lay, or cannot be opened there.") from None
        if page is None:
            raise NotKept("Another file lies by now where the scan lay.")
        return page.image


class _Last(Generic[Key, Made]):
    """Keeps the last things that were made; two threads that want the same one make it once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Made] = OrderedDict()
        self._lock = threading.Lock()
        self._at_work: dict[Key, threading.Lock] = {}

    def get(self, key: Key, make: Callable[[], Made]) -> Made:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            mine = self._at_work.setdefault(key, threading.Lock())
        with mine:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                made = make()
                with self._lock:
                    self._kept[key] = made
                    while len(self._kept) > self._most:
                        self._kept.popitem(last=False)
                return made
            finally:
                with self._lock:
                    self._at_work.pop(key, None)


def surroundings(box: Box, width: int, height: int) -> Box:
    """What is shown of a page of that size in pixels for a box."""
    left, top, box_width, box_height = box
    margin = min(MOST_MARGIN, max(LEAST_MARGIN, round(MARGIN * box_height)))
    right, bottom = min(width, left + box_width + margin), min(height, top + box_height + margin)
    left, top = max(0, left - margin), max(0, top - margin)
    return left, top, max(1, right - left), max(1, bottom - top)


def _cut(page: np.ndarray, box: Box | None) -> np.ndarray:
    if box is None:
        return page
    left, top, width, height = surroundings(box, page.shape[1], page.shape[0])
    return page[top : top + height, left : left + width]


def _part(page: np.ndarray, box: Box, size: tuple[int, int]) -> bytes:
    left, top, width, height = box
    part = page[top : top + height, left : left + width]
    if part.size == 0:
        raise NotKept("This part lies outside of the scan.")
    if size != (width, height):
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    return _encoded(part)


def _jpeg(picture: np.ndarray) -> bytes:
    if picture.size == 0:
        raise NotKept("The field lies outside of the scan.")
    if picture.shape[1] > PAGE_WIDTH:
        height = max(1, round(picture.shape[0] * PAGE_WIDTH / picture.shape[1]))
        picture = cv2.resize(picture, (PAGE_WIDTH, height), interpolation=cv2.INTER_AREA)
    return _encoded(picture)


def _encoded(picture: np.ndarray) -> bytes:
    _, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return encoded.tobytes()
