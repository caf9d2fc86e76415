"""All settings of inkfield: the environment variables INKFIELD_*, one model a topic.

They are environment variables, so that every command and every worker on every machine has them. Passwords and URLs
with keys may stand in files, as containers get them: the variable with the ending _FILE names the file. Values are
looked up when they are needed; a wrong one stops only what needs it. docs/settings.md is made of this file, and
`inkfield config` shows what is in force.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import Field, PositiveInt, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "INKFIELD_"
Port = Annotated[int, Field(ge=1, le=65535)]


class BadSetting(ValueError):
    """A variable that is set wrongly. The message names it and says what to do."""


class Topic(BaseSettings):
    """The settings of one topic, read from the environment when it is made. An empty variable counts as not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)


class DatabaseSettings(Topic):
    """The database"""

    database_url: SecretStr = Field(
        SecretStr("sqlite:///inkfield.db"),
        description="SQLAlchemy URL of the database: `sqlite:///FILE` or `postgresql://USER@HOST/DATABASE`.",
    )
    database_password_file: str | None = Field(
        None, description="A file that holds the password, for a URL of PostgreSQL without one."
    )


class FormSettings(Topic):
    """Forms"""

    forms: str = Field(
        "",
        description="Further folders with form files, a colon between them. Built-in forms are always there.",
    )
    labelled_values: bool = Field(
        True,
        description="Look for labelled values (see docs/pairs.md) on pages that look like a form and are none that is "
        "known: 1 to 11 seconds a page. `false`: only their text is read.",
    )


class SeparatorSettings(Topic):
    """Separators in files of many pages"""

    separators: bool = Field(
        True,
        description="Split files at the sheets that `inkfield separators` prints, and at those with a barcode that "
        "says PATCHT; see docs/batches.md. `false`: a file is one document.",
    )
    separator_sheets: re.Pattern[str] | None = Field(
        None,
        description="Barcodes of other sheets that stand between documents and belong to none: a regular expression "
        "for all that the code says, its group the label, as `BATCH-([0-9]+)`.",
    )
    separator_stickers: re.Pattern[str] | None = Field(
        None,
        description="Barcodes that are stuck on the first page of a document: a regular expression in the same way. "
        "The page stays.",
    )


class MasterDataSettings(Topic):
    """What the bank knows of its cheques"""

    master_data: str | None = Field(
        None,
        description="Folder with any of `issued.csv`, `stopped.csv`, `payees.csv`, `limits.csv`, against which cheques "
        "are checked before they are posted; see docs/cheques.md.",
    )


class LimitSettings(Topic):
    """Limits on what is read"""

    max_file_mb: PositiveInt = Field(512, description="Size of a file, in MB.")
    max_pages: PositiveInt = Field(1000, description="Pages of a document.")
    max_page_megapixels: PositiveInt = Field(120, description="Pixels of a page, in millions.")
    max_page_seconds: PositiveInt = Field(
        120,
        description="Seconds that one page may take. A page takes 1 to 3, the largest that is taken some 20.",
    )
    max_memory_mb: PositiveInt = Field(
        6144,
        description="Memory of a worker process, in MB: 120 megapixels in colour were measured to need 3,300.",
    )
    max_archive_files: PositiveInt = Field(2000, description="Files in a zip archive.")
    max_archive_mb: PositiveInt = Field(2048, description="Size of a zip archive when it is unpacked, in MB.")


class InboxSettings(Topic):
    """The watched folder"""

    inbox_group: str | None = Field(
        None,
        description="A group of this machine that may look into `done/` and `failed/` and read why a file failed. "
        "By default nobody but the user who runs `inkfield watch` may: what lies there is private.",
    )


class EngineSettings(Topic):
    """The engine that reads large batches"""

    engine: str | None = Field(
        None,
        description="Address of its head, for `--spread`: `tcp://HOST:8786`. Start it: `inkfield engine head`.",
    )


class LogSettings(Topic):
    """The log"""

    log: Literal["text", "json"] = Field(
        "text", description="How `inkfield watch` and workers write their log."
    )


