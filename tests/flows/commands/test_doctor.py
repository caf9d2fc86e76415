"""`inkfield doctor`: what is missing is named, with a remedy, and passwords stay out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkfield.flows.commands import doctor
from inkfield.flows.commands.doctor import (
    check_database,
    check_forms,
    check_poppler,
    check_prefect,
    check_sign_in,
    print_checkup,
)
from tests.support.sign_in_service import running_service


def test_a_missing_poppler_is_told_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    finding = check_poppler()
    assert not finding.good
    assert "poppler-utils" in finding.remedy


def test_a_database_that_is_not_there_yet_is_fine_and_is_not_created(tmp_path: Path) -> None:
    assert check_database(f"sqlite:///{tmp_path / 'new.db'}").good
    assert not (tmp_path / "new.db").exists()


def test_a_database_in_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    finding = check_database(f"sqlite:///{tmp_path / 'none' / 'new.db'}")
    assert not finding.good
    assert finding.remedy


@pytest.mark.parametrize(
    "url", ["postgresql://me:secret@127.0.0.1:1/rows", "not a url", "mysql://me:secret@host/x"]
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(url: str) -> None:
    finding = check_database(url)
    assert not finding.good
    assert "secret" not in finding.state + finding.remedy


def test_a_prefect_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")
    finding = check_prefect()
    assert not finding.good
    assert "PREFECT_API_URL" in finding.remedy


def test_a_wrong_form_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.yaml").write_text("name: Bad Name\n")
    monkeypatch.setenv("INKFIELD_FORMS", str(tmp_path))
    finding = check_forms()
    assert not finding.good
    assert "bad.yaml" in finding.state


def test_a_machine_that_runs_the_tests_has_what_the_software_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_checkup(f"sqlite:///{tmp_path / 'new.db'}"), capsys.readouterr().out
    printed = capsys.readouterr().out
    for check in doctor.CHECKS:
        assert check.__name__.removeprefix("check_").lower()[:4] in printed.lower()


def test_a_sign_in_service_that_is_half_set_or_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_sign_in().good and "by password" in check_sign_in().state
    monkeypatch.setenv("INKFIELD_SERVE_OIDC_ISSUER", "http://localhost:1/realms/acme")
    finding = check_sign_in()
    assert not finding.good and "INKFIELD_SERVE_OIDC_CLIENT" in finding.state
    monkeypatch.setenv("INKFIELD_SERVE_OIDC_CLIENT", "inkfield")
    monkeypatch.setenv("INKFIELD_SERVE_OIDC_SECRET", "very secret")
    finding = check_sign_in()
    assert not finding.good and "does not answer" in finding.state and finding.remedy
    with running_service() as service:
        monkeypatch.setenv("INKFIELD_SERVE_OIDC_ISSUER", f"{service.issuer}/.well-known/openid-configuration")
        finding = check_sign_in()
        assert (
            finding.good
            and "answers; PKCE is offered" in finding.state
            and "only people get in" in finding.state
        )
        service.metadata = {"issuer": "https://login.example/{tenantid}/v2.0"}
        finding = check_sign_in()
        assert not finding.good and "name the tenant" in finding.state
        service.metadata = {"token_endpoint": "http://10.0.0.1/token"}
        assert "token_endpoint is not reached by HTTPS" in check_sign_in().state
