"""Tells people of a night: by mail and by a webhook, as the environment says; nothing is sent where it says nothing.

INKFIELD_SMTP_HOST       mail server; with it needed: INKFIELD_MAIL_FROM, INKFIELD_MAIL_TO (commas between)
INKFIELD_SMTP_PORT       default 587; INKFIELD_SMTP_SECURITY: starttls (default), tls or none
INKFIELD_SMTP_USER       with INKFIELD_SMTP_PASSWORD, or INKFIELD_SMTP_PASSWORD_FILE that holds it
INKFIELD_WEBHOOK_URL     gets the report as JSON by POST; or INKFIELD_WEBHOOK_URL_FILE that holds the URL
"""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

SECONDS = 30.0
"""Longest wait for a mail server or a webhook."""
SECURITY = ("starttls", "tls", "none")


class BadSettings(Exception):
    """The settings of mail or webhook are not whole. The message names the variable."""


def secret(name: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The value of a variable, or of the file that the variable NAME_FILE names. Raises BadSettings."""
    path = environment.get(f"{name}_FILE")
    if not path:
        return environment.get(name) or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise BadSettings(f"{name}_FILE: {path} cannot be read: {error.strerror}") from error


def send_mail(subject: str, text: str, html: str | None = None) -> str | None:
    """Sends a mail, with ``html`` as a file to open; returns who gets it, None where no server is set.

    Raises BadSettings, OSError and SMTPException.
    """
    host = os.environ.get("INKFIELD_SMTP_HOST")
    if not host:
        return None
    message = EmailMessage()
    message["Subject"] = subject
    message["From"], message["To"] = _needed("INKFIELD_MAIL_FROM"), _needed("INKFIELD_MAIL_TO")
    message.set_content(text)
    if html is not None:  # a file, since mail programs show no charts within a mail
        message.add_attachment(html, subtype="html", filename="report.html")
    user = os.environ.get("INKFIELD_SMTP_USER")
    with _connect(host) as server:
        if user:
            server.login(user, secret("INKFIELD_SMTP_PASSWORD") or "")
        server.send_message(message)
    return str(message["To"])


def call_webhook(report: Mapping[str, Any]) -> bool:
    """Posts a report where a webhook is set; tells whether. Raises BadSettings and httpx.HTTPError."""
    url = secret("INKFIELD_WEBHOOK_URL")
    if not url:
        return False
    httpx.post(url, json=dict(report), timeout=SECONDS).raise_for_status()
    return True


def _connect(host: str) -> smtplib.SMTP:
    security = os.environ.get("INKFIELD_SMTP_SECURITY", "starttls")
    if security not in SECURITY:
        raise BadSettings(f"INKFIELD_SMTP_SECURITY is {security!r}; it can be {', '.join(SECURITY)}")
    try:
        port = int(os.environ.get("INKFIELD_SMTP_PORT", "587"))
    except ValueError:
        raise BadSettings("INKFIELD_SMTP_PORT is no number") from None
    context = ssl.create_default_context()
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    if security == "starttls":
        server.starttls(context=context)
    return server


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise BadSettings(f"INKFIELD_SMTP_HOST is set, so {name} is needed, too")
    return value
