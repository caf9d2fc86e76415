"""Zip archives of strangers: unpacked whole, or refused with a reason and without a trace."""

from __future__ import annotations

import contextlib
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkfield.flows.inbox.unzip import ArchiveRefused, unpack, unzip
from inkfield.flows.workers.limits import ArchiveLimits

LIMITS = ArchiveLimits(max_files=20, max_bytes=1 << 20, max_ratio=50, ratio_from=1 << 16)


def pack(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def refusal(archive: Path) -> str:
    """The code with which an archive is refused; nothing may lie outside of the folder then."""
    folder = archive.parent / "within" / "unpacked"
    folder.mkdir(parents=True)
    with pytest.raises(ArchiveRefused) as refused:
        unpack(archive, folder, LIMITS)
    assert {path.name for path in archive.parent.iterdir()} == {archive.name, "within"}
    assert {path.name for path in folder.parent.iterdir()} == {"unpacked"}
    assert archive.name in str(refused.value)
    return refused.value.code


def test_an_archive_is_unpacked_for_its_owner_only(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"scans/a.pdf": b"a", "scans/b.pdf": b"b" * 1000, "c.png": b""})
    folder = tmp_path / "unpacked"
    folder.mkdir()
    unzip(archive, folder)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert sorted(files) == ["c.png", "scans/a.pdf", "scans/b.pdf"]
    assert files["scans/b.pdf"].read_bytes() == b"b" * 1000
    assert {path.stat().st_mode & 0o777 for path in files.values()} == {0o600}
    assert (folder / "scans").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil", "a\x01b", "\\\\host\\evil"]
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(pack(tmp_path / "a.zip", {"good.pdf": b"x", name: b"x"})) == "unsafe_archive"


def test_links_and_devices_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        link = zipfile.ZipInfo("link.pdf")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")
    assert refusal(archive) == "unsafe_archive"


def test_archives_in_archives_are_refused(tmp_path: Path) -> None:
    inner = pack(tmp_path / "inner", {"a": b"a"}).read_bytes()
    (tmp_path / "inner").unlink()
    assert refusal(pack(tmp_path / "a.zip", {"deep/b.ZIP": inner})) == "unsafe_archive"


def test_passwords_are_told(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"a.pdf": b"secret"})
    content = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.index(mark) + offset
        content[place : place + 2] = struct.pack("<H", 1)
    archive.write_bytes(bytes(content))
    assert refusal(archive) == "encrypted"


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("a.pdf", "one")
        with pytest.warns(UserWarning):
            opened.writestr("a.pdf", "two")
    assert refusal(archive) == "unsafe_archive"


def test_a_file_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(pack(tmp_path / "a.zip", {"a": b"x", "a/b": b"x"})) in ("unsafe_archive", "bad_archive")


@pytest.mark.parametrize(
    "members",
    [
        {f"{number}.pdf": b"x" for number in range(21)},  # too many
        {"big.tif": bytes((1 << 20) + 1)},  # too large
        {"bomb.tif": bytes(900_000)},  # a thousand times larger than packed
    ],
)
def test_bombs_are_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    assert refusal(pack(tmp_path / "a.zip", members)) == "archive_too_large"


def test_an_archive_that_lies_about_its_sizes_is_refused(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"bomb.tif": bytes(900_000)})
    content = bytearray(archive.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(mark) + offset
        content[place : place + 4] = struct.pack("<I", 100)
    archive.write_bytes(bytes(content))
    assert refusal(archive) in ("bad_archive", "archive_too_large")


def test_an_empty_or_damaged_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert refusal(pack(tmp_path / "one" / "a.zip", {})) == "bad_archive"
    archive = pack(tmp_path / "two" / "a.zip", {"a.pdf": b"some bytes" * 100})
    content = bytearray(archive.read_bytes())
    content[40:44] = b"\xff\xff\xff\xff"
    archive.write_bytes(bytes(content))
    assert refusal(archive) == "bad_archive"


def test_the_process_that_unpacks_tells_why_it_refuses(tmp_path: Path) -> None:
    archive = pack(tmp_path / "a.zip", {"../evil": b"x"})
    (tmp_path / "unpacked").mkdir()
    with pytest.raises(ArchiveRefused, match="points outside") as refused:
        unzip(archive, tmp_path / "unpacked")
    assert refused.value.code == "unsafe_archive"
    assert not (tmp_path / "evil").exists()


NAME = st.lists(
    st.sampled_from(["a", "b", "..", ".", "/", "\\", "c:", "\x00", "\n", "é", "n" * 300]),
    min_size=1,
    max_size=6,
).map("/".join)


@given(st.dictionaries(NAME, st.binary(max_size=50), max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_archive_writes_outside_of_its_folder(
    tmp_path_factory: pytest.TempPathFactory, members: dict[str, bytes]
) -> None:
    base = tmp_path_factory.mktemp("zip")
    folder = base / "a" / "b" / "c"
    folder.mkdir(parents=True)
    with contextlib.suppress(ArchiveRefused, OSError):
        unpack(pack(base / "x.zip", members), folder, LIMITS)
    outside = [path for path in base.rglob("*") if path.is_file() and not path.is_relative_to(folder)]
    assert outside == [base / "x.zip"]


@given(st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_no_bytes_do_harm(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    base = tmp_path_factory.mktemp("bytes")
    (base / "x.zip").write_bytes(b"PK\x03\x04" + content + b"PK\x05\x06" + content)
    (base / "out").mkdir()
    with pytest.raises((ArchiveRefused, OSError)):
        unpack(base / "x.zip", base / "out", LIMITS)


@pytest.mark.parametrize("name", ["Schäden/Müller.pdf", "対価.pdf", "reçu.pdf"])
def test_names_in_utf_8_are_read_without_the_flag_that_says_so(tmp_path: Path, name: str) -> None:
    packed = pack(tmp_path / "a.zip", {name: b"x"})
    content = packed.read_bytes()
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.index(signature)
        flags = struct.unpack_from("<H", content, start + at)[0]
        content = content[: start + at] + struct.pack("<H", flags & ~0x800) + content[start + at + 2 :]
    packed.write_bytes(content)
    (tmp_path / "out").mkdir()
    unpack(packed, tmp_path / "out", LIMITS)
    assert (tmp_path / "out" / name).read_bytes() == b"x"


def test_names_of_old_packers_stay_in_their_code_page(tmp_path: Path) -> None:
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("M_ller.pdf", b"x")
    packed.write_bytes(packed.read_bytes().replace(b"M_ller", "Müller".encode("cp437")))
    (tmp_path / "out").mkdir()
    unpack(packed, tmp_path / "out", LIMITS)
    assert (tmp_path / "out" / "Müller.pdf").exists()
