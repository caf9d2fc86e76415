"""What may come in: limits hold, a worker that needs too much or too long costs one document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.event_log import event, set_up_log
from inkfield.flows.workers.limits import archive_limits, intake_limits
from inkfield.flows.workers.reader_process import Job, ReaderBroken, ReaderProcess, ReaderSetup


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = intake_limits()
    assert (usual.max_bytes, usual.max_pages, usual.max_pixels) == (512 << 20, 1000, 120_000_000)
    monkeypatch.setenv("INKFIELD_MAX_FILE_MB", "3")
    monkeypatch.setenv("INKFIELD_MAX_ARCHIVE_FILES", "7")
    assert intake_limits().max_bytes == 3 << 20
    assert archive_limits().max_files == 7


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "²"])
def test_a_limit_that_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("INKFIELD_MAX_PAGES", text)
    with pytest.raises(ValueError, match="INKFIELD_MAX_PAGES"):
        intake_limits()


def test_a_worker_has_limits_and_tells_when_it_needs_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    cv2.imwrite(str(tmp_path / "large.png"), np.full((9000, 9000, 3), 250, np.uint8))
    cv2.imwrite(str(tmp_path / "small.png"), np.full((60, 200), 250, np.uint8))
    monkeypatch.setenv("INKFIELD_MAX_MEMORY_MB", "500")
    monkeypatch.setenv("INKFIELD_MAX_PAGE_MEGAPIXELS", "90")
    reader = ReaderProcess(ReaderSetup(url))
    batch = batch_rows.begin(url, "limits")
    try:
        codes = [
            reader.read(Job(tmp_path / name, batch), 60).error_code for name in ("large.png", "small.png")
        ]
        assert codes == ["out_of_memory", None]
        assert reader._process.pid == os.getpgid(reader._process.pid or 0)  # leads a group
    finally:
        reader.close()


def test_a_wrong_limit_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKFIELD_MAX_MEMORY_MB", "plenty")
    reader = ReaderProcess(ReaderSetup(f"sqlite:///{tmp_path / 'rows.db'}"))
    with pytest.raises(ReaderBroken, match="INKFIELD_MAX_MEMORY_MB"):
        reader.await_ready()
    reader.close()


def test_a_worker_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from inkfield.flows.workers.reader_process import ReaderProcess, ReaderSetup\n"
        "if __name__ == '__main__':\n"
        "    reader = ReaderProcess(ReaderSetup(sys.argv[1]))\n"
        "    reader.await_ready()\n"
        "    print(reader._process.pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    (tmp_path / "parent.py").write_text(program)
    done = subprocess.run(
        [sys.executable, tmp_path / "parent.py", f"sqlite:///{tmp_path / 'rows.db'}"],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    worker = int(done.stdout)
    for _ in range(1200):
        if not _is_running(worker):
            return
        time.sleep(0.05)
    raise AssertionError("the worker goes on without its parent")


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@pytest.mark.parametrize("as_json", [True, False])
def test_an_event_is_one_line_whatever_the_file_is_called(
    as_json: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKFIELD_LOG", "text")
    set_up_log(as_json)
    event("document", file="a\n\x1b[31mb\udce9.pdf", code=None)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.isprintable()
    if as_json:
        found = json.loads(line)
        assert (
            found["event"] == "document" and found["file"] == "a\n\x1b[31mb\udce9.pdf" and "code" not in found
        )
