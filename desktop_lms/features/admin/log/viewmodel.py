"""What administrators did, found by what, who and when, and kept as a table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QObject

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.errors import StorageError
from lms_core.rest.audit import AuditApi, Entries


class LogModel(Paging):
    """State of the page; its filter `days` is a number of days, "" for all times."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, action="", person="", days="")

    def _api(self) -> AuditApi:
        return AuditApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: str) -> Entries:
        return self._api().entries(**self._asked(wanted), page=page)

    def _asked(self, wanted: dict[str, str]) -> dict[str, str]:
        days = wanted["days"]
        now = datetime.fromtimestamp(self._store.workspace.clock.ms() / 1000, UTC)
        since = (now - timedelta(days=int(days))).strftime("%Y-%m-%dT%H:%M:%SZ") if days else ""
        return {"action": wanted["action"], "person": wanted["person"], "since": since}

    def save(self, path: Path) -> None:
        """Write what is looked for as CSV."""

        def work() -> None:
            try:
                self._api().table(path, **self._asked(self.wanted))
            except OSError as error:
                raise StorageError("disk_error", path=path.name) from error

        self._do("saved", path.name, work)
