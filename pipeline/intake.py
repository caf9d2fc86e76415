"""Intake: a file becomes pages.

What a file is, is decided by its first bytes, never by its name. Pages come one at a time, so that memory
stays flat over any number of pages. A PDF page that is one embedded scan gives that image at its own
resolution, with the page's placement and rotation applied; any other PDF page is rendered with poppler.

Limits are checked before anything is decoded. A page that is broken inside a PDF or a TIFF does not cost the
others: the good pages are yielded, and `Truncated`, naming the bad ones, is raised after the last.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdfium2 import raw as pdfium_c

from pipeline.errors import (
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
from pipeline.records import Page

MM_PER_INCH = 25.4
# Papers whose size tells the resolution of an image that does not say it: width x height in mm.
PAPERS_MM = (
    (210.0, 297.0),  # A4
    (215.9, 279.4),  # Letter
    (215.9, 355.6),  # Legal
    (202.0, 92.0),  # CTS-2010 cheque
    (152.4, 69.85),  # US personal cheque
    (215.9, 88.9),  # US business cheque
    (148.0, 210.0),  # A5
)
USUAL_DPI = (300.0, 200.0, 600.0, 150.0, 240.0, 400.0, 100.0)
KNOWN_TYPES = "PDF, TIFF, PNG, JPEG or WebP"


@dataclass(frozen=True)
class IntakeLimits:
    """What is refused: files above ``max_bytes``, more than ``max_pages``, a page above ``max_pixels``.

    ``dpi`` is the resolution at which PDF pages that are not scans are rendered.
    """

    max_bytes: int = 512 * 1024 * 1024
    max_pages: int = 1000
    max_pixels: int = 120_000_000
    dpi: int = 300


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes as 64 hex digits, read in pieces of 1 MB."""
    digest = hashlib.sha256()
    with open_bytes(path) as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def count_pages(path: Path, limits: IntakeLimits = IntakeLimits()) -> int:
    """How many pages the file has. Decodes none of them. Raises the same errors as `open_pages` does at
    once."""
    path = Path(path)
    kind = sniff(path, limits)
    if kind == "pdf":
        with open_pdf(path, limits) as document:
            return len(document)
    if kind == "tiff":
        with open_image(path, limits) as image:
            return count_frames(path, image, limits)
    with open_image(path, limits):
        return 1


def open_pages(path: Path, limits: IntakeLimits = IntakeLimits()) -> Iterator[Page]:
    """Yields the pages of a file in order, each decoded when asked for; nothing of earlier pages is kept.

    ``Page.image`` is uint8, grey (height, width) or BGR (height, width, 3). Raises a `DocumentError`:
    before the first page when the file is refused, after the last one (`Truncated`) when some pages could
    not be read.
    """
    path = Path(path)
    kind = sniff(path, limits)
    sha256 = content_hash(path)
    reader = {"pdf": pdf_pages, "tiff": tiff_pages}.get(kind, single_image)
    broken: list[int] = []
    total = 0
    for number, image, dpi in reader(path, limits):
        total += 1
        if image is None:
            broken.append(number)
        else:
            yield Page(path.name, number, image, dpi, sha256)
    if broken:
        names = ", ".join(str(number) for number in broken[:10]) + (", ..." if len(broken) > 10 else "")
        raise Truncated(
            f"{path.name}: {len(broken)} of {total} pages cannot be read (page {names}); "
            "scan these pages again and send the file anew"
        )


Picture = tuple[int, np.ndarray | None, float]
"""Page number from 1, image or None when it cannot be read, dpi."""


# --- what kind of file --------------------------------------------------------------------------------------


def open_bytes(path: Path):  # type: ignore[no-untyped-def]
    """Opens for reading; an operating system error becomes a `DocumentError`."""
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise DocumentError(f"{path.name}: there is no such file; check the name") from None
    except IsADirectoryError:
        raise DocumentError(f"{path.name} is a folder; name the files in it") from None
    except OSError as error:
        raise DocumentError(
            f"{path.name} cannot be opened ({error.strerror}); check its permissions"
        ) from None


