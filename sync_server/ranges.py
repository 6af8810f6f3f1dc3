"""Send a file that never changes: conditional and partial requests (RFC 9110, sections 13 and 14), read in a thread."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, BinaryIO

from litestar import Request, Response
from litestar.response import Stream

from lms_core.ports import FileStore
from sync_server.lanes import Lanes

PIECE = 256 << 10
LASTING = "private, max-age=31536000, immutable"
BINARY = "application/octet-stream"
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


async def send_file(
    request: Request[Any, Any, Any], lanes: Lanes, store: FileStore, *, sha256: str, lasting: bool = True
) -> Response[Any]:
    """Answer GET or HEAD for a file whose hash is its entity tag; `lasting`: the address names it by that, too.

    Raises NotFound.
    """
    size = await lanes.run(store.size, sha256)
    tag = f'"{sha256}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes", "Cache-Control": LASTING if lasting else "private, no-cache"}
    if tag in request.headers.get("if-none-match", "") or request.headers.get("if-none-match") == "*":
        return Response(b"", status_code=304, headers=headers, media_type=BINARY)
    if request.method == "HEAD":
        return Response(b"", status_code=200, headers=headers | {"Content-Length": str(size)}, media_type=BINARY)
    asked = request.headers.get("range", "")
    if request.headers.get("if-range", tag) != tag:
        asked = ""
    start, end, status = 0, size, 200
    if asked and (part := ONE_RANGE.fullmatch(asked.replace(" ", ""))) and any(part.groups()):
        start, end = _span(part, size)
        if start >= end:
            return Response(
                b"", status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"}, media_type=BINARY
            )
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        status = 206
    headers["Content-Length"] = str(end - start)
    reading = pieces(lanes, partial(store.open, sha256), start=start, end=end)
    return Stream(reading, status_code=status, headers=headers, media_type=BINARY)


def _span(part: re.Match[str], size: int) -> tuple[int, int]:
    """First byte and the one after the last; empty when nothing of it exists."""
    first, last = part.groups()
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


async def pieces(lanes: Lanes, opened: Callable[[], BinaryIO], *, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes of a file from `start` up to `end`."""
    file = await lanes.run(opened)
    try:
        await lanes.run(file.seek, start)
        while start < end:
            piece = await lanes.run(file.read, min(PIECE, end - start))
            if not piece:
                return
            start += len(piece)
            yield piece
    finally:
        file.close()
