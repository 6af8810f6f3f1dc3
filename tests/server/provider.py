"""A provider of OpenID Connect on loopback: discovery, sign-in page, tokens and keys, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "our-client", "our-secret"


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """One of a provider's keys; making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """`person` says who sits before the page; `spoil` changes the claims before they are signed."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {}
        self.spoil: dict[str, Any] = {}
        self.signer = self.key = key(0)
        self.asked: dict[str, dict[str, str]] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                asked = {n: v[0] for n, v in parse_qs(url.query).items()}
                if url.path == "/.well-known/openid-configuration":
                    self.say(provider.discovery())
                elif url.path == "/keys":
                    public = json.loads(RSAAlgorithm.to_jwk(provider.key.public_key()))
                    self.say({"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]})
                elif url.path == "/page":
                    self.send_response(302)
                    self.send_header("Location", provider.consent(asked))
                    self.end_headers()
                else:
                    self.say({"error": "not_found"}, 404)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status, said = provider.tokens({n: v[0] for n, v in parse_qs(body).items()})
                self.say(said, status)

            def say(self, said: Any, status: int = 200) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/page",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
        }  # fmt: skip

    def consent(self, asked: dict[str, str]) -> str:
        """Where the browser goes when the person has agreed."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert {"openid", "email"} <= set(asked["scope"].split())
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def tokens(self, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self.asked.pop(given.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or given["client_secret"] != SECRET
            or given["redirect_uri"] != asked["redirect_uri"]
            or proof.decode() != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            **self.person, **self.spoil,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(claims, self.signer, algorithm="RS256", headers={"kid": "one"})
        return 200, {"access_token": "theirs", "token_type": "Bearer", "id_token": token}
