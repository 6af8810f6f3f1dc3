"""What the hub does with a sync bundle that somebody carried to it: the same as with requests over a line."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from lms_core.accounts.tables import account as people
from lms_core.accounts.tables import device
from lms_core.courses.tables import course_card
from lms_core.errors import Denied, UserError
from lms_core.learning.file_rights import FileRule
from lms_core.learning.rights import reads_course
from lms_core.learning.tables import enrollment
from lms_core.media.uploads import Uploads
from lms_core.ports import FileStore
from lms_core.sync import bundles
from lms_core.sync.bundles import Header, Keys, Outgoing, Part, Wish
from lms_core.sync.hub.carried import further
from lms_core.sync.wire import MAX_COMPRESSED, pack, unpack_reply, unpack_request

MOST_ROUNDS = 1000
MOST_WISH = 8 << 20


class HubBundles:
    """Bundles at the hub. `exchange(account, request)` answers one request; `most` is the largest reply in bytes."""

    def __init__(
        self,
        *,
        keys: Keys,
        look: Callable[[], AbstractContextManager[Connection]],
        exchange: Callable[[str, bytes], bytes],
        uploads: Uploads,
        blobs: FileStore,
        packs: FileStore,
        rule: FileRule,
        most: int,
    ) -> None:
        self._keys, self._look, self._exchange = keys, look, exchange
        self._uploads, self._blobs, self._packs, self._rule, self._most = uploads, blobs, packs, rule, most
        self._me = bundles.name_of(keys.public)

    @property
    def public(self) -> str:
        """The hub's public keys, in base64."""
        return b64encode(self._keys.public).decode()

    def draft(self) -> Path:
        """A fresh name for a bundle that is still arriving."""
        return self._uploads.draft()

    def answer(self, given: Path, out: Path) -> None:
        """Take a request bundle and write the reply bundle; a bundle that comes twice changes nothing.

        Raises:
            UserError: `bundle_damaged`, `bundle_elsewhere`, `bundle_unknown_device`. VersionMismatch: `bundle_too_new`.
            Denied: `bundle_device_revoked`, `account_deleted`, `account_disabled`, `foreign_replica`.
        """
        whose: dict[str, Any] = {}

        def signer(header: Header) -> bytes:
            whose["row"] = row = self._device(header)
            return bytes(row.public_key)

        with bundles.reading(given, me=self._me, keys=self._keys, signer=signer) as (header, parts):
            account = str(whose["row"].account)
            self._check_way_back(header)
            back = Header(kind="reply", sender=self._me, receiver=header.sender)
            with bundles.writing(out, back, keys=self._keys, to=header.answer_to) as reply:
                self._take(account, parts, reply)

    def _device(self, header: Header) -> Any:
        with self._look() as conn:
            row = conn.execute(
                select(device.c.account, device.c.public_key, device.c.revoked_at)
                .add_columns(people.c.is_active, people.c.deleted_at)
                .outerjoin(people, people.c.id == device.c.account)
                .where(device.c.replica == header.sender)
            ).first()
        if row is None or header.kind != "request":
            raise UserError("bundle_unknown_device")
        if row.deleted_at is not None:
            raise Denied("account_deleted")
        if row.revoked_at is not None:
            raise Denied("bundle_device_revoked")
        if not row.is_active:
            raise Denied("account_disabled")
        return row

    def _check_way_back(self, header: Header) -> None:
        if len(header.answer_to) != 32 or not any(header.answer_to):
            raise UserError("bundle_damaged")

    # --- taking
    def _take(self, account: str, parts: Iterator[Part], reply: Outgoing) -> None:
        """Answer each request as it is read, so that no bundle takes more memory than one request."""
        wish, kept, last = Wish(), [], None
        answers = _Answers(reply)
        for part in parts:
            folder, _, name = part.name.partition("/")
            if folder == bundles.WISH:
                wish = _read_wish(part)
            elif folder == bundles.BLOBS and self._kept(account, name, part):
                kept.append(name)
            elif folder == bundles.REQUESTS:
                body = part.read(MAX_COMPRESSED)
                last = (body, answers.add(self._exchange(account, body)))
        room = min(wish.room, self._most)
        if last:
            self._tell_rest(account, *last, answers=answers, room=room)
        reply.add(bundles.KEPT, msgspec.msgpack.encode(kept))
        self._add_files(account, wish, room - answers.size, reply)

    def _kept(self, account: str, name: str, part: Part) -> bool:
        """Take a file; one that may not be given waits on its laptop, as over a line."""
        try:
            self._uploads.take(account, name, part.file, part.size)
        except (Denied, UserError):
            return False
        return True

    def _tell_rest(self, account: str, body: bytes, answer: bytes, *, answers: _Answers, room: int) -> None:
        """Add the rows that a laptop would have gone on to ask for, as long as there is room."""
        request, reply = unpack_request(body), unpack_reply(answer)
        for _ in range(MOST_ROUNDS):
            more = further(request, reply)
            if more is None or answers.size >= room:
                return
            request, reply = more, unpack_reply(answers.add(self._exchange(account, pack(more))))

    # --- giving
    def _add_files(self, account: str, wish: Wish, room: int, reply: Outgoing) -> None:
        have = {h.hex() for h in wish.have}
        for folder, store, name in self._wanted(account, wish.courses):
            if name in have or not store.has(name):
                continue
            have.add(name)
            size = store.size(name)
            if size <= room:
                room -= size
                with store.open(name) as file:
                    reply.add_file(f"{folder}/{name}", file, size)

    def _wanted(self, account: str, installed: list[str]) -> Iterator[tuple[str, FileStore, str]]:
        """Packs of the courses that somebody learns or has installed, then their media, course by course."""
        joined = select(enrollment.c.course_id).where(enrollment.c.user_id == account, enrollment.c.status != "none")
        with self._look() as conn:
            courses = sorted({*conn.scalars(joined), *installed})
            courses = [course for course in courses if reads_course(conn, account, course)]
            card = course_card.c
            cards = [
                row
                for course in courses
                for row in conn.execute(
                    select(card.course_id, card.pack, card.key_pack).where(card.course_id == course)
                )
            ]
        for row in cards:
            yield from ((bundles.PACKS, self._packs, name) for name in (row.pack, row.key_pack) if name)
        for row in cards:
            with self._look() as conn:
                files = self._rule.of_course(conn, account, row.course_id)
            yield from ((bundles.BLOBS, self._blobs, name) for name in sorted(files))


class _Answers:
    """Replies in a reply bundle, numbered."""

    def __init__(self, reply: Outgoing) -> None:
        self._reply, self._count, self.size = reply, 0, 0

    def add(self, answer: bytes) -> bytes:
        """Add one."""
        self._count += 1
        self.size += len(answer)
        self._reply.add(f"{bundles.REPLIES}/{self._count:05}", answer)
        return answer


def _read_wish(part: Part) -> Wish:
    try:
        return msgspec.msgpack.decode(part.read(MOST_WISH), type=Wish)
    except msgspec.MsgspecError as error:
        raise UserError("bundle_damaged") from error
