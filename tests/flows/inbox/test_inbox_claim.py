"""Claims: taken once, taken over from the dead and not from the living, laid out whole."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inkfield.flows.inbox import owner as inbox_owner
from inkfield.flows.inbox.claim import Claim, ClaimLost, claim_drop, take_over
from inkfield.flows.inbox.folder import Inbox, open_inbox
from inkfield.flows.inbox.owner import Owner

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return open_inbox(tmp_path)


def claimed(inbox: Inbox, owner: str, name: str) -> Claim:
    return Claim(claim_drop(inbox, owner, inbox.root / name, NOW))


def run_watcher(inbox: Inbox, then: str) -> subprocess.Popen[bytes]:
    """Another process that takes a.pdf, and then does so."""
    program = (
        "import sys, time, os; from datetime import datetime; from pathlib import Path;"
        "from inkfield.flows.inbox.folder import open_inbox; from inkfield.flows.inbox.claim import claim_drop;"
        "from inkfield.flows.inbox.owner import Owner; inbox = open_inbox(Path(sys.argv[1]));"
        "owner = Owner(inbox.processing);"
        "claim_drop(inbox, owner.name, inbox.root / 'a.pdf', datetime.now().astimezone());"
        f"print('taken', flush=True); {then}"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(inbox.root)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"taken\n"
    return process


def test_a_claim_takes_a_file_out_of_the_inbox(inbox: Inbox) -> None:
    (inbox.root / "a.pdf").write_bytes(b"a")
    claim = claimed(inbox, "me", "a.pdf")
    assert not (inbox.root / "a.pdf").exists()
    list(claim.lay_out())
    assert [claim.inside(document) for document in claim.documents()] == ["a.pdf"]
    assert claim.note.day == "2026/03/04"
    with pytest.raises(ClaimLost):
        claim_drop(inbox, "other", inbox.root / "a.pdf", NOW)


def test_a_claim_of_a_living_watcher_is_left_to_it_and_of_a_dead_one_taken(inbox: Inbox) -> None:
    (inbox.root / "a.pdf").write_bytes(b"a")
    other = run_watcher(inbox, "time.sleep(60)")
    owner = Owner(inbox.processing)
    try:
        assert list(take_over(inbox, owner, set())) == []
        other.kill()
        other.wait()
        (folder,) = take_over(inbox, owner, set())
        assert Claim(folder).is_of(owner.name)
        assert list(take_over(inbox, owner, {folder.name})) == []
    finally:
        owner.close()


def test_a_watcher_of_another_machine_is_dead_only_when_it_was_silent_for_long(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox.root / "a.pdf").write_bytes(b"a")
    run_watcher(inbox, "os.kill(os.getpid(), 9)").wait()
    owner = Owner(inbox.processing)
    try:
        monkeypatch.setattr(inbox_owner, "_boot", lambda: "another machine")
        assert list(take_over(inbox, owner, set())) == []
        (file,) = (f for f in (inbox.processing / ".watchers").iterdir() if f.name != owner.name)
        os.utime(file, (1, 1))
        assert len(list(take_over(inbox, owner, set()))) == 1
    finally:
        owner.close()


def test_two_watchers_never_both_take_one_over(inbox: Inbox) -> None:
    for number in range(20):
        (inbox.root / f"{number}.pdf").write_bytes(b"a")
        claim_drop(inbox, "dead", inbox.root / f"{number}.pdf", NOW)
    one, two = Owner(inbox.processing), Owner(inbox.processing)
    first, second = take_over(inbox, one, set()), take_over(inbox, two, set())
    taken = []
    for _ in range(20):  # in turns
        taken += [folder for folder in (next(first, None), next(second, None)) if folder]
    assert len(taken) == len(set(taken)) == 20
    one.close()
    two.close()


def test_beginnings_and_ends_of_claims_are_swept_away(inbox: Inbox) -> None:
    (inbox.processing / ".dead-1.20260304T050607-ab" / "drop").mkdir(parents=True)
    owner = Owner(inbox.processing)
    (inbox.processing / f".{owner.name}.20260304T050607-cd").mkdir()
    assert list(take_over(inbox, owner, set())) == []
    left = sorted(path.name for path in inbox.processing.iterdir())
    assert left == sorted([".watchers", f".{owner.name}.20260304T050607-cd"])
    owner.close()


def test_a_claim_with_something_in_it_is_never_removed(inbox: Inbox) -> None:
    (inbox.root / "a.pdf").write_bytes(b"a")
    claim = claimed(inbox, "me", "a.pdf")
    with pytest.raises(OSError, match="not empty"):
        claim.close("me")
    list(claim.lay_out())
    with pytest.raises(OSError, match="not empty"):
        claim.close("me")
    assert [document.read_bytes() for document in claim.documents()] == [b"a"]


def test_folders_and_archives_are_laid_out(inbox: Inbox) -> None:
    folder = inbox.root / "batch"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.pdf").write_bytes(b"a")
    (folder / "link.pdf").symlink_to("/etc/passwd")
    (folder / "linked").symlink_to("/etc")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("b.pdf", b"b")
    with zipfile.ZipFile(folder / "evil.zip", "w") as archive:
        archive.writestr("../evil.pdf", b"x")
    claim = claimed(inbox, "me", "batch")
    assert [archive.name for archive in claim.lay_out()] == ["more.zip"]
    assert [claim.inside(document) for document in claim.documents()] == [
        "batch/deep/a.pdf",
        "batch/evil.zip",
        "batch/link.pdf",
        "batch/linked",
        "batch/more.zip/b.pdf",
    ]
    assert Claim(claim.folder).note.refused["batch/evil.zip"][0] == "unsafe_archive"


def test_tries_are_counted_over_lives(inbox: Inbox) -> None:
    (inbox.root / "a.pdf").write_bytes(b"a")
    claim = claimed(inbox, "me", "a.pdf")
    list(claim.lay_out())
    (document,) = claim.documents()
    assert [Claim(claim.folder).note_try(document) for _ in range(3)] == [0, 1, 2]
