"""Giving files in parts: tus 1.0 with creation, checksum, termination and expiration (https://tus.io).

Beyond it, the answer to a creation says what to prove when the server has the file already.
"""

from __future__ import annotations

import base64
import binascii
from email.utils import formatdate
from typing import Any

import msgspec
from litestar import Request, Response, Router, delete, patch, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from lms_core.accounts.model import Caller
from lms_core.errors import UserError
from lms_core.media.uploads import LARGEST_PART, Proof, Upload
from sync_server.context import Context
from sync_server.guards import MOVES_DATA, signed_in
from sync_server.routes.bodies import moment

TUS = "1.0.0"
PART = "application/offset+octet-stream"
Ask = Request[Caller, Any, Any]


class UploadBody(msgspec.Struct, frozen=True, kw_only=True):
    """How far a file is; `proof` says what to answer instead of sending it."""

    id: str
    offset: int
    done: bool
    expires_at: str
    proof: Proof | None = None


class ProofBody(msgspec.Struct, frozen=True):
    """SHA-256 in hex over the nonce and the pieces that were asked for."""

    digest: str


@route("", http_method=[HttpMethod.OPTIONS], guards=[signed_in], status_code=204)
async def describe(request: Ask) -> Response[None]:
    """What of tus this server knows."""
    most = Context.of(request).settings.largest_file_mb << 20
    headers = {
        "Tus-Resumable": TUS, "Tus-Version": TUS, "Tus-Extension": "creation,checksum,termination,expiration",
        "Tus-Checksum-Algorithm": "sha256", "Tus-Max-Size": str(most),
    }  # fmt: skip
    return Response(None, status_code=204, headers=headers)


@post("", guards=[signed_in], status_code=201)
async def begin(request: Ask) -> Response[UploadBody]:
    """Begin a file of `Upload-Length` bytes, named by `sha256` in `Upload-Metadata`, or go on with it.

    There `filename` may say what the file was called.
    """
    context = Context.of(request)
    size, said = _number(request, "upload-length"), _metadata(request)
    name, filename = said.get("sha256", ""), said.get("filename", "")
    upload = await context.lanes.run(context.served.filing.uploads.begin, request.user.account, name, size, filename)
    return _told(request, upload, 201)


@route("/{name:str}", http_method=[HttpMethod.HEAD], guards=[signed_in])
async def look(request: Ask, name: FromPath[str]) -> Response[UploadBody]:
    """How many bytes are here."""
    context = Context.of(request)
    return _told(request, await context.lanes.run(context.served.filing.uploads.find, request.user.account, name), 200)


@patch("/{name:str}", guards=[signed_in], status_code=204, request_max_body_size=LARGEST_PART)
async def append(request: Ask, name: FromPath[str]) -> Response[None]:
    """Take the part at `Upload-Offset`, at most 4 MiB, verified by `Upload-Checksum: sha256 BASE64` if given."""
    context = Context.of(request)
    if request.headers.get("content-type", "") != PART:
        raise UserError("wrong_media_type")
    offset, checksum = _number(request, "upload-offset"), _checksum(request)
    part = await request.body()
    upload = await context.lanes.run(
        context.served.filing.uploads.append, request.user.account, name, offset=offset, part=part, checksum=checksum
    )
    return Response(None, status_code=204, headers=_headers(upload))


@post("/{name:str}/proof", guards=[signed_in], status_code=200)
async def prove(request: Ask, name: FromPath[str]) -> Response[UploadBody]:
    """Answer the question of the creation."""
    context = Context.of(request)
    try:
        body = msgspec.json.decode(await request.body(), type=ProofBody)
    except msgspec.MsgspecError as error:
        raise UserError("bad_request") from error
    upload = await context.lanes.run(context.served.filing.uploads.prove, request.user.account, name, body.digest)
    return _told(request, upload, 200)


@delete("/{name:str}", guards=[signed_in], status_code=204)
async def discard(request: Ask, name: FromPath[str]) -> Response[None]:
    """Give an unfinished file up."""
    context = Context.of(request)
    await context.lanes.run(context.served.filing.uploads.discard, request.user.account, name)
    return Response(None, status_code=204, headers={"Tus-Resumable": TUS})


def _told(request: Ask, upload: Upload, status: int) -> Response[UploadBody]:
    body = UploadBody(
        id=upload.id, offset=upload.offset, done=upload.done, expires_at=moment(upload.expires_at), proof=upload.proof
    )
    headers = _headers(upload) | {"Upload-Length": str(upload.size)}
    if status == 201:
        headers["Location"] = f"{request.url.path}/{upload.id}"
    return Response(body, status_code=status, headers=headers)


def _headers(upload: Upload) -> dict[str, str]:
    return {
        "Tus-Resumable": TUS,
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": formatdate(upload.expires_at / 1000, usegmt=True),
    }


def _number(request: Ask, name: str) -> int:
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdecimal() and len(given) < 16):
        raise UserError("bad_request")
    return int(given)


def _metadata(request: Ask) -> dict[str, str]:
    """Pairs of a key and a value in base64, with commas between."""
    try:
        pairs = [pair.split() for pair in request.headers.get("upload-metadata", "").split(",") if pair.strip()]
        return {p[0]: base64.b64decode(p[1], validate=True).decode() if len(p) > 1 else "" for p in pairs}
    except (binascii.Error, ValueError) as error:
        raise UserError("bad_request") from error


def _checksum(request: Ask) -> bytes | None:
    given = request.headers.get("upload-checksum")
    if given is None:
        return None
    kind, _, value = given.partition(" ")
    if kind != "sha256":
        raise UserError("bad_request")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UserError("bad_request") from error


router = Router(
    "/uploads", route_handlers=[describe, begin, look, append, prove, discard], tags=["files"], opt={MOVES_DATA: True}
)
