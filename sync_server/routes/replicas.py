"""Devices: registration, signed cards, list, revocation, and what heals a forgotten password (SYNC.md section 2)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from lms_core.accounts.devices import Device
from lms_core.accounts.model import Caller
from sync_server.context import Context
from sync_server.guards import signed_in
from sync_server.routes.bodies import readable


class ReplicaBody(Struct, frozen=True, kw_only=True):
    """A device: its replica id, and an Ed25519 public key of its own in base64."""

    replica_id: Annotated[str, Meta(max_length=64, description="64 random bits in hex", examples=["00c0ffee00c0ffee"])]
    public_key: Annotated[str, Meta(max_length=100)]
    name: Annotated[str, Meta(max_length=1000, examples=["Ada's laptop"])] = ""
    platform: Annotated[str, Meta(max_length=1000, examples=["Linux"])] = ""
    app_version: Annotated[str, Meta(max_length=1000, examples=["0.1.0"])] = ""


class RegisteredReplica(Struct, frozen=True, kw_only=True):
    """The card, `base64(json).base64(Ed25519 signature)`, the hub's key for it, and the recovery secret.

    `bundle_key` are the hub's public keys for sync bundles: Ed25519 and X25519, 64 bytes in base64.
    """

    card: str
    hub_key: str
    recovery_secret: str
    bundle_key: str


class RecoveryBody(Struct, frozen=True):
    """The secret that unwraps the key of the device's file, in base64."""

    recovery_secret: str


@post("", guards=[signed_in])
async def register_replica(request: Request[Caller, Any, Any], data: JSONBody[ReplicaBody]) -> RegisteredReplica:
    """Make a device known. Asked again, it gives the same secret."""
    context = Context.of(request)
    wish = Device(**msgspec.structs.asdict(data))
    known = await context.lanes.run(context.served.devices.register, request.user, wish)
    return RegisteredReplica(
        card=known.card,
        hub_key=known.hub_key,
        recovery_secret=known.recovery_secret,
        bundle_key=context.served.filing.bundles.public,
    )


class KnownReplica(Struct, frozen=True, kw_only=True):
    """One of the account's devices; times in ms since 1970."""

    replica_id: str
    name: str
    platform: str
    app_version: str
    registered_at: int
    last_seen_at: int | None
    revoked_at: int | None


@get("", guards=[signed_in])
async def replicas(request: Request[Caller, Any, Any]) -> list[KnownReplica]:
    """The account's devices, the last seen first, revoked ones at the end."""
    context = Context.of(request)
    known = await context.lanes.run(context.served.devices.all, request.user)
    return [KnownReplica(**asdict(each)) for each in known]


@delete("/{replica_id:str}", guards=[signed_in])
async def revoke_replica(request: Request[Caller, Any, Any], replica_id: FromPath[str]) -> None:
    """Sign one of the account's devices out; what it has not sent stays on it until somebody signs in there again."""
    context = Context.of(request)
    origin = context.origin(request)
    await context.lanes.run(context.served.devices.revoke, request.user, replica_id, origin=origin)


@get("/{replica_id:str}/recovery", guards=[signed_in])
async def recovery(request: Request[Caller, Any, Any], replica_id: FromPath[str]) -> RecoveryBody:
    """The recovery secret of one of the account's own devices."""
    context = Context.of(request)
    return RecoveryBody(await context.lanes.run(context.served.devices.recovery_secret, request.user, replica_id))


router = Router(
    "/replicas",
    route_handlers=[register_replica, replicas, revoke_replica, recovery],
    before_request=readable,
    tags=["devices"],
)
