"""Three Prefect workers in separate processes share a large batch; one is killed with SIGKILL in the middle.

A real PostgreSQL, a real Prefect server, rendered cheques and claims with one file in twenty cut short. Prints
the counts and ends with 1 unless each document has exactly one set of rows. Needs Debian's postgresql.

    python benchmarks/three_workers.py --documents 60 --chunk 5
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from inkfield.schemas.database.connection import open_database  # noqa: E402
from inkfield.schemas.database.read_only_query import run_query  # noqa: E402
from tests.support.postgres import NOT_INSTALLED, find_programs, running_server  # noqa: E402
from tests.support.prefect_processes import (  # noqa: E402
    deploy,
    kill_tree,
    listed,
    running_prefect,
    running_worker,
    server_environment,
)

COUNTS = {
    "documents with a result": "SELECT count(*) FROM documents WHERE status IN ('done', 'review')",
    "documents that failed": "SELECT count(*) FROM documents WHERE status = 'failed'",
    "documents without a result": "SELECT count(*) FROM documents WHERE status IN ('received', 'processing')",
    "contents with more than one row": (
        "SELECT count(*) FROM (SELECT sha256 FROM documents GROUP BY sha256, form_key HAVING count(*) > 1) AS twice"
    ),
    "pages": "SELECT count(*) FROM pages",
    "fields": "SELECT count(*) FROM fields",
    "chunks done": "SELECT count(*) FROM chunks WHERE status = 'done'",
    "chunks lost": "SELECT count(*) FROM chunks WHERE status = 'lost'",
    "attempts at chunks": "SELECT sum(attempts) FROM chunks",
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--chunk", type=int, default=5, help="documents in a chunk")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--lease", type=float, default=15.0, help="seconds that a worker may be silent")
    arguments = parser.parse_args()
    programs = find_programs()
    if programs is None:
        print(NOT_INSTALLED, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="inkfield-") as name, ExitStack() as stack:
        folder = Path(name)
        total = write_documents(folder / "inbox", arguments.documents)
        url = stack.enter_context(running_server(programs))
        environment = {**server_environment(folder / "prefect"), "INKFIELD_DATABASE_URL": url}
        server = stack.enter_context(running_prefect(environment))
        deploy(environment)
        workers = [
            stack.enter_context(running_worker(environment, folder / f"worker-{number}.log", "--only"))
            for number in range(arguments.workers)
        ]
        started = time.perf_counter()
        batch = start_batch(folder / "inbox", environment, arguments.chunk, arguments.lease)
        killed = kill_when_half_done(workers[0].pid, url, total)
        figures = json.loads(batch.communicate()[0])
        seconds = time.perf_counter() - started
        print(json.dumps(figures, indent=1))
        print(f"{killed} processes of one worker killed; {seconds:.0f} s for {total} documents")
        return check(url, server, total)


def write_documents(inbox: Path, count: int) -> int:
    """The cheque and a claim of the examples, each time as another file, and one in twenty cut short."""
    inbox.mkdir()
    scans = [(ROOT / "examples" / name).read_bytes() for name in ("cheque-single.pdf", "claim-1.pdf")]
    for number in range(count):
        # A comment after the end of a PDF makes it another file with the same pages.
        data = scans[number % 4 == 3] + b"%% %d\n" % number
        (inbox / f"scan-{number:05}.pdf").write_bytes(data if number % 20 else data[: 5000 + number])
    return count


def start_batch(inbox: Path, environment: dict[str, str], chunk: int, lease: float) -> subprocess.Popen[str]:
    code = (
        "import json, sys\n"
        "from inkfield.flows.batch.process_large_batch import process_large_batch\n"
        "done = process_large_batch([sys.argv[1]], chunk_size=int(sys.argv[2]), lease_seconds=float(sys.argv[3]))\n"
        "print(json.dumps(done.as_dict()))\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(inbox), str(chunk), str(lease)],
        env={**environment, "PYTHONPATH": str(ROOT), "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore"},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_when_half_done(worker: int, url: str, total: int) -> int:
    """Kills a worker with all its processes once a third of the documents is read; returns how many."""
    engine = open_database(url)
    query = "SELECT count(*) FROM documents WHERE status IN ('done', 'review', 'failed')"
    deadline = time.monotonic() + 1800
    while time.monotonic() < deadline:
        if run_query(engine, query)[1][0][0] >= total // 3:
            break
        time.sleep(0.2)
    return kill_tree(worker)


def check(url: str, server: str, total: int) -> int:
    engine = open_database(url)
    found = {what: run_query(engine, sql)[1][0][0] for what, sql in COUNTS.items()}
    for what, number in found.items():
        print(f"{what:34} {number}")
    states = [run["state_type"] for run in listed(server, "flow_runs")]
    print("flow runs:", {state: states.count(state) for state in sorted(set(states))})
    settled = found["documents with a result"] + found["documents that failed"]
    good = settled == total and not found["documents without a result"] and not found["chunks lost"]
    good = good and not found["contents with more than one row"]
    print("each document has exactly one set of rows" if good else "DOCUMENTS ARE MISSING")
    return 0 if good else 1


if __name__ == "__main__":
    os.environ["OMP_NUM_THREADS"] = "1"
    raise SystemExit(main())
