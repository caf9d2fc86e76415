"""Tells people of a night: by mail and by a webhook, as the settings say (docs/settings.md, "Reports of the night");
nothing is sent where they say nothing."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from inkfield.flows.settings import BadSetting, ReportSettings, settings

SECONDS = 30.0
"""Longest wait for a mail server or a webhook."""


class BadSettings(Exception):
    """The settings of mail or webhook are not whole. The message names the variable."""


def secret(value: SecretStr | None, file: str | None, name: str) -> str | None:
    """The value of a secret setting, or of the file that NAME_FILE names. Raises BadSettings."""
    if not file:
        return value.get_secret_value() if value else None
    try:
        return Path(file).read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise BadSettings(f"{name}_FILE: {file} cannot be read: {error.strerror}") from error


def _settings() -> ReportSettings:
    try:
        return settings(ReportSettings)
    except BadSetting as error:
        raise BadSettings(str(error)) from error


def send_mail(subject: str, text: str, html: str | None = None) -> str | None:
    """Sends a mail, with ``html`` as a file to open; returns who gets it, None where no server is set.

    Raises BadSettings, OSError and SMTPException.
    """
    found = _settings()
    if not found.smtp_host:
        return None
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = _needed("INKFIELD_MAIL_FROM", found.mail_from)
    message["To"] = _needed("INKFIELD_MAIL_TO", found.mail_to)
    message.set_content(text)
    if html is not None:  # a file, since mail programs show no charts within a mail
        message.add_attachment(html, subtype="html", filename="report.html")
    with _connect(found.smtp_host, found) as server:
        if found.smtp_user:
            password = secret(found.smtp_password, found.smtp_password_file, "INKFIELD_SMTP_PASSWORD")
            server.login(found.smtp_user, password or "")
        server.send_message(message)
    return str(message["To"])


def call_webhook(report: Mapping[str, Any]) -> bool:
    """Posts a report where a webhook is set; tells whether. Raises BadSettings and httpx.HTTPError."""
    found = _settings()
    url = secret(found.webhook_url, found.webhook_url_file, "INKFIELD_WEBHOOK_URL")
    if not url:
        return False
    httpx.post(url, json=dict(report), timeout=SECONDS).raise_for_status()
    return True


def _connect(host: str, found: ReportSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if found.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, found.smtp_port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, found.smtp_port, timeout=SECONDS)
    if found.smtp_security == "starttls":
        server.starttls(context=context)
    return server


def _needed(name: str, value: str | None) -> str:
    if not value:
        raise BadSettings(f"INKFIELD_SMTP_HOST is set, so {name} is needed, too")
    return value
