"""The way of files between a simulated laptop and the hub: the product's transport over a network that fails."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import msgspec

from lms_core.errors import LmsError
from lms_core.media.uploads import Upload
from lms_core.sync.replica.transport import API, Transport
from sync_server.problems import status_of
from tests.fakes import MemorySecrets
from tests.simulator.invariants import Broken
from tests.simulator.shelves import Shelves
from tests.simulator.tables import Crash

PIECE = 40


class Network:
    """What may happen to one request, decided by the history; the healed network lets all through."""

    def before(self) -> None:
        """The request goes out; may raise httpx.ConnectError."""

    def after(self) -> None:
        """The reply comes back; may raise httpx.ReadError."""

    def cut(self, size: int) -> int:
        """Of an answer of so many bytes, how many come."""
        return size


class Wire(Transport):
    """The transport of a laptop of one account."""

    _least_part = 16

    def __init__(self, shelves: Shelves, account: str, network: Network, *, part: int = 64) -> None:
        super().__init__("http://hub", secrets=_Tokens(), name="tokens")
        self._part = part
        vars(self)["_client"] = Client(shelves, account, network)


class _Tokens(MemorySecrets):
    def get(self, name: str) -> str | None:
        return '{"access": "a", "refresh": "r"}'


class Client:
    """What the transport asks of an HTTP client, answered as the server's routes do."""

    def __init__(self, shelves: Shelves, account: str, network: Network) -> None:
        self._shelves, self._account, self._network = shelves, account, network

    def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        self._network.before()
        answer = self._answered(lambda: self._uploads(method, url.removeprefix(API), **kwargs))
        self._network.after()
        return answer

    @contextmanager
    def stream(self, method: str, url: str, *, headers: dict[str, str]) -> Iterator[httpx.Response]:
        self._network.before()
        yield self._answered(lambda: self._file(url.removeprefix(API), headers))

    def _answered(self, work: Callable[[], httpx.Response]) -> httpx.Response:
        try:
            return work()
        except LmsError as error:
            if error.code == "blob_mismatch" and not self._shelves.dark:
                raise Broken("I3 a file that was sent whole is another") from error
            body = {"code": error.code, "message": "", "details": dict(error.values), "request_id": ""}
            return httpx.Response(status_of(error), json=body)
        except Crash:
            self._shelves.start()
            raise httpx.ReadError("the hub died") from None

    def _file(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """A file or the end of one."""
        _, kind, name = url.split("/")
        read = self._shelves.read_pack if kind == "packs" else self._shelves.read_blob
        data = read(self._account, name)
        start, status = 0, 200
        if asked := headers.get("Range"):
            start, status = int(asked.removeprefix("bytes=").rstrip("-")), 206
            if start >= len(data):
                return httpx.Response(416)
        length = {"Content-Length": str(len(data) - start)}
        return httpx.Response(status, headers=length, content=self._pieces(data[start:]))

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        end = self._network.cut(len(data))
        for start in range(0, end, PIECE):
            yield data[start : min(end, start + PIECE)]
        if end < len(data):
            raise httpx.ReadError("the line died")

    def _uploads(self, method: str, url: str, *, headers: dict[str, str], **kwargs: Any) -> httpx.Response:
        uploads, me = self._shelves.uploads, self._account
        _, place, *rest = url.split("/")
        if place == "files":
            return httpx.Response(200, json={"names": uploads.lacking(me, kwargs["json"]["names"])})
        if method == "PATCH":
            part, checksum = kwargs["content"], b64decode(headers["Upload-Checksum"].partition(" ")[2])
            taken = uploads.append(me, rest[0], offset=int(headers["Upload-Offset"]), part=part, checksum=checksum)
            return httpx.Response(204, headers={"Upload-Offset": str(taken.offset)})
        if rest:
            return _told(uploads.prove(me, rest[0], kwargs["json"]["digest"]))
        name = b64decode(headers["Upload-Metadata"].partition(" ")[2]).decode()
        return _told(uploads.begin(me, name, int(headers["Upload-Length"])))


def _told(upload: Upload) -> httpx.Response:
    body = {"id": upload.id, "offset": upload.offset, "done": upload.done, "proof": upload.proof}
    return httpx.Response(200, content=msgspec.json.encode(body))
