"""`inkfield config`: which settings are in force and where each comes from; and docs/settings.md, made of the same.

python -m inkfield.flows.commands.config_command > docs/settings.md
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import SecretStr, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inkfield.flows.settings import PREFIX, TOPICS, Topic, is_secret, problems, variable
from inkfield.schemas.database.close_names import closest

DEFAULT, ENVIRONMENT = "default", "environment"


@dataclass(frozen=True)
class InForce:
    """One setting: its value as it may be shown, where it comes from, and what is wrong with it, if anything."""

    topic: str
    variable: str
    value: str
    source: str
    problem: str = ""


def in_force() -> list[InForce]:
    """All settings, by topic, and variables that look like settings and are none."""
    found = [setting for topic in TOPICS for setting in _of_topic(topic)]
    known = [setting.variable for setting in found]
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            close = closest(name, known)
            problem = "is no setting" + (f"; did you mean {close[0]}?" if close else "; unset it")
            found.append(InForce("Unknown", name, "(set)", ENVIRONMENT, problem))
    return found


def _of_topic(topic: type[Topic]) -> Iterator[InForce]:
    wrong: dict[str, str] = {}
    values: Topic | None = None
    try:
        values = topic()
    except ValidationError as error:
        places = [str(problem["loc"][0]) for problem in error.errors(include_url=False)]
        wrong = dict(zip(places, problems(topic, error), strict=True))
    for name, field in topic.model_fields.items():
        own = variable(name)
        given = bool(os.environ.get(own))
        value = getattr(values, name) if values else os.environ.get(own) or field.default
        problem = wrong.get(name, "").removeprefix(own).strip() or _unreadable(name, value)
        source = ENVIRONMENT if given else DEFAULT
        if given and (file := _replaced_by(topic, name)):
            problem, source = problem or f"is not used: {file} is set, too", ENVIRONMENT
        yield InForce(_title(topic), own, _shown(topic, name, value), source, problem)


def _replaced_by(topic: type[Topic], name: str) -> str:
    """The variable that names a file in place of a secret, where it is set."""
    own = variable(f"{name}_file")
    return own if f"{name}_file" in topic.model_fields and os.environ.get(own) else ""


def _unreadable(name: str, value: object) -> str:
    if not name.endswith("_file") or not value:
        return ""
    return "" if os.access(str(value), os.R_OK) else "names a file that cannot be read"


def _shown(topic: type[Topic], name: str, value: object) -> str:
    if value is None or value == "":
        return ""
    if not is_secret(topic, name):
        return str(value)
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return _without_password(text) if name == "database_url" else "(set, not shown)"


def _without_password(url: str) -> str:
    """Where the database is: not its password, nor anything after a question mark, which may be one, too."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except ArgumentError:
        return "(set, not shown: it is no URL)"
    return parsed.set(query={}).render_as_string(hide_password=True)


def _title(topic: type[Topic]) -> str:
    return (topic.__doc__ or "").strip()


def print_config(as_json: bool) -> bool:
    """Prints the settings; True when none is wrong."""
    found = in_force()
    if as_json:
        print(json.dumps([asdict(setting) for setting in found], indent=2))
        return not any(setting.problem for setting in found)
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("setting", "value", "from"):
        table.add_column(heading, overflow="fold")
    topic = ""
    for setting in found:
        if setting.topic != topic:
            table.add_section()
            table.add_row(f"[bold]{escape(setting.topic)}[/]")
            topic = setting.topic
        style = "red" if setting.problem else "" if setting.source == ENVIRONMENT else "dim"
        table.add_row(setting.variable, escape(setting.value) or "-", setting.source, style=style)
    console = Console()
    console.print(table)
    for setting in found:
        if setting.problem:
            console.print(f"[red]{setting.variable} {escape(setting.problem)}[/]", soft_wrap=True)
    return not any(setting.problem for setting in found)


def as_markdown() -> str:
    """docs/settings.md."""
    parts = [
        "# Settings",
        "",
        "Settings are environment variables. `inkfield config` shows those in force and where each comes from.",
        "A setting whose name ends with `_FILE` names a file that holds the value: passwords need not stand in the",
        "environment. This page is made of `flows/settings.py`:",
        "`python -m inkfield.flows.commands.config_command > docs/settings.md`.",
    ]
    for topic in TOPICS:
        parts += ["", f"## {_title(topic)}", "", "| variable | default | what it is |", "|---|---|---|"]
        for name, field in topic.model_fields.items():
            parts.append(f"| `{variable(name)}` | {_default(field.default)} | {field.description} |")
    return "\n".join(parts) + "\n"


def _default(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "" if value in (None, "") else f"`{value}`"


if __name__ == "__main__":
    print(as_markdown(), end="")
