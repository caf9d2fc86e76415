"""Signing in through a sign-in service: a real one over HTTP, and everything that must not get anybody in."""

from __future__ import annotations

import base64
import hmac
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import text

from inkfield.flows.server.app import make_app
from inkfield.flows.server.oidc.claims import Mapped, fit_name, roles_of_groups
from inkfield.flows.server.oidc.service import SignInService as Known
from inkfield.flows.settings import BadSetting, ServeSettings
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.review_tables import ROLES as ROLE_NAMES
from inkfield.schemas.store.identities import Identity, link
from inkfield.schemas.store.people import change_person
from tests.support.office import BASE, Office
from tests.support.review_desk import PASSWORD as LOCAL_PASSWORD
from tests.support.sign_in_service import CLIENT, PASSWORD, SECRET, SignInService, running_service

ROLES = "reviewer=clerks; supervisor=/desk/heads; admin=CN=it,OU=acme"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def running() -> Iterator[SignInService]:
    with running_service() as service:
        service.client.redirect_uris = [f"{BASE}/sign-in/back", "https://desk/sign-in/back"]
        service.client.post_logout_redirect_uris = [f"{BASE}/sign-in"]
        yield service


@pytest.fixture
def service(running: SignInService) -> SignInService:
    running.people = {
        name: {"sub": f"sub-{name}", "preferred_username": f"{name}@acme.example", "groups": groups}
        for name, groups in (
            ("olga", ["clerks"]), ("hugo", ["clerks", "/desk/heads"]), ("ida", ["CN=it,OU=acme"]), ("gast", ["x"]),
        )
    }  # fmt: skip
    running.twist, running.down, running.thin, running.metadata, running.asked = None, False, False, {}, []
    return running


class Desk:
    """A review page over the office's database, with settings of its own."""

    def __init__(self, office: Office, service: SignInService, **settings: Any) -> None:
        chosen = {
            "serve_oidc_issuer": service.issuer, "serve_oidc_client": CLIENT, "serve_oidc_secret": SECRET,
            "serve_oidc_roles": ROLES,
        } | settings  # fmt: skip
        self.app = make_app(office.engine, {}, ServeSettings(**chosen))
        self.office = office

    def browser(self, base: str = BASE) -> TestClient:
        return TestClient(self.app, base_url=base, follow_redirects=False)

    def ask(self, sql: str) -> list[Any]:
        with transaction(self.office.engine) as session:
            return [tuple(row) for row in session.execute(text(sql))]


@pytest.fixture
def desk(office: Office, service: SignInService) -> Desk:
    return Desk(office, service)


def there(url: str, who: str, session: requests.Session | None = None) -> str:
    """A person signs in at the service; the address to which it sends them back."""
    at = session or requests.Session()
    shown = at.get(url, allow_redirects=False)
    if shown.status_code == 302:
        return shown.headers["Location"]
    assert shown.status_code == 200 and "Acme sign-in" in shown.text, shown.text
    form = re.search(r'action="([^"]+)"', shown.text)
    assert form is not None
    root = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    sent = at.post(
        root + form[1].replace("&amp;", "&"), data={"name": who, "password": PASSWORD}, allow_redirects=False
    )
    back = at.get(root + sent.headers["Location"], allow_redirects=False)
    assert back.status_code == 302, back.text
    return back.headers["Location"]


def sign_in(client: TestClient, who: str) -> Response:
    """The whole way; the answer to the browser that comes back."""
    sent = client.get("/sign-in/service")
    assert sent.status_code == 303, sent.text
    return client.get(there(sent.headers["location"], who))


def is_in(client: TestClient) -> bool:
    return client.get("/documents").status_code == 200


def refused(client: TestClient, answer: Response) -> str:
    """Nobody got in; what the page says."""
    assert answer.status_code == 403 and "inkfield_session" not in client.cookies and not is_in(client)
    said = re.search(r'role="alert">([^<]+)<', answer.text)
    assert said is not None
    return said[1]


def turned_away(desk: Desk, who: str) -> str:
    client = desk.browser()
    return refused(client, sign_in(client, who))


