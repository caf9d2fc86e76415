"""PDFs as scanners write them: each page is one JPEG, and nothing else (ISO 32000-1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_pdf(path: Path, pages: Sequence[tuple[bytes, tuple[int, int]]], dpi: float) -> None:
    """Writes a PDF of JPEG files (colour), each given with its (width, height) in pixels.

    Byte for byte the same for the same pages: there is no date in it.
    """
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for data, (width, height) in pages:
        wide, high = (f"{side * 72 / dpi:.2f}" for side in (width, height))
        first = len(objects) + 1
        kids.append(f"{first} 0 R")
        content = f"q {wide} 0 0 {high} 0 0 cm /Scan Do Q".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {wide} {high}] /Contents {first + 1} 0 R "
            f"/Resources << /XObject << /Scan {first + 2} 0 R >> >> >>".encode()
        )
        objects.append(_stream("", content))
        objects.append(
            _stream(
                f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB "
                "/BitsPerComponent 8 /Filter /DCTDecode ",
                data,
            )
        )
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    body = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(body)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    body += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(bytes(body))


def _stream(keys: str, data: bytes) -> bytes:
    return f"<< {keys}/Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"
