"""The scan in a PDF is taken as it is only where the page shows exactly that: what nobody sees is never read."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.intake.embedded_scan import embedded_scan
from inkfield.pipeline.intake.limits import IntakeLimits
from tests.support.paper import text_page
from tests.support.pdf_paper import image, stream, write_pdf

DPI = 150
SHOWN = "q {w} 0 0 {h} 0 0 cm /I Do Q"


@pytest.fixture(scope="module")
def scan() -> np.ndarray:
    """Half a page of text, grey; one line of it is what the tests hide."""
    return text_page(lines=12, dpi=DPI)[: 6 * DPI]


@pytest.fixture(scope="module")
def line(scan: np.ndarray) -> tuple[slice, slice]:
    """One line of the text, as rows and columns of the scan."""
    dark = np.flatnonzero((scan < 128).sum(axis=1) > 3)
    top = int(dark[len(dark) // 2])
    return slice(top - 4, top + 24), slice(0, scan.shape[1])


def points(scan: np.ndarray) -> tuple[float, float]:
    return scan.shape[1] * 72 / DPI, scan.shape[0] * 72 / DPI


def is_taken(path: Path) -> bool:
    document = pdfium.PdfDocument(path)
    page = document[0]
    images = list(page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=15))
    taken = embedded_scan(page, images, path, 1, IntakeLimits()) is not None
    page.close()
    document.close()
    return taken


def grey_of(path: Path) -> np.ndarray:
    picture = next(open_pages(path)).image
    return picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def ink(picture: np.ndarray, rows: slice, scan: np.ndarray) -> int:
    """Dark pixels in those rows of the scan, wherever they lie in a picture of another resolution."""
    scale = picture.shape[0] / scan.shape[0]
    return int((picture[round(rows.start * scale) + 2 : round(rows.stop * scale) - 2] < 100).sum())


Change = Callable[[Path, np.ndarray, tuple[slice, slice]], Path]


def masked(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    mask = np.full(scan.shape, 255, np.uint8)
    mask[line] = 0
    w, h = points(scan)
    return write_pdf(
        path, SHOWN.format(w=w, h=h), (w, h), {10: image(scan, "/SMask 11 0 R"), 11: image(mask)}
    )


def stencilled(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    hidden = np.zeros(scan.shape, bool)
    hidden[line] = True
    mask = np.packbits(hidden, axis=1)
    head = (
        f"/Type /XObject /Subtype /Image /Width {scan.shape[1]} /Height {scan.shape[0]} "
        "/ImageMask true /BitsPerComponent 1"
    )
    w, h = points(scan)
    objects = {10: image(scan, "/Mask 11 0 R"), 11: stream(head, mask.tobytes())}
    return write_pdf(path, SHOWN.format(w=w, h=h), (w, h), objects)


def keyed(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    marked = np.where(scan < 128, 0, 255).astype(np.uint8)
    marked[line] = np.where(marked[line] == 0, 7, 255)
    w, h = points(scan)
    return write_pdf(path, SHOWN.format(w=w, h=h), (w, h), {10: image(marked, "/Mask [5 9]")})


def clipped(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    top, bottom = (h - rows * 72 / DPI for rows in (line[0].start, line[0].stop))
    content = f"q 0 0 {w} {bottom} re 0 {top} {w} {h - top} re W n {SHOWN.format(w=w, h=h)} Q"
    return write_pdf(path, content, (w, h), {10: image(scan)})


def covered(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    bottom = h - line[0].stop * 72 / DPI
    content = f"{SHOWN.format(w=w, h=h)} 1 g 0 {bottom} {w} {28 * 72 / DPI} re f"
    return write_pdf(path, content, (w, h), {10: image(scan)})


def covered_by_a_form(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    bottom = h - line[0].stop * 72 / DPI
    form = stream(
        f"/Type /XObject /Subtype /Form /BBox [0 0 {w} {h}]",
        f"1 g 0 {bottom} {w} {28 * 72 / DPI} re f".encode(),
    )
    resources = "/XObject << /I 10 0 R /F 11 0 R >>"
    objects = {10: image(scan), 11: form}
    return write_pdf(path, f"{SHOWN.format(w=w, h=h)} /F Do", (w, h), objects, resources=resources)


def covered_by_a_note(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    bottom, high = h - line[0].stop * 72 / DPI, 28 * 72 / DPI
    form = stream(
        f"/Type /XObject /Subtype /Form /BBox [0 0 {w} {high}]", f"1 g 0 0 {w} {high} re f".encode()
    )
    note = (
        f"<< /Type /Annot /Subtype /Square /F 4 /Rect [0 {bottom} {w} {bottom + high}] /AP << /N 11 0 R >> >>"
    )
    objects = {10: image(scan), 11: form, 12: note.encode()}
    return write_pdf(path, SHOWN.format(w=w, h=h), (w, h), objects, page="/Annots [12 0 R]")


def in_a_hidden_layer(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    catalog = "/OCProperties << /OCGs [12 0 R] /D << /OFF [12 0 R] >> >>"
    objects = {10: image(scan, "/OC 12 0 R"), 12: b"<< /Type /OCG /Name (scan) >>"}
    return write_pdf(path, SHOWN.format(w=w, h=h), (w, h), objects, catalog=catalog)


def nearly_transparent(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    resources = "/XObject << /I 10 0 R >> /ExtGState << /G << /ca 0.02 >> >>"
    return write_pdf(path, f"/G gs {SHOWN.format(w=w, h=h)}", (w, h), {10: image(scan)}, resources=resources)


def all_white_by_decode(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    return write_pdf(path, SHOWN.format(w=w, h=h), (w, h), {10: image(scan, "/Decode [1 1]")})


def white_in_its_palette(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    marked = np.where(scan < 128, 0, 1).astype(np.uint8)
    marked[line] = np.where(marked[line] == 0, 2, 1)
    space = "/ColorSpace [/Indexed /DeviceGray 2 <00FFFF>]"
    w, h = points(scan)
    return write_pdf(path, SHOWN.format(w=w, h=h), (w, h), {10: image(marked, space)})


def cropped(path: Path, scan: np.ndarray, line: tuple[slice, slice]) -> Path:
    w, h = points(scan)
    top = h - line[0].stop * 72 / DPI  # the page ends above the line
    return write_pdf(
        path, SHOWN.format(w=w, h=h), (w, h), {10: image(scan)}, page=f"/CropBox [0 0 {w} {top}]"
    )


HIDDEN = [
    masked,
    stencilled,
    keyed,
    clipped,
    covered,
    covered_by_a_form,
    covered_by_a_note,
    in_a_hidden_layer,
    nearly_transparent,
    all_white_by_decode,
    white_in_its_palette,
]


@pytest.mark.parametrize("hide", HIDDEN, ids=lambda hide: hide.__name__)
def test_what_nobody_sees_is_not_read(
    tmp_path: Path, scan: np.ndarray, line: tuple[slice, slice], hide: Change
) -> None:
    assert ink(scan, line[0], scan) > 100
    assert ink(grey_of(hide(tmp_path / "hidden.pdf", scan, line)), line[0], scan) == 0


def test_what_is_cropped_away_is_not_read(
    tmp_path: Path, scan: np.ndarray, line: tuple[slice, slice]
) -> None:
    shown = grey_of(cropped(tmp_path / "cropped.pdf", scan, line))
    share = 1 - line[0].stop / scan.shape[0]
    assert shown.shape[0] / shown.shape[1] == pytest.approx(share * scan.shape[0] / scan.shape[1], rel=0.02)


def test_what_is_blended_is_rendered(tmp_path: Path, scan: np.ndarray) -> None:
    w, h = points(scan)
    resources = "/XObject << /I 10 0 R >> /ExtGState << /G << /BM /Multiply >> >>"
    content = f"/G gs {SHOWN.format(w=w, h=h)}"
    assert not is_taken(
        write_pdf(tmp_path / "blended.pdf", content, (w, h), {10: image(scan)}, resources=resources)
    )


def test_a_full_stop_that_is_hidden_is_missed(tmp_path: Path, scan: np.ndarray) -> None:
    large = cv2.resize(scan, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    dark = np.argwhere(large < 60)
    row, column = dark[len(dark) // 3]
    mask = np.full(large.shape, 255, np.uint8)
    mask[row - 2 : row + 3, column - 2 : column + 3] = 0
    w, h = points(scan)
    objects = {10: image(large, "/SMask 11 0 R"), 11: image(mask)}
    assert not is_taken(write_pdf(tmp_path / "stop.pdf", SHOWN.format(w=w, h=h), (w, h), objects))


def jpeg(scan: np.ndarray, **how: object) -> bytes:
    packed = io.BytesIO()
    picture = Image.fromarray(scan)
    picture.save(packed, "JPEG", quality=80, **how)  # type: ignore[arg-type]
    space = "/DeviceGray" if scan.ndim == 2 else "/DeviceRGB"
    size = f"/Width {scan.shape[1]} /Height {scan.shape[0]}"
    head = f"/Type /XObject /Subtype /Image {size} /ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode"
    return stream(head, packed.getvalue())


def jpeg_2000(scan: np.ndarray) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(scan).save(packed, "JPEG2000", quality_mode="rates", quality_layers=[20])
    size = f"/Width {scan.shape[1]} /Height {scan.shape[0]}"
    return stream(f"/Type /XObject /Subtype /Image {size} /Filter /JPXDecode", packed.getvalue())


def bilevel(scan: np.ndarray, more: str = "") -> bytes:
    packed = np.packbits(scan > 128, axis=1)
    size = f"/Width {scan.shape[1]} /Height {scan.shape[0]}"
    space = "" if "/ColorSpace" in more else "/ColorSpace /DeviceGray"
    return stream(
        f"/Type /XObject /Subtype /Image {size} {space} /BitsPerComponent 1 {more}", packed.tobytes()
    )


def dithered(scan: np.ndarray) -> bytes:
    noisy = cv2.add(cv2.subtract(scan, 40), np.zeros_like(scan))
    return bilevel(np.asarray(Image.fromarray(noisy).convert("1"), np.uint8) * np.uint8(255))


def in_colour(scan: np.ndarray) -> np.ndarray:
    tint = np.linspace(200, 255, scan.shape[1])[None, :, None] * np.array([1.0, 0.95, 0.85])
    return (scan[..., None] / 255 * tint).astype(np.uint8)


PLAIN: dict[str, Callable[[np.ndarray], bytes]] = {
    "flate": image,
    "colour": lambda scan: image(in_colour(scan)),
    "jpeg": jpeg,
    "jpeg in colour": lambda scan: jpeg(in_colour(scan)),
    "progressive jpeg": lambda scan: jpeg(scan, progressive=True),
    "jpeg 2000": jpeg_2000,
    "bilevel": bilevel,
    "bilevel the other way": lambda scan: bilevel(255 - scan, "/Decode [1 0]"),
    "dithered": dithered,
    "palette": lambda scan: image(
        scan >> 4,
        "/ColorSpace [/Indexed /DeviceGray 15 <" + "".join(f"{17 * n:02x}" for n in range(16)) + ">]",
    ),
    "calibrated grey": lambda scan: image(
        scan, "/ColorSpace [/CalGray << /WhitePoint [0.95 1 1.09] /Gamma 1 >>]"
    ),
}


@pytest.mark.parametrize("name", [name for name in PLAIN if name not in ("bilevel the other way", "palette")])
@pytest.mark.parametrize("degrees", [0, 90])
def test_a_plain_scan_is_taken_as_it_is(tmp_path: Path, scan: np.ndarray, name: str, degrees: int) -> None:
    w, h = points(scan)
    path = write_pdf(
        tmp_path / "plain.pdf",
        SHOWN.format(w=w, h=h),
        (w, h),
        {10: PLAIN[name](scan)},
        page=f"/Rotate {degrees}",
    )
    assert is_taken(path)
    assert grey_of(path).shape == (scan.shape if degrees == 0 else scan.shape[::-1])


@pytest.mark.parametrize("name", [name for name in PLAIN if "colour" not in name])
def test_a_plain_scan_looks_as_it_is(tmp_path: Path, scan: np.ndarray, name: str) -> None:
    w, h = points(scan)
    got = grey_of(write_pdf(tmp_path / "plain.pdf", SHOWN.format(w=w, h=h), (w, h), {10: PLAIN[name](scan)}))
    small = cv2.resize(got, (60, 40), interpolation=cv2.INTER_AREA).astype(int)
    expected = cv2.resize(scan, (60, 40), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(small - expected).max() < (60 if name == "dithered" else 40)


@pytest.mark.parametrize("over", [True, False])
@pytest.mark.parametrize("in_a_form", [True, False])
def test_an_invisible_layer_of_text_is_no_hindrance(
    tmp_path: Path, scan: np.ndarray, over: bool, in_a_form: bool
) -> None:
    w, h = points(scan)
    shown = SHOWN.format(w=w, h=h)
    text = f"BT 3 Tr /T 12 Tf 20 {h / 2} Td (the words of the scan) Tj ET"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    resources = "/XObject << /I 10 0 R /F 11 0 R >> /Font << /T 12 0 R >>"
    form = stream(
        f"/Type /XObject /Subtype /Form /BBox [0 0 {w} {h}] /Resources << /Font << /T 12 0 R >> >>",
        text.encode(),
    )
    words = "/F Do" if in_a_form else text
    content = f"{shown} {words}" if over else f"{words} {shown}"
    objects = {10: jpeg(scan), 11: form, 12: font}
    assert is_taken(write_pdf(tmp_path / "ocr.pdf", content, (w, h), objects, resources=resources))


@pytest.mark.parametrize("shift", [-0.4, -0.1, 0.17, 0.45])
def test_a_scan_that_is_off_the_page_by_a_part_of_a_pixel_is_taken(
    tmp_path: Path, scan: np.ndarray, shift: float
) -> None:
    w, h = points(scan)
    content = f"q {w - shift} 0 0 {h + shift} {shift / 2} {shift / 3} cm /I Do Q"
    assert is_taken(write_pdf(tmp_path / "off.pdf", content, (w, h), {10: bilevel(scan)}))


def test_a_fine_scan_is_taken_at_its_own_resolution(tmp_path: Path, scan: np.ndarray) -> None:
    fine = cv2.resize(scan, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)
    w, h = points(scan)
    path = write_pdf(tmp_path / "fine.pdf", SHOWN.format(w=w, h=h), (w, h), {10: bilevel(fine)})
    assert is_taken(path)
    assert grey_of(path).shape == fine.shape
