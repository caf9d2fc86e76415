"""The inbox: what is dropped there is seen, and taken only when it is complete."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkfield.flows.inbox.folder import (
    Drop,
    Inbox,
    InboxError,
    Settling,
    has_end,
    is_ignored,
    is_in_use,
    look,
    open_inbox,
)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return open_inbox(tmp_path)


def names(inbox: Inbox) -> list[str]:
    return sorted(drop.name for drop in look(inbox))


def is_complete(inbox: Inbox, settling: Settling, now: float) -> bool:
    (drop,) = look(inbox)
    settling.note([drop], now)
    return settling.is_complete(drop, now)


def test_its_own_folders_are_for_their_owner_only(inbox: Inbox) -> None:
    for folder in (inbox.processing, inbox.done, inbox.failed):
        assert folder.stat().st_mode & 0o777 == 0o700
    assert names(inbox) == []


def test_a_folder_that_cannot_be_watched_is_told(tmp_path: Path) -> None:
    with pytest.raises(InboxError, match="no folder"):
        open_inbox(tmp_path / "none")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "done").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InboxError, match="link"):
        open_inbox(tmp_path / "inbox")


def test_files_folders_and_what_is_neither_are_seen(inbox: Inbox) -> None:
    (inbox.root / "a.pdf").write_bytes(b"a")
    (inbox.root / "batch" / "deep").mkdir(parents=True)
    (inbox.root / "batch" / "deep" / "b.pdf").write_bytes(b"b")
    (inbox.root / "empty").mkdir()
    (inbox.root / "link.pdf").symlink_to("/etc/passwd")
    os.mkfifo(inbox.root / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(inbox.root / "socket"))
        kinds = {drop.name: drop.kind for drop in look(inbox)}
    assert kinds == {
        "a.pdf": "file",
        "batch": "folder",
        "link.pdf": "other",
        "pipe": "other",
        "socket": "other",
    }


@pytest.mark.parametrize(
    "name",
    [
        ".hidden",
        "~$letter.pdf",
        "a.pdf.part",
        "a.tmp",
        "a.CRDOWNLOAD",
        "Thumbs.db",
        ".a.pdf.Xy12",
        "a.filepart",
    ],
)
def test_temporary_and_hidden_names_are_ignored(inbox: Inbox, name: str) -> None:
    (inbox.root / name).write_bytes(b"x")
    assert is_ignored(name)
    assert names(inbox) == []


def test_a_folder_nested_without_end_stays_and_is_told(inbox: Inbox) -> None:
    folder = inbox.root / "deep"
    for _ in range(40):
        folder = folder / "d"
    folder.mkdir(parents=True)
    (folder / "a.pdf").write_bytes(b"a")
    (drop,) = look(inbox)
    assert "too deeply" in drop.problem


def test_a_file_is_complete_when_it_did_not_change_for_a_while(inbox: Inbox) -> None:
    settling = Settling(inbox, 5.0)
    (inbox.root / "a.png").write_bytes(b"one")
    assert not is_complete(inbox, settling, 0.0)
    assert not is_complete(inbox, settling, 4.9)
    (inbox.root / "a.png").write_bytes(b"one two")  # grows
    assert not is_complete(inbox, settling, 6.0)
    assert not is_complete(inbox, settling, 10.9)
    assert is_complete(inbox, settling, 11.0)


def test_a_file_of_the_same_size_that_is_written_again_is_not_complete(inbox: Inbox) -> None:
    settling = Settling(inbox, 5.0)
    file = inbox.root / "a.png"
    file.write_bytes(b"one")
    is_complete(inbox, settling, 0.0)
    os.utime(file, ns=(1, 1))
    assert not is_complete(inbox, settling, 6.0)


def test_a_folder_waits_for_the_last_of_its_files(inbox: Inbox) -> None:
    settling = Settling(inbox, 5.0)
    (inbox.root / "batch").mkdir()
    (inbox.root / "batch" / "a.png").write_bytes(b"a")
    is_complete(inbox, settling, 0.0)
    (inbox.root / "batch" / "b.png").write_bytes(b"b")
    assert not is_complete(inbox, settling, 6.0)
    assert is_complete(inbox, settling, 11.0)


def test_a_file_that_a_program_still_writes_is_waited_for(inbox: Inbox) -> None:
    settling = Settling(inbox, 5.0)
    with open(inbox.root / "a.png", "wb") as file:
        file.write(b"half")
        file.flush()
        is_complete(inbox, settling, 0.0)
        assert not is_complete(inbox, settling, 6.0)  # its copying has stalled
    assert is_complete(inbox, settling, 7.0)


@pytest.mark.parametrize(
    ("name", "half", "whole"),
    [
        ("a.pdf", b"%PDF-1.7\nhalf", b"%PDF-1.7\nstartxref\n0\n%%EOF"),
        ("a.zip", b"PK\x03\x04half", b"PK\x05\x06" + bytes(18)),
    ],
)
def test_a_file_without_its_end_is_waited_for_and_taken_at_last(
    inbox: Inbox, name: str, half: bytes, whole: bytes
) -> None:
    settling = Settling(inbox, 5.0)
    file = inbox.root / name
    file.write_bytes(half)
    is_complete(inbox, settling, 0.0)
    assert not is_complete(inbox, settling, 49.0)
    assert is_complete(inbox, settling, 50.0)
    file.write_bytes(whole)
    assert not is_complete(inbox, settling, 51.0)
    assert is_complete(inbox, settling, 56.0)


def test_what_goes_on_changing_is_left_by_a_single_run(inbox: Inbox) -> None:
    settling = Settling(inbox, 1.0)
    for second in range(13):
        (inbox.root / "a.png").write_bytes(bytes(second + 1))
        (drop,) = look(inbox)
        settling.note([drop], float(second))
    assert settling.is_endless(drop, 12.0)


def test_nothing_is_kept_of_what_has_gone(inbox: Inbox) -> None:
    settling = Settling(inbox, 1.0)
    settling.note([Drop("a", "file", (("", 0, 1, 1),))], 0.0)
    settling.note([], 1.0)
    assert settling._seen == {}


def test_a_link_is_never_opened_to_see_whether_it_is_whole(inbox: Inbox) -> None:
    secret = inbox.root.parent / "secret.pdf"
    secret.write_bytes(b"%PDF-1.7\nstartxref")
    (inbox.root / "batch").mkdir()
    (inbox.root / "batch" / "a.pdf").symlink_to(secret)
    (drop,) = look(inbox)
    assert has_end(inbox.root / "batch", drop) and not is_in_use(inbox.root / "batch", drop)
    swapped = Drop("a.pdf", "file", (("", 0o100600, 1, 1),))  # was a file when it was looked at
    assert not has_end(inbox.root / "batch" / "a.pdf", swapped)
    assert is_in_use(inbox.root / "batch" / "a.pdf", swapped)


@given(st.text(max_size=30))
def test_any_name_is_judged(name: str) -> None:
    assert is_ignored(f".{name}")
    assert is_ignored(f"{name}.part")
