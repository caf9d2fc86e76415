"""What reads a file without a database has the limits, and loses no more than a worker process by it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.workers import page_clock
from inkfield.flows.workers.page_clock import PageClock
from inkfield.flows.workers.read_isolated import ask_all
from inkfield.flows.workers.reader_process import DocumentLost, ReaderProcess
from tests.support.pdf_paper import stream, write_pdf


@pytest.fixture
def two_pages(tmp_path: Path) -> Path:
    page = Image.new("L", (300, 100), 250)
    page.save(tmp_path / "two.tif", save_all=True, append_images=[page])
    return tmp_path / "two.tif"


@pytest.mark.parametrize("command", ["read", "explain"])
def test_limits_hold_in_every_command(
    command: str, two_pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INKFIELD_MAX_PAGES", "1")
    refused = CliRunner().invoke(app, [command, str(two_pages)])
    assert refused.exit_code == 3 and "too_many_pages" in refused.output and "two.tif" in refused.output


def test_a_limit_that_is_no_number_is_told(two_pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKFIELD_MAX_PAGE_SECONDS", "two")
    wrong = CliRunner().invoke(app, ["read", str(two_pages)])
    assert wrong.exit_code == 2 and "INKFIELD_MAX_PAGE_SECONDS" in wrong.output


def test_limits_hold_when_cheques_are_evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("L", (2000, 900), 250).save(tmp_path / "a.png")
    label = {"image": "a.png", "payee": "A", "amount": "1.00", "legal_amount": "1.00", "date": "2026-01-01"}
    (tmp_path / "labels.jsonl").write_text(json.dumps(label))
    monkeypatch.setenv("INKFIELD_MAX_PAGE_MEGAPIXELS", "1")
    found = CliRunner().invoke(app, ["evaluate", "--cheques", str(tmp_path), "--json"])
    assert found.exit_code == 0 and json.loads(found.stdout)["posted_rate"] == 0


@dataclass(frozen=True)
class Sleeper:
    """A worker process in which some pages take long, and one kills it."""

    def open(self, on_page: Callable[[int], None]) -> Callable[[float], float]:
        def answer(seconds: float) -> float:
            if seconds < 0:
                os._exit(9)
            for page in (1, 2, 3):
                on_page(page)
                time.sleep(seconds)
            on_page(0)
            if seconds > 0.5:
                time.sleep(2.2)  # what is done when all pages are read does not count
            return seconds

        return answer


def test_a_page_has_a_time_limit_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKFIELD_MAX_PAGE_SECONDS", "2")
    answers = list(
        ask_all(Sleeper(), [0.8, 3600.0, 0.1, -1.0, 0.2], 1)
    )  # three pages of 0.8 s: more than 2 s
    assert [answers[0], answers[2], answers[4]] == [0.8, 0.1, 0.2]
    late, dead = answers[1], answers[3]
    assert isinstance(late, DocumentLost) and late.code == "page_timed_out" and "Page 1 took" in str(late)
    assert isinstance(dead, DocumentLost) and dead.code == "worker_died"


def test_the_time_limit_of_the_document_still_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = ReaderProcess(Sleeper())
    with pytest.raises(DocumentLost) as lost:
        reader.ask(30.0, 1.0)
    assert lost.value.code == "timed_out"
    assert reader.ask(0.0, 60.0) == 0.0
    reader.close()


def test_the_clock_tells_once_and_only_of_the_page_in_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]  # moved by the test: how busy the machine is does not count
    monkeypatch.setattr(page_clock, "time", SimpleNamespace(monotonic=lambda: now[0]))
    told: list[int] = []
    late = threading.Event()

    def tell(page: int) -> None:
        told.append(page)
        late.set()

    clock = PageClock(0.01, tell)
    for page in range(1, 8):
        clock.on_page(page)
        time.sleep(0.02)  # in which the thread of the clock looks
        now[0] += 0.009
    clock.on_page(0)
    now[0] += 100.0
    time.sleep(0.1)
    assert told == []
    clock.on_page(9)
    now[0] += 0.02
    assert late.wait(60)
    now[0] += 100.0
    time.sleep(0.1)
    assert told == [9]


def test_a_page_that_poppler_cannot_draw_in_time_costs_that_page_only(tmp_path: Path) -> None:
    from inkfield.pipeline.intake import IntakeLimits, open_pages
    from inkfield.schemas.errors import Truncated

    # Half a million curves, each over the whole page: some minutes of drawing.
    content = "0.1 w " + "0 0 m 9 700 500 9 590 800 c S " * 300_000
    path = write_pdf(tmp_path / "curves.pdf", content, (595, 842), {10: stream("", b"")}, resources="")
    with pytest.raises(Truncated, match=r"curves\.pdf"):
        list(open_pages(path, IntakeLimits(page_seconds=1.0)))
