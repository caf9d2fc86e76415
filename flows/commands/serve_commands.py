"""`inkfield serve`: the review page; and the commands for the people who may sign in on it."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from inkfield.flows.commands.command_line import Database, stop
from inkfield.flows.database_url import database_url

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

serve_app = typer.Typer(help="The review page: people settle in a browser what the machine is not sure of.")
users_app = typer.Typer(no_args_is_help=True, help="Who may sign in on the review page.")
tokens_app = typer.Typer(no_args_is_help=True, help="Which programs may call the REST API.")
serve_app.add_typer(users_app, name="users")
serve_app.add_typer(tokens_app, name="tokens")
Name = Annotated[str, typer.Argument(help="The person's name.")]
Role = Annotated[
    str, typer.Option("--role", help="reader looks, reviewer settles, supervisor decides, admin lets people in.")
]  # fmt: skip


@serve_app.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    db: Database = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port.")] = 8500,
    address: Annotated[
        str, typer.Option("--address", help="The address to listen on; 0.0.0.0 for other machines, too.")
    ] = "127.0.0.1",
) -> None:
    """Serve the review page until it is ended. People are added with `inkfield serve users add`.

    Other machines reach it through a proxy that speaks HTTPS: see docs/review-page.md.

    Example: `inkfield serve --port 8500`
    """
    if context.invoked_subcommand is None:
        serve_page(db, address, port)


def serve_page(db: str | None, address: str, port: int) -> None:
    """Serves the review page until it is ended; stops with what is wrong where it cannot."""
    from inkfield.flows.server.serve import serve_forever
    from inkfield.flows.settings import BadSetting
    from inkfield.schemas.database.connection import DatabaseError

    try:
        serve_forever(database_url(db), address, port)
    except (DatabaseError, BadSetting, OSError) as error:
        stop(str(error))


@users_app.command("add")
def add(name: Name, db: Database = None, role: Role = "reviewer") -> None:
    """Add a person. The password is asked for, or read from the input where that is no terminal.

    Example: `inkfield serve users add "A. Clerk" --role reviewer`
    """
    from inkfield.flows.server.passwords import password_hash
    from inkfield.schemas.store.people import add_person

    hashed = _hashed(password_hash)
    _with_people(db, lambda session: add_person(session, name, role, hashed, _who()))
    print(f"{name} may sign in as {role}.")


@users_app.command("list")
def list_people(db: Database = None) -> None:
    """List who may sign in."""
    from inkfield.schemas.store.people import people

    for person in _with_people(db, people):  # type: ignore[attr-defined]
        way = "\tby the sign-in service" if person.by_service else ""
        print(f"{person.name}\t{person.role}\t{'may sign in' if person.active else 'shut out'}{way}")


@users_app.command("role")
def change_role(
    name: Name,
    role: Annotated[str, typer.Argument(help="reader, reviewer, supervisor or admin.")],
    db: Database = None,
) -> None:
    """Give a person another role. Their sessions end."""
    from inkfield.schemas.store.people import change_person

    _with_people(db, lambda session: change_person(session, name, _who(), role=role))
    print(f"{name} is {role}.")


@users_app.command("password")
def change_password(name: Name, db: Database = None) -> None:
    """Give a person another password. Their sessions end. Whoever came through the sign-in service comes with the
    password from now on.
    """
    from inkfield.flows.server.passwords import password_hash
    from inkfield.schemas.store.people import change_person

    hashed = _hashed(password_hash)
    _with_people(db, lambda session: change_person(session, name, _who(), password_hash=hashed))
    print(f"{name} has another password.")


@users_app.command("link")
def link_person(
    name: Name,
    subject: Annotated[
        str,
        typer.Argument(
            help="What the sign-in service calls them (sub): the record of a refused sign-in has it."
        ),
    ],
    db: Database = None,
) -> None:
    """A person signs in through the organisation's sign-in service from now on, no longer with a password.

    Example: `inkfield serve users link "A. Clerk" 7f3c1b9e-5d2a-4c0e-9a51-8f6f0a8e7b11`
    """
    from inkfield.flows.server.oidc.service import SignInService
    from inkfield.flows.settings import BadSetting, ServeSettings, settings
    from inkfield.schemas.store.identities import Identity, link

    try:
        service = SignInService.of(settings(ServeSettings))
    except BadSetting as error:
        stop(str(error))
    if service is None:
        stop("no sign-in service is set: see INKFIELD_SERVE_OIDC_ISSUER in docs/settings.md")
    identity = Identity(service.discovery.issuer, subject)
    _with_people(db, lambda session: link(session, name, identity, _who()))
    print(
        f"{name} signs in through {service.discovery.issuer} from now on, and has no password here any more."
    )


@users_app.command("shut-out")
def shut_out(name: Name, db: Database = None) -> None:
    """A person may sign in no more; what they did stays on record."""
    from inkfield.schemas.store.people import change_person

    _with_people(db, lambda session: change_person(session, name, _who(), active=False))
    print(f"{name} may sign in no more.")


@tokens_app.command("add")
def add_program(name: Name, db: Database = None, role: Role = "reviewer") -> None:
    """Let a program in: prints its token, which is not kept and not shown again.

    Example: `inkfield serve tokens add "the archive" --role reader`
    """
    from inkfield.flows.server.passwords import new_token, token_hash
    from inkfield.schemas.store.tokens import add_token

    token = new_token()
    _with_people(db, lambda session: add_token(session, name, role, token_hash(token), _who()))
    print(token)


@tokens_app.command("list")
def list_programs(db: Database = None) -> None:
    """List the programs."""
    from inkfield.schemas.store.tokens import programs

    for program in _with_people(db, programs):  # type: ignore[attr-defined]
        print(f"{program.name}\t{program.role}\t{'may call' if program.active else 'shut out'}")


@tokens_app.command("take")
def take_program(name: Name, db: Database = None) -> None:
    """Take a program's token away; what it did stays on record."""
    from inkfield.schemas.store.tokens import take_token

    _with_people(db, lambda session: take_token(session, name, _who()))
    print(f"{name} gets in no more.")


def _who() -> str:
    return f"{getpass.getuser()} (command line)"


def _hashed(hash_of: Callable[[str], str]) -> str:
    """The hash of a password that is typed twice, or that comes by a pipe."""
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    try:
        return hash_of(password)
    except ValueError as error:
        stop(str(error))


def _with_people(db: str | None, work: Callable[[Session], object]) -> object:
    from inkfield.schemas.database.connection import DatabaseError, open_database, transaction

    try:
        with transaction(open_database(database_url(db))) as session:
            return work(session)
    except (DatabaseError, LookupError, ValueError) as error:
        stop(str(error.args[0]))