def sniff(path: Path, limits: IntakeLimits) -> str:
    """The type by content: pdf, tiff, png, jpeg or webp. Raises EmptyFile, FileTooLarge or NotADocument."""
    with open_bytes(path) as file:
        head = file.read(1024)
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile(f"{path.name} is empty (0 bytes); copy or scan it again")
    if size > limits.max_bytes:
        raise FileTooLarge(
            f"{path.name} has {size / 2**20:.0f} MB, the limit is {limits.max_bytes / 2**20:.0f} MB; split it"
        )
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "tiff"
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    # Mail gateways and printers put bytes before a PDF's header; readers look in the first kilobyte (ISO
    # 32000).
    if b"%PDF-" in head:
        return "pdf"
    if not head.strip(b"\0"):
        raise Truncated(f"{path.name} holds only zero bytes; its copying was cut short, copy it again")
    raise NotADocument(
        f"{path.name} is not a {KNOWN_TYPES} file, whatever its name says; scan or convert to PDF"
    )


def too_many(path: Path, pages: int, limits: IntakeLimits) -> TooManyPages:
    return TooManyPages(f"{path.name} has {pages} pages, the limit is {limits.max_pages}; split it")


def check_pixels(path: Path, number: int, width: float, height: float, limits: IntakeLimits) -> None:
    """Raises PageTooLarge when a page of ``width`` x ``height`` pixels is above the limit."""
    if width * height > limits.max_pixels:
        raise PageTooLarge(
            f"{path.name}: page {number} is {width:.0f} x {height:.0f} pixels, the limit is "
            f"{limits.max_pixels / 1e6:.0f} megapixels; scan it at a lower resolution or crop it"
        )


# --- resolution ---------------------------------------------------------------------------------------------


def plausible_dpi(width: int, height: int, declared: float | None, default: float = 300.0) -> float:
    """The resolution of a page image: ``declared`` when it can be true, else by the paper it would fit.

    Software that packs images writes 72 or 96 dpi for want of knowledge; an A4 scan would then be a metre
    tall. A declared value is believed when it makes the page's longer side 60 to 450 mm and is not such a
    default.
    """
    longer = max(width, height)
    if declared and declared > 97 and 60 <= longer / declared * MM_PER_INCH <= 450:
        return round(float(declared), 1)
    best = (0.02, default)
    for dpi in USUAL_DPI:
        for paper in PAPERS_MM:
            a, b = (side / MM_PER_INCH * dpi for side in paper)
            sides = (a, b) if (a > b) == (width > height) else (b, a)
            miss = max(abs(width / sides[0] - 1), abs(height / sides[1] - 1))
            if miss < best[0]:
                best = (miss, dpi)
    if best[0] < 0.02:
        return best[1]
    if declared and 60 <= longer / declared * MM_PER_INCH <= 450:
        return round(float(declared), 1)
    # A photo or an odd crop: a cheque when it is twice as wide as high, a page otherwise.
    long_mm = 200.0 if longer > 1.8 * min(width, height) else 297.0
    return float(np.clip(longer / long_mm * MM_PER_INCH, 50, 1200))


# --- images -------------------------------------------------------------------------------------------------


