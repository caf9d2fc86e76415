"""Signing in through a sign-in service in a real browser, from the button to the queue and out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from inkfield.schemas.database.connection import transaction
from tests.support.browser import BROWSER, NO_BROWSER, Tab, running_browser
from tests.support.review_desk import opened, scan, served, slip, store
from tests.support.sign_in_service import CLIENT, PASSWORD, SECRET, running_service

pytestmark = pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)


def by_keyboard(tab: Tab, url: str, who: str) -> None:
    """From the sign-in page to the service, and there with name and password."""
    tab.goto(url)
    tab.js("document.getElementById('service').focus()")
    tab.press("Enter")
    tab.until("document.title === 'Acme sign-in' && document.activeElement.name === 'name'")
    tab.type(who)
    tab.js("document.querySelector('[name=password]').focus()")
    tab.type(PASSWORD)
    tab.press("Enter")


def test_a_clerk_signs_in_through_the_service_works_and_signs_out(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rows.db'}"
    engine, _ = opened(tmp_path, url)
    store(engine, scan(tmp_path / "a.png", 1), [slip()])
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    with running_service() as service, running_browser(tmp_path) as browser:
        settings = {
            "INKFIELD_SERVE_OIDC_ISSUER": service.issuer, "INKFIELD_SERVE_OIDC_CLIENT": CLIENT,
            "INKFIELD_SERVE_OIDC_SECRET_FILE": str(tmp_path / "secret"),
            "INKFIELD_SERVE_OIDC_ROLES": "reviewer=clerks",
        }  # fmt: skip
        service.people["olga"] = {"sub": "7f3c", "preferred_username": "olga", "groups": ["clerks"]}
        service.people["gast"] = {"sub": "8a1b", "preferred_username": "gast", "groups": []}
        with served(tmp_path, url, **settings) as page:
            service.client.redirect_uris = [f"{page.url}/sign-in/back"]
            service.client.post_logout_redirect_uris = [f"{page.url}/sign-in"]
            tab = browser.tab()
            by_keyboard(tab, f"{page.url}/sign-in", "olga")
            tab.until("location.pathname === '/' && !!document.querySelector('.hero')")
            assert "olga reviewer" in " ".join(tab.text().split())
            tab.goto(f"{page.url}/review")
            tab.until("typeof fields !== 'undefined' && !busy && fields.length > 0")
            tab.js("times.length = 0")
            tab.press("Enter")
            tab.until("times.length > 0 && !busy")
            tab.js("document.getElementById('sign-out').click()")
            tab.until("location.pathname === '/sign-in' && !!document.getElementById('service')")
            assert not service.signed_in  # signed out there, too
            by_keyboard(tab, f"{page.url}/sign-in", "gast")
            tab.until("document.body.innerText.includes('You have no role here')")
            assert "no role" not in tab.js("fetch('/documents').then(answer => answer.text())")
    with transaction(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM settled WHERE reviewer = 'olga'")) == 1
