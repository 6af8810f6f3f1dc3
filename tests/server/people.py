"""What tests of the server do all the time: make people, sign them in, ask in their name."""

from __future__ import annotations

from base64 import b64encode
from copy import deepcopy
from hashlib import sha256
from typing import Any

import httpx

PASSWORD = "seven green bicycles"
API = "/api/v1"
PNG = b"\x89PNG\r\n\x1a\n"
"""How a picture begins."""


def wish(name: str = "ada", **changes: Any) -> dict[str, Any]:
    """The body of a registration."""
    return {
        "email": f"{name}@school.example", "password": PASSWORD, "password_confirm": PASSWORD,
        "first_name": name.title(), "last_name": "Moyo",
    } | changes  # fmt: skip


class Client:
    """One caller; `token` is sent when there is one."""

    def __init__(self, http: httpx.Client, token: str = "") -> None:
        self.http = http
        self.token = token
        self.refresh = ""
        self.user: dict[str, Any] = {}

    def ask(self, method: str, path: str, *, under: str = API, **kwargs: Any) -> httpx.Response:
        headers = dict(kwargs.pop("headers", {}))
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.http.request(method, under + path, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.ask("GET", path, **kwargs)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> httpx.Response:
        return self.ask("POST", path, **({"json": body} if body is not None else {}), **kwargs)

    def delete(self, path: str) -> httpx.Response:
        return self.ask("DELETE", path)

    def sign_in(self, name: str = "ada", **more: Any) -> Client:
        """Sign in as somebody who has an account."""
        answer = self.post("/auth/login", {"email": f"{name}@school.example", "password": PASSWORD, **more})
        assert answer.status_code == 200, answer.text
        person = Client(self.http, answer.json()["access"])
        person.refresh = answer.json()["refresh"]
        person.user = answer.json()["user"]
        return person

    def at(self, http: httpx.Client) -> Client:
        """The same person with the same session at a copy of the hub."""
        person = Client(http, self.token)
        person.refresh, person.user = self.refresh, deepcopy(self.user)
        return person

    def join(self, name: str = "ada") -> Client:
        """Register and sign in."""
        answer = self.post("/auth/register", wish(name))
        assert answer.status_code == 201, answer.text
        return self.sign_in(name)

    # --- files
    def begin(self, name: str, size: int) -> httpx.Response:
        """Begin to give a file."""
        named = b64encode(name.encode()).decode()
        return self.post("/uploads", headers={"Upload-Length": str(size), "Upload-Metadata": f"sha256 {named}"})

    def part(self, upload: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
        """Give a part of it."""
        headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream", **headers}
        return self.ask("PATCH", f"/uploads/{upload}", content=data, headers=headers)

    def give(self, data: bytes) -> httpx.Response:
        """Give a file in one part; returns the last answer."""
        begun = self.begin(sha256(data).hexdigest(), len(data))
        return self.part(begun.json()["id"], 0, data) if begun.status_code == 201 and data else begun
