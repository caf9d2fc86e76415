"""`inkfield doctor`: what is missing on this machine, and how to get it."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inkfield.flows.prefect_settings import data_folder, has_server


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. ``remedy`` is empty when nothing is to be done."""

    what: str
    state: str
    good: bool
    remedy: str = ""


def check_python() -> Finding:
    fits = (3, 11) <= sys.version_info[:2] < (3, 13)
    remedy = "" if fits else "Install Python 3.11 or 3.12 and set inkfield up with it."
    return Finding("Python", platform.python_version(), fits, remedy)


def check_poppler() -> Finding:
    program = shutil.which("pdftoppm")
    if program is None:
        return Finding("poppler", "not found", False, "apt-get install poppler-utils")
    shown = subprocess.run([program, "-v"], capture_output=True, text=True, timeout=20).stderr.splitlines()
    return Finding("poppler", shown[0] if shown else program, True)


def check_opencv() -> Finding:
    """opencv-python needs libGL and glib; a second OpenCV package in the environment breaks the first."""
    installed = [
        name
        for distribution in importlib.metadata.distributions()
        if (name := (distribution.metadata["Name"] or "").lower()).startswith("opencv-")
    ]
    if len(installed) > 1:
        extra = " ".join(name for name in installed if name != "opencv-python")
        return Finding(
            "OpenCV",
            f"several packages: {', '.join(sorted(installed))}",
            False,
            f"pip uninstall -y {extra}; pip install --force-reinstall --no-deps opencv-python",
        )
    try:
        import cv2
    except ImportError as error:
        return Finding("OpenCV", str(error), False, "apt-get install libgl1 libglib2.0-0")
    return Finding("OpenCV", cv2.__version__, True)


def check_torch() -> Finding:
    try:
        import torch
    except ImportError as error:
        return Finding("torch", str(error), False, "pip install -r requirements.lock")
    cuda = torch.version.cuda
    kind = f"CUDA {cuda} build; the CPU build is enough and far smaller" if cuda else "CPU build"
    return Finding("torch", f"{torch.__version__} ({kind})", True)


def check_decoders() -> Finding:
    try:
        import kenlm
        import pyctcdecode
    except ImportError as error:
        remedy = "apt-get install g++ python3-dev, then pip install -r requirements.lock"
        return Finding("kenlm, pyctcdecode", str(error), False, remedy)
    return Finding("kenlm, pyctcdecode", f"{kenlm.__name__}, {pyctcdecode.__name__} import", True)


def check_weights() -> Finding:
    try:
        from inkfield.recognizers.recognizer import load_recognizer

        name = load_recognizer().name
    except Exception as error:  # whatever is wrong with them, the user needs to hear it
        remedy = "They are part of the repository: restore recognizers/weights, or train them: inkfield train"
        return Finding("weights", f"{type(error).__name__}: {error}", False, remedy)
    return Finding("weights", name, True)


def check_forms() -> Finding:
    from inkfield.pipeline.templates.check import faults_of_forms
    from inkfield.schemas.forms.model import load_forms

    names = ", ".join(sorted(load_forms())) or "none"
    faults = faults_of_forms()
    if faults:
        left_out = "\n".join(faults)
        return Finding(
            "forms", f"{names}\nnot used:\n{left_out}", False, "Correct them; inkfield forms check FILE"
        )
    return Finding("forms", names, names != "none", "" if names != "none" else "Restore schemas/forms.")


def check_database(url: str) -> Finding:
    """Opens the database as it is. A SQLite file may be missing: the first batch creates it."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    from inkfield.schemas.database.connection import DatabaseError, open_database

    remedy = "Name another with --db or INKFIELD_DATABASE_URL, or start the server."
    try:
        parsed = make_url(url)
    except ArgumentError:
        return Finding("database", "no SQLAlchemy URL", False, remedy)
    shown = parsed.render_as_string(hide_password=True)
    file = parsed.database or ""
    if parsed.get_backend_name() == "sqlite" and file not in ("", ":memory:") and not os.path.exists(file):
        folder = os.path.dirname(os.path.abspath(file))
        writable = os.access(folder, os.W_OK)
        state = f"{shown}: not there yet, will be created" if writable else f"cannot write into {folder}"
        return Finding("database", state, writable, "" if writable else remedy)
    try:
        open_database(url, migrate=False).dispose()
    except DatabaseError as error:
        return Finding("database", str(error), False, remedy)
    return Finding("database", f"{shown}: reachable", True)


def check_prefect() -> Finding:
    url = os.environ.get("PREFECT_API_URL")
    if url is None:
        where = "your own Prefect profile" if has_server() else str(data_folder() / "prefect")
        return Finding("Prefect", f"no server set; one is started for each run, kept in {where}", True)
    import httpx

    try:
        httpx.get(f"{url.rstrip('/')}/health", timeout=10).raise_for_status()
    except httpx.HTTPError as error:
        remedy = "Start it (prefect server start), correct PREFECT_API_URL, or unset it."
        return Finding("Prefect", f"{url}: {error}", False, remedy)
    return Finding("Prefect", f"{url}: reachable", True)


def check_sign_in() -> Finding:
    """How people sign in on the review page, and whether the sign-in service answers, where one is set."""
    from inkfield.flows.server.oidc.discovery import ServiceDown
    from inkfield.flows.server.oidc.service import SignInService
    from inkfield.flows.settings import BadSetting, ServeSettings, settings

    what, guide = "sign-in", "docs/review-page.md says how it is set."
    try:
        service = SignInService.of(settings(ServeSettings))
    except BadSetting as error:
        return Finding(what, str(error), False, guide)
    if service is None:
        return Finding(what, "by password; no sign-in service is set", True)
    try:
        state = service.state()
    except ServiceDown as error:
        remedy = f"See that this machine reaches it, and that the address is right. {guide}"
        return Finding(what, str(error), False, remedy)
    if not service.mapped.roles and service.mapped.default_role is None:
        state += "; no group has a role: only people get in who were linked by `inkfield serve users link`"
    return Finding(what, state, True)


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    check_poppler,
    check_opencv,
    check_torch,
    check_decoders,
    check_weights,
    check_forms,
    check_prefect,
    check_sign_in,
)


def print_checkup(url: str) -> bool:
    """Prints a table of all findings. ``url`` is that of the database. True when nothing is missing."""
    findings = [check() for check in CHECKS] + [check_database(url)]
    table = Table()
    for heading in ("", "what", "state", "how to get it"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        mark = "[green]ok[/]" if finding.good else "[red]missing[/]"
        table.add_row(mark, finding.what, escape(finding.state), escape(finding.remedy))
    Console().print(table)
    return all(finding.good for finding in findings)