def open_image(path: Path, limits: IntakeLimits) -> Image.Image:
    """Opens an image file without decoding it. Raises PageTooLarge or Truncated."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit decides
            image = Image.open(path, formats=("TIFF", "PNG", "JPEG", "WEBP", "MPO"))
    except Image.DecompressionBombError:
        raise PageTooLarge(
            f"{path.name} is far above {limits.max_pixels / 1e6:.0f} megapixels; scan it more coarsely"
        ) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, KeyError, EOFError):
        raise damaged(path) from None
    try:
        check_pixels(path, 1, *image.size, limits)
    except PageTooLarge:
        image.close()
        raise
    return image


def damaged(path: Path) -> Truncated:
    return Truncated(f"{path.name} is cut short or damaged; copy or scan it again")


def declared_dpi(image: Image.Image) -> tuple[float, float] | None:
    """Horizontal and vertical dpi as the file tells them, or None."""
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if across > 1 and down > 1 else None


def to_array(image: Image.Image) -> np.ndarray:
    """uint8 grey or BGR of any PIL image; what is transparent becomes white paper."""
    if image.mode.startswith("I") or image.mode == "F":
        deep = np.asarray(image, dtype=np.float32)
        top = 65535.0 if deep.max(initial=0) > 255 else 255.0
        return np.clip(deep * (255.0 / top), 0, 255).astype(np.uint8)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, rgba).convert("RGB")
    wanted = "L" if image.mode in ("1", "L") else "RGB"
    array = np.array(image if image.mode == wanted else image.convert(wanted))
    return array if wanted == "L" else cv2.cvtColor(array, cv2.COLOR_RGB2BGR)


def square_pixels(image: np.ndarray, dpi: tuple[float, float] | None) -> tuple[np.ndarray, float | None]:
    """Fax pages have 204 x 98 dpi: stretches the coarser direction so that pixels are square."""
    if dpi is None:
        return image, None
    across, down = dpi
    if max(across, down) / min(across, down) < 1.1 or max(across, down) > 5 * min(across, down):
        return image, across
    finer = max(across, down)
    stretched = cv2.resize(image, None, fx=finer / across, fy=finer / down, interpolation=cv2.INTER_CUBIC)
    return stretched, finer


def decode_frame(image: Image.Image) -> tuple[np.ndarray, float]:
    """Decodes the frame at which ``image`` stands: EXIF orientation applied, pixels square."""
    dpi = declared_dpi(image)
    if image.format == "TIFF":
        image.load()  # PIL turns TIFF frames by their orientation tag itself
    else:
        orientation = image.getexif().get(0x0112, 1)
        dpi = (dpi[1], dpi[0]) if dpi and orientation in (5, 6, 7, 8) else dpi
        if orientation != 1:  # it copies a picture that needs no turning, too
            image = ImageOps.exif_transpose(image)
    array, density = square_pixels(to_array(image), dpi)
    return array, plausible_dpi(array.shape[1], array.shape[0], density)


READ_ERRORS = (OSError, SyntaxError, ValueError, TypeError, KeyError, EOFError, IndexError, RuntimeError)


def single_image(path: Path, limits: IntakeLimits) -> Iterator[Picture]:
    """The one page of a PNG, JPEG or WebP. Raises Truncated."""
    with open_image(path, limits) as image:
        try:
            array, dpi = decode_frame(image)
        except READ_ERRORS:
            raise damaged(path) from None
    yield 1, array, dpi


def count_frames(path: Path, image: Image.Image, limits: IntakeLimits) -> int:
    try:
        frames = int(getattr(image, "n_frames", 1))
    except READ_ERRORS:
        raise damaged(path) from None
    if frames > limits.max_pages:
        raise too_many(path, frames, limits)
    return frames


def tiff_pages(path: Path, limits: IntakeLimits) -> Iterator[Picture]:
    with open_image(path, limits) as image:
        frames = count_frames(path, image, limits)
        for index in range(frames):
            try:
                image.seek(index)
                check_pixels(path, index + 1, *image.size, limits)
                array, dpi = decode_frame(image)
            except READ_ERRORS:
                if frames == 1:
                    raise damaged(path) from None
                yield index + 1, None, 0.0
                continue
            yield index + 1, array, dpi


# --- PDF ----------------------------------------------------------------------------------------------------


def check_pdf_whole(path: Path) -> None:
    """Raises Truncated when the end of the file is missing: readers would silently show fewer pages."""
    size = path.stat().st_size
    with open_bytes(path) as file:
        head = file.read(2048)
        file.seek(max(0, size - 65536))
        tail = file.read()
    linearized = re.search(rb"/Linearized.{0,200}?/L\s+(\d+)", head, re.DOTALL)
    cut = b"startxref" not in tail or (linearized is not None and int(linearized[1]) > size)
    if cut:
        raise Truncated(f"{path.name} is cut short (its end is missing); copy or download it again")


def holds(path: Path, pattern: bytes) -> bool:
    """Whether the file's bytes hold a pattern of at most 64 bytes; read in pieces."""
    kept = b""
    with open_bytes(path) as file:
        while piece := file.read(1 << 20):
            if re.search(pattern, kept + piece):
                return True
            kept = piece[-64:]
    return False


