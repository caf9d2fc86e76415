"""Headers of every answer, and the size of what is taken in."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 20
"""Of what a page may send: the lines of a long table are far smaller."""
UPLOADS = ("/api/upload", "/api/form-try", "/v1/documents")
"""What takes files: these may be as large as a file that is read."""
_ALWAYS = {
    # Our own files only, no scripts in the page, in no frame, to no other site.
    "Content-Security-Policy": "default-src 'none'; img-src 'self' blob:; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeaders:
    """Adds the headers; what holds fields is kept by no browser and no proxy."""

    def __init__(self, app: ASGIApp, https: bool, most_of_a_file: int) -> None:
        self._most_of_a_file = most_of_a_file
        self._app = app
        self._more = {"Strict-Transport-Security": "max-age=31536000"} if https else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (_ALWAYS | self._more).items():
                    headers[name] = value
                headers["Cache-Control"] = "no-cache" if scope["path"].startswith("/static/") else "no-store"
            await send(message)

        most = self._most_of_a_file if scope["path"] in UPLOADS else MOST_BYTES
        length = Headers(scope=scope).get("content-length", "0")
        if scope["method"] not in ("GET", "HEAD") and (not length.isdigit() or int(length) > most):
            await PlainTextResponse("too large", 413)(scope, receive, with_headers)
            return
        if scope["method"] not in ("GET", "HEAD") and "transfer-encoding" in Headers(scope=scope):
            await PlainTextResponse("send its length", 411)(scope, receive, with_headers)
            return
        await self._app(scope, receive, with_headers)
