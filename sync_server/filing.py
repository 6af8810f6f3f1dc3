"""What the server does with files: who may have them, how they arrive, by line or by bundle, and their daily chores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from lms_core.collecting import Collector
from lms_core.db.engine import read
from lms_core.hub import Hub
from lms_core.learning.file_rights import FileRule
from lms_core.media.records import UploadRecords
from lms_core.media.uploads import Uploads
from lms_core.ports import FileStore
from lms_core.sync.bundles import Keys
from lms_core.sync.hub.bundles import HubBundles
from sync_server.config import Settings
from sync_server.jobs import Jobs
from sync_server.rights import FileRights
from sync_server.scanning import inspector_of

UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Filing:
    """The services of a hub's files."""

    rights: FileRights
    uploads: Uploads
    records: UploadRecords
    bundles: HubBundles
    collector: Collector

    def add_jobs(self, jobs: Jobs) -> None:
        """Their chores."""
        jobs.add("uploads", self.uploads.sweep)
        jobs.add("unused files", self.collector.run)


def open_filing(hub: Hub, settings: Settings, *, blobs: FileStore, packs: FileStore, secret: bytes) -> Filing:
    """Put them together; from `secret` the keys of bundles are derived."""
    look, most = partial(read, hub.engine), settings.largest_file_mb << 20
    rule, records = FileRule(packs), UploadRecords(look, hub.unit)
    rights = FileRights(look, hub.unit, rule, settings.author_mb)
    uploads = Uploads(
        blobs, blobs.root / UNFINISHED, rights, now_ms=hub.clock.ms, most=most, keep_free=settings.keep_free_mb << 20,
        inspect=inspector_of(settings), records=records,
    )  # fmt: skip
    bundles = HubBundles(
        keys=Keys(secret), look=look, exchange=hub.exchange, uploads=uploads, blobs=blobs, packs=packs, rule=rule,
        most=most,
    )  # fmt: skip
    collector = Collector(look=look, work=hub.unit, blobs=blobs, packs=packs)
    return Filing(rights, uploads, records, bundles, collector)
