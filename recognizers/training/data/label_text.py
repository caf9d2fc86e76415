"""The text of labels, brought to one form whatever data set it comes from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

_ALIKE = str.maketrans("’‘´`“”„–—−ſ\u00a0", "''''\"\"\"---s ")
"""Signs that handwriting does not tell apart: one of each group is written for all."""
_CLOSING = frozenset(".,;:!?)]%")
_OPENING = frozenset("([£$")
_SUFFIX = re.compile(r"'(s|S|d|ll|re|ve|m|t)$|n't$")


def normalise_label(text: str) -> str:
    """NFC, signs that handwriting does not tell apart folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_ALIKE).split())


def detokenise(words: Sequence[str]) -> str:
    """Tokens of an English corpus set as they are written: punctuation stands close to its word.

    A straight quote opens when it is the first of a pair in the line and closes when it is the second.
    """
    text = ""
    glue = True
    open_quotes: set[str] = set()
    for word in words:
        quote = word in ('"', "'")
        closes = word in _CLOSING or word in open_quotes or bool(_SUFFIX.match(word))
        text += word if glue or closes else f" {word}"
        glue = word in _OPENING or (quote and not closes)
        if quote:
            open_quotes ^= {word}
    return text


def read_text(path: Path) -> str:
    """The text of a file of unknown encoding: UTF-16 or UTF-8 where the bytes are that, else Windows-1252.

    Old data sets declare one encoding and hold another. Raises OSError.
    """
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    if b"\x00" in raw[:4]:
        return raw.decode("utf-16-be" if raw[0] == 0 else "utf-16-le", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def read_xml(path: Path) -> ElementTree.Element:
    """The root of an XML file, whatever encoding it declares. Raises OSError and ElementTree.ParseError."""
    text = re.sub(r"^\s*<\?xml.*?\?>", "", read_text(path), count=1, flags=re.DOTALL)
    if "<!ENTITY" in text:  # expanding what a stranger defines can fill the memory
        raise ElementTree.ParseError("entity definitions are not read")
    return ElementTree.fromstring(text)
