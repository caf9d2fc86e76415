"""Runs the review page in this process."""

from __future__ import annotations

import os
import socket
import sys
import threading

import uvicorn

from inkfield.flows.server.app import make_app
from inkfield.flows.server.oidc.discovery import ServiceDown
from inkfield.flows.server.oidc.service import SignInService
from inkfield.flows.server.webhooks import Webhook, keep_telling
from inkfield.flows.settings import ServeSettings, settings
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.store.webhook_calls import begin_with_what_is


def serve_forever(url: str, address: str, port: int) -> None:
    """Until it is ended (Ctrl-C, SIGTERM). Raises DatabaseError and BadSetting; exits where the port is taken.
    A sign-in service that does not answer is told, and asked again when somebody wants to sign in."""
    chosen = settings(ServeSettings)
    engine = open_database(url)
    forms = load_forms()
    sync_views(engine, list(forms.values()))
    webhook = Webhook.of(chosen)
    stop = threading.Event()
    if webhook is not None:
        with transaction(engine) as session:
            begin_with_what_is(session)
        owner = f"{socket.gethostname()}:{os.getpid()}"
        threading.Thread(target=keep_telling, args=(engine, webhook, owner, stop), daemon=True).start()
    app = make_app(engine, forms, chosen)
    _look_for_service(app.state.desk.service)
    print(f"The review page: http://{address}:{port}", flush=True)
    uvicorn.run(
        app,
        host=address,
        port=port,
        access_log=False,  # addresses of pages hold names of forms and fields, and reasons
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=chosen.serve_proxies,
        proxy_headers=True,
        timeout_graceful_shutdown=5,
    )
    stop.set()


def _look_for_service(service: SignInService | None) -> None:
    if service is None:
        return
    try:
        print(f"The sign-in service: {service.state()}", flush=True)
    except ServiceDown as error:
        print(f"The sign-in service cannot be used just now: {error}", file=sys.stderr, flush=True)
