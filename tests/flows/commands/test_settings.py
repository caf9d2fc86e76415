"""Settings: every variable is declared, documented, shown with its source, and no secret is."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.commands.config_command import as_markdown, in_force
from inkfield.flows.settings import TOPICS, BadSetting, LimitSettings, ReportSettings, settings, variable
from tests.support.checkout import ROOT

READERS = ("flows", "pipeline", "recognizers", "schemas", "scripts")
FILES = ("docker-compose.yml", "Dockerfile", "Makefile", "prefect.yaml", "README.md")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("INKFIELD_"):
            monkeypatch.delenv(name)


def test_the_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == as_markdown(), "python -m inkfield.flows.commands.config_command > docs/settings.md"


def test_every_variable_that_is_read_anywhere_is_declared() -> None:
    known = {variable(name) for topic in TOPICS for name in topic.model_fields}
    files = [ROOT / name for name in FILES] + [*(ROOT / "docs").glob("*.md")]
    for folder in READERS:
        files += [
            path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".sh", ".sql", ".service")
        ]
    for path in files:
        named = set(re.findall(r"\bINKFIELD_[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
        assert named <= known, f"{path}: {sorted(named - known)}"


def test_every_setting_has_a_description() -> None:
    assert all(field.description for topic in TOPICS for field in topic.model_fields.values())


def test_values_come_from_the_environment_or_are_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(LimitSettings).max_pages == 1000
    monkeypatch.setenv("INKFIELD_MAX_PAGES", "7")
    monkeypatch.setenv("INKFIELD_MAX_FILE_MB", "")
    assert settings(LimitSettings).max_pages == 7
    assert settings(LimitSettings).max_file_mb == 512
    shown = {setting.variable: setting for setting in in_force()}
    assert (shown["INKFIELD_MAX_PAGES"].value, shown["INKFIELD_MAX_PAGES"].source) == ("7", "environment")
    assert (shown["INKFIELD_MAX_FILE_MB"].value, shown["INKFIELD_MAX_FILE_MB"].source) == ("512", "default")


def test_a_wrong_setting_stops_what_needs_it_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKFIELD_SMTP_PORT", "mail")
    with pytest.raises(BadSetting, match="INKFIELD_SMTP_PORT='mail' is no whole number above 0"):
        settings(ReportSettings)
    assert settings(LimitSettings).max_pages == 1000
    monkeypatch.setenv("INKFIELD_SMTP_PORT", "70000")
    with pytest.raises(BadSetting, match="INKFIELD_SMTP_PORT"):
        settings(ReportSettings)
    result = CliRunner().invoke(app, ["config"])
    assert result.exit_code == 2
    assert "is too large" in result.stdout


def test_a_misspelt_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKFIELD_MAX_PAGE", "7")
    (wrong,) = [setting for setting in in_force() if setting.problem]
    assert wrong.variable == "INKFIELD_MAX_PAGE"
    assert "INKFIELD_MAX_PAGES" in wrong.problem


@pytest.mark.parametrize("arguments", [["config"], ["config", "--json"]])
@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("INKFIELD_DATABASE_URL", "postgresql://anna:s3cret@db.example/rows", "db.example"),
        ("INKFIELD_DATABASE_URL", "postgresql://anna@db.example/rows?password=s3cret", "db.example"),
        ("INKFIELD_DATABASE_URL", "s3cret", "not shown"),
        ("INKFIELD_SMTP_PASSWORD", "s3cret", "not shown"),
        ("INKFIELD_WEBHOOK_URL", "https://hooks.example/s3cret", "not shown"),
    ],
)
def test_no_secret_is_shown(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], name: str, value: str, seen: str
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert "s3cret" not in result.stdout + result.stderr
    assert seen in result.stdout


def test_a_file_that_holds_a_secret_is_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INKFIELD_SMTP_PASSWORD_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("INKFIELD_SMTP_PASSWORD", "s3cret")
    found = {setting.variable: setting.problem for setting in in_force()}
    assert "cannot be read" in found["INKFIELD_SMTP_PASSWORD_FILE"]
    assert "not used" in found["INKFIELD_SMTP_PASSWORD"]


def test_the_settings_are_printed_as_json() -> None:
    found = json.loads(CliRunner().invoke(app, ["config", "--json"]).stdout)
    assert {setting["variable"] for setting in found} == {
        variable(name) for topic in TOPICS for name in topic.model_fields
    }


@rounds(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12))
def test_no_value_of_a_limit_ends_in_anything_but_a_number_or_its_name(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INKFIELD_MAX_PAGES", text)
        try:
            assert settings(LimitSettings).max_pages > 0
        except BadSetting as error:
            assert "INKFIELD_MAX_PAGES" in str(error)