def test_a_person_signs_in_with_the_role_of_their_groups_and_out(desk: Desk, service: SignInService) -> None:
    client = desk.browser()
    assert "Sign in with your work account" in client.get("/sign-in").text
    sent = client.get("/sign-in/service")
    asked = parse_qs(urlsplit(sent.headers["location"]).query)
    assert asked["redirect_uri"] == [f"{BASE}/sign-in/back"] and asked["code_challenge_method"] == ["S256"]
    assert asked["scope"] == ["openid profile"] and len(asked["state"][0]) >= 32 <= len(asked["nonce"][0])
    session = requests.Session()
    answer = client.get(there(sent.headers["location"], "olga", session))
    assert answer.status_code == 200 and 'http-equiv="refresh" content="0; url=/"' in answer.text
    cookies = "; ".join(answer.headers.get_list("set-cookie"))
    assert "HttpOnly" in cookies and "SameSite=strict" in cookies
    page = client.get("/documents").text
    assert "olga@acme.example" in page and "reviewer" in page
    csrf = re.search(r'name="csrf" content="([^"]+)"', page)
    assert csrf is not None and client.post("/api/sign-out").status_code == 403  # as with a password
    out = client.post("/api/sign-out", headers={"X-CSRF-Token": csrf[1]}).json()["next"]
    assert out.startswith(f"{service.issuer}/logout?") and not is_in(client)
    back = session.get(out, allow_redirects=False)
    assert back.status_code == 302 and back.headers["Location"] == f"{BASE}/sign-in"
    assert "Acme sign-in" in session.get(sent.headers["location"]).text  # signed out there, too
    done = desk.ask("SELECT who, action, note FROM review_audit WHERE who LIKE 'olga%' ORDER BY id")
    assert [entry[1] for entry in done] == ["signed in", "signed out"] and "service" in done[0][2]


def test_a_long_token_does_not_make_a_long_address(desk: Desk, service: SignInService) -> None:
    service.people["olga"]["groups"] = ["clerks", *(f"a group with a long name {i}" for i in range(200))]
    sign_in(client := desk.browser(), "olga")
    csrf = re.search(r'name="csrf" content="([^"]+)"', client.get("/documents").text)
    assert csrf is not None
    out = client.post("/api/sign-out", headers={"X-CSRF-Token": csrf[1]}).json()["next"]
    assert out.startswith(f"{service.issuer}/logout?") and "client_id=inkfield" in out and len(out) < 1000


def test_the_highest_role_counts_and_follows_the_groups(desk: Desk, service: SignInService) -> None:
    hugo = desk.browser()
    sign_in(hugo, "hugo")
    assert hugo.get("/audit").status_code == 200 and hugo.get("/users").status_code == 403
    ida = desk.browser()
    sign_in(ida, "ida")
    assert "hugo@acme.example" in ida.get("/users").text
    service.people["hugo"]["groups"] = ["clerks"]
    again = desk.browser()
    sign_in(again, "hugo")
    assert again.get("/audit").status_code == 403 and is_in(again)
    assert not is_in(hugo)  # the session of before has ended
    service.people["hugo"]["groups"] = []
    assert "You have no role here" in turned_away(desk, "hugo")
    assert not is_in(again)
    who = "SELECT role, active FROM review_users WHERE name = 'hugo@acme.example'"
    assert desk.ask(who) == [("reader", True)]
    service.people["hugo"] |= {"groups": "/desk/heads", "preferred_username": "another name"}
    back = desk.browser()
    sign_in(back, "hugo")
    assert back.get("/audit").status_code == 200 and "hugo@acme.example" in back.get("/audit").text
    assert desk.ask("SELECT count(*) FROM review_users WHERE name = 'another name'") == [(0,)]


def test_who_has_no_group_or_was_shut_out_stays_out(desk: Desk, service: SignInService) -> None:
    assert "You have no role here" in turned_away(desk, "gast")
    assert desk.ask("SELECT count(*) FROM review_users WHERE name LIKE 'gast%'") == [(0,)]
    noted = desk.ask("SELECT who, note FROM review_audit WHERE action = 'sign-in refused' ORDER BY id DESC")[
        0
    ]
    assert noted[0] == "the sign-in service" and "subject sub-gast" in noted[1]
    service.people["pia"] = {"sub": "sub-pia", "preferred_username": "pia", "groups": ["clerks"]}
    inside = desk.browser()
    sign_in(inside, "pia")
    with transaction(desk.office.engine) as session:
        change_person(session, "pia", "the tests", active=False)
    assert not is_in(inside)
    assert "shut you out" in turned_away(desk, "pia")


