"""The user's own list of words: what is taken of it, and what is said when it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkfield.recognizers.language.word_list import read_word_list


def test_each_word_of_a_phrase_counts_and_signs_do_not(tmp_path: Path) -> None:
    file = tmp_path / "drugs.csv"
    file.write_text("\ufeffMetformin\r\nco-amoxiclav 625 mg\nSt John's Wort;\n\n", encoding="utf-8")
    assert read_word_list(file) == {"Metformin", "co-amoxiclav", "mg", "St", "John's", "Wort"}


@pytest.mark.parametrize("content", [b"", b"12\n34\n", "Müller".encode("latin-1"), b"\xff\xfe\x00"])
def test_what_is_no_list_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"list\.txt"):
        read_word_list(file)
