"""How a person gets to a workspace: sign in at a server, unlock without one, or begin with a local profile."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lms_core.changes import Changes
from lms_core.db.record import ProfileInfo
from lms_core.errors import AuthExpired, Corrupt, LmsError, NotFound, UserError
from lms_core.linking import carry_over
from lms_core.media.profile import sweep_shared
from lms_core.ports import Clock, Secrets, SystemClock
from lms_core.profiles import OpenProfile, Profiles
from lms_core.secrets import KeyringSecrets
from lms_core.sync.replica.transport import Transport
from lms_core.workspace import Workspace

if TYPE_CHECKING:
    from lms_core.browsing import OpenPage

LOCAL = "local"
Listener = Callable[[Changes], None]


@dataclass(frozen=True)
class Greeting:
    """Who makes an account at a server (open, code, closed), and through whom one signs in: `name` and `label`."""

    admits: str
    providers: Sequence[dict[str, str]]


class Sessions:
    """The profiles of a data folder and the ways into them."""

    def __init__(self, data_dir: Path, *, secrets: Secrets | None = None, clock: Clock | None = None) -> None:
        self.data_dir = data_dir
        self.secrets = secrets or KeyringSecrets(data_dir)
        self.clock = clock or SystemClock()
        self.profiles = Profiles(data_dir, self.secrets, self.clock)
        self.language = ""
        """In which a server writes mails to the person, "" for its own."""

    def list(self) -> tuple[ProfileInfo, ...]:
        """Everybody who has a profile here, the last one first."""
        return self.profiles.list()

    # --- online
    def look_for(self, url: str) -> None:
        """Ask a server whether it is there.

        Raises:
            Offline, ServerError: there is no hub of ours at this address.
        """
        with self._line(url):
            pass

    def register(self, url: str, *, email: str, password: str, first_name: str, last_name: str, code: str = "") -> None:
        """Make an account at a server (ACC-02), a student's unless the `code` is that of an invitation.

        Raises:
            UserError: fields at fault, the address is taken, `proof_invalid` for a wrong code, or this is no address of
                a server.
            Denied: `code_needed`, `registration_closed`.
            Offline: the server cannot be reached.
        """
        more = {"code": code} if code else {}  # an older hub knows no such field
        with self._line(url) as line:
            line.register(
                email=email, password=password, password_confirm=password, first_name=first_name, last_name=last_name,
                **more,
            )  # fmt: skip

    def request_reset(self, url: str, email: str) -> None:
        """Ask a server to mail a code that sets a new password (ACC-09); it does not say whether it did.

        Raises:
            Offline, ServerError: there is no hub of ours at this address.
        """
        with self._line(url) as line:
            line.request_reset(email)

    def reset_password(self, url: str, email: str, code: str, new: str) -> None:
        """Set a new password at a server by the code of the mail; the next sign-in heals the profile on this device.

        Raises:
            UserError: `proof_invalid`, `invalid_fields`.
            Offline, ServerError: there is no hub of ours at this address.
        """
        with self._line(url) as line:
            line.reset_password(email, code, new)

    @contextmanager
    def _line(self, url: str) -> Iterator[Transport]:
        """A line without a sign-in to a server that is there."""
        line = Transport(url, secrets=_Nothing(), name="", language=self.language)
        try:
            line.health()
            yield line
        finally:
            line.close()

    def sign_in(self, url: str, email: str, password: str, *, remember: bool = False, code: str = "") -> Workspace:
        """Sign in at a server and open the account's profile on this device, made when there is none.

        A profile whose password was forgotten is healed: the hub keeps a secret that opens it, and its password becomes
        the one that was just used.

        Raises:
            AuthExpired: `wrong_credentials`; `second_factor_needed` when the account asks for a `code` too.
            Offline, ServerError: there is no hub of ours at this address.
        """
        card = self._card(url.strip().rstrip("/"), email)
        return self._enter(
            url, lambda line: line.sign_in(email, password, card=card, code=code), password, remember=remember
        )

    def greeting(self, url: str) -> Greeting:
        """Whom a server lets in and through whom. Raises Offline, ServerError."""
        with self._line(url) as line:
            said = line.health().get("registration", "open")
            admits = {True: "open", False: "closed"}.get(said, said)  # an older hub answers yes or no
            return Greeting(str(admits), line.providers())

    def sign_in_by(
        self, url: str, provider: str, open_page: OpenPage, *, cancelled: Callable[[], bool] = lambda: False,
        code: Callable[[], str] = str,
    ) -> Workspace:  # fmt: skip
        """Sign in through a provider's page in the system's browser (ACC-14); the profile opens without a password.

        `code` is asked for when the account wants a second factor.

        Raises:
            UserError: `cancelled`. AuthExpired: `visit_over`. Conflict: `link_first`.
            Offline, ServerError: there is no hub of ours at this address, or no such provider.
        """
        from lms_core.browsing import Visit  # starting the app need not wait for it

        def enter(line: Transport) -> dict[str, Any]:
            with Visit() as visit:
                open_page(line.begin_visit(provider, visit))
                back = visit.wait(cancelled)
            try:
                return line.enter_by(provider, back)
            except AuthExpired as error:
                if error.code != "second_factor_needed":
                    raise
            return line.enter_by(provider, back, code=code())

        return self._enter(url, enter, None, remember=True)

    def _enter(
        self, url: str, enter: Callable[[Transport], dict[str, Any]], password: str | None, *, remember: bool
    ) -> Workspace:
        """Open the profile of the account that a sign-in is about, made when there is none."""
        url = url.strip().rstrip("/")
        fresh = _Nothing()
        line = Transport(url, secrets=fresh, name="tokens", language=self.language)
        try:
            line.health()
            user = enter(line)
            known = self.profiles.find(url, user["id"])
            name = f"{user['first_name']} {user['last_name']}".strip() or user["email"]
            profile = (
                self._unlock(line, known, password) if known else self._create(url, user, name, password, remember)
            )
        finally:
            line.close()
        self.secrets.set(f"tokens:{profile.info.id}", fresh.kept["tokens"])
        if remember and password:
            profile.remember()
        workspace = self._open(profile)
        try:
            self._make_known(workspace)
        except LmsError:
            # the device is made known at the next sign-in; nothing depends on it before
            return workspace
        return workspace

    def _create(self, url: str, user: dict[str, Any], name: str, password: str | None, remember: bool) -> OpenProfile:
        return self.profiles.create(
            name, password=password, remember=remember, server_url=url, account_id=user["id"]
        )  # fmt: skip

    def _unlock(self, line: Transport, known: ProfileInfo, password: str | None) -> OpenProfile:
        try:
            return self._whole(known.id, password)
        except UserError as error:
            if error.code not in ("wrong_password", "password_needed", "key_missing"):
                raise
        replica = self.secrets.get(f"replica:{known.id}")
        if replica is None:
            raise UserError("wrong_password")
        secret = base64.b64decode(line.recovery(replica))
        return self.profiles.open_with_recovery(known.id, secret, new_password=password)

    def _make_known(self, workspace: Workspace) -> None:
        """Register this device, each time, for a restored hub may have lost it; the hub's secret opens the file."""
        info = workspace.profile.info
        _, answer = workspace.register_device()
        workspace.profile.add_recovery(base64.b64decode(answer["recovery_secret"]))
        self.secrets.set(f"card:{info.id}", answer["card"])

    def _card(self, url: str, email: str) -> str:
        """What the hub once signed about this account, for one that was restored and does not know it any more."""
        for profile in self.list():
            card = self.secrets.get(f"card:{profile.id}") if profile.server_url == url else None
            if card:
                facts = json.loads(base64.b64decode(card.partition(".")[0]))
                if facts["account"]["email"].casefold() == email.strip().casefold():
                    return card
        return ""

    # --- offline
    def unlock(self, profile_id: str, password: str | None = None) -> Workspace:
        """Open a profile without any network; what became of a damaged file tells `Workspace.restored`.

        Raises:
            UserError: `wrong_password`, `password_needed`.
            Busy: `profile_in_use`.
            Corrupt: even the copies of a damaged file cannot be read.
            TooNew: a newer version made the file or its copies; nothing was changed.
        """
        try:
            return self._open(self.profiles.open(profile_id, password))
        except Corrupt:
            return self._open(self._mended(profile_id, password))

    def _whole(self, profile_id: str, password: str | None) -> OpenProfile:
        try:
            return self.profiles.open(profile_id, password)
        except Corrupt:
            return self._mended(profile_id, password)

    def _mended(self, profile_id: str, password: str | None) -> OpenProfile:
        self.profiles.restore_newest_good(profile_id, password)
        return self.profiles.open(profile_id, password)

    def start_local(self, name: str, password: str | None = None) -> Workspace:
        """Begin without an account; the work can be linked to one later."""
        return self._open(self.profiles.create(name, password=password, remember=password is None))

    def take_over(self, file: Path, password: str) -> Workspace:
        """Open a profile that was saved as a file on another laptop; the file's password becomes the profile's.

        Raises:
            UserError: `wrong_password`, `bad_profile_file`, `no_such_path`. Conflict: `profile_exists`.
        """
        if not file.is_file():
            raise UserError("no_such_path", path=str(file))
        return self._open(self.profiles.import_(file, password))

    def link(self, local: Workspace, url: str, email: str, password: str, *, remember: bool = False) -> Workspace:
        """Sign in and bring a local profile's work under that account; the local profile ends when all is there.

        Raises:
            UserError: `not_local`, `wrong_credentials` and the like; the local profile is as it was.
            Offline, ServerError: there is no hub of ours at this address.
        """
        if local.transport is not None or local.profile.info.account_id:
            raise UserError("not_local")
        target = self.sign_in(url, email, password, remember=remember)
        try:
            carry_over(local, target)
        except BaseException:
            target.close()
            raise
        gone = local.profile.info.id
        local.close()
        self.remove(gone, force=True)
        return target

    def _open(self, profile: OpenProfile) -> Workspace:
        try:
            return Workspace(profile, secrets=self.secrets, clock=self.clock)
        except BaseException as error:
            profile.suspect = isinstance(error, Corrupt)  # the next opening looks closer, and restores
            profile.close()
            raise

    # --- leaving
    def sign_out(self, workspace: Workspace) -> int:
        """End the session and lock the profile; what was not sent stays in it. Returns how much that is."""
        waiting = workspace.sync.status().waiting
        profile = workspace.profile
        if workspace.transport:
            workspace.transport.sign_out()
        if profile.info.has_password:
            profile.forget()
        workspace.close()
        return waiting

    def keep_local(self, workspace: Workspace) -> None:
        """Let the profile of an account that is no more belong to this device alone, from the next opening on."""
        profile = workspace.profile
        profile.detach()
        self._forget(profile.info.id)

    def _forget(self, profile_id: str) -> None:
        """Forget what lets a profile in at its server."""
        for name in ("tokens", "card", "replica", "hub", "device-key"):
            self.secrets.delete(f"{name}:{profile_id}")

    def remove(self, profile_id: str, *, force: bool = False) -> None:
        """Delete a profile from this device; refused while unsent work waits unless `force`."""
        if not any(p.id == profile_id for p in self.list()):
            raise NotFound

        def unsent() -> int:
            workspace = self.unlock(profile_id)
            try:
                return workspace.sync.status().waiting
            finally:
                workspace.close()

        self.profiles.remove(profile_id, unsent=unsent, force=force)
        self._forget(profile_id)
        sweep_shared(self.profiles.shared)


class _Nothing:
    """Secrets that live as long as a sign-in."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """The secret, or None."""
        return self.kept.get(name)

    def set(self, name: str, value: str) -> None:
        """Keep it for now."""
        self.kept[name] = value

    def delete(self, name: str) -> None:
        """Forget it."""
        self.kept.pop(name, None)
