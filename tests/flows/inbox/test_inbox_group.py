"""Those who drop files may be let read why one failed; by default nobody but the owner may."""

from __future__ import annotations

import grp
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkfield.flows.inbox.file_away import reserve, settle, write_note
from inkfield.flows.inbox.folder import open_inbox
from inkfield.flows.inbox.group import GroupError

VARIABLE = "INKFIELD_INBOX_GROUP"


@pytest.fixture
def root() -> Iterator[Path]:
    """An inbox that other users can reach, as a share is."""
    folder = Path(tempfile.mkdtemp(prefix="inbox-", dir="/tmp"))
    folder.chmod(0o755)
    before = os.umask(0o077)
    yield folder
    os.umask(before)
    shutil.rmtree(folder)


def fail(root: Path) -> Path:
    """Puts a document to rest in failed/, as a watcher does; returns its note."""
    inbox = open_inbox(root)
    document = inbox.processing / "bad.pdf"
    document.write_bytes(b"%PDF")
    place = reserve(document, inbox.failed, "2026/11/27/bad.pdf")
    write_note(place, ".reason.txt", {"error": "truncated"})
    settle(document, place)
    return place.with_name("bad.pdf.reason.txt")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_by_default_the_owner_alone_looks_into_them(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    note = fail(root)
    for path in (note.parent, root / "done", root / "failed", root / "processing"):
        assert mode(path) == 0o700
    assert mode(note) == 0o600


def test_the_group_enters_and_reads_the_reason(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = grp.getgrall()[-1] if os.geteuid() == 0 else grp.getgrgid(os.getgid())
    monkeypatch.setenv(VARIABLE, group.gr_name)
    fail(root)  # folders that were there before are given to the group, too
    note = fail(root)
    folders = [root / "failed", *(root / "failed").rglob("*")]
    for path in filter(Path.is_dir, folders):
        assert (mode(path), path.stat().st_gid) == (0o2750, group.gr_gid)
    assert (mode(note), note.stat().st_gid) == (0o640, group.gr_gid)
    assert mode(root / "processing") == 0o700
    if os.geteuid() == 0:
        read = ["/bin/cat", str(note)]
        member = subprocess.run(
            read, user=65534, group=65534, extra_groups=[group.gr_gid], capture_output=True
        )
        assert b"truncated" in member.stdout
        assert subprocess.run(
            read, cwd="/", user=65534, group=65534, extra_groups=[], capture_output=True
        ).returncode


def test_a_group_that_is_not_there_is_told_before_anything_is_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "no-such-group")
    with pytest.raises(GroupError, match="there is no group no-such-group"):
        open_inbox(root)
