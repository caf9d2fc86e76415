"""Writes flows/reports/unseen.ttf: the font of the text in searchable PDFs, of which nothing is ever seen.

Its one character is empty, as wide as high. Needs fontTools, as the tests do. Run it from the repository's root.
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph

NAMES = [".notdef", "unseen"]


def main() -> None:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(NAMES)
    builder.setupCharacterMap({})
    builder.setupGlyf({name: Glyph() for name in NAMES})
    builder.setupHorizontalMetrics({name: (1000, 0) for name in NAMES})
    builder.setupHorizontalHeader(ascent=750, descent=-250)
    builder.setupNameTable({"familyName": "Unseen", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=750, sTypoDescender=-250)
    builder.setupPost()
    builder.font["head"].created = builder.font["head"].modified = 3_786_912_000  # the same file each time
    builder.font.recalcTimestamp = False
    builder.save(Path("flows/reports/unseen.ttf"))


if __name__ == "__main__":
    main()
