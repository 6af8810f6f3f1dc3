"""Where a server keeps its media: in the data folder, or in a bucket that the settings name."""

from __future__ import annotations

from pathlib import Path

from lms_core.media.store import MediaStore
from lms_core.ports import FileStore
from sync_server.config import Settings
from sync_server.layout import BLOBS


def blobs_of(data: Path, settings: Settings) -> FileStore:
    """The store of media files; raises UserError `setting_invalid`."""
    if not settings.blob_url:
        return MediaStore(data / BLOBS)
    from lms_core.media.s3 import S3Store  # a server that keeps its files itself need not load it

    return S3Store(settings.blob_url, data / BLOBS, key=settings.blob_key, secret=settings.blob_secret)
