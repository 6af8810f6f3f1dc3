"""Files by the SHA-256 of their bytes in a bucket that speaks S3; what is still arriving lies on the server's own disk.

An object appears whole or not at all, so a name is never seen before its bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import file_digest, sha256
from pathlib import Path
from re import fullmatch
from typing import Any, BinaryIO
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store as Bucket

from lms_core.errors import Busy, Corrupt, NotFound, UserError
from lms_core.media.store import MediaStore

READ_AHEAD = 1 << 20
CALLS = {"timeout": "60s", "connect_timeout": "5s"}
TRIES: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}
NAME = r"[0-9a-f]{64}"


class S3Store:
    """A bucket, or a part of it that begins with a prefix (implements FileStore)."""

    def __init__(self, url: str, root: Path, *, key: str = "", secret: str = "") -> None:
        """Name `s3://bucket/prefix?endpoint=https://...&region=...`; without a key the environment's AWS_... count.

        `root` is a folder for files that are arriving. Raises UserError `setting_invalid`.
        """
        self.root = root
        self._drafts = MediaStore(root)
        self._bucket = _bucket(url, key=key, secret=secret)

    def has(self, sha256: str) -> bool:
        """Whether the whole file is here; raises Busy `store_away` as everything that asks the store."""
        try:
            self.size(sha256)
        except NotFound:
            return False
        return True

    def size(self, sha256: str) -> int:
        """Bytes of the file; raises NotFound."""
        with _asking(known=True):
            return int(obstore.head(self._bucket, _name(sha256))["size"])

    def read(self, sha256: str, start: int = 0, length: int | None = None) -> bytes:
        """The bytes or a part of them; raises NotFound."""
        with self.open(sha256) as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def open(self, sha256: str) -> BinaryIO:
        """The file to read; raises NotFound."""
        return io.BufferedReader(_Object(self._bucket, _name(sha256), self.size(sha256)), READ_AHEAD)

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their name."""
        name = sha256(data).hexdigest()
        if not self.has(name):
            with _asking():
                obstore.put(self._bucket, name, data)
        return name

    def draft(self) -> Path:
        """A fresh name for a file that is still arriving."""
        return self._drafts.draft()

    def adopt(self, draft: Path, sha256: str) -> None:
        """Take a finished file in under its name; raises Corrupt when its bytes are others, and leaves it then."""
        with draft.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != sha256:
                raise Corrupt(path=draft.name)
        size = draft.stat().st_size
        with _asking():
            obstore.put(self._bucket, _name(sha256), draft)
        if self.size(sha256) != size:
            raise Busy("store_away")
        draft.unlink()

    def verify(self, sha256: str) -> bool:
        """Whether the bytes still are what the name says."""
        with self.open(sha256) as file:
            return file_digest(file, "sha256").hexdigest() == sha256  # type: ignore[arg-type]

    def damaged(self) -> Iterator[str]:
        """Names of files whose bytes are not what the name says."""
        return (name for name in self if not self.verify(name))

    def delete(self, sha256: str) -> None:
        """Remove a file; an unknown one is no error."""
        with _asking():
            obstore.delete(self._bucket, _name(sha256))

    def __iter__(self) -> Iterator[str]:
        """Names of all files, in order."""
        with _asking():
            for many in obstore.list(self._bucket):
                yield from (path for each in many if fullmatch(NAME, path := str(each["path"])))


class _Object(io.RawIOBase):
    """An object as a file: each read asks for a range."""

    def __init__(self, bucket: Bucket, name: str, size: int) -> None:
        self._bucket, self._name, self._size = bucket, name, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readall(self) -> bytes:
        return self._taken(self._size - self._at)

    def readinto(self, into: Any) -> int:
        data = self._taken(min(len(into), self._size - self._at))
        into[: len(data)] = data
        return len(data)

    def _taken(self, length: int) -> bytes:
        if length <= 0:
            return b""
        with _asking(known=True):
            data = bytes(obstore.get_range(self._bucket, self._name, start=self._at, length=length))
        self._at += len(data)
        return data


def _name(sha256: str) -> str:
    if not fullmatch(NAME, sha256):
        raise NotFound("no_file")
    return sha256


def _bucket(url: str, *, key: str, secret: str) -> Bucket:
    parts = urlsplit(url)
    more = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme != "s3" or not parts.hostname or parts.username or more.keys() - {"endpoint", "region"}:
        raise UserError("setting_invalid", name="blob_url", value=url)
    endpoint = more.get("endpoint", "")
    config: dict[str, Any] = {"region": more.get("region", "us-east-1")}
    config |= {"endpoint": endpoint} if endpoint else {}
    config |= {"access_key_id": key, "secret_access_key": secret} if key else {}
    calls: Any = CALLS | {"allow_http": endpoint.startswith("http://")}
    prefix = parts.path.strip("/") or None
    return Bucket(parts.hostname, prefix=prefix, config=config, client_options=calls, retry_config=TRIES)  # type: ignore[arg-type]


@contextmanager
def _asking(*, known: bool = False) -> Iterator[None]:
    """Say in our terms what the store says; `known`: that something is missing is an answer, not a fault."""
    try:
        yield
    except (FileNotFoundError, BaseError) as error:
        if known and isinstance(error, FileNotFoundError | NotFoundError):
            raise NotFound("no_file") from error
        raise Busy("store_away") from error
