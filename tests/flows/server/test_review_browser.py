"""The review page as clerks use it: in a real browser, by keyboard."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import Engine, text

from inkfield.schemas.archive.search import search
from inkfield.schemas.database.archive_tables import CorrectionRow
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.forms.model import load_form
from tests.support.browser import BROWSER, CTRL, NO_BROWSER, SHIFT, Browser, Tab, running_browser
from tests.support.letters import HEIGHT as LETTER_HEIGHT
from tests.support.letters import WIDTH as LETTER_WIDTH
from tests.support.letters import archive_letters
from tests.support.review_desk import Served, opened, scan, served, sign_in, slip, store
from tests.support.sign_in_service import CLIENT, SECRET, SignInService, running_service
from tests.support.sign_in_service import PASSWORD as WORK_PASSWORD

pytestmark = pytest.mark.skipif(BROWSER is None, reason=NO_BROWSER)
SLIPS = 24
READY = "!busy && fields.length > 0 && document.getElementById('label').textContent === fields[0].label"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def service() -> Iterator[SignInService]:
    """An organisation's sign-in service, at another site than the page."""
    with running_service() as running:
        yield running


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, service: SignInService
) -> Iterator[tuple[Served, Engine, Path]]:
    """A page over slips with two fields each that wait; amounts above 50,000 need two people. People may sign in with
    a password, or through the service."""
    folder = tmp_path_factory.mktemp("desk")
    membership(folder)
    url = f"sqlite:///{folder / 'rows.db'}"
    engine, _ = opened(folder, url)
    for number in range(SLIPS):
        store(engine, scan(folder / f"slip-{number:02}.png", number), [slip()])
    (folder / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    settings = {
        "INKFIELD_SERVE_DOUBLE_ABOVE": "50000", "INKFIELD_SERVE_OIDC_ISSUER": service.issuer,
        "INKFIELD_SERVE_OIDC_CLIENT": CLIENT, "INKFIELD_SERVE_OIDC_SECRET_FILE": str(folder / "secret"),
        "INKFIELD_SERVE_OIDC_ROLES": "reviewer=clerks",
    }  # fmt: skip
    with served(folder, url, **settings) as page:
        service.client.redirect_uris = [f"{page.url}/sign-in/back"]
        service.client.post_logout_redirect_uris = [f"{page.url}/sign-in"]
        yield page, engine, folder


def membership(folder: Path) -> None:
    """A form with a blank, as its owner has it: with a comment, and keys that the page does not show."""
    blank = np.full((1000, 1400), 255, np.uint8)
    for i in range(6):
        text = f"Application for membership, part {i}"
        cv2.putText(blank, text, (60, 80 + 150 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 0, 3, cv2.LINE_AA)
    cv2.imwrite(str(folder / "membership.png"), blank)
    (folder / "membership.yaml").write_text(
        """# of the club
name: membership
version: 1
title: Membership
paper: {width_mm: 140, height_mm: 100}
blank: membership.png
fields:
  - {name: member, kind: name, box: [10, 10, 60, 8], language: names, accept_at: 0.95}
  - {name: joined, kind: date, box: [80, 10, 40, 8], date_order: DMY}
  - {name: left_club, kind: date, box: [80, 25, 40, 8], date_order: DMY}
  - {name: yearly, kind: checkbox, box: [10, 40, 4, 4]}
  - {name: monthly, kind: checkbox, box: [30, 40, 4, 4]}
  - {name: children, kind: text, box: [10, 60, 100, 24]}
rules:
  - {rule: date_order, earlier: joined, later: left_club}
""",
        encoding="utf-8",
    )


def ask(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    with transaction(engine) as session:
        return [tuple(row) for row in session.execute(text(sql))]


def review(tab: Tab, page: Served, query: str = "") -> None:
    tab.goto(f"{page.url}/review{query}")
    tab.until(
        "typeof fields !== 'undefined' && !busy && document.getElementById('label').textContent !== 'Loading…'"
    )


def after(tab: Tab, key: str) -> None:
    """Presses a key that ends with a field, and waits for what comes after it."""
    tab.js("times.length = 0")
    tab.press(key)
    tab.until("times.length > 0 && !busy")


def test_a_clerk_clears_the_queue_by_keyboard(browser: Browser, desk: tuple[Served, Engine, Path]) -> None:
    page, engine, _ = desk
    tab = browser.tab()
    sign_in(tab, page.url, "anna")
    review(tab, page)
    done = 0
    while tab.js("fields.length"):
        tab.until("!document.getElementById('crop').hidden")
        name = tab.js("fields[0].name")
        if name == "amount" and done % 4 == 1:
            tab.press("1")  # the likeliest rival: 4100.00
        elif name == "payee" and done % 4 == 2:
            tab.type("srita rao")  # begins with the key for skipping: it is typing all the same
        after(tab, "Enter")
        done += 1
        if done == 10:
            tab.press("z", CTRL)
            tab.until(f"!busy && fields[0].name === '{name}'")
            after(tab, "Enter")
    assert done == 2 * SLIPS
    assert "Nothing waits" in tab.text()
    assert ask(engine, "SELECT count(*) FROM fields WHERE status = 'review'") == [(0,)]
    assert ask(engine, "SELECT DISTINCT status, reviewed_by FROM slip") == [("done", "anna")]
    values = dict(ask(engine, "SELECT payee, count(*) FROM slip GROUP BY payee"))
    assert set(values) == {"Mina Rao", "srita rao"}
    amounts = dict(ask(engine, "SELECT amount, count(*) FROM slip GROUP BY amount"))
    assert set(amounts) == {4700, 4100}
    assert ask(engine, "SELECT count(*) FROM review_audit WHERE action = 'undone'") == [(1,)]


def test_two_clerks_at_once_never_see_the_same_field(
    browser: Browser, desk: tuple[Served, Engine, Path]
) -> None:
    page, engine, folder = desk
    for number in range(100, 104):
        store(engine, scan(folder / f"slip-{number}.png", number), [slip()], "two")
    tabs = {name: browser.tab() for name in ("anna", "ben")}
    for name, tab in tabs.items():
        sign_in(tab, page.url, name)
        review(tab, page)
    seen: dict[str, list[int]] = {name: [] for name in tabs}
    while any(tab.js("fields.length") for tab in tabs.values()):
        at_hand = {name: set(tab.js("fields.map((field) => field.id)")) for name, tab in tabs.items()}
        assert not at_hand["anna"] & at_hand["ben"]
        for name, tab in tabs.items():
            if tab.js("fields.length"):
                seen[name].append(tab.js("fields[0].id"))
                after(tab, "Enter")
    assert not set(seen["anna"]) & set(seen["ben"])
    assert len(seen["anna"]) + len(seen["ben"]) == 8 and seen["anna"] and seen["ben"]


def test_an_amount_above_the_limit_needs_two_who_agree(
    browser: Browser, desk: tuple[Served, Engine, Path]
) -> None:
    page, engine, folder = desk
    store(engine, scan(folder / "high.png", 200), [slip("70000.00", ("amount",))], "high")
    status = "SELECT amount_status, CAST(amount AS TEXT) FROM slip WHERE file_name = 'high.png'"
    tabs = {name: browser.tab() for name in ("anna", "ben", "cleo")}
    for name, tab in tabs.items():
        sign_in(tab, page.url, name)
    review(tabs["anna"], page)
    after(tabs["anna"], "Enter")
    assert ask(engine, status) == [("review", "70000.0")]
    assert "Nothing waits" in tabs["anna"].text()  # it is not asked again
    review(tabs["ben"], page)
    tabs["ben"].until(READY)
    assert "independently" in tabs["ben"].text() and tabs["ben"].js("fields[0].answers.length") == 0
    tabs["ben"].type("10000.00")
    after(tabs["ben"], "Enter")  # differs: a third person
    assert ask(engine, status) == [("review", "70000.0")]
    review(tabs["cleo"], page)
    tabs["cleo"].until(READY)
    after(tabs["cleo"], "Enter")  # as the first
    assert ask(engine, status) == [("accepted", "70000.0")]
    assert ask(engine, "SELECT count(*) FROM review_answers") == [(0,)]
    who = ask(
        engine, "SELECT who, action FROM review_audit WHERE field_name = 'amount' ORDER BY id DESC LIMIT 3"
    )
    assert who == [("cleo", "settled"), ("ben", "answered"), ("anna", "answered")]


def test_what_nobody_can_read_goes_to_a_supervisor(
    browser: Browser, desk: tuple[Served, Engine, Path]
) -> None:
    page, engine, folder = desk
    store(engine, scan(folder / "bad.png", 300), [slip(unsure=("payee", "date"))], "bad")
    tab = browser.tab()
    sign_in(tab, page.url, "anna")
    review(tab, page)
    tab.press("x")
    after(tab, "Enter")
    tab.press("s")
    after(tab, "3")  # somebody has to be asked
    assert "Nothing waits" in tab.text()
    sue = browser.tab()
    sign_in(sue, page.url, "sue")
    review(sue, page, "?aside=true")
    sue.until("fields.length === 2 && !busy")
    assert "anna left it: nobody can read it" in sue.text()
    sue.type("Nina Ray")
    after(sue, "Enter")
    assert "Somebody has to be asked" in sue.text()
    sue.type("16.3.2026")
    after(sue, "Enter")
    found = ask(engine, "SELECT payee, CAST(date AS TEXT), status FROM slip WHERE file_name = 'bad.png'")
    assert found == [("Nina Ray", "2026-03-16", "done")]


def test_a_server_that_is_killed_and_a_session_that_ends_lose_nothing(
    browser: Browser, desk: tuple[Served, Engine, Path]
) -> None:
    page, engine, folder = desk
    store(engine, scan(folder / "kill.png", 400), [slip()], "kill")
    answered = "SELECT count(*) FROM fields f JOIN pages p ON p.id = f.page_id JOIN documents d ON "
    answered += "d.id = p.document_id WHERE d.file_name = 'kill.png' AND f.status = 'review'"
    tab = browser.tab()
    sign_in(tab, page.url, "anna")
    review(tab, page)
    after(tab, "Enter")
    page.end(signal.SIGKILL)
    assert ask(engine, answered) == [(1,)]
    tab.press("1")
    tab.press("Enter")
    tab.until("document.getElementById('message').textContent.includes('Nothing was saved')")
    assert ask(engine, answered) == [(1,)]
    page.start()
    after(tab, "Enter")  # the same field, the same choice, still signed in
    assert ask(engine, answered) == [(0,)]
    assert ask(engine, "SELECT CAST(amount AS TEXT) FROM slip WHERE file_name = 'kill.png'") == [("4100.0",)]

    store(engine, scan(folder / "end.png", 401), [slip()], "end")
    review(tab, page)
    with transaction(engine) as session:
        session.execute(text("DELETE FROM review_sessions"))
    tab.press("Enter")
    tab.until("document.getElementById('message').textContent.includes('Sign in again')")
    sign_in(tab, page.url, "anna")
    review(tab, page)
    tab.until(READY)
    assert tab.js("fields[0].file") == "end.png"


def test_a_whole_document_with_its_table(browser: Browser, desk: tuple[Served, Engine, Path]) -> None:
    page, engine, folder = desk
    number = store(engine, scan(folder / "whole.png", 500), [slip()], "whole")
    tab = browser.tab()
    sign_in(tab, page.url, "sue")
    tab.goto(f"{page.url}/documents/{number}")
    tab.until("[...document.images].every((image) => image.complete)")
    tab.js("document.querySelector('button.add').click()")
    tab.type("7.25")
    tab.press("Enter")
    tab.until("document.getElementById('message').textContent === 'Saved.'")
    lines = (
        f"SELECT row_number, CAST(charge AS TEXT) FROM slip_services WHERE document_id = {number} ORDER BY 1"
    )
    assert ask(engine, lines) == [(1, "12.5"), (2, "7.25")]
    tab.js("document.getElementById('message').textContent = ''")
    tab.js("document.querySelector('button.remove').click(); document.querySelector('button.save').click()")
    tab.until("document.getElementById('message').textContent === 'Saved.'")
    assert ask(engine, lines)[0] == (1, "7.25")


def test_words_are_searched_seen_and_corrected_by_keyboard(
    browser: Browser, desk: tuple[Served, Engine, Path]
) -> None:
    page, engine, folder = desk
    archive_letters(engine, folder)
    tab = browser.tab()
    sign_in(tab, page.url, "anna")
    tab.goto(f"{page.url}/archive")
    tab.until("document.activeElement.tagName === 'INPUT'")  # the field has the focus
    tab.type("miller")
    tab.press("Enter")
    tab.until("document.querySelectorAll('.hits li').length === 2")
    assert tab.js("[...document.querySelectorAll('.hits mark')].map((m) => m.textContent)") == [
        "Miller",
        "Mitler",
    ]
    assert "99 %" in tab.text() and "30 %" in tab.text() and "1897" in tab.text()
    tab.until("[...document.querySelectorAll('.hits img')].every((i) => i.complete && i.naturalWidth > 100)")
    tab.js("document.querySelector('.hits a').click()")
    tab.until(
        "document.querySelectorAll('.place.hit').length === 1 && !!document.querySelector('.text li.chosen')"
    )
    tab.press("n")
    tab.until(
        "location.hash === '#line-1' && document.querySelector('.text li.chosen mark')?.textContent === 'Mitler'"
    )
    # The mark lies where the word was read, at each zoom.
    shares = """(() => {
      const mark = document.querySelector('.place.hit').getBoundingClientRect();
      const scan = document.getElementById('picture').getBoundingClientRect();
      return [(mark.left - scan.left) / scan.width, (mark.top - scan.top) / scan.height];
    })()"""
    for _ in range(2):
        left, top = tab.js(shares)
        assert (
            abs(left - (60 + 4 * 26 + 30 + 2 * 26 + 30) / LETTER_WIDTH) < 0.01
            and abs(top - 80 / LETTER_HEIGHT) < 0.01
        )
        tab.press("+")
    tab.press("Enter")
    tab.js("document.querySelector('.text input').select()")
    tab.type("Dear Mr Miller & Sons")
    tab.press("Enter")
    tab.until("document.getElementById('message').textContent === 'Saved.'")
    with transaction(engine) as session:
        hits = search(session, '"miller sons"').hits
        assert [hit.text for hit in hits] == ["Dear Mr Miller & Sons"] and 0.9 < hits[0].probability < 1
        noted = session.query(CorrectionRow).one()
        assert (noted.who, noted.read, noted.text) == ("anna", "Dear Mr Mitler", "Dear Mr Miller & Sons")
        assert not search(session, "mitler").hits


def test_a_supervisor_corrects_a_form(browser: Browser, desk: tuple[Served, Engine, Path]) -> None:
    page, engine, folder = desk
    tab = browser.tab()
    sign_in(tab, page.url, "anna")
    tab.goto(f"{page.url}/forms/membership")
    assert "needs the role supervisor" in tab.text()
    tab = browser.tab()
    sign_in(tab, page.url, "sue")
    tab.goto(f"{page.url}/forms/membership")
    tab.until("document.querySelectorAll('.place').length === 6")
    # By keyboard: two steps to the right, one step wider; another name, which the rule follows.
    tab.js("document.querySelector('[data-name=joined]').focus()")
    for key, shift in (("ArrowRight", 0), ("ArrowRight", 0), ("ArrowRight", SHIFT)):
        tab.press(key, shift)
    tab.js("input('name').focus(); input('name').select()")
    tab.type("member_since")
    tab.press("Tab")
    # By mouse: a box is dragged.
    tab.js("document.querySelector('[data-name=member]').scrollIntoView()")
    x, y, scale = tab.js(
        "(() => { const r = document.querySelector('[data-name=member] rect').getBoundingClientRect();"
        " return [r.x + 20, r.y + r.height / 2, r.width / 60] })()"
    )
    mouse = {"button": "left", "buttons": 1, "clickCount": 1}
    for kind, by in (("mousePressed", 0), ("mouseMoved", 5), ("mouseMoved", 10), ("mouseReleased", 10)):
        tab.call("Input.dispatchMouseEvent", type=kind, x=x + by * scale, y=y, **mouse)
    # Two checkboxes become one choice, a box a table.
    tab.js(
        "chosen = fields.filter((f) => f.kind === 'checkbox').map((f) => [f, null]); draw(); $('group').click()"
    )
    tab.js("chosen = [[fields.find((f) => f.name === 'children'), null]]; draw(); $('mark-table').click()")
    tab.js("input('columns').value = 'first_name name\\nborn date'; input('columns').dispatchEvent(CHANGE)".replace(
        "CHANGE", "new Event('change', {bubbles: true})"))  # fmt: skip
    tab.press("s", CTRL)
    tab.until("document.getElementById('message').textContent === 'Saved.'")
    form = load_form(folder / "membership.yaml")
    since, member, table = form.field("member_since"), form.field("member"), form.field("children")
    assert since.box == (81, 10, 40.5, 8) and since.date_order == "DMY"
    assert member.box == pytest.approx((20, 10, 60, 8), abs=0.3) and member.accept_at == 0.95
    assert [option.value for option in form.field("choice").options] == ["yearly", "monthly"]
    assert [(c.name, c.kind, c.width) for c in table.columns] == [
        ("first_name", "name", pytest.approx(50, abs=0.2)), ("born", "date", pytest.approx(50, abs=0.2)),
    ]  # fmt: skip
    assert (folder / "membership.yaml").read_text().startswith("# of the club\nname: membership")
    assert "member_since" in str(form.rules)
    assert ask(engine, "SELECT count(*), min(born) FROM membership_children") == [(0, None)]
    assert ask(engine, "SELECT who, note FROM review_audit WHERE action = 'changed a form'") == [
        ("sue", "membership")
    ]
    # What is no form is told and not saved, nor is a file written over that somebody else has changed.
    tab.js("fields[0].name = 'no name'; save()")
    tab.until("document.getElementById('message').classList.contains('bad')")
    assert "name" in tab.js("document.getElementById('message').textContent")
    tab.js("fields[0].name = 'member'")
    (folder / "membership.yaml").write_text("# mine\n" + (folder / "membership.yaml").read_text())
    tab.js("save()")
    tab.until("document.getElementById('message').textContent.includes('somebody else')")
    assert load_form(folder / "membership.yaml").field("member").box == member.box


def through_the_service(tab: Tab, page: Served, who: str) -> None:
    """From the sign-in page to the service, and there with name and password, by keyboard."""
    tab.goto(f"{page.url}/sign-in")
    tab.js("document.getElementById('service').focus()")
    tab.press("Enter")
    tab.until("document.title === 'Acme sign-in' && document.activeElement.name === 'name'")
    tab.type(who)
    tab.js("document.querySelector('[name=password]').focus()")
    tab.type(WORK_PASSWORD)
    tab.press("Enter")


def test_a_clerk_signs_in_through_the_service_works_and_signs_out(
    browser: Browser, desk: tuple[Served, Engine, Path], service: SignInService
) -> None:
    page, engine, folder = desk
    number = store(engine, scan(folder / "through.png", 700), [slip()], "through")
    service.people["olga"] = {"sub": "7f3c", "preferred_username": "olga", "groups": ["clerks"]}
    service.people["gast"] = {"sub": "8a1b", "preferred_username": "gast", "groups": []}
    tab = browser.tab()
    through_the_service(tab, page, "olga")
    tab.until("location.pathname === '/' && !!document.querySelector('.hero')")
    assert "olga reviewer" in " ".join(tab.text().split())
    review(tab, page, f"?document={number}&field=payee")
    after(tab, "Enter")
    assert ask(engine, f"SELECT reviewer FROM settled WHERE document_id = {number}") == [("olga",)]
    tab.js("document.getElementById('sign-out').click()")
    tab.until("location.pathname === '/sign-in' && !!document.getElementById('service')")
    assert not service.signed_in  # signed out there, too
    through_the_service(tab, page, "gast")
    tab.until("document.body.innerText.includes('You have no role here')")
    tab.goto(f"{page.url}/documents")
    assert tab.js("location.pathname") == "/sign-in"
