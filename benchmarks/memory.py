"""Memory over a long document: a PDF of many pages, made of the examples' pages over and over, is read in this process.

    python -m benchmarks.memory --pages 500

Prints resident memory every 50 pages and, at the end, the ratio of the last to the first of these figures.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from inkfield.pipeline.document import read_document
from inkfield.pipeline.settings import Settings

EXAMPLES = Path(__file__).parents[1] / "examples"


def long_pdf(target: Path, pages: int) -> None:
    """Writes a PDF of so many pages: cheques and claims of the examples in turn."""
    writer = PdfWriter()
    sources = [page for path in sorted(EXAMPLES.glob("*.pdf")) for page in PdfReader(path).pages]
    for number in range(pages):
        writer.add_page(sources[number % len(sources)])
    writer.write(target)


def resident_mb() -> float:
    """Resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


class Meter:
    """A trace that counts pages and notes memory; it looks at no picture."""

    def __init__(self) -> None:
        self.pages = 0
        self.figures: list[float] = []

    def __call__(self, stage: str, picture: object) -> None:
        if stage != "page as scanned":
            return
        self.pages += 1
        if self.pages % 50 == 0:
            self.figures.append(resident_mb())
            print(f"{self.pages:5} pages  {self.figures[-1]:7.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=500)
    pages = parser.parse_args().pages
    meter = Meter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        long_pdf(path, pages)
        started = time.process_time()
        reading = read_document(path, Settings(), meter)
    print(
        f"{len(reading.pages)} pages, {reading.status}, {(time.process_time() - started) / pages:.2f} CPU s a page"
    )
    print(f"last over first: {meter.figures[-1] / meter.figures[0]:.2f}")


if __name__ == "__main__":
    main()
