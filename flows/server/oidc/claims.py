"""What a sign-in service says of a person, and what that comes to here: a name and a role."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inkfield.flows.settings import BadSetting, ServeSettings
from inkfield.schemas.database.review_tables import ROLES
from inkfield.schemas.store.identities import Arrival, Identity

MOST_OF_NAME = 64
_UNFIT = re.compile(r"[^\w.@ +-]+")


@dataclass(frozen=True)
class Mapped:
    """How claims become a name and a role."""

    name_claim: str
    groups_claim: str
    roles: Mapping[str, str]
    """Group, and its role. Empty: groups give no roles."""
    default_role: str | None

    @classmethod
    def of(cls, chosen: ServeSettings) -> Mapped:
        """Raises BadSetting for a role that there is not."""
        roles = roles_of_groups(chosen.serve_oidc_roles or "")
        return cls(
            chosen.serve_oidc_name_claim,
            chosen.serve_oidc_groups_claim,
            roles,
            chosen.serve_oidc_default_role,
        )

    def arrival(self, identity: Identity, claims: Mapping[str, Any]) -> Arrival:
        """Somebody whom the service vouches for, with the name and the role that these claims give them."""
        granted = [
            self.roles[group] for group in texts(claim(claims, self.groups_claim)) if group in self.roles
        ]
        role = max(granted, key=ROLES.index) if granted else self.default_role
        return Arrival(identity, fit_name(claims, self.name_claim, identity.subject), role, bool(self.roles))

    def lacks(self, claims: Mapping[str, Any]) -> bool:
        """Whether claims lack one that is needed: some services tell it only where they are asked again."""
        return claim(claims, self.name_claim) is None or (
            bool(self.roles) and claim(claims, self.groups_claim) is None
        )


def roles_of_groups(text: str) -> dict[str, str]:
    """The role of each group, of `role=group; role=group`; of several the highest. Raises BadSetting."""
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        role, is_there, group = (piece.strip() for piece in part.partition("="))
        if role not in ROLES or not is_there or not group:
            raise BadSetting(
                f"INKFIELD_SERVE_OIDC_ROLES: {part!r} is not ROLE=GROUP; a role is one of {', '.join(ROLES)}"
            )
        found[group] = max(role, found.get(group, role), key=ROLES.index)
    return found


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of a name, or, by a name with dots, the claim inside of claims. None where it is not there."""
    if name in claims:
        return claims[name]
    inside: Any = claims
    for part in name.split("."):
        inside = inside.get(part) if isinstance(inside, Mapping) else None
    return inside


def texts(value: Any) -> list[str]:
    """A claim as a list: some services send a single group as a text."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, str)]


def fit_name(claims: Mapping[str, Any], name_claim: str, subject: str) -> str:
    """A name as it can be used here: the claim, else the subject, without characters that no name here has."""
    said = claim(claims, name_claim)
    name = said if isinstance(said, str) and said.strip() else subject
    plain = _UNFIT.sub(" ", unicodedata.normalize("NFC", name))
    return " ".join(plain.split())[:MOST_OF_NAME].strip("_.@ +-")
