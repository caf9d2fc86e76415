"""Tells another program by POST what became of documents: signed, tried again until it answers, without a value.

What is to be told is in the database (``webhook_calls``): a server that is ended goes on where it was, and of several
servers one does the work.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import threading
import time
from dataclasses import dataclass

import httpx
from sqlalchemy import Engine

from inkfield.flows.nightly.notify import BadSettings, secret
from inkfield.flows.settings import BadSetting, ServeSettings
from inkfield.schemas.database.connection import reading, transaction
from inkfield.schemas.store import leases
from inkfield.schemas.store.webhook_calls import (
    Call,
    anything_to_tell,
    calls_due,
    note_changes,
    note_failed,
    note_told,
)

log = logging.getLogger(__name__)
SIGNATURE = "X-Inkfield-Signature"
EVERY = 5.0
"""Seconds between two looks at what has changed."""
SECONDS = 10.0
"""Longest wait for an answer."""
LEASE, LEASE_SECONDS = "webhook", 60.0


@dataclass(frozen=True)
class Webhook:
    url: str
    key: bytes

    @classmethod
    def of(cls, chosen: ServeSettings) -> Webhook | None:
        """The webhook of the settings; None where none is set. Raises BadSetting for one without a secret."""
        name = "INKFIELD_SERVE_WEBHOOK_SECRET"
        try:
            url = secret(
                chosen.serve_webhook_url, chosen.serve_webhook_url_file, "INKFIELD_SERVE_WEBHOOK_URL"
            )
            key = secret(chosen.serve_webhook_secret, chosen.serve_webhook_secret_file, name)
        except BadSettings as error:
            raise BadSetting(str(error)) from None
        if not url:
            return None
        if not key:
            raise BadSetting(
                "INKFIELD_SERVE_WEBHOOK_URL is set, so INKFIELD_SERVE_WEBHOOK_SECRET is needed, too"
            )
        try:
            httpx.URL(url)
        except httpx.InvalidURL as error:
            raise BadSetting(f"INKFIELD_SERVE_WEBHOOK_URL: {error}") from None
        return cls(url, key.encode())

    def tell(self, client: httpx.Client, call: Call) -> bool:
        """Posts one call; whether it was taken (2xx)."""
        body = json.dumps(
            {"event": f"document.{call.status}", "document": call.document_id, "sha256": call.sha256}
        )
        headers = {"Content-Type": "application/json", SIGNATURE: signature(self.key, int(time.time()), body)}
        try:
            return client.post(self.url, content=body, headers=headers).is_success
        except httpx.HTTPError:
            return False


def signature(key: bytes, at: int, body: str) -> str:
    """``t=SECONDS,v1=HEX``: HMAC-SHA256 of ``SECONDS.BODY``. By the time who listens can refuse calls that are old."""
    return f"t={at},v1={hmac.new(key, f'{at}.{body}'.encode(), hashlib.sha256).hexdigest()}"


def tell_what_changed(engine: Engine, webhook: Webhook, owner: str, client: httpx.Client) -> int:
    """Notes what has changed and tells what is due; returns how many calls were taken, none where another server does
    this. Where there is nothing to tell, nothing is written: no writer has to wait."""
    with reading(engine) as session:
        if not anything_to_tell(session):
            return 0
    with transaction(engine) as session:
        if not leases.take(session, LEASE, owner, LEASE_SECONDS):
            return 0
        note_changes(session)
        due = calls_due(session)
    taken = 0
    for call in due:
        done = webhook.tell(client, call)
        with transaction(engine) as session:
            if not leases.renew(session, LEASE, owner, LEASE_SECONDS):
                break  # another server does this by now
            (note_told if done else note_failed)(session, call)
        taken += done
        if not done:
            log.warning(
                "the webhook did not take a call, number %d of document %d",
                call.attempts + 1,
                call.document_id,
            )
            break  # it may be down: the others are tried at the next look
    return taken


def keep_telling(engine: Engine, webhook: Webhook, owner: str, stop: threading.Event) -> None:
    """Until it is stopped; whatever goes wrong is tried again at the next look: nobody would start this thread anew."""
    with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
        while not stop.wait(EVERY):
            try:
                tell_what_changed(engine, webhook, owner, client)
            except Exception as error:
                log.warning("the webhook tries again later: %s", type(error).__name__)
