"""The open fonts that the renderer writes with.

A small set lies in ``recognizers/synthesis/fonts``; ``scripts/fetch_fonts.py`` brings the whole of ``fonts.tsv``
into the ``.fonts`` folder at the root of the checkout (or into ``$INKFIELD_FONTS``).
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import ImageFont

Kind = Literal["hand", "typed"]

TABLE = Path(__file__).with_name("fonts.tsv")
BUNDLED = Path(__file__).with_name("fonts")
UNSEEN_HANDS = tuple(sorted(Path(__file__).with_name("unseen_fonts").glob("*.ttf")))
"""Hands that training never sees, so that what is read of them is what is read of strangers."""
_CHECKOUT = Path(__file__).resolve().parents[2]

# Larger than any text we draw, so that measures taken at this size lose nothing to rounding.
_MEASURING_SIZE = 200


@dataclass(frozen=True)
class Family:
    """One row of ``fonts.tsv``; ``grade`` is A (everyday hand), B (cursive), C (neat or brush), K or typed.

    A hand of grade K writes small letters as capitals: what it writes must not be taken for small letters.
    """

    name: str
    grade: str
    package: str
    version: str
    licence: str

    @property
    def kind(self) -> Kind:
        """Whether a hand or a machine is meant to have written it."""
        return "typed" if self.grade == "typed" else "hand"


@lru_cache(maxsize=1)
def families() -> dict[str, Family]:
    """The families of ``fonts.tsv`` by name, which is also the stem of the font's file."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        found = [Family(r["family"], r["grade"], r["package"], r["version"], r["licence"]) for r in rows]
    return {family.name: family for family in found}


def fetched_folder() -> Path:
    """Where ``scripts/fetch_fonts.py`` puts what it brings: ``$INKFIELD_FONTS`` or ``.fonts``."""
    return Path(os.environ.get("INKFIELD_FONTS") or _CHECKOUT / ".fonts")


@lru_cache(maxsize=8)
def _fonts_in(folder: Path, kind: Kind, grades: str) -> tuple[Path, ...]:
    known = families()
    wanted = {n for n, f in known.items() if f.kind == kind and (kind == "typed" or f.grade in grades)}
    return tuple(sorted(p for p in folder.glob("*.ttf") if p.stem in wanted))


def available_fonts(kind: Kind = "hand", grades: str = "ABC") -> list[Path]:
    """Font files of a kind, sorted by name: the fetched ones, or the bundled ones where none were fetched.

    ``grades`` narrows the hands, "A" to everyday ones; those of grade K are there only if asked for.
    """
    return list(_fonts_in(fetched_folder(), kind, grades) or _fonts_in(BUNDLED, kind, grades))


def bundled_fonts(kind: Kind = "hand", grades: str = "ABC") -> list[Path]:
    """The font files in the repository, so that examples look the same on every machine."""
    return list(_fonts_in(BUNDLED, kind, grades))


@lru_cache(maxsize=512)
def load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """A font at ``size`` pixels an em. The basic layout is three times as fast as raqm and looks the same."""
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=512)
def x_height_ratio(path: Path) -> float:
    """Height of an ``x`` as a share of the em, measured on the glyph: the tables of hand fonts often lie."""
    _, top, _, _ = load_font(path, _MEASURING_SIZE).getbbox("x", anchor="ls")
    return max(-top, 1) / _MEASURING_SIZE


@lru_cache(maxsize=512)
def capital_ratio(path: Path) -> float:
    """Height of an ``H`` as a share of the em."""
    _, top, _, _ = load_font(path, _MEASURING_SIZE).getbbox("H", anchor="ls")
    return max(-top, 1) / _MEASURING_SIZE


@lru_cache(maxsize=65536)
def has_glyph(path: Path, character: str) -> bool:
    """Whether the font draws ``character`` as anything but its box for missing glyphs."""
    if character == " ":
        return True
    font = load_font(path, 48)
    drawn = font.getmask(character)
    if not drawn.getbbox():
        return False
    missing = font.getmask("\uffff")
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def covers(path: Path, text: str) -> bool:
    """Whether the font has a glyph for every character of ``text``."""
    return all(has_glyph(path, c) for c in set(text))


def fonts_for(text: str, kind: Kind = "hand", grades: str = "ABC") -> list[Path]:
    """The available fonts of a kind that can write ``text``; may be empty."""
    return [p for p in available_fonts(kind, grades) if covers(p, text)]
