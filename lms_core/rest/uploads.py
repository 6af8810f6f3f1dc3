"""What became of the files that one gave to a hub (RES-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What the bytes of a file tell: bytes, media type, and seconds if it plays."""

    size: int
    mime_type: str
    duration_seconds: float | None


class UploadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an upload of an account; `processing_error` is the code of why it failed, times in ISO 8601."""

    account: str
    original_filename: str
    content_hash: str
    processing_status: str
    processing_error: str
    processing_metadata: Metadata | None
    created_at: str
    updated_at: str


class _Found(msgspec.Struct, frozen=True):
    results: tuple[UploadRecord, ...]


class UploadsApi:
    """Records of uploads. Each call raises Offline, AuthExpired or what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def record(self, sha256: str) -> UploadRecord | None:
        """The newest record of a file that the caller gave; None where the hub keeps none."""
        wanted = {"content_hash": sha256, "page_size": "1"}
        found = msgspec.convert(self._line.ask("GET", "/uploads/records", params=wanted), _Found)
        return next(iter(found.results), None)
