"""Fonts: the bundled ones write what forms hold, with no network."""

from pathlib import Path

import pytest

from inkfield.recognizers.alphabet import DEFAULT
from inkfield.recognizers.synthesis import fonts
from inkfield.recognizers.synthesis.fonts import (
    available_fonts,
    bundled_fonts,
    covers,
    families,
    fonts_for,
    has_glyph,
)


@pytest.fixture
def nothing_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKFIELD_FONTS", str(tmp_path))


def test_without_fetched_fonts_the_bundled_ones_are_used(nothing_fetched: None) -> None:
    assert available_fonts("hand") == bundled_fonts("hand")
    assert len(available_fonts("hand")) >= 8
    assert len(available_fonts("typed")) >= 2


def test_every_bundled_font_has_its_licence_beside_it() -> None:
    for font in [*bundled_fonts("hand"), *bundled_fonts("typed")]:
        assert font.with_name(f"{font.stem}.LICENCE.txt").stat().st_size > 1000


def test_bundled_fonts_stay_small() -> None:
    assert sum(f.stat().st_size for f in fonts.BUNDLED.glob("*.ttf")) < 1_000_000


def test_bundled_fonts_write_letters_figures_and_umlauts() -> None:
    for font in [*bundled_fonts("hand"), *bundled_fonts("typed")]:
        assert covers(font, "Müller & Söhne, 12,34,567/- (Élodie) 45.67")


def test_some_bundled_hand_writes_every_character_of_the_alphabet() -> None:
    for character in DEFAULT.characters:
        assert any(has_glyph(font, character) for font in bundled_fonts("hand")), character


def test_a_font_without_a_glyph_does_not_cover_it() -> None:
    font = bundled_fonts("hand")[0]
    assert not has_glyph(font, "漢")
    assert not covers(font, "a漢")
    assert covers(font, "")


def test_fonts_for_a_text_can_write_it(nothing_fetched: None) -> None:
    found = fonts_for("₹ 500")
    assert found
    assert all(covers(font, "₹ 500") for font in found)


def test_the_table_names_a_package_a_version_and_a_licence_for_each_family() -> None:
    assert len(families()) > 100
    for family in families().values():
        assert family.grade in ("A", "B", "C", "K", "typed")
        assert family.package and family.version[0].isdigit() and family.licence


def test_hands_that_know_only_capitals_are_left_out_unless_asked_for() -> None:
    capitals = {name for name, family in families().items() if family.grade == "K"}
    assert "permanent-marker" in capitals
    assert not capitals & {font.stem for font in available_fonts("hand")}
