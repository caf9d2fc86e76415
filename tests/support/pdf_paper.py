"""PDF files object by object, for what no writer makes: masks, layers, decode arrays, odd placements."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np


def stream(head: str, data: bytes) -> bytes:
    """A stream object with those entries in its dictionary."""
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode("latin-1") + data + b"\nendstream"


def image(pixels: np.ndarray, more: str = "") -> bytes:
    """An image object, grey (height, width) or RGB (height, width, 3), packed by Flate."""
    height, width = pixels.shape[:2]
    space = (
        ""
        if "/ColorSpace" in more or "/ImageMask" in more
        else "/ColorSpace " + ("/DeviceGray" if pixels.ndim == 2 else "/DeviceRGB")
    )
    bits = "" if "/BitsPerComponent" in more else "/BitsPerComponent 8"
    head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} {space} {bits} /Filter /FlateDecode {more}"
    return stream(head, zlib.compress(pixels.tobytes()))


def write_pdf(
    path: Path,
    content: str,
    size: tuple[float, float],
    objects: dict[int, bytes],
    page: str = "",
    catalog: str = "",
    resources: str = "/XObject << /I 10 0 R >>",
) -> Path:
    """A PDF of one page with that content stream. ``objects`` are numbered from 10; the image is 10, called /I."""
    everything = {
        1: f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] /Contents 4 0 R "
            f"/Resources << {resources} >> {page} >>"
        ).encode(),
        4: stream("", content.encode()),
        **objects,
    }
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = {}
    for number, body in everything.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {max(everything) + 1}\n0000000000 65535 f \n".encode()
    for number in range(1, max(everything) + 1):
        kept = number in places
        out += f"{places.get(number, 0):010d} {0 if kept else 65535:05d} {'n' if kept else 'f'} \n".encode()
    out += f"trailer\n<< /Size {max(everything) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    path.write_bytes(out)
    return path
