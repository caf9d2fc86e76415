"""Places of rest: no name is used twice, no document is overwritten, no link is followed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.flows.inbox.file_away import DUPLICATE, LONGEST, REASON, reserve, safe_name, settle, write_note


@pytest.fixture(params=["links", "no links"])
def file_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is, and as a network share without hard links."""

    def no_links(*arguments: object, **more: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if request.param == "no links":
        monkeypatch.setattr(os, "link", no_links)


def rest(document: Path, base: Path, inside: str) -> Path:
    place = reserve(document, base, inside)
    settle(document, place)
    return place


@pytest.mark.usefixtures("file_system")
def test_documents_of_one_name_all_come_to_rest(tmp_path: Path) -> None:
    places = []
    (tmp_path / "done").mkdir()
    for number in range(3):
        document = tmp_path / "a.pdf"
        document.write_text(str(number))
        places.append(rest(document, tmp_path / "done", "2026/01/02/a.pdf"))
    assert [place.name for place in places] == ["a.pdf", "a (2).pdf", "a (3).pdf"]
    assert [place.read_text() for place in places] == ["0", "1", "2"]
    assert not (tmp_path / "a.pdf").exists()
    assert (tmp_path / "done" / "2026").stat().st_mode & 0o777 == 0o700


def test_a_move_that_was_cut_off_ends_at_the_same_place(tmp_path: Path) -> None:
    document = tmp_path / "a.pdf"
    document.write_text("a")
    first = reserve(document, tmp_path, "day/a.pdf")  # and killed
    assert reserve(document, tmp_path, "day/a.pdf") == first
    settle(document, first)
    settle(document, first)  # another watcher, at the same time
    assert [path.name for path in (tmp_path / "day").iterdir()] == ["a.pdf"]


def test_a_document_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reserve(tmp_path / "gone.pdf", tmp_path, "day/gone.pdf")


@pytest.mark.usefixtures("file_system")
def test_nothing_is_put_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "done").mkdir()
    (tmp_path / "done" / "batch").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "a.pdf").write_text("a")
    place = rest(tmp_path / "a.pdf", tmp_path / "done", "batch/a.pdf")
    assert place == tmp_path / "done" / "batch (2)" / "a.pdf"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_link_is_moved_itself(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "a.pdf").symlink_to(tmp_path / "secret")
    place = rest(tmp_path / "a.pdf", tmp_path, "failed/a.pdf")
    assert place.is_symlink() and not (tmp_path / "a.pdf").is_symlink()
    assert (tmp_path / "secret").read_text() == "secret"


def test_a_note_says_one_thing_a_line(tmp_path: Path) -> None:
    write_note(tmp_path / "a.pdf", REASON, {"code": "truncated", "message": "a\nb: c", "none": None})
    assert (tmp_path / "a.pdf.reason.txt").read_text() == "code: truncated\nmessage: a b: c\n"


@given(st.binary(min_size=1, max_size=255).filter(lambda name: b"/" not in name and b"\0" not in name))
def test_any_name_gets_a_safe_one(name: bytes) -> None:
    safe = safe_name(os.fsdecode(name))
    assert safe.isprintable()
    assert 0 < len(safe.encode()) <= LONGEST + 1
    assert not safe.endswith((REASON, DUPLICATE))
    assert "/" not in safe


def test_an_ordinary_name_stays() -> None:
    assert safe_name("Übung 3 (a).pdf") == "Übung 3 (a).pdf"
    assert safe_name("x" * 300 + ".pdf").endswith("xx.pdf")
