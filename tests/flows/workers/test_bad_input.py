"""Bad input among good, through the whole flow: each file gets its own word, and nothing else is harmed by it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pypdf
import pytest
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.pipeline.intake import open_pages
from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.read_only_query import run_query
from tests.support.checkout import EXAMPLES

EXAMPLE = EXAMPLES / "cheque-single.pdf"
EXPECTED = {
    "cut.pdf": "truncated",
    "empty.pdf": "empty_file",
    "letter.docx.pdf": "not_a_document",
    "locked.pdf": "encrypted",
    "long.pdf": "too_many_pages",
    "wall.png": "page_too_large",
    "good.pdf": None,
    "upside-down.png": None,
    "blank.png": None,
}


def bilevel_png_header(side: int) -> bytes:
    """A PNG that says it has ``side`` x ``side`` pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inbox")
    good = EXAMPLE.read_bytes()
    (folder / "good.pdf").write_bytes(good)
    (folder / "cut.pdf").write_bytes(good[: len(good) // 2])
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "letter.docx.pdf").write_bytes(b"PK\x03\x04 a word file by another name")
    (folder / "wall.png").write_bytes(bilevel_png_header(30_000))
    for name, pages, password in (("locked.pdf", 1, "secret"), ("long.pdf", 2000, None)):
        writer = pypdf.PdfWriter()
        for _ in range(pages):
            writer.add_blank_page(595, 842)
        if password:
            writer.encrypt(password)
        writer.write(folder / name)
    scan = next(open_pages(EXAMPLE)).image
    cv2.imwrite(str(folder / "upside-down.png"), cv2.rotate(scan, cv2.ROTATE_180))
    cv2.imwrite(str(folder / "blank.png"), np.full((1169, 827), 250, np.uint8))
    return folder


def test_each_bad_file_gets_its_code_and_the_rest_is_read(inbox: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    result = CliRunner().invoke(app, ["process", str(inbox), "--db", url, "--workers", "1"])
    assert result.exit_code == 3, result.output
    engine = open_database(url)
    stored = run_query(engine, "SELECT file_name, error_code, error_message, status FROM documents")[1]
    assert {name: code for name, code, _, _ in stored} == EXPECTED
    for name, code, message, status in stored:
        assert (status == "failed") == (code is not None)
        if code is not None:
            assert name in message
            assert code in result.output
    amounts = run_query(engine, "SELECT file_name, amount, micr FROM cheque_in ORDER BY file_name")[1]
    assert [row[0] for row in amounts] == ["good.pdf", "upside-down.png"]
    assert amounts[0][1:] == amounts[1][1:] and amounts[0][1] is not None
    blank = run_query(
        engine,
        "SELECT p.status FROM pages p JOIN documents d ON d.id = p.document_id WHERE file_name = 'blank.png'",
    )[1]
    assert blank == [("blank",)]
