"""Talk to a hub over HTTP: the only place of the core that uses the network. Each failure is a class of errors.py."""

from __future__ import annotations

import hashlib
import json
import platform
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lms_core.errors import AuthExpired, Conflict, Denied, LmsError, NotFound, Offline, UserError
from lms_core.media.uploads import LARGEST_PART, MOST_NAMES, Proof, answer
from lms_core.ports import BlobStore, Secrets
from lms_core.sync.replica.answers import Damaged, away, foreign, refusal, told
from lms_core.sync.replica.trust import trusted

if TYPE_CHECKING:
    import httpx

    from lms_core.browsing import Back, Visit

API = "/api/v1"
TIMEOUT_S, CONNECT_S = 30, 5
CHUNK = 1 << 20
BUNDLE, BUNDLE_S = "application/octet-stream", 600
TUS, PART = "1.0.0", "application/offset+octet-stream"
LEAST_PART, STEADY, TRIES = 8 << 10, 4, 5

Progress = Callable[[int, int], bool]
"""Told bytes done and in all; returning False cancels."""


class Transport:
    """One hub as one profile sees it. Tokens live in `secrets` under `name` and are refreshed when they run out.

    `language` is the one in which the hub writes mails to a person, "" for its own.
    """

    _least_part = LEAST_PART

    def __init__(self, url: str, *, secrets: Secrets, name: str, language: str = "") -> None:
        self.url = url.rstrip("/")
        self._secrets = secrets
        self._name = name
        self._language = language
        self._part, self._held = CHUNK, 0

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx  # a tenth of a second that starting the app need not wait for

        timeout = httpx.Timeout(TIMEOUT_S, connect=CONNECT_S)
        about = {"User-Agent": f"desktop-lms ({platform.system()})", "API-Version": "1"}
        speaks = {"Accept-Language": self._language} if self._language else {}
        return httpx.Client(base_url=self.url, timeout=timeout, headers=about | speaks, verify=trusted())

    def close(self) -> None:
        """Close connections."""
        if "_client" in self.__dict__:
            self._client.close()

    # --- accounts
    def register(self, **fields: Any) -> dict[str, Any]:
        """Make an account (ACC-02) and return what the hub says of it."""
        return self._json("POST", "/auth/register", "id", json=fields)  # type: ignore[no-any-return]

    def sign_in(
        self, email: str, password: str, *, remember: bool = True, card: str = "", code: str = ""
    ) -> dict[str, Any]:
        """Sign in and keep the tokens; returns the user. The device's card lets a restored hub know the account."""
        body = {"email": email, "password": password, "remember_me": remember, "card": card}
        return self._enter("/auth/login", body, code)

    def _enter(self, path: str, body: dict[str, Any], code: str) -> dict[str, Any]:
        more = {"second_factor": code} if code else {}  # an older hub knows no such field
        answer = self._json("POST", path, "access", "refresh", "user", json=body | more)
        self._keep(answer)
        user: dict[str, Any] = answer["user"]
        return user

    def providers(self) -> list[dict[str, str]]:
        """Through whom one may sign in here: `name` and `label`; none at a hub that is older than that."""
        try:
            return self._json("GET", "/auth/providers", listed=True)  # type: ignore[no-any-return]
        except NotFound:
            return []

    def begin_visit(self, provider: str, visit: Visit, *, linking: bool = False) -> str:
        """The address at which the browser signs in to a provider."""
        path = f"/auth/social/{provider}/{'links' if linking else 'visits'}"
        body = {"redirect_uri": visit.redirect_uri, "state": visit.state, "code_challenge": visit.challenge}
        ask = self._told if linking else self._json
        return str(ask("POST", path, "url", json=body)["url"])

    def enter_by(self, provider: str, back: Back, *, remember: bool = True, code: str = "") -> dict[str, Any]:
        """Sign in with what the browser brought and keep the tokens; returns the user."""
        body = {"code": back.code, "code_verifier": back.verifier, "remember_me": remember}
        return self._enter(f"/auth/social/{provider}", body, code)

    def link_by(self, provider: str, back: Back) -> None:
        """Link the provider to the account that is signed in."""
        self._authed(
            "POST", f"/auth/social/{provider}/link", json={"code": back.code, "code_verifier": back.verifier}
        )  # fmt: skip

    def verify_email(self, email: str, code: str) -> None:
        """Confirm an e-mail address by the code that was mailed there (ACC-10). Raises UserError `proof_invalid`."""
        self._json("POST", "/auth/email/verify", "is_email_verified", json={"email": email, "code": code})

    def resend_verification(self, email: str) -> None:
        """Ask for another code; the hub does not say whether there is such an account."""
        self._json("POST", "/auth/email/verify/resend", json={"email": email})

    def request_reset(self, email: str) -> None:
        """Ask for a code that sets a new password (ACC-09); the hub does not say whether there is such an account."""
        self._json("POST", "/auth/password/reset", json={"email": email})

    def reset_password(self, email: str, code: str, new: str) -> None:
        """Set a new password by a mailed code. Raises UserError `proof_invalid` or `invalid_fields`."""
        self._json("POST", "/auth/password/reset/confirm", json={"email": email, "code": code, "new_password": new})

    def sign_out(self) -> None:
        """End the session here and, when the hub can be reached, there."""
        tokens = self._tokens()
        self._secrets.delete(self._name)
        if tokens:
            try:
                self._json("POST", "/auth/logout", json={"refresh": tokens["refresh"]}, token=tokens["access"])
            except LmsError:
                return

    @property
    def signed_in(self) -> bool:
        """Whether there are tokens at all."""
        return self._tokens() is not None

    def access(self, *, fresh: bool = False) -> str:
        """The access token for a live line; `fresh`: another one, for the last was refused. Raises AuthExpired."""
        if fresh and not self._refresh():
            raise AuthExpired
        return self._bearer()["Authorization"].removeprefix("Bearer ")

    def me(self) -> dict[str, Any]:
        """The account behind the tokens."""
        return self._told("GET", "/users/me", "id")  # type: ignore[no-any-return]

    def register_replica(self, replica: str, **fields: Any) -> dict[str, Any]:
        """Make this device known; the answer holds its card and recovery secret."""
        body = {"replica_id": replica, **fields}
        return self._told("POST", "/replicas", "card", "recovery_secret", json=body)  # type: ignore[no-any-return]

    def recovery(self, replica: str) -> str:
        """The secret that opens this device's file when its password was forgotten."""
        return str(self._told("GET", f"/replicas/{replica}/recovery", "recovery_secret")["recovery_secret"])

    def devices(self) -> list[dict[str, Any]]:
        """The account's devices, as `GET /replicas` tells them."""
        return self._told("GET", "/replicas")  # type: ignore[no-any-return]

    def revoke_device(self, replica: str) -> None:
        """Sign one of the account's devices out."""
        self._authed("DELETE", f"/replicas/{replica}")

    def join_class(self, code: str) -> dict[str, Any]:
        """Join the class whose code this is (ACC-20); returns the class. Raises UserError `class_code_unknown`."""
        return self._told("POST", "/classes/join", "id", "name", json={"code": code})  # type: ignore[no-any-return]

    def ask(self, method: str, path: str, **kwargs: Any) -> Any:
        """What the hub's REST interface answers to who is signed in: JSON, or None for nothing."""
        answer = self._authed(method, path, **kwargs)
        return told(answer, known=True) if answer.content not in (b"", b"null") else None

    def fetch(self, path: str, to: Path) -> None:
        """Fetch what the REST interface gives as a file; `to` is there only when all of it came."""
        part = to.with_name(f"{to.name}.part")
        try:
            part.unlink(missing_ok=True)
            self._fetch(path, part, None)
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)

    # --- sync
    def exchange(self, body: bytes) -> bytes:
        """Send one request of SYNC.md section 5 and return the reply."""
        headers = {"Content-Type": "application/msgpack", "Content-Encoding": "zstd", "Accept": "application/msgpack"}
        return self._authed("POST", "/sync", content=body, headers=headers).content

    def pack(self, sha256: str, to: Path, progress: Progress | None = None) -> None:
        """Fetch a pack into a file, going on where an earlier try ended."""
        self._fetch(f"/packs/{sha256}", to, progress)

    def blob(self, sha256: str, to: Path, progress: Progress | None = None) -> None:
        """Fetch a file into a file, going on where an earlier try ended."""
        self._fetch(f"/blobs/{sha256}", to, progress)

    def put_blob(self, sha256: str, blobs: BlobStore, progress: Progress | None = None, *, filename: str = "") -> bool:
        """Give a file to the hub, going on where an earlier try ended; False when the hub had it already.

        `filename` is kept with what becomes of it (RES-12).

        Raises:
            Offline: the line died too often with nothing brought through.
        """
        upload = self._begin_upload(sha256, blobs, filename)
        sent, failed = False, 0
        while not upload["done"]:
            try:
                upload = self._send_part(upload, sha256, blobs)
                sent, failed = True, 0
            except (Offline, Conflict, Damaged) as error:
                failed += 1
                if failed == TRIES:
                    raise Offline from error
                upload = self._begin_upload(sha256, blobs, filename)
            if progress and not progress(upload["offset"], blobs.size(sha256)):
                raise UserError("cancelled")
        return sent

    def lacking(self, names: Sequence[str]) -> list[str]:
        """Those of the files that the hub should have and has not; raises NotFound from an older server."""
        found = list[str]()
        for start in range(0, len(names), MOST_NAMES):
            asked = {"names": names[start : start + MOST_NAMES]}
            found += self._told("POST", "/files/lacking", "names", json=asked)["names"]
        return found

    def _begin_upload(self, sha256: str, blobs: BlobStore, filename: str) -> dict[str, Any]:
        size = blobs.size(sha256)
        said = {"sha256": sha256} | ({"filename": filename} if filename else {})
        told = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())
        headers = {"Tus-Resumable": TUS, "Upload-Length": str(size), "Upload-Metadata": told}
        upload: dict[str, Any] = self._told("POST", "/uploads", "id", "done", "offset", headers=headers)
        if upload["done"] or not upload["proof"]:
            return upload
        digest = answer(msgspec.convert(upload["proof"], Proof), partial(blobs.read, sha256))
        try:
            return self._told("POST", f"/uploads/{upload['id']}/proof", "done", json={"digest": digest})  # type: ignore[no-any-return]
        except UserError as error:
            if error.code != "proof_wrong":
                raise
            return upload

    def _send_part(self, upload: dict[str, Any], sha256: str, blobs: BlobStore) -> dict[str, Any]:
        """Send one part; a line that dies gets smaller ones, one that holds larger ones."""
        part = blobs.read(sha256, upload["offset"], self._part)
        headers = {
            "Tus-Resumable": TUS, "Upload-Offset": str(upload["offset"]), "Content-Type": PART,
            "Upload-Checksum": f"sha256 {b64encode(hashlib.sha256(part).digest()).decode()}",
        }  # fmt: skip
        try:
            taken = self._authed("PATCH", f"/uploads/{upload['id']}", content=part, headers=headers)
        except Offline:
            self._part, self._held = max(self._least_part, self._part // 4), 0
            raise
        self._held += 1
        if self._held >= STEADY:
            self._part, self._held = min(LARGEST_PART, self._part * 2), 0
        if "Upload-Offset" not in taken.headers:
            raise foreign(taken, known=True)
        offset = int(taken.headers["Upload-Offset"])
        return {**upload, "offset": offset, "done": offset == blobs.size(sha256)}

    def start_exam(self, assessment: str) -> dict[str, Any]:
        """Start an exam; the answer holds its questions and its end."""
        return self._told("POST", f"/exams/{assessment}/start")  # type: ignore[no-any-return]

    def carry(self, bundle: Path, out: Path) -> None:
        """Give the hub a sync bundle, of whatever device, and write its answer to `out` once it is whole."""
        try:
            self._carry(bundle, out)
        except AuthExpired:
            if not self._refresh():
                raise
            self._carry(bundle, out)

    def _carry(self, bundle: Path, out: Path) -> None:
        headers = {**self._bearer(), "Content-Type": BUNDLE, "Accept-Encoding": "identity"}
        part = out.with_name(f"{out.name}.part")
        try:
            with self._mapped(), bundle.open("rb") as file, self._client.stream(
                "POST", API + "/bundles", headers=headers, content=file, timeout=BUNDLE_S
            ) as answer:  # fmt: skip
                self._check(answer)
                with part.open("wb") as body:
                    for piece in answer.iter_bytes(CHUNK):
                        body.write(piece)
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)

    def health(self) -> dict[str, Any]:
        """What the server says of itself; raises ServerError `not_a_server` or `server_replaced` when it is no hub."""
        answer = self._send("GET", "/health")
        said: dict[str, Any] = told(answer, "product", known=self.signed_in)
        if said["product"] != "desktop-lms":
            raise foreign(answer, known=self.signed_in)
        return said

    # --- underneath
    def _fetch(self, path: str, to: Path, progress: Progress | None) -> None:
        """Go on with a file; it is verified as a whole by its name, and begun anew if it is not what that says."""
        done = to.stat().st_size if to.exists() else 0
        headers = {**self._bearer(), "Accept-Encoding": "identity"}
        if done:
            headers["Range"] = f"bytes={done}-"
        with self._mapped(), self._client.stream("GET", API + path, headers=headers) as answer:
            if answer.status_code == 416:
                return
            try:
                self._check(answer)
            except AuthExpired:
                if not self._refresh():
                    raise
                self._fetch(path, to, progress)
                return
            whole = done + int(answer.headers.get("Content-Length", 0)) if answer.status_code == 206 else 0
            with to.open("ab" if answer.status_code == 206 else "wb") as file:
                for piece in answer.iter_bytes():  # as it comes: a line that dies takes nothing back
                    file.write(piece)
                    if progress and not progress(file.tell(), whole or int(answer.headers.get("Content-Length", 0))):
                        raise UserError("cancelled")

    def _json(
        self, method: str, path: str, *names: str, json: Any = None, token: str = "", listed: bool = False
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._send(method, path, json=json, headers=headers)
        return told(answer, *names, known=self.signed_in) if names or listed else {}

    def _told(self, method: str, path: str, *names: str, **kwargs: Any) -> Any:
        return told(self._authed(method, path, **kwargs), *names, known=True)

    def _authed(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        extra = kwargs.pop("headers", {})
        try:
            return self._send(method, path, headers={**extra, **self._bearer()}, **kwargs)
        except AuthExpired:
            if not self._refresh():
                raise
            return self._send(method, path, headers={**extra, **self._bearer()}, **kwargs)

    def _send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        with self._mapped():
            answer = self._client.request(method, API + path, **kwargs)
        self._check(answer)
        return answer

    def _check(self, answer: httpx.Response) -> None:
        """Raise what the answer stands for when it is not the success of a hub."""
        if not answer.is_success:
            answer.read()
        error = refusal(answer, known=self.signed_in)
        if error is not None:
            raise error

    def _refresh(self) -> bool:
        """Exchange the refresh token (ACC-06); False when there is none or the hub refuses it."""
        tokens = self._tokens()
        if not tokens:
            return False
        try:
            self._keep(self._json("POST", "/auth/refresh", "access", "refresh", json={"refresh": tokens["refresh"]}))
        except (AuthExpired, Denied, UserError):
            return False
        return True

    def _bearer(self) -> dict[str, str]:
        tokens = self._tokens()
        if tokens is None:
            raise AuthExpired
        return {"Authorization": f"Bearer {tokens['access']}"}

    def _tokens(self) -> dict[str, str] | None:
        found = self._secrets.get(self._name)
        return json.loads(found) if found else None

    def _keep(self, answer: dict[str, Any]) -> None:
        self._secrets.set(self._name, json.dumps({"access": answer["access"], "refresh": answer["refresh"]}))

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
                raise UserError("bad_server_address") from error
            raise away(self.url, known=self.signed_in) from error
