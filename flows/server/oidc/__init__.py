"""Signing in through an organisation's sign-in service (OpenID Connect): Keycloak, Entra ID, Okta and others."""
