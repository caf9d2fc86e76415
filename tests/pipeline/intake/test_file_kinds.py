"""What a file is, is told by its bytes; what hides in it or stands around it is seen."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from inkfield.pipeline.intake import IntakeLimits, count_pages, open_pages
from inkfield.pipeline.intake.whole import is_whole
from inkfield.schemas.errors import (
    Archive,
    DocumentError,
    NotADocument,
    PageTooLarge,
    SeveralPdfs,
    Truncated,
    XfaForm,
)
from tests.support.checkout import EXAMPLES
from tests.support.paper import text_page
from tests.support.pdf_paper import image, stream, write_pdf

pillow_heif.register_heif_opener()

SCAN = Image.fromarray(text_page(lines=5, dpi=60))


def packed(kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    picture = SCAN.convert("RGB") if kind in ("HEIF", "AVIF", "WEBP", "BMP") else SCAN
    picture.save(out, kind, **how)  # type: ignore[arg-type]
    return out.getvalue()


def three_pages(kind: str, **how: object) -> bytes:
    return packed(kind, save_all=True, append_images=[SCAN.rotate(2), SCAN.rotate(4)], **how)


FILES = {
    "pdf": packed("PDF", resolution=60),
    "jpeg": packed("JPEG"),
    "jpeg with a preview": packed(
        "JPEG", exif=b"Exif\0\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0" + packed("JPEG")[:5000]
    ),
    "progressive": packed("JPEG", progressive=True),
    "png": packed("PNG"),
    "webp": packed("WEBP"),
    "gif": three_pages("GIF"),
    "bmp": packed("BMP"),
    "jp2": packed("JPEG2000"),
    "heic": packed("HEIF"),
    "avif": packed("AVIF"),
    "tiff": packed("TIFF", compression="tiff_lzw"),
    "tiff of three": three_pages("TIFF", compression="tiff_deflate"),
}


@pytest.mark.parametrize("name", FILES)
def test_each_kind_is_read_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    for called in ("scan", "scan.pdf.1", "scan.docx"):
        path = tmp_path / called
        path.write_bytes(FILES[name])
        pages = list(open_pages(path))
        assert len(pages) == count_pages(path) == (3 if name in ("gif", "tiff of three") else 1)
        assert pages[0].image.shape[:2] == SCAN.size[::-1]
        assert 0.001 < np.mean(pages[0].image < 128) < 0.2


def test_a_pnm_of_a_scanner_is_read(tmp_path: Path) -> None:
    (tmp_path / "out.pnm").write_bytes(packed("PPM"))
    assert next(open_pages(tmp_path / "out.pnm")).image.shape == SCAN.size[::-1]


@pytest.mark.parametrize("name", FILES)
def test_no_part_of_a_file_looks_whole(tmp_path: Path, name: str) -> None:
    whole, path = FILES[name], tmp_path / "scan"
    path.write_bytes(whole)
    assert is_whole(path)
    path.write_bytes(whole + bytes(1000))  # padding
    assert is_whole(path)
    for share in np.linspace(0, 0.97, 30):
        path.write_bytes(whole[: int(share * len(whole))])
        assert not is_whole(path), share
        if name not in ("webp", "heic", "avif", "bmp"):  # these have no end of their own, only a length
            path.write_bytes(whole[: int(share * len(whole))].ljust(len(whole), b"\0"))
            assert not is_whole(path), f"{share}, made in its full length"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.data())
def test_a_damaged_file_is_read_or_told_by_name(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "damaged.bin"
    content = bytearray(FILES[name][: data.draw(st.integers(1, len(FILES[name])))])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=10)):
        content[at] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    is_whole(path)
    try:
        list(open_pages(path, IntakeLimits(max_pixels=20_000_000, page_seconds=20)))
    except DocumentError as error:
        assert "damaged.bin" in str(error)


# --- archives and joined files ------------------------------------------------------------------------------


@pytest.mark.parametrize("called", ["batch.pdf", "batch.docx", "batch", "batch.tif"])
@pytest.mark.parametrize("how", ["stored", "deflated", "tar", "tgz"])
def test_an_archive_is_never_read_as_its_first_file(tmp_path: Path, called: str, how: str) -> None:
    path = tmp_path / called
    members = {"one.pdf": FILES["pdf"], "two.pdf": FILES["pdf"]}
    if how in ("stored", "deflated"):
        packing = zipfile.ZIP_STORED if how == "stored" else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(path, "w", packing) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(path, "w:gz" if how == "tgz" else "w") as tar:
            for name, content in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    with pytest.raises(Archive, match=called):
        list(open_pages(path))


def test_an_office_file_is_no_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "letter.pdf", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/media/scan.pdf", FILES["pdf"])
    with pytest.raises(NotADocument):
        list(open_pages(tmp_path / "letter.pdf"))


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\x1b%-12345X@PJL EOJ\r\n\x1b%-12345X@PJL JOB\r\n"])
def test_pdfs_joined_byte_by_byte_are_told(tmp_path: Path, between: bytes) -> None:
    path = tmp_path / "spool.pdf"
    path.write_bytes(FILES["pdf"] + between + FILES["pdf"])
    with pytest.raises(SeveralPdfs, match=r"spool\.pdf"):
        list(open_pages(path))


def test_a_pdf_in_a_pdf_is_no_second_one(tmp_path: Path) -> None:
    w, h = SCAN.width * 1.2, SCAN.height * 1.2
    attached = stream("/Type /EmbeddedFile", FILES["pdf"])
    objects = {10: image(np.asarray(SCAN)), 11: attached, 12: attached}
    path = write_pdf(tmp_path / "with.pdf", f"q {w} 0 0 {h} 0 0 cm /I Do Q", (w, h), objects)
    assert len(list(open_pages(path))) == 1


# --- what stands around a PDF -------------------------------------------------------------------------------

PJL = b"\x1b%-12345X@PJL JOB\r\n" + b"@PJL COMMENT scanned\r\n" * 4000 + b"@PJL ENTER LANGUAGE=PDF\r\n"


@pytest.mark.parametrize(
    "head", [b"", b"\r\n" * 300, PJL, b"\0" * 5000 + b"\r\n"], ids=["", "lines", "pjl", "zeros"]
)
@pytest.mark.parametrize(
    "tail", [b"", b"\0" * 100_000, b"\xff" * 3_000_000, b" \r\n" * 50_000, b"\x1b%-12345X" * 200]
)
def test_a_pdf_is_read_whatever_stands_before_and_behind_it(tmp_path: Path, head: bytes, tail: bytes) -> None:
    path = tmp_path / "spool.pdf"
    path.write_bytes(head + three_pages("PDF", resolution=60) + tail)
    assert is_whole(path)
    assert len(list(open_pages(path))) == count_pages(path) == 3


@pytest.mark.parametrize("head", [b"", PJL])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
@pytest.mark.parametrize("padding", [0, 200_000])
def test_a_pdf_that_is_cut_stays_cut(tmp_path: Path, head: bytes, share: float, padding: int) -> None:
    path = tmp_path / "cut.pdf"
    content = three_pages("PDF", resolution=60)
    path.write_bytes(head + content[: int(share * len(content))] + bytes(padding))
    assert not is_whole(path)
    with pytest.raises(Truncated, match=r"cut\.pdf"):
        list(open_pages(path))


def test_an_update_that_was_cut_off_is_told(tmp_path: Path) -> None:
    """The pages of the update would be missing, without a word."""
    path = tmp_path / "updated.pdf"
    path.write_bytes(FILES["pdf"] + b"\n12 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n13 0 obj\n<< /Len")
    with pytest.raises(Truncated):
        list(open_pages(path))


# --- TIFF ---------------------------------------------------------------------------------------------------


def write_tiff(path: Path, frames: list[tuple[Image.Image, dict[int, int]]]) -> Path:
    with TiffImagePlugin.AppendingTiffWriter(str(path), True) as file:  # type: ignore[no-untyped-call]
        for frame, tags in frames:
            info = TiffImagePlugin.ImageFileDirectory_v2()
            for tag, value in tags.items():
                info[tag] = value
            frame.save(file, "TIFF", tiffinfo=info, dpi=(60, 60))  # type: ignore[arg-type]
            file.newFrame()  # type: ignore[no-untyped-call]
    return path


@pytest.mark.parametrize("mark", [{254: 1}, {254: 5}, {255: 2}, {254: 1, 255: 2}])
@pytest.mark.parametrize("first", [True, False])
def test_previews_are_no_pages(tmp_path: Path, mark: dict[int, int], first: bool) -> None:
    preview = (SCAN.resize((120, 120)), mark)
    pair = [preview, (SCAN, {})] if first else [(SCAN, {}), preview]
    path = write_tiff(tmp_path / "scan.tif", [*pair, *pair])
    pages = list(open_pages(path))
    assert [page.number for page in pages] == [1, 2] and count_pages(path) == 2
    assert all(page.image.shape == SCAN.size[::-1] for page in pages)


def test_pages_that_are_wrongly_marked_are_kept(tmp_path: Path) -> None:
    assert count_pages(write_tiff(tmp_path / "all.tif", [(SCAN, {254: 1})] * 3)) == 3
    assert (
        count_pages(write_tiff(tmp_path / "some.tif", [(SCAN, {}), (SCAN, {254: 1}), (SCAN, {254: 2})])) == 3
    )


@pytest.mark.parametrize("columns", [1728, 2432])
@pytest.mark.parametrize("lines_per_inch", [98, 196, 391])
@pytest.mark.parametrize("length", [0.6, 1.0])
def test_a_fax_without_resolution_has_square_pixels(
    tmp_path: Path, columns: int, lines_per_inch: int, length: float
) -> None:
    text = text_page(lines=30, dpi=204, size_mm=4)
    form = cv2.cvtColor(next(open_pages(EXAMPLES / "claim-2.pdf")).image, cv2.COLOR_BGR2GRAY)
    for page in (text, form):  # rules and frames of a form have edges of one direction only
        check_fax(tmp_path / "fax.tif", page[: int(length * page.shape[0])], columns, lines_per_inch)


def check_fax(path: Path, page: np.ndarray, columns: int, lines_per_inch: int) -> None:
    wide = columns / page.shape[1]
    squeezed = cv2.resize(page, (columns, round(page.shape[0] * wide * lines_per_inch / 204)))
    Image.fromarray(squeezed).point(lambda level: 255 * (level > 150)).convert("1").save(
        path, compression="group4"
    )
    got = next(open_pages(path))
    assert got.image.shape[0] / got.image.shape[1] == pytest.approx(page.shape[0] / page.shape[1], rel=0.06)


# --- XFA ----------------------------------------------------------------------------------------------------

XFA = stream("", b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'></xdp:xdp>")
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def xfa_form(path: Path, lines: list[str], dynamic: bool, widget: bool = False) -> Path:
    text = "BT /T 11 Tf 72 700 Td " + " ".join(f"({line}) Tj 0 -16 Td" for line in lines) + " ET"
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /F 4 /Rect [72 100 200 120] >>"
    return write_pdf(
        path,
        text,
        (612, 792),
        {10: XFA, 11: FONT, 12: field},
        page="/Annots [12 0 R]" if widget else "",
        catalog=f"/NeedsRendering {str(dynamic).lower()} /AcroForm << /XFA 10 0 R /Fields [12 0 R] >>",
        resources="/Font << /T 11 0 R >>",
    )


@pytest.mark.parametrize(
    ("line", "dynamic"),
    [("Please wait...", True), ("Please wait...", False), ("Bitte warten", False), ("Un moment", True)],
)
def test_a_dynamic_xfa_form_is_told(tmp_path: Path, line: str, dynamic: bool) -> None:
    with pytest.raises(XfaForm, match=r"form\.pdf"):
        list(open_pages(xfa_form(tmp_path / "form.pdf", [line, "Open it elsewhere."], dynamic)))


def test_a_static_xfa_form_is_read(tmp_path: Path) -> None:
    filled = [f"Name of the insured person number {number}" for number in range(40)]
    for number, path in enumerate(
        (
            xfa_form(tmp_path / "a.pdf", filled, dynamic=False),
            xfa_form(tmp_path / "b.pdf", ["Name"], dynamic=True, widget=True),
            xfa_form(tmp_path / "c.pdf", ["Name: Ada Vale"], dynamic=False),
        )
    ):
        assert len(list(open_pages(path))) == 1, number


# --- bombs --------------------------------------------------------------------------------------------------


def jbig2_regions(count: int, side: int) -> bytes:
    """JBIG2 data of so many regions, of which each says that it is a square of ``side`` pixels."""
    data = b"\0" * 17 + b"\x40\0\0" + bytes(20)
    region = struct.pack(">II", side, side) + data
    segments = struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIIIBH", 100, 100, 0, 0, 0, 0)
    for number in range(1, count + 1):
        segments += struct.pack(">IBBBI", number, 38, 0, 1, len(region)) + region
    return segments


def jpeg_2000_of(side: int) -> bytes:
    data = bytearray(FILES["jp2"])
    at = data.find(b"\xff\x4f\xff\x51")
    struct.pack_into(">II", data, at + 8, side, side)
    return bytes(data[at:])


def jpeg_of(side: int) -> bytes:
    data = bytearray(FILES["jpeg"])
    at = data.find(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, side, side)
    return bytes(data)


BOMBS = {
    "a region of gigapixels": ("JBIG2Decode", jbig2_regions(1, 60_000)),
    "many regions": ("JBIG2Decode", jbig2_regions(60, 9_000)),
    "jpeg 2000": ("JPXDecode", jpeg_2000_of(60_000)),
    "jpeg": ("DCTDecode", jpeg_of(60_000)),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("beside_text", [True, False])
def test_an_image_that_unpacks_to_gigapixels_is_refused(tmp_path: Path, name: str, beside_text: bool) -> None:
    packing, data = BOMBS[name]
    head = (
        "/Type /XObject /Subtype /Image /Width 100 /Height 100 /BitsPerComponent "
        f"{1 if packing == 'JBIG2Decode' else 8} /ColorSpace /DeviceGray /Filter /{packing}"
    )
    more = " BT /T 12 Tf 20 20 Td (Paid) Tj ET" if beside_text else ""
    path = write_pdf(
        tmp_path / "bomb.pdf",
        "q 100 0 0 100 0 0 cm /I Do Q" + more,
        (100, 100),
        {10: stream(head, data), 11: FONT},
        resources="/XObject << /I 10 0 R >> /Font << /T 11 0 R >>",
    )
    with pytest.raises(PageTooLarge, match=r"bomb\.pdf"):
        list(open_pages(path))


def test_a_tiff_of_huge_tiles_is_refused(tmp_path: Path) -> None:
    tags = {256: 100, 257: 100, 258: 8, 259: 8, 262: 1, 277: 1, 322: 65_520, 323: 65_520, 324: 200, 325: 40}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)
    path = tmp_path / "tiles.tif"
    path.write_bytes(head.ljust(200, b"\0") + zlib.compress(bytes(1 << 15))[:40].ljust(40, b"\0"))
    with pytest.raises(PageTooLarge, match=r"tiles\.tif"):
        list(open_pages(path))


def test_many_images_that_are_each_allowed_are_refused_together(tmp_path: Path) -> None:
    w, h = SCAN.width, SCAN.height
    content = f"q {w} 0 0 {h} 0 0 cm " + "/I Do " * 30 + "Q"
    path = write_pdf(tmp_path / "many.pdf", content, (w, h), {10: image(np.asarray(SCAN))})
    with pytest.raises(PageTooLarge, match=r"many\.pdf"):
        list(open_pages(path, IntakeLimits(max_pixels=2 * w * h)))
