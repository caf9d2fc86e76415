"""A review page to test: a database with readings that wait, a served page, and people who may sign in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import Engine

from inkfield.flows.server.passwords import password_hash
from inkfield.pipeline.intake import content_hash
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import Form, load_forms
from inkfield.schemas.readings import Alternative, DocumentReading, FieldReading, PageReading
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from inkfield.schemas.store.people import add_person
from tests.support.browser import WAIT, Tab, answers
from tests.support.checkout import ROOT
from tests.support.readings import FORM, field

PASSWORD = "correct horse battery"
PEOPLE = {
    "anna": "reviewer",
    "ben": "reviewer",
    "cleo": "reviewer",
    "sue": "supervisor",
    "adam": "admin",
    "rea": "reader",
}
WIDTH, HEIGHT = 800, 400


def form_folder(folder: Path) -> Path:
    """A folder with the form ``slip`` (see readings.py)."""
    (folder / "slip.yaml").write_text(FORM.format(name="slip", version=1), encoding="utf-8")
    return folder


def scan(path: Path, number: int) -> Path:
    """A slip as scanned: its number is written on it, so that no two are the same file."""
    page = np.full((HEIGHT, WIDTH), 245, np.uint8)
    for text, place in ((f"slip {number}", (40, 60)), ("4700.00", (420, 160)), ("Mina Rao", (40, 160))):
        cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 2, cv2.LINE_AA)
    cv2.imwrite(str(path), page)
    return path


def slip(
    amount: str = "4700.00", unsure: tuple[str, ...] = ("payee", "amount"), payee: str = "Mina Rao"
) -> PageReading:
    """A slip of which some fields wait."""
    rivals = (
        Alternative("4100.00", Decimal("4100.00"), 0.3),
        Alternative("4760.00", Decimal("4760.00"), 0.05),
    )
    fields = [
        field("payee", "name", payee, box=(40, 130, 200, 40)),
        field("amount", "amount", Decimal(amount), box=(420, 130, 200, 40), alternatives=rivals),
        field("date", "date", date(2026, 3, 15), box=(40, 250, 200, 40)),
        field("visits", "integer", 12, box=None),
        field("services", "table", '[{"charge": "12.50"}]', box=None),
        field("services.1.charge", "amount", Decimal("12.50"), box=(40, 330, 200, 40)),
    ]
    asked = [_unsure(one) if one.name in unsure else one for one in fields]
    return PageReading(1, WIDTH, HEIGHT, 200.0, "slip", 1, "review", tuple(asked), scan_number=1)


def _unsure(read: FieldReading) -> FieldReading:
    return replace(read, status="review", confidence=0.6, reasons=(because(ReasonCode.LOW_CONFIDENCE),))


def store(
    engine: Engine, path: Path, pages: list[PageReading], batch: str = "night", key: str = "slip:1"
) -> int:
    """Writes what was read in a file; returns the document's id. Another ``key``: it is read again."""
    sha256 = content_hash(path)
    status = "review" if any(page.status != "done" for page in pages) else "done"
    with transaction(engine) as session:
        found = register_document(session, begin_batch(session, batch, batch), path, sha256, key)
        save_document(session, found.document_id, DocumentReading(path.name, sha256, status, tuple(pages)))
    return found.document_id


def opened(folder: Path, url: str) -> tuple[Engine, dict[str, Form]]:
    """The database with the views of the forms, and its people; the forms: the built-in ones and ``slip``."""
    engine = open_database(url)
    forms = load_forms() | load_forms(form_folder(folder))
    sync_views(engine, list(forms.values()))
    hashed = password_hash(PASSWORD)
    with transaction(engine) as session:
        for name, role in PEOPLE.items():
            add_person(session, name, role, hashed, "the tests")
    return engine, forms


class Served:
    """`inkfield serve` in a process of its own, which can be killed and started again."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [
            sys.executable, "-m", "inkfield.flows.commands.cli", "serve", "--port", str(self.port), "--db", url
        ]  # fmt: skip
        path = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
        self._environment = os.environ | {"INKFIELD_FORMS": str(folder), "PYTHONPATH": path} | settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, env=self._environment, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 2 * WAIT
        while not answers(f"{self.url}/health"):
            assert self.process.poll() is None and time.monotonic() < end, "the page is not served"
            time.sleep(0.1)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)


@contextmanager
def served(folder: Path, url: str, **settings: str) -> Iterator[Served]:
    """The page over a database, until the block ends."""
    page = Served(folder, url, **settings)
    page.start()
    try:
        yield page
    finally:
        page.end()


def sign_in(tab: Tab, url: str, name: str, password: str = PASSWORD) -> None:
    """A person signs in, by keyboard."""
    tab.goto(f"{url}/sign-in")
    tab.js("document.querySelector('[name=name]').focus()")
    tab.type(name)
    tab.js("document.querySelector('[name=password]').focus()")
    tab.type(password)
    tab.press("Enter")
    tab.until("!!document.querySelector('.hero')")
