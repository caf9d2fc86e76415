"""Runs the review page in this process."""

from __future__ import annotations

import uvicorn

from inkfield.flows.server.app import make_app
from inkfield.flows.settings import ServeSettings, settings
from inkfield.schemas.database.connection import open_database
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import load_forms


def serve_forever(url: str, address: str, port: int) -> None:
    """Until it is ended (Ctrl-C, SIGTERM). Raises DatabaseError and BadSetting; exits where the port is taken."""
    chosen = settings(ServeSettings)
    engine = open_database(url)
    forms = load_forms()
    sync_views(engine, list(forms.values()))
    print(f"The review page: http://{address}:{port}", flush=True)
    uvicorn.run(
        make_app(engine, forms, chosen),
        host=address,
        port=port,
        access_log=False,  # addresses of pages hold names of forms and fields, and reasons
        log_level="warning",
        server_header=False,
        forwarded_allow_ips=chosen.serve_proxies,
        proxy_headers=True,
        timeout_graceful_shutdown=5,
    )
