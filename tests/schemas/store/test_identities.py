"""People of a sign-in service in the database: known by issuer and subject, on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.review_tables import BegunSignInRow
from inkfield.schemas.database.tables import now
from inkfield.schemas.store.identities import (
    Arrival,
    Begun,
    Identity,
    Refusal,
    admit,
    begin,
    link,
    take_begun,
)
from inkfield.schemas.store.people import (
    Person,
    add_person,
    begin_session,
    change_person,
    find_session,
    people,
)
from inkfield.schemas.store.tokens import add_token

OLGA = Arrival(Identity("https://id.example", "7"), "olga", "reviewer", groups_decide=True)


def test_a_person_is_who_the_issuer_says_and_nobody_else(database_url: str) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:
        first = admit(session, OLGA)
        assert isinstance(first, Person) and first.by_service and first.role == "reviewer"
        begin_session(session, first, "a hash", "a token", "an id token")
        again = admit(session, replace(OLGA, name="Olga M."))
        assert isinstance(again, Person) and (again.id, again.name) == (first.id, "olga")
        assert find_session(session, "a hash", 30, 10) is not None
        elsewhere = admit(session, replace(OLGA, identity=Identity("https://other.example", "7")))
        assert isinstance(elsewhere, Refusal) and "another user olga" in elsewhere.message
        assert isinstance(admit(session, replace(OLGA, role=None)), Refusal)
        assert find_session(session, "a hash", 30, 10) is None
        assert [person.role for person in people(session)] == ["reader"]
        change_person(session, "olga", "the tests", active=False)
        assert isinstance(admit(session, OLGA), Refusal)


def test_a_link_is_made_and_ended_by_an_administrator(database_url: str) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:
        add_person(session, "anna", "supervisor", "a hash", "the tests")
        add_token(session, "archive", "reader", "of the token", "the tests")
        link(session, "anna", Identity("https://id.example", "8"), "the tests")
        found = admit(
            session, replace(OLGA, identity=Identity("https://id.example", "8"), groups_decide=False)
        )
        assert isinstance(found, Person) and (found.name, found.role) == ("anna", "supervisor")
        with pytest.raises(ValueError, match="program"):
            link(session, "archive", Identity("https://id.example", "9"), "the tests")
        with pytest.raises(LookupError):
            link(session, "nobody", Identity("https://id.example", "9"), "the tests")
        assert not change_person(session, "anna", "the tests", password_hash="another").by_service


def test_what_was_begun_is_taken_once_and_in_time(database_url: str) -> None:
    engine = open_database(database_url)
    sent = Begun("state", "nonce", "verifier")
    with transaction(engine) as session:
        begin(session, "mine", sent)
        begin(session, "late", sent)
        session.execute(
            update(BegunSignInRow)
            .where(BegunSignInRow.token_hash == "late")
            .values(begun_at=now() - timedelta(minutes=11))
        )
        assert take_begun(session, "another") is None
        assert take_begun(session, "mine") == sent and take_begun(session, "mine") is None
        assert take_begun(session, "late") is None