class ReportSettings(Topic):
    """Reports of the night"""

    reports: str | None = Field(
        None, description="Folder for the reports. Default: `inkfield/reports` in `$XDG_DATA_HOME`."
    )
    smtp_host: str | None = Field(None, description="Mail server. Without it no mail is sent.")
    smtp_port: Port = Field(587, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="How to talk to it.")
    smtp_user: str | None = Field(None, description="User of the mail server, where it wants one.")
    smtp_password: SecretStr | None = Field(None, description="The user's password.")
    smtp_password_file: str | None = Field(None, description="A file that holds it.")
    mail_from: str | None = Field(None, description="Sender of the mails; needed with a mail server.")
    mail_to: str | None = Field(
        None, description="Whom they are for, commas between; needed with a mail server."
    )
    webhook_url: SecretStr | None = Field(
        None, description="Gets the report as JSON by POST. A URL often holds a key."
    )
    webhook_url_file: str | None = Field(None, description="A file that holds the URL.")


class ServeSettings(Topic):
    """The review page (`inkfield serve`)"""

    serve_order: Literal["amount", "age", "form"] = Field(
        "amount",
        description="What is shown first: pages with the largest amounts, the oldest documents, or form by form.",
    )
    serve_double_above: Decimal | None = Field(
        None,
        description="Amounts above this need two people who say the same, neither seeing what the other said. "
        "Without it one person is enough.",
    )
    serve_lend_minutes: PositiveInt = Field(
        10, description="So long a field is shown to one person only, unless they answer before."
    )
    serve_idle_minutes: PositiveInt = Field(
        30, description="After so long without a sign of a person they have to sign in again."
    )
    serve_longest_hours: PositiveInt = Field(10, description="After so long in any case.")
    serve_https: bool = Field(
        False,
        description="People reach the page by HTTPS, through a proxy: the cookie is then sent over HTTPS only.",
    )
    serve_inbox: str | None = Field(
        None,
        description="The watched folder: files that are handed in on the page, or by the REST API, go there. `inkfield "
        "watch` reads them there. Without it neither takes any.",
    )
    serve_calls_per_minute: PositiveInt = Field(
        600, description="So often a minute a program may call the REST API."
    )
    serve_spot_share: Annotated[float, Field(ge=0, le=1)] = Field(
        0.0,
        description="Share of the accepted fields that people are asked to read, too, without seeing the reading: "
        "`0.01` is one of a hundred. It gives the true error rate of what is accepted.",
    )
    serve_promised_errors: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.02,
        description="Share of the accepted fields that may be wrong: the dashboard says when more surely are.",
    )
    serve_webhook_url: SecretStr | None = Field(
        None,
        description="Is told by POST when a document is done, waits for a person, or has failed: its id and status, "
        "never what was read. A URL often holds a key.",
    )
    serve_webhook_url_file: str | None = Field(None, description="A file that holds the URL.")
    serve_webhook_secret: SecretStr | None = Field(
        None, description="Signs what is sent there (HMAC-SHA256); needed with the URL."
    )
    serve_webhook_secret_file: str | None = Field(None, description="A file that holds it.")
    serve_passwords: bool = Field(
        True,
        description="People may sign in with a name and a password. `false`: only through the sign-in service, which "
        "then has to be set.",
    )
    serve_oidc_issuer: str | None = Field(
        None,
        description="Address of your organisation's sign-in service (OpenID Connect: Keycloak, Entra ID, Okta), "
        "through which people may sign in: what stands before `/.well-known/openid-configuration`. See "
        "docs/review-page.md.",
    )
    serve_oidc_client: str | None = Field(
        None, description="By what name the service knows inkfield (client id); needed with the issuer."
    )
    serve_oidc_secret: SecretStr | None = Field(
        None, description="The secret that it gave inkfield; needed with the issuer."
    )
    serve_oidc_secret_file: str | None = Field(None, description="A file that holds it.")
    serve_oidc_scopes: str = Field(
        "openid profile",
        description="What it is asked for, spaces between. Okta tells groups only where `groups` is among them.",
    )
    serve_oidc_name_claim: str = Field(
        "preferred_username",
        description="The claim that names a person here. It has to be one that people cannot choose freely.",
    )
    serve_oidc_groups_claim: str = Field(
        "groups",
        description="The claim with a person's groups or roles; `a.b` is the claim `b` inside of `a`, as "
        "`realm_access.roles`.",
    )
    serve_oidc_roles: str | None = Field(
        None,
        description="Which group has which role, semicolons between: `reviewer=clerks; supervisor=heads; admin=it`. Of "
        "several the highest counts, anew at each sign-in. Without it roles are given by `inkfield serve users role`.",
    )
    serve_oidc_default_role: Literal["reader", "reviewer", "supervisor", "admin"] | None = Field(
        None,
        description="The role of people whom no group gives one. Without it they do not get in.",
    )
    serve_proxies: str = Field(
        "127.0.0.1",
        description="Addresses of proxies, commas between, that are believed when they say whom they speak for.",
    )