def test_a_default_role_and_no_groups_at_all(office: Office, service: SignInService) -> None:
    everybody = Desk(office, service, serve_oidc_default_role="reader")
    guest = everybody.browser()
    service.people["gast"]["sub"] = "another guest"
    sign_in(guest, "gast")
    assert is_in(guest) and guest.get("/review").status_code == 403
    local = Desk(office, service, serve_oidc_roles=None)
    service.people["gast"]["groups"] = ["clerks"]
    again = local.browser()
    sign_in(again, "gast")
    assert is_in(again) and again.get("/review").status_code == 403  # roles are given here, and it stays
    with transaction(office.engine) as session:
        change_person(session, "gast@acme.example", "the tests", role="reviewer")
    sign_in(again := local.browser(), "gast")
    assert again.get("/review").status_code == 200
    service.people["new"] = {"sub": "nobody knows", "preferred_username": "new"}
    assert "no role" in turned_away(local, "new")


def test_a_user_with_a_password_is_never_taken_over(desk: Desk, service: SignInService) -> None:
    for name in ("anna", "ANNA", "anna ", "anna'"):
        service.people["false anna"] = {
            "sub": "sub-x",
            "preferred_username": name,
            "groups": ["CN=it,OU=acme"],
        }
        client = desk.browser()
        assert "another user" in refused(client, sign_in(client, "false anna"))
    assert desk.ask("SELECT role, subject FROM review_users WHERE name = 'anna'") == [("reviewer", None)]
    with transaction(desk.office.engine) as session:
        link(session, "ben", Identity(service.issuer, "sub-ben"), "the tests")
        with pytest.raises(ValueError, match="ben already"):
            link(session, "anna", Identity(service.issuer, "sub-ben"), "the tests")
    service.people["ben"] = {"sub": "sub-ben", "preferred_username": "b.smith", "groups": ["clerks"]}
    client = desk.browser()
    sign_in(client, "ben")
    assert "ben <small>" in client.get("/documents").text
    with_password = {"name": "ben", "password": LOCAL_PASSWORD}
    assert desk.browser().post("/sign-in", data=with_password).status_code == 403  # in one way only
    service.people["ben"]["sub"] = "sub-of-the-next-ben"  # the name was given to somebody else
    service.people["ben"]["preferred_username"] = "ben"
    assert "another user" in turned_away(desk, "ben")
    with transaction(desk.office.engine) as session:
        change_person(session, "ben", "the tests", password_hash="$argon2id$x")
    service.people["ben"]["sub"] = "sub-ben"
    assert "another user" in turned_away(desk, "ben")  # linked no more


def test_only_the_browser_that_began_comes_back_and_once(desk: Desk, service: SignInService) -> None:
    client, other = desk.browser(), desk.browser()
    back = there(client.get("/sign-in/service").headers["location"], "olga")
    assert "another window" in refused(other, other.get(back))  # a code slipped to somebody else
    other.get("/sign-in/service")
    assert "another window" in refused(other, other.get(back))
    wrong_state = re.sub(r"state=[^&]+", "state=" + "x" * 43, back)
    assert "another window" in refused(client, client.get(wrong_state))
    assert "another window" in refused(client, client.get(back))  # what was begun is gone
    back = there(client.get("/sign-in/service").headers["location"], "olga")
    token = client.cookies["inkfield_sign_in"]
    assert client.get(back).status_code == 200 and is_in(client)
    assert client.get(back).headers["location"] == "/"  # the browser's way back
    replay = desk.browser()
    replay.cookies.set("inkfield_sign_in", token, path="/sign-in")
    assert "another window" in refused(replay, replay.get(back))
    fresh = desk.browser()
    state = parse_qs(urlsplit(fresh.get("/sign-in/service").headers["location"]).query)["state"][0]
    code = parse_qs(urlsplit(back).query)["code"][0]
    answer = fresh.get("/sign-in/back", params={"state": state, "code": code})  # the code of before
    assert "not accepted" in refused(fresh, answer)
    with transaction(desk.office.engine) as session:
        session.execute(text("UPDATE review_sign_ins SET begun_at = '2020-01-01 00:00:00.000000'"))
    late = desk.browser()
    back = there(late.get("/sign-in/service").headers["location"], "olga")
    with transaction(desk.office.engine) as session:
        session.execute(text("UPDATE review_sign_ins SET begun_at = '2020-01-01 00:00:00.000000'"))
    assert "run out" in refused(late, late.get(back))
    late.get("/sign-in/service")
    assert desk.ask("SELECT count(*) FROM review_sign_ins") == [(1,)]