def open_pdf(path: Path, limits: IntakeLimits) -> pdfium.PdfDocument:
    """Opens a PDF. Raises Encrypted, Truncated, EmptyFile, TooManyPages or PageTooLarge; decodes no page."""
    check_pdf_whole(path)
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        # PDFium may report the error of an earlier file: only a file that speaks of encryption is encrypted.
        if not holds(path, rb"/Encrypt\b"):
            if holds(path, rb"/Count\s+0\b"):
                raise EmptyFile(f"{path.name} is a PDF without pages; export or scan it again") from None
            raise damaged(path) from None
        if error.err_code == pdfium_c.FPDF_ERR_PASSWORD:
            raise Encrypted(f"{path.name} needs a password; save it without one and send it again") from None
        if error.err_code == pdfium_c.FPDF_ERR_SECURITY:
            raise Encrypted(f"{path.name} is encrypted in an unknown way; save it unprotected") from None
        raise damaged(path) from None
    try:
        pages = len(document)
        if pages == 0:
            raise EmptyFile(f"{path.name} is a PDF without pages; export or scan it again")
        if pages > limits.max_pages:
            raise too_many(path, pages, limits)
        for index in range(pages):
            try:
                width, height = document.get_page_size(index)
            except pdfium.PdfiumError:
                continue  # a broken page: reported when its turn comes
            dpi = render_dpi(width, height, 72)
            check_pixels(path, index + 1, width / 72 * dpi, height / 72 * dpi, limits)
    except DocumentError:
        document.close()
        raise
    return document


def render_dpi(width: float, height: float, dpi: float) -> float:
    """Resolution for a page of ``width`` x ``height`` points.

    A page above half a metre is as a rule an image packed at one point a pixel: it is rendered smaller, so
    that its longer side has 6000 pixels, but never below 72 dpi.
    """
    longer = max(width, height) / 72
    return float(dpi) if longer < 20 else float(np.clip(6000 / longer, 72, max(72, dpi)))


REOPEN_EVERY = 32
"""PDFium keeps what it has parsed, the scans' data among it, until the document is closed."""


def pdf_pages(path: Path, limits: IntakeLimits) -> Iterator[Picture]:
    with open_pdf(path, limits) as document:
        pages = len(document)
    for first in range(0, pages, REOPEN_EVERY):
        with pdfium.PdfDocument(path) as document:
            for index in range(first, min(pages, first + REOPEN_EVERY)):
                yield pdf_page(document, index, path, limits)


