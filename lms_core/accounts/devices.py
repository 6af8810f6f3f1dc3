"""Devices of an account at the hub: their cards and the secrets that reopen their files (SYNC.md section 2)."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select, update

from lms_core.accounts.audit import Action, By, check_admin, note
from lms_core.accounts.keys import AccountKeys
from lms_core.accounts.model import Caller, Origin, User, refuse
from lms_core.accounts.service import AccountsService, Look
from lms_core.accounts.tables import device, session
from lms_core.errors import Denied, NotFound, UserError
from lms_core.unit import Unit, Work

REPLICA = re.compile(r"[0-9a-f]{16}")
SECRET_BYTES = 32
MOST_DEVICES = 100
NOWHERE = Origin()


@dataclass(frozen=True, kw_only=True)
class Device:
    """What a replica tells about itself; `public_key` is Ed25519 in base64."""

    replica_id: str
    name: str
    platform: str
    app_version: str
    public_key: str


@dataclass(frozen=True)
class Registered:
    """A device's card (signed by the hub), the key that proves it and the secret that unwraps the file's key."""

    card: str
    hub_key: str
    recovery_secret: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A device as its owner sees it; times in ms since 1970, `last_seen_at` None before its first session."""

    replica_id: str
    name: str
    platform: str
    app_version: str
    registered_at: int
    last_seen_at: int | None
    revoked_at: int | None


class DevicesService:
    """Register replicas, list and revoke them, and keep their recovery secrets."""

    def __init__(self, *, work: Work, look: Look, keys: AccountKeys, accounts: AccountsService) -> None:
        self._work = work
        self._look = look
        self._keys = keys
        self._accounts = accounts

    def register(self, caller: Caller, wish: Device) -> Registered:
        """Make a replica known; asked again, it gives the same secret and a card with what is new.

        A revoked device is known again after a new sign-in, so that what it has not sent is not lost.

        Raises:
            UserError: `invalid_fields`.
            Denied: `foreign_replica` when the id belongs to another account.
        """
        public_key = check_device(wish)
        user = self._accounts.me(caller)
        with self._work() as unit:
            found = unit.all(select(device).where(device.c.replica == wish.replica_id))
            facts = {"name": wish.name, "platform": wish.platform, "app_version": wish.app_version}
            if found:
                if found[0].account != caller.account:
                    raise Denied("foreign_replica")
                secret = self._keys.reveal(found[0].recovery, owner=_owner(caller, wish.replica_id))
                same = update(device).where(device.c.replica == wish.replica_id)
                unit.local(same.values(facts | {"public_key": public_key, "revoked_at": None}))
                since = found[0].registered_at
            else:
                secret, since = self._add(unit, caller, wish.replica_id, facts | {"public_key": public_key})
            unit.local(update(session).where(session.c.id == caller.session).values(device=wish.replica_id))
        card = self._keys.sign_card(_card(user, wish, since))
        return Registered(card, self._keys.card_key, base64.b64encode(secret).decode())

    def _add(self, unit: Unit, caller: Caller, replica: str, facts: dict[str, Any]) -> tuple[bytes, int]:
        mine = unit.all(
            select(device.c.replica).where(device.c.account == caller.account, device.c.revoked_at.is_(None))
        )
        if len(mine) >= MOST_DEVICES:
            raise UserError("too_many_devices", most=MOST_DEVICES)
        secret = secrets.token_bytes(SECRET_BYTES)
        hidden = self._keys.hide(secret, owner=_owner(caller, replica))
        row = {"replica": replica, "account": caller.account, "recovery": hidden, "registered_at": unit.now_ms}
        unit.local(insert(device).values(row | facts))
        return secret, unit.now_ms

    def all(self, caller: Caller) -> list[Known]:
        """The caller's devices, the last seen first, revoked ones at the end."""
        seen = (
            select(session.c.device, func.max(session.c.last_activity).label("at"))
            .where(session.c.account == caller.account, session.c.device.is_not(None))
            .group_by(session.c.device)
            .subquery()
        )
        columns = (device.c.replica, device.c.name, device.c.platform, device.c.app_version, device.c.registered_at)
        query = (
            select(*columns, seen.c.at, device.c.revoked_at)
            .outerjoin(seen, seen.c.device == device.c.replica)
            .where(device.c.account == caller.account)
        )
        with self._look() as conn:
            rows = conn.execute(query).all()
        known = [Known(**dict(zip(Known.__dataclass_fields__, row, strict=True))) for row in rows]
        return sorted(known, key=lambda d: (d.revoked_at is not None, -(d.last_seen_at or d.registered_at)))

    def revoke(self, caller: Caller, replica: str, *, origin: Origin = NOWHERE) -> None:
        """Sign a device out and give its file's secret to nobody any more. Raises NotFound for a device of others."""
        with self._work() as unit:
            mine = (device.c.replica == replica, device.c.account == caller.account)
            if not unit.all(select(device.c.replica).where(*mine)):
                raise NotFound
            unit.local(update(device).where(*mine, device.c.revoked_at.is_(None)).values(revoked_at=unit.now_ms))
            self._accounts.end_device(unit, caller.account, replica)
            note(unit, By.of(caller, origin), Action.DEVICE_REVOKED, entity="device", row=replica)

    def revoke_any(self, by: By, replica: str, *, reason: str) -> None:
        """The same to anybody's device, by an administrator who says why. Raises Denied, NotFound."""
        with self._work() as unit:
            check_admin(unit, by)
            found = unit.all(select(device.c.account, device.c.revoked_at).where(device.c.replica == replica))
            if not found:
                raise NotFound
            if found[0].revoked_at is not None:
                return
            unit.local(update(device).where(device.c.replica == replica).values(revoked_at=unit.now_ms))
            self._accounts.end_device(unit, found[0].account, replica)
            why = {"account": found[0].account, "reason": reason}
            note(unit, by, Action.DEVICE_REVOKED, entity="device", row=replica, after=why)

    def recovery_secret(self, caller: Caller, replica: str) -> str:
        """The secret of one of the caller's devices, in base64. Raises NotFound, also for a device of others."""
        with self._look() as conn:
            row = conn.execute(
                select(device.c.recovery).where(
                    device.c.replica == replica, device.c.account == caller.account, device.c.revoked_at.is_(None)
                )
            ).first()
        if row is None:
            raise NotFound
        return base64.b64encode(self._keys.reveal(row.recovery, owner=_owner(caller, replica))).decode()


def check_device(wish: Device) -> bytes:
    """Check what a device tells about itself and return its key. Raises UserError `invalid_fields`."""
    faults: dict[str, list[str]] = {}
    if not REPLICA.fullmatch(wish.replica_id):
        faults["replica_id"] = ["replica_invalid"]
    for name, most in (("name", 100), ("platform", 100), ("app_version", 40)):
        if len(getattr(wish, name)) > most:
            faults[name] = ["too_long"]
    try:
        key = base64.b64decode(wish.public_key, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        faults["public_key"] = ["key_invalid"]
    refuse(faults)
    return key


def _owner(caller: Caller, replica: str) -> str:
    return f"{caller.account}/{replica}"


def _card(user: User, wish: Device, since: int) -> dict[str, Any]:
    """What a hub that was restored needs to take the device and its account back."""
    return {
        "v": 1, "replica_id": wish.replica_id, "public_key": wish.public_key, "registered_at": since,
        "account": {
            "id": user.id, "email": user.email, "username": user.username, "first_name": user.first_name,
            "last_name": user.last_name, "role": user.role, "cohort": user.cohort, "joined_at": user.date_joined,
        },
    }  # fmt: skip