def claims_with(**changes: Any) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    return lambda header, claims: claims.update(changes)


def without(name: str) -> Callable[[dict[str, Any], dict[str, Any]], None]:
    def twist(header: dict[str, Any], claims: dict[str, Any]) -> None:
        del claims[name]

    return twist


STRANGER = RSAKey.generate_key(2048)


def signed(key: Any, algorithm: str, kid: str | None) -> Callable[[dict[str, Any], dict[str, Any]], str]:
    def twist(header: dict[str, Any], claims: dict[str, Any]) -> str:
        header = {"alg": algorithm} | (
            {} if kid is None else {"kid": header["kid"] if kid == "same" else kid}
        )
        return jwt.encode(header, claims, key, [algorithm])

    return twist


NOW = int(time.time())
TWISTS: dict[str, tuple[Any, str]] = {
    "another nonce": (claims_with(nonce="x" * 43), "invalid_claim nonce"),
    "no nonce": (without("nonce"), "missing_claim nonce"),
    "another audience": (claims_with(aud="payroll"), "invalid_claim aud"),
    "several audiences without a party": (claims_with(aud=["inkfield", "payroll"]), "missing_claim azp"),
    "for another party": (claims_with(azp="payroll"), "invalid_claim azp"),
    "expired": (claims_with(exp=NOW - 3600, iat=NOW - 7200), "expired_token"),
    "never expires": (without("exp"), "missing_claim exp"),
    "from tomorrow": (claims_with(nbf=NOW + 86400), "invalid_claim nbf"),
    "another issuer": (claims_with(iss="https://evil.example"), "invalid_claim iss"),
    "no issuer": (without("iss"), "missing_claim iss"),
    "no subject": (without("sub"), "missing_claim sub"),
    "an empty subject": (claims_with(sub=""), "invalid_claim sub"),
    "a long subject": (claims_with(sub="x" * 300), "1 to 255"),
    "of another access token": (claims_with(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "at_hash"),
    "signed with another key": (signed(STRANGER, "RS256", "same"), "bad_signature"),
    "signed with a key that nobody knows": (
        signed(STRANGER, "RS256", "unknown"),
        "a key that it does not name",
    ),
    "not signed": (signed(OctKey.generate_key(256), "none", "same"), "unsupported_algorithm"),
    "rubbish": (lambda header, claims: "a.b.c", "decode_error"),
    "three dots": (lambda header, claims: "...", "decode_error"),
}


@pytest.mark.parametrize("twist", TWISTS)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_token_that_is_not_of_this_sign_in_gets_nobody_in(
    desk: Desk, service: SignInService, twist: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.twist, reason = TWISTS[twist]
    client = desk.browser()
    with caplog.at_level(logging.WARNING):
        assert "not accepted" in refused(client, sign_in(client, "ida"))
    assert "refused: its ID token" in caplog.text and reason in caplog.text
    assert "sub-ida" not in caplog.text and "eyJ" not in caplog.text and SECRET not in caplog.text


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_public_key_is_no_secret_to_sign_with(desk: Desk, service: SignInService) -> None:
    for key in (service.keys[0].as_pem(private=False), SECRET.encode()):

        def twist(header: dict[str, Any], claims: dict[str, Any], key: bytes = key) -> str:
            parts = ({"alg": "HS256", "kid": header["kid"]}, claims)
            said = b".".join(_base64(json.dumps(part).encode()) for part in parts)
            return (said + b"." + _base64(hmac.digest(key, said, "sha256"))).decode()

        service.twist = twist
        assert "not accepted" in turned_away(desk, "ida")


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def test_an_answer_of_another_issuer_is_not_taken(desk: Desk, service: SignInService) -> None:
    client = desk.browser()
    back = there(client.get("/sign-in/service").headers["location"], "olga")
    assert "not accepted" in refused(client, client.get(f"{back}&iss=https%3A%2F%2Fevil.example"))
    service.metadata = {"authorization_response_iss_parameter_supported": True}
    client = Desk(desk.office, service).browser()
    assert "not accepted" in refused(
        client, sign_in(client, "olga")
    )  # it says that it names itself, and does not


def test_nobody_is_led_to_another_site(desk: Desk, service: SignInService) -> None:
    client = desk.browser()
    for query in ("next=https://evil.example", "redirect_uri=https://evil.example", "url=//evil.example"):
        sent = client.get(f"/sign-in/service?{query}")
        assert sent.headers["location"].startswith(service.issuer) and "evil" not in sent.headers["location"]
        back = there(sent.headers["location"], "olga")
        answer = client.get(f"{back}&{query}")
        assert answer.status_code == 200 and "evil" not in answer.text and "location" not in answer.headers
        client.cookies.clear()
    from_outside = client.get("/sign-in/service", headers={"Sec-Fetch-Site": "cross-site"})
    assert from_outside.status_code == 403
    elsewhere = desk.browser("http://evil.example").get("/sign-in/service").headers["location"]
    assert (
        requests.get(elsewhere, allow_redirects=False).status_code == 400
    )  # an address that it was not told


def test_behind_a_proxy_the_address_is_that_of_the_proxy(office: Office, service: SignInService) -> None:
    client = Desk(office, service, serve_https=True).browser("http://desk")
    sent = client.get("/sign-in/service")
    assert "redirect_uri=https%3A%2F%2Fdesk%2Fsign-in%2Fback" in sent.headers["location"]
    assert "Secure" in sent.headers["set-cookie"] and "SameSite=lax" in sent.headers["set-cookie"]
    token = re.search(r"inkfield_sign_in=([^;]+)", sent.headers["set-cookie"])
    assert token is not None
    back = there(sent.headers["location"], "olga").replace("https://desk", "")
    answer = client.get(back, headers={"Cookie": f"inkfield_sign_in={token[1]}"})
    assert answer.status_code == 200 and "Secure" in answer.headers.get_list("set-cookie")[0]


def test_what_the_service_says_instead_of_a_code_is_told_in_words(desk: Desk, service: SignInService) -> None:
    client = desk.browser()
    for error, told in (("access_denied", "(access denied)"), ("<script>alert(1)</script>", "(no reason)")):
        state = parse_qs(urlsplit(client.get("/sign-in/service").headers["location"]).query)["state"][0]
        said = {"state": state, "error": error, "error_description": "<b>call 555"}
        answer = client.get("/sign-in/back", params=said)
        assert told in refused(client, answer) and "555" not in answer.text


def test_a_service_that_is_down_leaves_the_password(
    office: Office, service: SignInService, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(office, service)
    service.down = True
    client = desk.browser()
    answer = client.get("/sign-in/service")
    assert answer.status_code == 503 and "does not answer. Sign in with your password" in answer.text
    service.asked.clear()
    assert (
        client.get("/sign-in/service").status_code == 503 and not service.asked
    )  # nobody waits for it again
    in_by_password = client.post("/sign-in", data={"name": "cleo", "password": LOCAL_PASSWORD})
    assert in_by_password.status_code == 303 and is_in(client)
    between = Desk(office, service).browser()
    service.down = False
    back = there(between.get("/sign-in/service").headers["location"], "olga")
    service.down = True
    assert between.get(back).status_code == 503 and not is_in(between)
    assert "503" in caplog.text and SECRET not in caplog.text


def test_a_service_that_changes_its_keys_or_tells_groups_elsewhere(
    office: Office, service: SignInService
) -> None:
    desk = Desk(office, service)
    sign_in(first := desk.browser(), "olga")
    assert is_in(first)
    known: Known = desk.app.state.desk.service
    known.discovery._keys = (known.discovery._keys[0] - 60.0, known.discovery._keys[1])  # asked a minute ago
    service.keys.insert(0, RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True))
    service.thin, service.asked = True, []
    sign_in(second := desk.browser(), "hugo")
    assert second.get("/audit").status_code == 200
    assert service.asked.count("/keys") == 1 and service.asked.count("/userinfo") == 1
    assert "/.well-known/openid-configuration" not in service.asked
    service.people["hugo"] |= {"sub": "sub-somebody-else"}
    service.twist = claims_with(sub="sub-hugo")
    assert "not accepted" in turned_away(desk, "hugo")


def test_without_passwords_there_is_one_way_in(office: Office, service: SignInService) -> None:
    client = Desk(office, service, serve_passwords=False).browser()
    assert "password" not in client.get("/sign-in").text.lower()
    answer = client.post("/sign-in", data={"name": "cleo", "password": LOCAL_PASSWORD})
    assert answer.status_code == 403 and not is_in(client)
    sign_in(client, "olga")
    assert is_in(client)


def test_without_a_service_nothing_of_it_is_there(office: Office) -> None:
    client = office.nobody()
    assert "work account" not in client.get("/sign-in").text
    assert client.get("/sign-in/service").status_code == 404 == client.get("/sign-in/back").status_code


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"serve_oidc_issuer": "https://id.example"}, "_CLIENT and INKFIELD_SERVE_OIDC_SECRET are needed"),
        (
            {"serve_oidc_issuer": "https://id.example", "serve_oidc_client": "x"},
            "INKFIELD_SERVE_OIDC_SECRET is",
        ),
        ({"serve_oidc_client": "x"}, "INKFIELD_SERVE_OIDC_ISSUER is needed"),
        ({"serve_oidc_roles": "reviewer=clerks"}, "INKFIELD_SERVE_OIDC_ISSUER is needed"),
        ({"serve_passwords": False}, "nobody could sign in"),
        (
            {"serve_oidc_issuer": "http://id.example", "serve_oidc_client": "x", "serve_oidc_secret": "y"},
            "https://",
        ),
        (
            {"serve_oidc_issuer": "x", "serve_oidc_client": "x", "serve_oidc_secret_file": "/none"},
            "cannot be read",
        ),
    ],
)
def test_settings_that_are_half_filled_are_told(chosen: dict[str, Any], told: str) -> None:
    with pytest.raises(BadSetting, match=told):
        Known.of(ServeSettings(**chosen))


