"""One thing at a time: names in paths, entity tags, bodies that say only what changes (API-02, API-10, API-14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.openapi.spec import Operation, Parameter, Schema
from litestar.openapi.spec.enums import OpenAPIType
from msgspec import UNSET, Meta, Struct

from lms_core.errors import Conflict, NotFound
from lms_core.schema import Actor
from sync_server.context import Context

KNOWN = "If-None-Match"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ClientId = Annotated[
    str,
    Meta(
        pattern=f"^{UUID.pattern}$",
        description="made by the caller; the same request again gives the same result",
        examples=["0197a3c2-7b1e-7c3a-9d55-3f0a2b6c1d01"],
    ),
]
"""An id of a new row that its caller may bring along (API-14)."""


@dataclass
class Tagged(Operation):
    """The description of a detail that carries a tag: whoever names it in `If-None-Match` gets 304 and no body."""

    def __post_init__(self) -> None:
        """Add the header to what the handler says itself."""
        asked = Parameter(
            name=KNOWN, param_in="header", schema=Schema(type=OpenAPIType.STRING), description="an `ETag` of before"
        )
        self.parameters = [*(self.parameters or ()), asked]


def uuid_of(text: str) -> str:
    """The id that a path names. Raises NotFound for what is none (API-10)."""
    if not UUID.fullmatch(text.lower()):
        raise NotFound
    return text.lower()


def given(body: Struct) -> dict[str, Any]:
    """What a body says, without the fields that it leaves out (`UNSET`)."""
    return {name: value for name in body.__struct_fields__ if (value := getattr(body, name)) is not UNSET}


def tag_of(body: Any) -> str:
    """The entity tag of a reply: a hash of what it says."""
    return _tag(msgspec.json.encode(body))


def _tag(said: bytes) -> str:
    return f'"{blake2b(said, digest_size=12).hexdigest()}"'


def actor_of(request: Request[Any, Any, Any]) -> Any:
    """Who acts, as the core's rules know it; None for a guest."""
    caller = request.scope.get("user")
    return Actor(caller.account, caller.role) if caller else None


def tagged(request: Request[Any, Any, Any], body: Any, *, changed: bool = False) -> Response[Any]:
    """The reply with its tag; 304 without a body when the caller has it already and nothing was `changed`."""
    said = msgspec.json.encode(body)
    tag = _tag(said)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if not changed and _names(request.headers.get(KNOWN, ""), tag):
        return Response(None, status_code=304, headers=headers)
    return Response(said, headers=headers, media_type=MediaType.JSON)


def created(request: Request[Any, Any, Any], body: Any, name: str) -> Response[Any]:
    """The reply to a POST that made something, with the path where it is."""
    headers = {"ETag": tag_of(body), "Location": f"{request.url.path}/{name}"}
    return Response(body, status_code=201, headers=headers)


def must_match(request: Request[Any, Any, Any], body: Any) -> None:
    """Raise Conflict `precondition_failed` when the caller named (If-Match) another state than the present one.

    Called in the transaction that writes. A tag that the edge made weak counts as well: it names the same state.
    """
    wanted = request.headers.get("if-match")
    if wanted is not None and not _names(wanted, tag_of(body)):
        raise Conflict("precondition_failed")


async def changed(
    request: Request[Any, Any, Any], verb: str, row: str, values: dict[str, Any], *, desk: str = "desk"
) -> Response[Any]:
    """Let a verb of a desk (the courses' one) change a row; the reply is the row with its tag."""
    context = Context.of(request)
    act = getattr(getattr(context.served, desk), verb)
    done = await context.lanes.run(act, actor_of(request), uuid_of(row), values, lambda now: must_match(request, now))
    return tagged(request, done, changed=True)


async def trashed(request: Request[Any, Any, Any], verb: str, row: str, *, desk: str = "desk") -> None:
    """Let a verb of a desk (the courses' one) put a row into the trash."""
    context = Context.of(request)
    act = getattr(getattr(context.served, desk), verb)
    await context.lanes.run(act, actor_of(request), uuid_of(row), lambda now: must_match(request, now))


def _names(header: str, tag: str) -> bool:
    return header.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in header.split(","))
