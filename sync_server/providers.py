"""Other people's sign-in pages by OpenID Connect: where they are, and what their tokens say of a person (ACC-14).

The code flow with PKCE: the provider's secret and tokens stay at this server, and nothing of them is kept.
"""

from __future__ import annotations

import hmac
import logging
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
from jwt import PyJWK, PyJWKSet

from lms_core.accounts.identities import Person, Visit
from lms_core.accounts.model import challenge_of
from lms_core.errors import NotFound, Offline, ServerError
from sync_server.config import Settings

log = logging.getLogger(__name__)

GOOGLE = "https://accounts.google.com"
ALGORITHMS = ("RS256", "ES256", "EdDSA", "PS256")
TIMEOUT_S, LEEWAY_S, MOST = 10.0, 60, 1 << 20


@dataclass(frozen=True)
class Provider:
    """One provider as it was set up, and what its discovery document says once that was asked for."""

    name: str
    label: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


def providers_of(settings: Settings) -> dict[str, Provider]:
    """The providers that are set up, by the name that they have in addresses."""
    found = {}
    if settings.google_client_id:
        found["google"] = Provider(
            "google", "Google", GOOGLE, settings.google_client_id, settings.google_client_secret
        )  # fmt: skip
    if settings.oidc_issuer:
        issuer = settings.oidc_issuer.rstrip("/")
        found["oidc"] = Provider(
            "oidc", settings.oidc_label, issuer, settings.oidc_client_id, settings.oidc_client_secret
        )  # fmt: skip
    return found


class Providers:
    """Ask providers. Blocking: for a thread, never for the event loop."""

    def __init__(self, known: dict[str, Provider], public_url: str) -> None:
        self.known = known
        self._public_url = public_url.rstrip("/")
        self._said: dict[str, dict[str, Any]] = {}
        self._turn = threading.Lock()

    def __getitem__(self, name: str) -> Provider:
        if name not in self.known:
            raise NotFound
        return self.known[name]

    def page(self, name: str, visit: Visit) -> str:
        """The address of the provider's sign-in page for a visit.

        Raises:
            NotFound: no such provider. Offline, ServerError: it does not answer, or not as one does.
        """
        provider = self[name]
        asked = {
            "response_type": "code", "client_id": provider.client_id, "redirect_uri": self._back(name),
            "scope": "openid email profile", "state": visit.state, "nonce": visit.nonce,
            "code_challenge": challenge_of(visit.verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        page = str(self._discovered(provider)["authorization_endpoint"])
        return f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}"

    def person(self, name: str, code: str, visit: Visit) -> Person:
        """Who came back with a code. Raises NotFound, Offline, ServerError."""
        provider = self[name]
        said = self._discovered(provider)
        body = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._back(name),
            "client_id": provider.client_id, "client_secret": provider.client_secret,
            "code_verifier": visit.verifier,
        }  # fmt: skip
        tokens = self._ask("POST", str(said["token_endpoint"]), data=body)
        claims = self._claims(provider, str(tokens.get("id_token", "")))
        if not hmac.compare_digest(str(claims.get("nonce", "")), visit.nonce):
            raise ServerError("provider_failed", name=provider.label)
        first, _, last = str(claims.get("name", "")).partition(" ")
        return Person(
            subject=str(claims["sub"]), email=str(claims.get("email", "")),
            verified=claims.get("email_verified") in (True, "true"),
            first_name=str(claims.get("given_name") or first), last_name=str(claims.get("family_name") or last),
        )  # fmt: skip

    def _back(self, name: str) -> str:
        return f"{self._public_url}/api/v1/auth/social/{name}/callback"

    def _claims(self, provider: Provider, token: str) -> dict[str, Any]:
        """What an id token says: signed by the provider, for us, now."""
        try:
            found: dict[str, Any] = jwt.decode(
                token, self._key(provider, token), algorithms=ALGORITHMS, audience=provider.client_id,
                issuer=provider.issuer, leeway=LEEWAY_S, options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )  # fmt: skip
        except (jwt.PyJWTError, ValueError) as error:
            log.warning("the id token of %s is not valid: %s", provider.name, error)
            raise ServerError("provider_failed", name=provider.label) from error
        return found

    def _key(self, provider: Provider, token: str) -> PyJWK:
        """The key that signed a token; asked for each time, for providers change them and sign-ins are few."""
        wanted = jwt.get_unverified_header(token).get("kid")
        keys = PyJWKSet.from_dict(self._ask("GET", str(self._discovered(provider)["jwks_uri"]))).keys
        for key in keys:
            if key.key_id == wanted or (wanted is None and len(keys) == 1):
                return key
        raise jwt.InvalidKeyError("unknown key")

    def _discovered(self, provider: Provider) -> dict[str, Any]:
        """The discovery document (OpenID Connect Discovery 1.0), kept once it was read."""
        with self._turn:
            said = self._said.get(provider.name)
        if said is None:
            said = self._ask("GET", f"{provider.issuer}/.well-known/openid-configuration")
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if said.get("issuer") != provider.issuer or not all(isinstance(said.get(n), str) for n in needed):
                raise ServerError("provider_failed", name=provider.label)
            with self._turn:
                self._said[provider.name] = said
        return said

    def _ask(self, method: str, url: str, **kwargs: Any) -> dict[str, Any]:
        try:
            answer = httpx.request(method, url, timeout=TIMEOUT_S, headers={"Accept": "application/json"}, **kwargs)
            said = answer.raise_for_status().json() if len(answer.content) <= MOST else None
        except httpx.TransportError as error:
            raise Offline("provider_away") from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            log.warning("the sign-in provider answers what it should not: %s", error)
            raise ServerError("provider_failed", name=url) from error
        if not isinstance(said, dict):
            raise ServerError("provider_failed", name=url)
        return said