class LearningSettings(Topic):
    """Learning (`inkfield learn`)"""

    learning: str | None = Field(
        None,
        description="Folder of what is being learned, and of copies of learned weights. Default: `inkfield/learning` "
        "in `$XDG_DATA_HOME`.",
    )


class LaboratorySettings(Topic):
    """Training and rendering"""

    fonts: str | None = Field(
        None,
        description="Folder of the fonts that pages are rendered with. Default: `.fonts` in the checkout.",
    )


class SetUpSettings(Topic):
    """Setting up (scripts/setup.sh, Dockerfile)"""

    python: str | None = Field(
        None, description="The Python to use. Default: the first of 3.11, 3.12 there is."
    )
    torch_index: str | None = Field(
        None,
        description="Package index for torch: `https://download.pytorch.org/whl/cpu` has the small CPU build.",
    )


class ContainerSettings(Topic):
    """Containers (docker-compose.yml, scripts/start_worker.sh)"""

    inbox: str = Field("./inbox", description="The watched folder.")
    claims: str = Field("./claims", description="The folder that is read every night.")
    my_forms: str = Field("./my_forms", description="The folder of one's own forms.")
    workers: PositiveInt = Field(2, description="Containers that read.")
    worker_cpus: str = Field("2", description="CPUs of each; it has a worker process for each.")
    worker_memory: str = Field("6g", description="Memory of each.")
    worker_health: str | None = Field(
        None, description="Where it is set a worker answers health checks on port 8080."
    )
    secrets: str | None = Field(
        None, description="Folder of the passwords, for the script of the database's first start."
    )


TOPICS: tuple[type[Topic], ...] = (
    DatabaseSettings,
    FormSettings,
    SeparatorSettings,
    MasterDataSettings,
    LimitSettings,
    InboxSettings,
    EngineSettings,
    LogSettings,
    ReportSettings,
    ServeSettings,
    LearningSettings,
    LaboratorySettings,
    SetUpSettings,
    ContainerSettings,
)
AnyTopic = TypeVar("AnyTopic", bound=Topic)


def settings(topic: type[AnyTopic]) -> AnyTopic:
    """The settings of a topic as they are now. Raises BadSetting."""
    try:
        return topic()
    except ValidationError as error:
        raise BadSetting("\n".join(problems(topic, error))) from None


def problems(topic: type[Topic], error: ValidationError) -> list[str]:
    """What is wrong, a line a variable. The value of a secret is not told."""
    lines = []
    for problem in error.errors(include_url=False):
        name = str(problem["loc"][0])
        given = "" if is_secret(topic, name) else f"={problem['input']!r}"
        match problem["type"]:
            case "int_parsing" | "int_type" | "greater_than" | "greater_than_equal" | "less_than_equal":
                wanted = (
                    "is no whole number above 0" if problem["type"] != "less_than_equal" else "is too large"
                )
            case "literal_error":
                wanted = f"can be {problem['ctx']['expected']}"
            case _:
                wanted = problem["msg"]
        lines.append(f"{variable(name)}{given} {wanted}; correct it or unset it")
    return lines


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def is_secret(topic: type[Topic], name: str) -> bool:
    """Whether the value of a setting must not be shown."""
    field = topic.model_fields.get(name)
    return field is not None and "SecretStr" in str(field.annotation)
