"""Sync without a line: what waits goes into a file, and what the hub answers comes back in one (SYNC.md section 9)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lms_core.errors import Corrupt, UserError
from lms_core.media.profile import ProfileMedia
from lms_core.ports import Secrets
from lms_core.sync import bundles
from lms_core.sync.bundles import Header, Keys, Part, Wish
from lms_core.sync.replica import carried
from lms_core.sync.replica.client import Step, Sync
from lms_core.sync.replica.unit import ReplicaUnit
from lms_core.sync.wire import pack

ROOM = 512 << 20
MOST_REPLY = 64 << 20


class Device:
    """Who this device is to its hub: its registered id and key, and the hub's public keys, all kept as secrets."""

    def __init__(self, secrets: Secrets, profile: str) -> None:
        self._secrets, self._profile = secrets, profile

    def key(self) -> bytes:
        """The secret of this device, made when there is none."""
        name = f"device-key:{self._profile}"
        kept = self._secrets.get(name)
        if kept is None:
            kept = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()
            self._secrets.set(name, kept)
        return base64.b64decode(kept)

    def public_key(self) -> str:
        """The public key of this device, in base64."""
        return base64.b64encode(Keys(self.key()).public[:32]).decode()

    def met(self, replica: str, hub: str) -> None:
        """Keep what the hub said at the registration."""
        self._secrets.set(f"replica:{self._profile}", replica)
        self._secrets.set(f"hub:{self._profile}", hub)

    def facts(self) -> tuple[str, bytes]:
        """Registered id and the hub's public keys; raises UserError `bundle_needs_sign_in`."""
        replica, hub = self._secrets.get(f"replica:{self._profile}"), self._secrets.get(f"hub:{self._profile}")
        if replica is None or hub is None:
            raise UserError("bundle_needs_sign_in")
        return replica, base64.b64decode(hub)


class ByFile:
    """Send and receive by file, for one replica."""

    def __init__(
        self,
        work: Callable[[], AbstractContextManager[ReplicaUnit]],
        *,
        sync: Sync,
        media: ProfileMedia,
        device: Device,
        keep_pack: Callable[[Path, str], None],
    ) -> None:
        self._work, self._sync, self._media, self.device = work, sync, media, device
        self._keep_pack = keep_pack

    def send(self, path: Path, *, courses: list[str], room: int = ROOM, ops: int = 1000, rows: int = 2000) -> int:
        """Write all that waits into a file, which may be carried late, twice or never; returns how many ops.

        Files beyond `room` bytes wait for the next one; so much the reply may bring, too. `ops` and `rows` are the most
        of one request and of one of its replies.

        Raises:
            UserError: `bundle_needs_sign_in`.
        """
        me, hub = self.device.facts()
        keys = Keys(self.device.key())
        with self._work() as unit:
            requests = list(carried.requests(unit.engine, unit.tx, ops=ops, rows=rows))
        header = Header(kind="request", sender=me, receiver=bundles.name_of(hub), answer_to=keys.address)
        wish = Wish(courses=courses, have=[bytes.fromhex(name) for name in self._media], room=room)
        with bundles.writing(path, header, keys=keys, to=hub[32:]) as out:
            out.add(bundles.WISH, msgspec.msgpack.encode(wish))
            for name in self._sync.files_to_send():
                if self._media.has(name) and (size := self._media.size(name)) <= room:
                    room -= size
                    with self._media.open(name) as file:
                        out.add_file(f"{bundles.BLOBS}/{name}", file, size)
            for n, request in enumerate(requests, 1):
                out.add(f"{bundles.REQUESTS}/{n:05}", pack(request))
        return sum(len(request.ops) for request in requests)

    def receive(self, path: Path) -> Step:
        """Take in what the hub answered; twice, late or out of order changes nothing.

        Raises:
            UserError: `bundle_damaged`, `bundle_elsewhere`, `bundle_needs_sign_in`. VersionMismatch: `bundle_too_new`.
        """
        me, hub = self.device.facts()
        sent = received = 0
        result, more = "ok", False
        with bundles.reading(path, me=me, keys=Keys(self.device.key()), signer=lambda _: hub[:32]) as (header, parts):
            if header.kind != "reply":
                raise UserError("bundle_elsewhere")
            for part in parts:
                folder, _, name = part.name.partition("/")
                if folder == bundles.KEPT:
                    for each in msgspec.msgpack.decode(part.read(MOST_REPLY), type=list[str]):
                        self._sync.file_sent(each)
                elif folder == bundles.REPLIES:
                    step = self._sync.apply(part.read(MOST_REPLY), heard=False)
                    result, more, received = step.result, step.more, received + step.received
                elif folder in (bundles.BLOBS, bundles.PACKS) and not self._media.has(name):
                    self._keep(name, part, self._media.adopt if folder == bundles.BLOBS else self._keep_pack)
        return Step(result, more, sent, received)

    def _keep(self, name: str, part: Part, adopt: Callable[[Path, str], None]) -> None:
        draft = self._media.draft()
        try:
            with draft.open("xb") as out:
                while piece := part.file.read(1 << 20):
                    out.write(piece)
            adopt(draft, name)
        except Corrupt as error:
            raise UserError("bundle_damaged") from error
        finally:
            draft.unlink(missing_ok=True)
