"""Documents in an object store: a real S3 server (moto) on a loopback port."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from upath import UPath

from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.inputs import NoSuchPath, find_documents
from inkfield.flows.workers.read_into_database import DocumentReader
from inkfield.flows.workers.reader_process import ReaderSetup
from inkfield.flows.workers.storage import Unreachable, local_copy, to_path
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.errors import FileTooLarge


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An S3 server with an empty bucket ``claims``, told to everyone by the environment."""
    moto = pytest.importorskip("moto.server")
    pytest.importorskip("s3fs")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        UPath("s3://claims").mkdir()
        yield
    server.stop()


@pytest.fixture
def scan(tmp_path: Path) -> bytes:
    image = np.full((400, 1200), 250, np.uint8)
    cv2.putText(image, "Paid in full", (60, 220), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 2.2, 20, 3)
    cv2.imwrite(str(tmp_path / "scan.png"), image)
    return (tmp_path / "scan.png").read_bytes()


def test_a_prefix_is_searched_as_a_folder_is(s3: None, scan: bytes) -> None:
    for key in ("day/a.png", "day/deep/b.PDF", "day/notes.txt", "day/.trash/c.png", "other/d.png"):
        UPath(f"s3://claims/{key}").write_bytes(scan)
    found = find_documents(["s3://claims/day/", "s3://claims/day/a.png"])
    assert [str(path) for path in found] == ["s3://claims/day/a.png", "s3://claims/day/deep/b.PDF"]


def test_a_document_of_a_bucket_is_read_into_the_database(s3: None, scan: bytes, tmp_path: Path) -> None:
    UPath("s3://claims/read/scan.png").write_bytes(scan)
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    (document,) = find_documents(["s3://claims/read/"])
    reader = DocumentReader(ReaderSetup(url))
    batch = batch_rows.begin(url, "bucket")
    first, second = reader.read(document, batch), reader.read(document, batch)
    assert (first.status, second.already_read) == ("review", True)
    stored = run_query(batch_rows.engine(url), "SELECT file_name, path, sha256 FROM documents")[1]
    assert stored == [("scan.png", "s3://claims/read/scan.png", hashlib.sha256(scan).hexdigest())]


def test_a_document_that_the_store_does_not_give_has_its_row(s3: None, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    batch = batch_rows.begin(url, "bucket")
    outcome = DocumentReader(ReaderSetup(url)).read(to_path("s3://claims/gone.pdf"), batch)
    assert (outcome.status, outcome.error_code) == ("failed", "unreachable")
    stored = run_query(batch_rows.engine(url), "SELECT file_name, status, error_code FROM documents")[1]
    assert stored == [("gone.pdf", "failed", "unreachable")]


def test_the_copy_is_gone_after_reading_and_large_ones_are_never_fetched(s3: None, scan: bytes) -> None:
    UPath("s3://claims/copy/scan.png").write_bytes(scan)
    path = to_path("s3://claims/copy/scan.png")
    with local_copy(path) as copy:
        assert copy.read_bytes() == scan
        assert copy.parent.stat().st_mode & 0o077 == 0
    assert not copy.exists()
    with pytest.raises(FileTooLarge, match=r"scan\.png"), local_copy(path, max_bytes=10):
        pass
    with pytest.raises(Unreachable, match=r"none\.png"), local_copy(to_path("s3://claims/none.png")):
        pass


@pytest.mark.parametrize("name", ["s3://no-such-bucket/x", "nosuch://bucket/x", "s3://claims/none/"])
def test_what_is_not_there_is_named(s3: None, name: str) -> None:
    with pytest.raises(NoSuchPath, match=name.split(":")[0]):
        find_documents([name])


def test_local_files_are_left_where_they_are(tmp_path: Path, scan: bytes) -> None:
    path = to_path(f"file://{tmp_path}/scan.png")
    assert path == tmp_path / "scan.png"
    with local_copy(path) as same:
        assert same == path
    assert path.exists()


def test_the_command_line_takes_a_bucket(s3: None, scan: bytes) -> None:
    UPath("s3://claims/text/scan.png").write_bytes(scan)
    command = [sys.executable, "-m", "inkfield", "read", "s3://claims/text/scan.png"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
