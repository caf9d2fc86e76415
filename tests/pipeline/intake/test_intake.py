from __future__ import annotations

import hashlib
import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pypdf
import pytest
from PIL import Image

from inkfield.pipeline.intake import IntakeLimits, content_hash, count_pages, open_pages, plausible_dpi
from inkfield.schemas.errors import (
    DocumentError,
    EmptyFile,
    Encrypted,
    FileTooLarge,
    MissingTool,
    NotADocument,
    PageTooLarge,
    TooManyPages,
    Truncated,
)
from tests.support.paper import text_page


@pytest.fixture(scope="module")
def scan() -> Image.Image:
    return Image.fromarray(text_page(lines=12, dpi=100))


@pytest.fixture
def pdf(tmp_path: Path, scan: Image.Image) -> Path:
    path = tmp_path / "scan.pdf"
    scan.save(path, resolution=100, save_all=True, append_images=[scan])
    return path


def rewritten(source: Path, target: Path, change) -> Path:
    writer = pypdf.PdfWriter(clone_from=source)
    change(writer)
    with open(target, "wb") as file:
        writer.write(file)
    return target


def test_embedded_scan_comes_out_at_its_own_resolution(pdf: Path, scan: Image.Image) -> None:
    pages = list(open_pages(pdf))
    assert [page.number for page in pages] == [1, 2]
    assert pages[0].source == "scan.pdf"
    assert hashlib.sha256(pdf.read_bytes()).hexdigest() == content_hash(pdf)
    assert pages[0].image.shape[:2] == (scan.height, scan.width)
    assert pages[0].dpi == pytest.approx(100, abs=0.5)
    grey = pages[0].image if pages[0].image.ndim == 2 else pages[0].image[..., 0]
    assert np.abs(grey.astype(int) - np.asarray(scan)).mean() < 4


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_of_a_pdf_page_is_applied(
    pdf: Path, tmp_path: Path, scan: Image.Image, degrees: int
) -> None:
    turned = rewritten(pdf, tmp_path / "turned.pdf", lambda w: [page.rotate(degrees) for page in w.pages])
    page = next(open_pages(turned))
    expected = np.rot90(np.asarray(scan), -degrees // 90)
    grey = page.image if page.image.ndim == 2 else page.image[..., 0]
    # The very pixels of the scan, not a rendering at 300 dpi.
    assert grey.shape == expected.shape
    assert np.abs(grey.astype(int) - expected).mean() < 4


def test_pdf_without_scan_is_rendered(tmp_path: Path) -> None:
    path = tmp_path / "typed.pdf"
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(300, 200)
    content = pypdf.generic.DecodedStreamObject()
    content.set_data(b"10 w 50 100 m 250 100 l S")
    page[pypdf.generic.NameObject("/Contents")] = writer._add_object(content)
    writer.write(path)
    got = next(open_pages(path, IntakeLimits(dpi=150)))
    assert got.dpi == 150
    assert abs(got.image.shape[1] - 625) <= 1 and abs(got.image.shape[0] - 417) <= 1
    assert got.image[208, 312].max() < 20 and got.image[20, 20].min() > 230


def test_rendering_without_poppler_names_the_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "typed.pdf"
    writer = pypdf.PdfWriter()
    writer.add_blank_page(300, 200)
    writer.write(path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingTool, match="poppler"):
        list(open_pages(path))


def test_type_is_told_by_content(pdf: Path, tmp_path: Path) -> None:
    disguised = tmp_path / "scan.jpg"
    disguised.write_bytes(pdf.read_bytes())
    assert count_pages(disguised) == 2


def test_multipage_g4_tiff(tmp_path: Path, scan: Image.Image) -> None:
    path = tmp_path / "fax.tif"
    bilevel = scan.convert("1")
    bilevel.save(path, compression="group4", save_all=True, append_images=[bilevel] * 2, dpi=(200, 200))
    pages = list(open_pages(path))
    assert len(pages) == count_pages(path) == 3
    assert pages[2].image.ndim == 2 and set(np.unique(pages[2].image)) == {0, 255}
    assert pages[0].dpi == 200


def test_fax_pixels_are_made_square(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("1", (1728, 1143), 1).save(path, compression="group4", dpi=(204, 98))
    page = next(open_pages(path))
    assert page.image.shape[1] == 1728 and abs(page.image.shape[0] - 2379) <= 3
    assert page.dpi == pytest.approx(204)


def test_jpeg_is_turned_by_its_exif_orientation(tmp_path: Path) -> None:
    image = Image.new("RGB", (200, 100), "white")
    image.paste((200, 0, 0), (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "photo.jpg"
    image.save(path, exif=exif, quality=95)
    got = next(open_pages(path)).image
    assert got.shape == (200, 100, 3)
    assert got[10, 90, 2] > 150 and got[10, 90, 0] < 60  # the red corner is now top right


def test_other_image_kinds(tmp_path: Path) -> None:
    Image.new("RGBA", (60, 40), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    assert next(open_pages(tmp_path / "clear.png")).image.min() == 255  # transparent is paper
    Image.fromarray(np.full((40, 60), 60000, np.uint16)).save(tmp_path / "deep.png")
    assert next(open_pages(tmp_path / "deep.png")).image.max() == pytest.approx(233, abs=1)
    Image.new("RGB", (60, 40), "white").save(tmp_path / "a.webp")
    assert next(open_pages(tmp_path / "a.webp")).image.shape == (40, 60, 3)
    Image.new("CMYK", (60, 40)).save(tmp_path / "print.jpg")
    assert next(open_pages(tmp_path / "print.jpg")).image.min() > 240


def test_bad_files(pdf: Path, tmp_path: Path, scan: Image.Image) -> None:
    whole = pdf.read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "letter.pdf").write_bytes(b"PK\x03\x04 this is a word file")
    (tmp_path / "zeros.pdf").write_bytes(bytes(5000))
    (tmp_path / "rubbish.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"startxref\n0\n%%EOF")
    rewritten(pdf, tmp_path / "locked.pdf", lambda w: w.encrypt("secret"))
    rewritten(pdf, tmp_path / "none.pdf", lambda w: [w.remove_page(0) for _ in range(2)])
    for name, kind in (("cut.png", "PNG"), ("cut.jpg", "JPEG"), ("cut.tif", "TIFF"), ("cut.webp", "WEBP")):
        bytes_out = io.BytesIO()
        scan.convert("RGB").save(bytes_out, kind)
        (tmp_path / name).write_bytes(bytes_out.getvalue()[: len(bytes_out.getvalue()) * 2 // 3])
    expected = {
        "cut.pdf": Truncated,
        "empty.pdf": EmptyFile,
        "letter.pdf": NotADocument,
        "zeros.pdf": Truncated,
        "rubbish.pdf": Truncated,
        "locked.pdf": Encrypted,
        "none.pdf": EmptyFile,
        "cut.png": Truncated,
        "cut.jpg": Truncated,
        "cut.tif": Truncated,
        "cut.webp": Truncated,
        "missing.pdf": DocumentError,
        ".": DocumentError,
    }
    for name, error in expected.items():
        with pytest.raises(error) as caught:
            list(open_pages(tmp_path / name))
        assert type(caught.value) is error, name
        if name != ".":
            assert name in str(caught.value) and str(tmp_path) not in str(caught.value)


def test_owner_password_alone_is_no_hindrance(pdf: Path, tmp_path: Path) -> None:
    path = rewritten(pdf, tmp_path / "o.pdf", lambda w: w.encrypt("", owner_password="boss"))
    assert len(list(open_pages(path))) == 2


def test_two_thousand_pages_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    writer = pypdf.PdfWriter()
    for _ in range(2000):
        writer.add_blank_page(595, 842)
    writer.write(path)
    for call in (count_pages, lambda p: next(open_pages(p))):
        with pytest.raises(TooManyPages, match=r"long\.pdf has 2000 pages"):
            call(path)


def huge_png(side: int) -> bytes:
    """Header of a bilevel PNG of ``side`` x ``side`` pixels with next to no data."""
    chunk = lambda kind, data: (  # noqa: E731
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [12_000, 30_000])
def test_huge_image_is_refused_before_decoding(tmp_path: Path, side: int) -> None:
    (tmp_path / "huge.png").write_bytes(huge_png(side))
    tracemalloc.start()
    with pytest.raises(PageTooLarge, match=r"huge\.png"):
        list(open_pages(tmp_path / "huge.png"))
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_huge_pdf_page_and_huge_embedded_scan_are_refused(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(30000, 30000)
    writer.write(tmp_path / "wall.pdf")
    with pytest.raises(PageTooLarge):
        count_pages(tmp_path / "wall.pdf")
    Image.new("1", (12000, 12000), 1).save(tmp_path / "big.pdf", resolution=3000)
    with pytest.raises(PageTooLarge, match="12000 x 12000"):
        next(open_pages(tmp_path / "big.pdf"))


def test_too_many_bytes(pdf: Path) -> None:
    with pytest.raises(FileTooLarge):
        list(open_pages(pdf, IntakeLimits(max_bytes=100)))


def test_a_broken_page_does_not_cost_the_others(pdf: Path, tmp_path: Path) -> None:
    data = bytearray(pdf.read_bytes())
    start = data.find(b"\xff\xd8\xff")  # the first page's JPEG
    data[start : start + 300] = bytes(300)
    path = tmp_path / "bad.pdf"
    path.write_bytes(data)
    got = []
    with pytest.raises(Truncated, match=r"bad\.pdf: 1 of 2 pages cannot be read \(page 1\)"):
        for page in open_pages(path):
            got.append(page.number)
    assert got == [2]


def test_broken_frame_of_a_tiff_is_named_after_the_good_ones(tmp_path: Path, scan: Image.Image) -> None:
    path = tmp_path / "three.tif"
    frames = [scan.convert("RGB")] * 3
    frames[0].save(path, compression="tiff_lzw", save_all=True, append_images=frames[1:])
    data = bytearray(path.read_bytes())
    with Image.open(path) as image:
        image.seek(1)
        offset = image.tag_v2[273][0]
    data[offset : offset + 2000] = b"\xff" * 2000
    path.write_bytes(data)
    got = []
    with pytest.raises(Truncated, match=r"1 of 3 pages cannot be read \(page 2\)"):
        for page in open_pages(path):
            got.append(page.number)
    assert got == [1, 3]


def test_pages_come_lazily(tmp_path: Path, scan: Image.Image) -> None:
    path = tmp_path / "many.tif"
    scan.save(path, save_all=True, append_images=[scan] * 30, compression="tiff_lzw")
    list(open_pages(path))  # what is loaded once
    tracemalloc.start()
    count = sum(1 for _ in open_pages(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 31
    assert peak < 8 * scan.width * scan.height


@pytest.mark.parametrize(
    "width, height, declared, dpi",
    [
        (2480, 3508, 300, 300),
        (2480, 3508, 72, 300),  # A4 at 300 dpi that says 72
        (1654, 2339, None, 200),
        (2386, 1087, 96, 300),  # CTS cheque
        (1800, 825, None, 300),  # US personal cheque
        (2550, 3300, 72, 300),  # Letter
    ],
)
def test_resolution_is_told_by_the_paper(width: int, height: int, declared: float | None, dpi: float) -> None:
    assert plausible_dpi(width, height, declared) == pytest.approx(dpi, rel=0.01)
