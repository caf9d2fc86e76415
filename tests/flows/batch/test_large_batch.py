"""A large batch that workers of the engine share, from the command line; workers die in the middle, and the batch."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

pytest.importorskip("distributed", reason="needs Dask: pip install 'inkfield[engine]'")

from prefect.settings import PREFECT_API_URL, temporary_settings

from inkfield.flows.batch.process_large_batch import LargeBatch, process_large_batch
from inkfield.flows.commands.cli import app
from inkfield.flows.engine.chunk import READERS, Chunk, WrongDatabase, read_chunk
from inkfield.flows.workers import batch_rows
from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query
from tests.support.engine_processes import Engine, running_engine
from tests.support.prefect_processes import Environment, kill_tree, listed

GOOD = 8
TWICE = "SELECT count(*) FROM (SELECT 1 FROM pages GROUP BY document_id, number HAVING count(*) > 1) AS t"


def write_page(path: Path, words: str, lines: int = 1) -> None:
    image = np.full((300 * lines, 900), 250, np.uint8)
    for line in range(lines):
        place = 60, 180 + 300 * line
        cv2.putText(image, f"{words} {line}", place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    cv2.imwrite(str(path), image)


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of writing, a copy of one of them, and one file of no use."""
    folder = tmp_path_factory.mktemp("inbox")
    for number in range(GOOD):
        write_page(folder / f"{number}.png", f"Paid {number}")
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 and no more")
    return folder


@pytest.fixture(scope="module")
def environment(
    prefect_server: str, prefect_environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    url = f"sqlite:///{tmp_path_factory.mktemp('rows')}/rows.db"
    open_database(url).dispose()
    return {**prefect_environment, "INKFIELD_DATABASE_URL": url}


@pytest.fixture(scope="module")
def engine(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two workers, each started again when it dies, as systemd and compose do."""
    with running_engine(environment, tmp_path_factory.mktemp("log") / "engine.log", 2) as running:
        environment["INKFIELD_ENGINE"] = running.address
        yield running


def start(environment: Environment, folder: Path) -> subprocess.Popen[str]:
    """`inkfield process FOLDER --spread`"""
    command = [sys.executable, "-m", "inkfield", "process", str(folder), "--spread", "--json"]
    return subprocess.Popen(
        [*command, "--chunk-size", "3"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def rows(environment: Environment, sql: str) -> list[tuple[Any, ...]]:
    engine = open_database(environment["INKFIELD_DATABASE_URL"])
    try:
        return run_query(engine, sql)[1]
    finally:
        engine.dispose()


def await_read(environment: Environment, count: int) -> None:
    query = "SELECT count(*) FROM documents WHERE status IN ('done', 'review', 'failed')"
    while rows(environment, query)[0][0] < count:
        time.sleep(0.1)


@pytest.mark.timeout(
    600
)  # some 60 s of CPU with the starts of all processes: on a busy machine that is minutes
def test_a_worker_and_then_the_batch_are_killed_and_the_same_call_again_completes_it(
    engine: Engine, environment: Environment, inbox: Path
) -> None:
    batch = start(environment, inbox)
    await_read(environment, 1)
    engine.kill_a_worker(random.Random(1))
    await_read(environment, 3)
    kill_tree(batch.pid)
    batch.communicate()

    again = start(environment, inbox)
    figures = json.loads(again.communicate()[0])
    assert again.returncode == 3  # bad.pdf
    assert (figures["documents"], figures["failed"], figures["unsettled"]) == (GOOD + 2, 1, 0)
    assert figures["codes"] == {"truncated": 1}
    assert rows(environment, "SELECT status, count(*) FROM documents GROUP BY status ORDER BY status") == [
        ("failed", 1),
        ("review", GOOD),
    ]
    assert rows(environment, TWICE) == [(0,)]
    assert rows(environment, "SELECT count(*) FROM pages") == [(GOOD,)]
    artifacts = listed(environment["PREFECT_API_URL"], "artifacts")
    mine = [one for one in artifacts if one["key"] == f"batch-{figures['batch_id']}"]
    summary = max(mine, key=lambda one: str(one["created"]))["data"]
    assert "truncated" in summary and "Paid" not in summary


@pytest.mark.timeout(600)
def test_a_document_that_kills_its_worker_three_times_is_named_and_the_others_are_read(
    engine: Engine, environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("INKFIELD_DATABASE_URL", "INKFIELD_ENGINE"):
        monkeypatch.setenv(name, environment[name])
    write_page(tmp_path / "deadly.png", "much to read", lines=12)
    for name in ("before.png", "later.png", "last.png"):
        write_page(tmp_path / name, name)
    deaths = sum(engine.deaths.values())
    with temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}):
        result = process_large_batch([tmp_path])
    assert isinstance(result, LargeBatch)
    assert (result.counts.review, result.counts.codes) == (3, {"kills_worker": 1})
    named = rows(environment, "SELECT file_name FROM documents WHERE error_code = 'kills_worker'")
    assert named == [("deadly.png",)]
    assert sum(engine.deaths.values()) - deaths == 3
    assert rows(environment, TWICE) == [(0,)]


def test_a_chunk_twice_is_the_same_rows_and_belongs_to_one_database(
    inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/rows.db"
    monkeypatch.setenv("INKFIELD_DATABASE_URL", url)
    batch_rows.begin(url, "batch", key="night")
    chunk = Chunk("night", (str(inbox / "0.png"), str(inbox / "copy.png")), None, 60.0)
    try:
        assert [read_chunk(chunk).left for _ in range(2)] == [{}, {}]
    finally:
        READERS.close()
    there = {"INKFIELD_DATABASE_URL": url}
    assert rows(there, "SELECT status, begun FROM documents") == [("review", 0)]
    assert rows(there, "SELECT count(*) FROM pages") == [(1,)]
    with pytest.raises(WrongDatabase):
        read_chunk(Chunk("of another database", chunk.paths, None, 60.0))


@pytest.mark.parametrize(
    ("engine_address", "message"),
    [("", "export INKFIELD_ENGINE=tcp://HOST:8786"), ("tcp://127.0.0.1:1", "Start it: inkfield engine head")],
)
def test_without_an_engine_the_command_says_how_to_start_one(
    inbox: Path, monkeypatch: pytest.MonkeyPatch, engine_address: str, message: str
) -> None:
    monkeypatch.setenv("INKFIELD_ENGINE", engine_address)
    monkeypatch.setattr("inkfield.flows.engine.machines.ANSWER_SECONDS", 1.0)
    called = CliRunner().invoke(app, ["process", str(inbox), "--spread"], env={"COLUMNS": "200"})
    assert called.exit_code == 2
    assert message in " ".join(called.stderr.split())
