"""Whether people who see, hear or move otherwise can use the review page, and how it looks.

    npm pack axe-core && tar xzf axe-core-*.tgz package/axe.min.js
    python -m benchmarks.accessibility --axe package/axe.min.js --pictures FOLDER

Makes a database of slips that wait, serves it, and asks axe (Deque Systems) about every page in a headless Chromium, in
light and dark colours. Prints each fault with how many places have it and the first of them; writes pictures of the
pages in a window of 1280 and 1920 pixels and on a tablet. Exit code 1: axe has found a fault.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, text

from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.tables import RunRow, now
from tests.support.browser import Tab, running_browser
from tests.support.review_desk import opened, scan, served, sign_in, slip, store

SIZES = {"1280": (1280, 800), "1920": (1920, 1080), "tablet": (820, 1180)}
PAGES = {
    "sign-in": "/sign-in", "queue": "/", "review": "/review", "documents": "/documents", "document": "/documents/1",
    "spot-checks": "/spot-checks", "dashboard": "/dashboard", "audit": "/audit", "users": "/users",
    "nowhere": "/nowhere",
}  # fmt: skip
QUIET = "typeof busy === 'undefined' || !busy"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--axe", type=Path, required=True, help="axe.min.js of the npm package axe-core")
    arguments.add_argument("--pictures", type=Path, help="a folder for pictures of the pages")
    chosen = arguments.parse_args()
    axe, faults = chosen.axe.read_text(encoding="utf-8"), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'rows.db'}"
        engine, _ = opened(folder, url)
        fill(engine, folder)
        settings = {"INKFIELD_SERVE_SPOT_SHARE": "1", "INKFIELD_SERVE_INBOX": str(folder)}
        with served(folder, url, **settings) as page, running_browser(folder) as browser:
            stranger, tab = browser.tab(), browser.tab()
            sign_in(tab, page.url, "adam")
            answer_some(tab, page.url)
            for title, path in PAGES.items():
                at = stranger if title == "sign-in" else tab
                faults += look(at, axe, title, page.url + path, chosen.pictures)
    print(f"{faults} faults")
    sys.exit(1 if faults else 0)


def fill(engine: Engine, folder: Path) -> None:
    """Slips that wait, and some nights."""
    for number in range(12):
        store(engine, scan(folder / f"slip-{number}.png", number), [slip()], "night of claims")
    with transaction(engine) as session:
        session.execute(text("UPDATE documents SET received_at = '2026-01-05 08:00:00.000000' WHERE id = 3"))
        for number in range(14):
            figures = {"done": 300 + 7 * number, "review": 60 - 2 * number, "failed": number % 3}
            due = now() - timedelta(days=14 - number)
            session.add(RunRow(schedule="claims", due_at=due, nights=1, status="done", figures=figures))


def answer_some(tab: Tab, url: str) -> None:
    tab.goto(f"{url}/review")
    for _ in range(6):
        tab.until("!busy && fields.length > 0")
        tab.js("times.length = 0")
        tab.press("Enter")
        tab.until("times.length > 0 && !busy")
    tab.goto(f"{url}/spot-checks")
    for value in ("2026-03-15", "12.50"):
        tab.until("!busy && shown")
        tab.js(f"send('/api/spot-answer', {{field: shown.id, value: {value!r}}})")


def look(tab: Tab, axe: str, title: str, url: str, pictures: Path | None) -> int:
    """Asks axe about a page in light and dark colours, takes its pictures; returns how many faults it has."""
    faults = 0
    for colours in ("light", "dark"):
        tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": colours}])
        tab.goto(url)
        tab.until(QUIET)
        if title == "review":
            tab.js("ask('skip')")
        tab.js(axe + "; true")
        said = tab.js(
            "axe.run(document, {resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations))"
        )
        for fault in json.loads(said):
            faults += 1
            where = fault["nodes"][0]
            print(
                f"{title}, {colours}: {fault['impact']} {fault['id']}: {fault['help']}; {len(fault['nodes'])} places"
            )
            print(f"    {where['html'][:160]}\n    {where.get('failureSummary', '')[:300]!r}")
        for size, (width, height) in SIZES.items() if pictures is not None else ():
            if colours == "dark" and size != "1280":
                continue
            assert pictures is not None
            pictures.mkdir(parents=True, exist_ok=True)
            tab.photograph(pictures / f"{title}-{size}-{colours}.png", width, height)
    return faults


if __name__ == "__main__":
    main()
