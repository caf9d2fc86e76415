"""PDF: opened with PDFium; a page is the scan in it, or is rendered by poppler."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
from pdf2image import convert_from_path
from pdf2image.exceptions import PDFInfoNotInstalledError
from pypdfium2 import raw as pdfium_c

from inkfield.pipeline.intake.embedded_scan import embedded_scan
from inkfield.pipeline.intake.files import find_first, open_bytes
from inkfield.pipeline.intake.images import Picture
from inkfield.pipeline.intake.limits import IntakeLimits, check_pixels, damaged, too_many
from inkfield.pipeline.intake.packed_images import check_images
from inkfield.pipeline.intake.pdf_bytes import plain_pdf
from inkfield.pipeline.intake.resolution import plausible_dpi
from inkfield.schemas.errors import DocumentError, EmptyFile, Encrypted, MissingTool, XfaForm

REOPEN_EVERY = 32
"""PDFium keeps what it has parsed, the scans' data among it, until the document is closed."""
DEEPEST = 15
"""Form objects in form objects."""

PLACEHOLDER_CHARACTERS = 1500
"""Adobe's own page in place of a dynamic XFA form has some 700 characters."""
_PLEASE_WAIT = re.compile(
    r"please wait|acrobat|adobe|pdf viewer|bitte warten|veuillez patienter|espere|aguarde|attendere|ein moment|wachten",
    re.IGNORECASE,
)


def count_pdf(path: Path, limits: IntakeLimits) -> int:
    with plain_pdf(path) as plain, open_pdf(plain, limits) as document:
        return len(document)


def pdf_pages(path: Path, kind: str, limits: IntakeLimits, only: range | None = None) -> Iterator[Picture]:
    """The pages of a PDF, or ``only`` those of these numbers, from 1.

    Raises the errors of `open_pdf`, `plain_pdf` and PageTooLarge.
    """
    with plain_pdf(path) as plain:
        with open_pdf(plain, limits) as document:
            pages = len(document)
        wanted = range(pages) if only is None else range(pages)[only.start - 1 : only.stop - 1]
        for first in range(0, len(wanted), REOPEN_EVERY):
            with pdfium.PdfDocument(plain) as document:
                for index in wanted[first : first + REOPEN_EVERY]:
                    yield pdf_page(document, index, plain, limits)


@contextmanager
def open_pdf(path: Path, limits: IntakeLimits) -> Iterator[pdfium.PdfDocument]:
    """Opens a PDF. Raises Encrypted, Truncated, EmptyFile, TooManyPages, PageTooLarge or XfaForm; decodes no
    page."""
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise _why_not(path, error.err_code) from None
    try:
        _check(document, path, limits)
        yield document
    finally:
        document.close()


def _check(document: pdfium.PdfDocument, path: Path, limits: IntakeLimits) -> None:
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
    if is_placeholder(document):
        raise XfaForm(
            f"{path.name} is a dynamic XFA form, which only Adobe Reader shows; "
            "open it there, print it to PDF, and send that"
        )


def _why_not(path: Path, code: int | None) -> DocumentError:
    # PDFium may report the error of an earlier file: only a file that speaks of encryption is encrypted.
    if not _holds(path, rb"/Encrypt\b"):
        if _holds(path, rb"/Count\s+0\b"):
            return EmptyFile(f"{path.name} is a PDF without pages; export or scan it again")
        return damaged(path)
    if code == pdfium_c.FPDF_ERR_PASSWORD:
        return Encrypted(f"{path.name} needs a password; save it without one and send it again")
    if code == pdfium_c.FPDF_ERR_SECURITY:
        return Encrypted(f"{path.name} is encrypted in an unknown way; save it unprotected")
    return damaged(path)


def _holds(path: Path, pattern: bytes) -> bool:
    with open_bytes(path) as file:
        return find_first(file, re.compile(pattern)) >= 0


def is_placeholder(document: pdfium.PdfDocument) -> bool:
    """Whether the page stands for a dynamic XFA form, whose fields are not in the page but in data beside it.

    A static XFA form has its fields on its pages, too, and is read as any PDF.
    """
    form = pdfium_c.FPDF_GetFormType(document.raw)
    if form not in (pdfium_c.FORMTYPE_XFA_FULL, pdfium_c.FORMTYPE_XFA_FOREGROUND) or len(document) > 2:
        return False
    try:
        with_text = [_text_alone(document[index]) for index in range(len(document))]
    except pdfium.PdfiumError:
        return False
    if any(text is None for text in with_text):
        return False
    text = " ".join(filter(None, with_text))
    if len(text) > PLACEHOLDER_CHARACTERS:
        return False
    return form == pdfium_c.FORMTYPE_XFA_FULL or bool(_PLEASE_WAIT.search(text))


def _text_alone(page: pdfium.PdfPage) -> str | None:
    """The text of a page; None for one that has pictures or form fields as well."""
    with_widgets = any(_subtypes(page, pdfium_c.FPDF_ANNOT_WIDGET))
    if with_widgets or any(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=DEEPEST)):
        return None
    return str(page.get_textpage().get_text_bounded()).strip()


def _subtypes(page: pdfium.PdfPage, wanted: int) -> Iterator[bool]:
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        yield pdfium_c.FPDFAnnot_GetSubtype(annotation) == wanted
        pdfium_c.FPDFPage_CloseAnnot(annotation)


def render_dpi(width: float, height: float, dpi: float) -> float:
    """Resolution for a page of ``width`` x ``height`` points.

    A page above half a metre is as a rule an image packed at one point a pixel: it is rendered smaller, so
    that its longer side has 6000 pixels, but never below 72 dpi.
    """
    longer = max(width, height) / 72
    return float(dpi) if longer < 20 else float(np.clip(6000 / longer, 72, max(72, dpi)))


def pdf_page(document: pdfium.PdfDocument, index: int, path: Path, limits: IntakeLimits) -> Picture:
    """One page: its embedded scan, else rendered; no image when it is broken. Raises PageTooLarge."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return index + 1, None, 0.0
    try:
        images = list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=DEEPEST))
        check_images(images, path, index + 1, limits)
        scan = embedded_scan(page, images, path, index + 1, limits)
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
    """One PDF page by poppler, BGR. None when poppler gives no picture, or not in time."""
    dpi = render_dpi(*size, limits.dpi)
    check_pixels(path, number, size[0] / 72 * dpi, size[1] / 72 * dpi, limits)
    try:
        # The crop box is what a person sees; rotation is applied by poppler.
        images = convert_from_path(
            path,
            dpi=int(dpi),
            first_page=number,
            last_page=number,
            use_cropbox=True,
            timeout=limits.page_seconds,  # type: ignore[arg-type]
        )
    except PDFInfoNotInstalledError:
        raise MissingTool("poppler is not installed; install poppler-utils (apt) or poppler (brew)") from None
    except MemoryError:
        raise
    except (
        Exception
    ):  # pdf2image raises its own, subprocess and PIL errors: the page is broken whichever it is
        return None, 0.0
    if not images:
        return None, 0.0
    array = cv2.cvtColor(np.asarray(images[0].convert("RGB")), cv2.COLOR_RGB2BGR)
    return array, plausible_dpi(array.shape[1], array.shape[0], float(int(dpi)))
