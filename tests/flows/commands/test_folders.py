"""`inkfield process FOLDER`: bytes decide, and what is left out is told."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from typer.testing import CliRunner

from inkfield.flows.batch.summary import NAMES, left_out_lines
from inkfield.flows.commands.cli import app
from inkfield.flows.workers.inputs import ARCHIVE, EMPTY, HIDDEN, SIDECAR, UNKNOWN, find_inputs

PICTURE = Image.new("L", (300, 100), 250)


def packed(kind: str) -> bytes:
    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    PICTURE.copy().convert("RGB").save(out, kind)
    return out.getvalue()


READ = {
    "a.bmp": "BMP",
    "b.gif": "GIF",
    "c.jpg": "JPEG",
    "d.jfif": "JPEG",
    "e.jpe": "JPEG",
    "f.jp2": "JPEG2000",
    "g": "JPEG",
    "h.heic": "HEIF",
    "i.webp": "WEBP",
    "scan.pdf.1": "PDF",
    "deep/j.dat": "TIFF",
    "k.txt": "PNG",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    (folder / "deep").mkdir(parents=True)
    for name, kind in READ.items():
        (folder / name).write_bytes(packed(kind))
    for name in ("c.xml", "c.csv", "c.TXT", "c.json", "c.md5", "scan.log"):
        (folder / name).write_text("batch 7")
    for name in ("Thumbs.db", ".DS_Store"):
        (folder / name).write_bytes(b"\0\0\0\1Bud1")
    (folder / "notes.docx").write_text("no document")
    (folder / "deep" / "nothing").touch()
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("a.pdf", packed("PDF"))
    (folder / ".trash" / "old").mkdir(parents=True)
    for name in ("a.pdf", "old/b.pdf"):
        (folder / ".trash" / name).write_bytes(packed("PDF"))
    return folder


def test_all_that_can_be_read_is_and_the_rest_is_named(folder: Path) -> None:
    inputs = find_inputs([folder])
    assert {str(path.relative_to(folder)) for path in inputs.documents} == set(READ)
    why = {str(Path(name).relative_to(folder)): reason for name, reason in inputs.left_out.items()}
    sidecars = ("c.xml", "c.csv", "c.TXT", "c.json", "c.md5", "scan.log", "Thumbs.db", ".DS_Store")
    assert why == {
        **dict.fromkeys(sidecars, SIDECAR),
        "notes.docx": UNKNOWN,
        "deep/nothing": EMPTY,
        "more.zip": ARCHIVE,
        ".trash": HIDDEN,
    }


def test_a_file_that_is_called_a_document_is_taken_and_told_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_text("no document")
    (tmp_path / "empty.tif").touch()
    assert len(find_inputs([tmp_path]).documents) == 2


def test_a_file_that_is_named_is_never_left_out(folder: Path) -> None:
    inputs = find_inputs([folder, folder / "notes.docx"])
    assert folder / "notes.docx" in inputs.documents
    assert str(folder / "notes.docx") not in inputs.left_out


def test_many_names_are_cut_short() -> None:
    (line,) = left_out_lines({f"/x/{number}.xml": SIDECAR for number in range(500)})
    assert line.startswith("500 files left out") and f"and {500 - NAMES} more" in line


def test_what_is_left_out_stands_in_the_summary_and_in_the_json(tmp_path: Path) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "page.bmp").write_bytes(packed("BMP"))
    (folder / "notes.docx").write_text("no document")
    (folder / "page.xml").write_text("<page/>")
    call = ["process", str(folder), "--db", f"sqlite:///{tmp_path / 'rows.db'}", "--workers", "1"]
    shown = CliRunner().invoke(app, call)
    assert shown.exit_code == 0 and "1 document, 1 page" in shown.output
    flat = " ".join(shown.output.split())
    assert "notes.docx" in flat and "page.xml" in flat
    told = json.loads(CliRunner().invoke(app, [*call, "--json"]).stdout)
    assert {Path(item["path"]).name: item["reason"] for item in told["left_out"]} == {
        "notes.docx": UNKNOWN,
        "page.xml": SIDECAR,
    }
    (folder / "page.bmp").unlink()
    nothing = CliRunner().invoke(app, call)
    assert nothing.exit_code == 2 and "notes.docx" in nothing.output
