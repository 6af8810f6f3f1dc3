"""The settings of the server and what a check of it found."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QObject

from desktop_lms.features.admin.following import Following
from desktop_lms.store import Store
from lms_core.rest.server import Check, ServerApi, Setting

GROUPS = {
    "network": ("host", "port", "public_url", "trusted_proxies", "plain_http", "tls_", "download_url"),
    "accounts": ("registration", "access_minutes", "session_hours", "remembered_days", "google_", "oidc_"),
    "mail": ("smtp_", "mail_from", "language"),
    "files": ("blob_", "largest_file_mb", "account_mb", "author_mb", "keep_free_mb"),
    "limits": ("sign_ins_", "registrations_", "mails_", "requests_", "transfers_", "backfills_", "live_"),
    "upkeep": ("backup", "keep_log_days", "jobs_here", "job_seconds"),
}
"""Which settings belong together, by how their names begin; the rest is of the process."""


class ServerModel(Following):
    """State of the page; `settings` and `checked` are None until the server has told."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.settings: list[Setting] | None = None
        self.checked: Check | None = None
        self.search = ""

    def _api(self) -> ServerApi:
        return ServerApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask for both."""
        self._look(lambda: (self._api().settings(), self._api().last_check()), self._on_both)

    def _on_both(self, told: tuple[list[Setting], Check]) -> None:
        self.settings, self.checked = told
        self._follow(self.checked.job.under_way)

    def check(self) -> None:
        """Have the server look at itself now."""
        self._do("asked", "", lambda: self._api().check())

    def look_for(self, text: str) -> None:
        """Show the settings alone whose name or help holds a text."""
        self.search = text.strip().lower()
        self.changed.emit()

    @property
    def grouped(self) -> list[tuple[str, list[Setting]]]:
        """The settings that are looked for, by group."""
        order = [*GROUPS, "process"]
        found = [each for each in self.settings or () if self.search in f"{each.name} {each.help}".lower()]
        placed = sorted(found, key=lambda each: order.index(group_of(each.name)))
        return [(name, list(many)) for name, many in groupby(placed, key=lambda each: group_of(each.name))]


def group_of(name: str) -> str:
    """The group of a setting."""
    return next((group for group, begins in GROUPS.items() if name.startswith(begins)), "process")
