"""How fast the review page answers when many people work at once.

    python -m benchmarks.review_load --people 20 --answers 20

Makes a database of slips that wait (no reading), serves it in a process of its own, and has so many people sign in and
answer, each with a second of thought between two answers (1,200 fields an hour would be three). Prints percentiles in
milliseconds of what a person waits for: the answer with the next fields in it, and the crop; and the CPU that
the server uses, which other programs change less than the times.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
from sqlalchemy.orm import Session

from inkfield.flows.server.passwords import password_hash
from inkfield.schemas.store.people import add_person
from tests.support.review_desk import PASSWORD, opened, scan, served, slip, store


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=20)
    arguments.add_argument("--answers", type=int, default=20)
    arguments.add_argument("--thought", type=float, default=1.0, help="seconds between two answers")
    arguments.add_argument(
        "--slips", type=int, default=2000, help="documents in the database, two fields each"
    )
    arguments.add_argument("--db", help="an empty database; default: a SQLite file")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = chosen.db or f"sqlite:///{folder / 'rows.db'}"
        engine, _ = opened(folder, url)
        with Session(engine) as session, session.begin():
            hashed = password_hash(PASSWORD)
            for number in range(chosen.people):
                add_person(session, f"person{number}", "reviewer", hashed, "the benchmark")
        for number in range(chosen.slips):
            store(engine, scan(folder / f"slip-{number}.png", number), [slip()], "load")
        with served(folder, url) as page, ThreadPoolExecutor(chosen.people) as threads:
            assert page.process is not None
            before = cpu_seconds(page.process.pid)
            work = [
                threads.submit(person, page.url, f"person{number}", chosen.answers, chosen.thought)
                for number in range(chosen.people)
            ]
            times = [one.result() for one in work]
            assert page.process is not None
            used = cpu_seconds(page.process.pid) - before
    answers, crops = (np.concatenate([part[which] for part in times]) for which in (0, 1))
    there = f"{2 * chosen.slips} fields at the start, {engine.dialect.name}"
    print(f"{chosen.people} people, {len(answers)} answers, {there}")
    print(f"{1000 * used / len(answers):.0f} ms of CPU for an answer with its crop, and signing in")
    for what, times in (("answer", answers), ("crop", crops)):
        middle, most, longest = np.percentile(1000 * times, [50, 95, 100])
        print(
            f"{what:8} median {middle:6.0f} ms   95th percentile {most:6.0f} ms   longest {longest:6.0f} ms"
        )


def cpu_seconds(process: int) -> float:
    """Seconds of CPU that a process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def person(url: str, name: str, count: int, thought: float) -> tuple[list[float], list[float]]:
    """Seconds of each answer and of each crop of a person who answers so often."""
    answers: list[float] = []
    crops: list[float] = []
    with httpx.Client(base_url=url, timeout=60, follow_redirects=True) as client:
        page = client.post("/sign-in", data={"name": name, "password": PASSWORD}).raise_for_status().text
        found = re.search(r'name="csrf" content="([^"]+)"', page)
        assert found is not None
        client.headers["X-CSRF-Token"] = found[1]
        fields = client.post("/api/next", json={}).raise_for_status().json()["fields"]
        for _ in range(count):
            first, keep = fields[0], [field["id"] for field in fields[1:]]
            started = time.perf_counter()
            client.get(f"/crops/{first['id']}.jpg").raise_for_status()
            crops.append(time.perf_counter() - started)
            time.sleep(thought)
            said = {"field": first["id"], "value": None, "mark": first["mark"], "queue": {"keep": keep}}
            started = time.perf_counter()
            fields = client.post("/api/answer", json=said).raise_for_status().json()["fields"]
            answers.append(time.perf_counter() - started)
    return answers, crops


if __name__ == "__main__":
    main()