NAME_OF_A_USER = re.compile(r"[^\W_][\w.@ +-]{0,62}[\w]|[^\W_]|")


@given(st.one_of(st.text(max_size=100), st.none(), st.integers(), st.lists(st.text())), st.text(max_size=100))
def test_whatever_a_service_calls_somebody_becomes_a_fit_name_or_none(said: object, subject: str) -> None:
    assert NAME_OF_A_USER.fullmatch(fit_name({"name": said}, "name", subject))


@given(st.dictionaries(st.text(st.characters(codec="ascii", exclude_characters=";"), min_size=1).map(str.strip)
                       .filter(bool), st.sampled_from(ROLE_NAMES)))  # fmt: skip
def test_groups_of_any_name_get_their_role(roles: dict[str, str]) -> None:
    assert roles_of_groups("; ".join(f"{role}={group}" for group, role in roles.items())) == roles


def test_roles_of_groups() -> None:
    assert roles_of_groups(" reviewer = a b ;admin=CN=x,OU=y; supervisor=a b;") == {
        "a b": "supervisor",
        "CN=x,OU=y": "admin",
    }
    for wrong in ("boss=a", "reviewer", "reviewer=", "=a"):
        with pytest.raises(BadSetting, match="ROLE=GROUP"):
            roles_of_groups(wrong)
    mapped = Mapped("name", "realm_access.roles", {"clerk": "reviewer"}, None)
    here = Identity("https://id.example", "7")
    assert (
        mapped.arrival(here, {"name": "Zoë O'Hara", "realm_access": {"roles": ["clerk"]}}).role == "reviewer"
    )
    assert mapped.arrival(here, {"name": "Zoë O'Hara (ext)"}).name == "Zoë O Hara ext"
    for odd in (
        {},
        {"realm_access": "clerk"},
        {"realm_access": {"roles": [["clerk"], 5, None]}},
        {"name": ["x"]},
    ):
        assert mapped.arrival(here, odd).role is None and mapped.arrival(here, odd).name == "7"
