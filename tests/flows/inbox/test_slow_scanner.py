"""Scanners that show a file long before it is whole, beside a real watcher process."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from inkfield.flows.inbox.false_failure import is_beginning
from inkfield.flows.inbox.folder import (
    EMPTY_PATIENCE,
    PATIENCE,
    TIFF_PATIENCE,
    Inbox,
    Settling,
    look,
    open_inbox,
)
from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query
from tests.support.paper import text_page

SETTLE = 0.4
PAGES = [Image.fromarray(text_page(lines=2 + number, dpi=60)) for number in range(4)]


def packed(number: int, kind: str) -> bytes:
    out = io.BytesIO()
    PAGES[number].copy().save(out, kind)  # Pillow keeps what it packed last
    return out.getvalue()


def tiff(pages: int) -> bytes:
    out = io.BytesIO()
    PAGES[0].copy().save(out, "TIFF", save_all=True, append_images=PAGES[1:pages], compression="tiff_lzw")
    return out.getvalue()


@contextmanager
def watching(inbox: Path, url: str) -> Iterator[None]:
    """`inkfield watch` in a process of its own, ended in order."""
    call = [
        sys.executable,
        "-m",
        "inkfield.flows.commands.cli",
        "watch",
        str(inbox),
        "--db",
        url,
        "--workers",
        "1",
    ]
    process = subprocess.Popen(
        [*call, "--settle", str(SETTLE), "--log", "json"],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    began = threading.Event()
    log: list[str] = []

    def follow() -> None:
        for line in process.stderr or ():
            log.append(line)
            if '"watching"' in line:
                began.set()

    threading.Thread(target=follow, daemon=True).start()
    try:
        assert began.wait(120), log
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def at_rest(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def wait_for(names: set[str], folder: Path) -> None:
    end = time.monotonic() + 120
    while not names <= set(at_rest(folder)):
        assert time.monotonic() < end, at_rest(folder)
        time.sleep(0.1)


def test_what_a_slow_scanner_writes_is_taken_once_and_whole(tmp_path: Path) -> None:
    inbox, url = tmp_path / "inbox", f"sqlite:///{tmp_path / 'rows.db'}"
    inbox.mkdir()
    whole = {"half.jpg": packed(1, "JPEG"), "half.png": packed(2, "PNG"), "lexmark.pdf": packed(3, "PDF")}
    late = packed(0, "WEBP")
    with watching(inbox, url):
        for name, content in whole.items():
            (inbox / name).write_bytes(b"" if name == "lexmark.pdf" else content[: len(content) // 2])
        (inbox / "scan.xml").write_text("<scan/>")
        (inbox / "late.webp").write_bytes(late[:200])  # never gets its end while it is waited for
        for pages in (1, 2, 3):
            (inbox / "growing.tif").write_bytes(tiff(pages))
            time.sleep(3 * SETTLE)
        wait_for({"scan.xml"}, inbox / "done")
        assert at_rest(inbox / "failed") == []
        assert at_rest(inbox / "done") == ["scan.xml"]
        for name, content in whole.items():
            (inbox / name).write_bytes(content)
        wait_for({*whole, "growing.tif"}, inbox / "done")
        wait_for({"late.webp.reason.txt"}, inbox / "failed")
        (inbox / "late.webp").write_bytes(late)  # whole at last: the failure was none
        wait_for({"late.webp"}, inbox / "done")
        end = time.monotonic() + 120
        while at_rest(inbox / "failed") and time.monotonic() < end:
            time.sleep(0.1)
    assert at_rest(inbox / "failed") == []
    engine = open_database(url)
    read = run_query(engine, "SELECT file_name, page_count FROM documents WHERE status <> 'failed'")[1]
    assert sorted(read) == [
        ("growing.tif", 3),
        ("half.jpg", 1),
        ("half.png", 1),
        ("late.webp", 1),
        ("lexmark.pdf", 1),
    ]
    assert run_query(engine, "SELECT count(*) FROM documents")[1] == [(5,)]
    assert run_query(engine, "SELECT count(*) FROM batches WHERE status <> 'done'")[1] == [(0,)]
    engine.dispose()


# --- the same, by a clock of the test -----------------------------------------------------------------------


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return open_inbox(tmp_path)


def is_complete(inbox: Inbox, settling: Settling, now: float) -> bool:
    (drop,) = look(inbox)
    settling.note([drop], now)
    return settling.is_complete(drop, now)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "JPEG2000", "PDF"])
def test_half_a_file_is_waited_for_and_taken_at_last(inbox: Inbox, kind: str) -> None:
    settling, content = Settling(inbox, 5.0), packed(1, kind)
    (inbox.root / "scan").write_bytes(content[: len(content) // 2])
    assert not is_complete(inbox, settling, 0.0)
    assert not is_complete(inbox, settling, 5.0 * PATIENCE - 1)
    assert is_complete(inbox, settling, 5.0 * PATIENCE)
    (inbox.root / "scan").write_bytes(content)
    assert not is_complete(inbox, settling, 60.0)
    assert is_complete(inbox, settling, 65.0)


def test_an_empty_file_is_waited_for_longer(inbox: Inbox) -> None:
    settling = Settling(inbox, 5.0)
    (inbox.root / "lexmark.pdf").touch()
    assert not is_complete(inbox, settling, 0.0)
    assert not is_complete(inbox, settling, 5.0 * EMPTY_PATIENCE - 1)
    assert is_complete(inbox, settling, 5.0 * EMPTY_PATIENCE)


def test_a_tiff_is_left_until_no_further_page_comes(inbox: Inbox) -> None:
    settling, now = Settling(inbox, 5.0), 0.0
    for pages in (1, 2, 3):
        (inbox.root / "growing.tif").write_bytes(tiff(pages))
        assert not is_complete(inbox, settling, now)
        now += 9.0
        assert not is_complete(inbox, settling, now - 0.1)
    assert is_complete(inbox, settling, now + 5.0 * TIFF_PATIENCE)


def test_a_tiff_that_grows_slowly_is_left_for_longer(inbox: Inbox) -> None:
    settling = Settling(inbox, 5.0)
    (inbox.root / "growing.tif").write_bytes(tiff(1))
    is_complete(inbox, settling, 0.0)
    (inbox.root / "growing.tif").write_bytes(tiff(2))
    assert not is_complete(inbox, settling, 15.0)
    assert not is_complete(inbox, settling, 15.0 + 44.0)
    assert is_complete(inbox, settling, 15.0 + 45.0)


def test_only_the_beginning_of_a_file_is_replaced_by_it(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    whole = packed(1, "PNG")
    other.write_bytes(whole)
    for part in (b"", whole[:10], whole[:200], whole[:200] + bytes(5000), bytes(300)):
        one.write_bytes(part)
        assert is_beginning(one, other)
    one.write_bytes(tiff(1))
    assert not is_beginning(one, other)
    for part in (whole[:100] + b"x" + whole[101:200], packed(2, "PNG")[:400], whole + b"more"):
        one.write_bytes(part)
        assert not is_beginning(one, other)