def pdf_page(document: pdfium.PdfDocument, index: int, path: Path, limits: IntakeLimits) -> Picture:
    """One page: its embedded scan, else rendered; no image when it is broken."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return index + 1, None, 0.0
    try:
        scan = embedded_scan(page, path, index + 1, limits)
        size = page.get_size()
    except pdfium.PdfiumError:
        return index + 1, None, 0.0
    finally:
        page.close()
    if scan is not None:
        return index + 1, *scan
    return index + 1, *rendered(path, index + 1, size, limits)


def rendered(
    path: Path, number: int, size: tuple[float, float], limits: IntakeLimits
) -> tuple[np.ndarray | None, float]:
    """One PDF page by poppler, BGR (or grey when it has no colour). None when poppler gives no picture."""
    dpi = render_dpi(*size, limits.dpi)
    check_pixels(path, number, size[0] / 72 * dpi, size[1] / 72 * dpi, limits)
    try:
        # The crop box is what a person sees; rotation is applied by poppler.
        images = convert_from_path(path, dpi=int(dpi), first_page=number, last_page=number, use_cropbox=True)
    except PDFInfoNotInstalledError:
        raise MissingTool("poppler is not installed; install poppler-utils (apt) or poppler (brew)") from None
    except (
        Exception
    ):  # pdf2image raises its own, subprocess and PIL errors: the page is broken whichever it is
        return None, 0.0
    if not images:
        return None, 0.0
    array = cv2.cvtColor(np.asarray(images[0].convert("RGB")), cv2.COLOR_RGB2BGR)
    return array, plausible_dpi(array.shape[1], array.shape[0], float(int(dpi)))


def embedded_scan(
    page: pdfium.PdfPage, path: Path, number: int, limits: IntakeLimits
) -> tuple[np.ndarray, float] | None:
    """The image of a page that is nothing but one scan: (image, dpi), upright as the page shows it; else
    None.

    Invisible text (the layer that OCR software adds) may lie over it. Raises PageTooLarge before decoding and
    PdfiumError when the image cannot be decoded.
    """
    images = []
    for thing in page.get_objects(max_depth=4):
        if thing.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            images.append(thing)
            if len(images) > 1:
                return None
        elif thing.type == pdfium_c.FPDF_PAGEOBJ_TEXT:
            if pdfium_c.FPDFTextObj_GetTextRenderMode(thing.raw) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE:
                return None
        elif thing.type in (pdfium_c.FPDF_PAGEOBJ_PATH, pdfium_c.FPDF_PAGEOBJ_SHADING):
            return None
    if not images or len(page_annotations(page)) > 0:
        return None
    scan = images[0]
    width, height = scan.get_px_size()
    check_pixels(path, number, width, height, limits)
    if scan.container is not None:  # inside a form object its matrix is not the page's: let poppler place it
        return None
    left, bottom, right, top = scan.get_bounds()
    box = page.get_cropbox(fallback_ok=True)
    page_area = (box[2] - box[0]) * (box[3] - box[1])
    seen = max(0.0, min(right, box[2]) - max(left, box[0])) * max(0.0, min(top, box[3]) - max(bottom, box[1]))
    # The scan must cover the page, and must not reach far beyond it (a cropped page shows only a part).
    if seen < 0.95 * page_area or seen < 0.95 * (right - left) * (top - bottom):
        return None
    turn = placement(scan.get_matrix().get())
    if turn is None:
        return None
    bitmap = scan.get_bitmap(render=False)
    array = bitmap_array(bitmap)
    if array is None:
        return None
    wide, high = page.get_size()
    array = turn_quarters(array, turn, page.get_rotation())
    if not shows_same(page, array):
        return None
    # Some writers squeeze the scan onto the page; unequal scales are made square at the finer one.
    across, down = array.shape[1] * 72 / wide, array.shape[0] * 72 / high
    array, density = square_pixels(array, (across, down))
    return array, plausible_dpi(array.shape[1], array.shape[0], density)


def page_annotations(page: pdfium.PdfPage) -> list[int]:
    """Indices of annotations that draw on the page (stamps, form fields); links and pop-ups do not."""
    silent = (pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP)
    drawing = []
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        if pdfium_c.FPDFAnnot_GetSubtype(annotation) not in silent:
            drawing.append(index)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    return drawing


def placement(matrix: tuple[float, float, float, float, float, float]) -> tuple[int, bool] | None:
    """How a PDF image matrix puts an image on the page: (quarter turns clockwise, mirrored), None when
    skewed."""
    a, b, c, d = matrix[:4]
    if abs(b) + abs(c) < 0.01 * (abs(a) + abs(d)):
        table = {(True, True): (0, False), (False, False): (2, False), (False, True): (0, True)}
        return table.get((a > 0, d > 0), (2, True))
    if abs(a) + abs(d) < 0.01 * (abs(b) + abs(c)):
        # (b, c): the image's x axis points along b (up when positive), its y axis along c.
        table = {(True, False): (3, False), (False, True): (1, False), (True, True): (1, True)}
        return table.get((b > 0, c > 0), (3, True))
    return None


def turn_quarters(array: np.ndarray, turn: tuple[int, bool], page_rotation: int) -> np.ndarray:
    """Mirrors left-right if asked, then turns clockwise by the placement's and the page's own rotation."""
    quarters, mirrored = turn
    if mirrored:
        array = cv2.flip(array, 1)
    codes = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}
    total = (quarters + page_rotation // 90) % 4
    return cv2.rotate(array, codes[total]) if total else array


def bitmap_array(bitmap: pdfium.PdfBitmap) -> np.ndarray | None:
    """Own uint8 array, grey or BGR, of a PDFium bitmap; None for formats with transparency."""
    array = bitmap.to_numpy()
    if array.ndim == 2 or array.shape[2] == 1:
        return array.reshape(array.shape[:2]).copy()
    if array.shape[2] == 3:
        return array.copy()
    if bitmap.format == pdfium_c.FPDFBitmap_BGRx or array[::16, ::16, 3].min() == 255:
        return cv2.cvtColor(array, cv2.COLOR_BGRA2BGR)
    return None


def shows_same(page: pdfium.PdfPage, array: np.ndarray) -> bool:
    """Whether the taken-out image is what the page shows, by a thumbnail: guards against stencil masks, soft
    masks and inverted decode arrays, which the bare image data does not tell."""
    wide, high = page.get_size()
    scale = 96 / max(wide, high)
    seen = page.render(scale=scale, grayscale=True, may_draw_forms=False).to_numpy()
    seen = seen.reshape(seen.shape[:2]).astype(np.float32)
    grey = array if array.ndim == 2 else cv2.cvtColor(array, cv2.COLOR_BGR2GRAY)
    own = cv2.resize(grey, (seen.shape[1], seen.shape[0]), interpolation=cv2.INTER_AREA).astype(np.float32)
    return float(np.mean(np.abs(own - seen))) < 24
