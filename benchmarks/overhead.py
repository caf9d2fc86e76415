"""What Prefect and SQL cost beside the reading, in CPU seconds, on one batch of `inkfield process`.

CPU seconds, not the clock: they hold on a machine that is busy with other work. Reading alone is measured on
the same scans in this process, without Prefect and SQL.

    python benchmarks/overhead.py --documents 500 [--db postgresql://...]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # as in a worker process; idle threads that spin would count as reading

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from benchmarks.cpu_by_process import run  # noqa: E402

ALONE = 40
"""Documents that are read for the time of reading alone."""


def write_documents(inbox: Path, count: int) -> int:
    """The cheque and a claim of the examples, each time as another file, and one in twenty cut short."""
    inbox.mkdir()
    scans = [(ROOT / "examples" / name).read_bytes() for name in ("cheque-single.pdf", "claim-1.pdf")]
    for number in range(count):
        # A comment after the end of a PDF makes it another file with the same pages.
        data = scans[number % 4 == 3] + b"%% %d\n" % number
        (inbox / f"scan-{number:05}.pdf").write_bytes(data if number % 20 else data[: 5000 + number])
    return count


def reading_alone(documents: list[Path]) -> tuple[float, float]:
    """CPU seconds a document, and those of importing everything and loading the model."""
    started = time.process_time()
    import cv2
    import torch

    from inkfield.pipeline.document import read_document
    from inkfield.pipeline.settings import Settings
    from inkfield.recognizers.recognizer import load_recognizer

    torch.set_num_threads(1)
    cv2.setNumThreads(1)  # as in a worker process
    load_recognizer("default")
    read_document(documents[0], Settings())
    loaded = time.process_time()
    for document in documents:
        read_document(document, Settings())
    return (time.process_time() - loaded) / len(documents), loaded - started


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--db", help="default: a new SQLite file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="inkfield-") as name:
        inbox = Path(name) / "inbox"
        count = write_documents(inbox, options.documents)
        url = options.db or f"sqlite:///{name}/rows.db"
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PREFECT_HOME": f"{name}/prefect",
        }
        command = [sys.executable, "-m", "inkfield", "process", str(inbox), "--db", url]
        started = time.perf_counter()
        used = run([*command, "--workers", str(options.workers), "--json"], environment)
        clock = time.perf_counter() - started
        alone, start = reading_alone(sorted(inbox.iterdir())[:ALONE])
    reading = alone * count
    total = sum(used.values())
    for kind, seconds in sorted(used.items(), key=lambda item: -item[1]):
        print(f"{kind:16} {seconds:8.1f} CPU s  {1000 * seconds / count:7.1f} ms a document")
    print(f"reading alone    {reading:8.1f} CPU s  {1000 * alone:7.1f} ms a document; start {start:.1f} s")
    print(f"by the clock     {clock:8.1f} s for {count} documents")
    print(f"all beside the reading: {100 * (total - reading) / reading:.1f} % of the reading")


if __name__ == "__main__":
    main()
