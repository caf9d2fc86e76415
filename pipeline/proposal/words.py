"""Printed words of a page with their boxes in millimetres: from the PDF's text layer where it has one."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from inkfield.recognizers.limits import limit
from inkfield.schemas.errors import MissingTool

MM_PER_POINT = 25.4 / 72
_SECONDS = 60
_WORD = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">(.*?)</word>', re.DOTALL)


@dataclass(frozen=True)
class WordsLimits:
    """Which words are a line."""

    alike: float = limit(
        0.5, "share", "guess", "Of the smaller height, by which two words of a line overlap upwards"
    )
    gap: float = limit(
        1.0,
        "heights",
        "guess",
        "Of letters: widest space in a line; a wider one parts two labels that stand side by side",
    )


LIMITS = WordsLimits()


@dataclass(frozen=True)
class PrintedWord:
    """A word, or a line of them. Left, top, right and bottom edges in mm of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """In mm."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """x, y in mm."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


def words_of_pdf(path: Path) -> dict[int, list[PrintedWord]]:
    """The words of the text layer of each page, by its number from 1, in the order of the file; none where poppler
    cannot read it. Raises MissingTool without poppler.

    Runs of underscores and dots that stand for a line to write on are left out: the picture shows them.
    """
    call = ["pdftotext", "-bbox", "-cropbox", str(path), "-"]
    try:
        done = subprocess.run(call, capture_output=True, timeout=_SECONDS, check=False)
    except FileNotFoundError:
        raise MissingTool("poppler is not installed; install poppler-utils (apt) or poppler (brew)") from None
    except subprocess.TimeoutExpired:
        return {}
    pages = done.stdout.decode("utf-8", "replace").split("<page ")[1:]
    return {number: list(_words(page)) for number, page in enumerate(pages, 1)}


def _words(page: str) -> Iterator[PrintedWord]:
    for *edges, raw in _WORD.findall(page):
        text = re.sub(r"[_.…]{3,}|_+", "", unescape(raw)).strip()
        left, top, right, bottom = (float(edge) * MM_PER_POINT for edge in edges)
        if any(map(str.isalnum, text)) or text in (":", "$", "€", "£", "%", "#"):
            yield PrintedWord(text, left, top, right, bottom)


def text_lines(words: Sequence[PrintedWord]) -> list[PrintedWord]:
    """The words joined to pieces of line, from top to bottom: words on one line with no more than a space between."""
    lines: list[PrintedWord] = []
    for word in sorted(words, key=lambda word: (word.left, word.top)):
        for index, line in enumerate(lines):
            common = min(line.bottom, word.bottom) - max(line.top, word.top)
            low = min(line.height, word.height)
            gap = word.left - line.right
            if (
                common > LIMITS.alike * low
                and -low < gap < LIMITS.gap * low
                and max(line.height, word.height) < 1.6 * low
            ):
                lines[index] = PrintedWord(
                    f"{line.text} {word.text}", line.left, min(line.top, word.top), word.right,
                    max(line.bottom, word.bottom),
                )  # fmt: skip
                break
        else:
            lines.append(word)
    return sorted(lines, key=lambda line: (line.top, line.left))
