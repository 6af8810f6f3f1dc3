"""The queue of mails at the server: seen without what they say, tried again, dropped, tested."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.rest.mails import Mail, Mails, MailsApi, MailState


class MailsModel(Paging):
    """State of the page; `state` says how mails go, None until the server has told."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, state="", search="")
        self.state: MailState | None = None

    def _api(self) -> MailsApi:
        return MailsApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: str) -> Mails:
        return self._api().mails(state=wanted["state"], search=wanted["search"], page=page)

    def refresh(self) -> None:
        """Ask for all that is shown, anew."""
        self._look(lambda: self._api().state(), self._on_state)
        super().refresh()

    def _on_state(self, state: MailState) -> None:
        self.state = state

    def retry(self, mail: Mail) -> None:
        """Try one now."""
        self._do("retried", mail.to, lambda: self._api().retry(mail.id))

    def drop(self, mail: Mail) -> None:
        """Send one to nobody any more."""
        self._do("dropped", mail.to, lambda: self._api().drop(mail.id))

    def test(self) -> None:
        """Send a mail to oneself, now."""
        self._do("tested", "", lambda: self._api().test())
