"""The devices of an account, with a way to remove one that was lost or sold."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QWidget

from desktop_lms.features.settings.devices.viewmodel import Device, DevicesModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.layout import Item, clear, column, row
from desktop_lms.widgets.page import section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Card, Chip, IconMark, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.words import dotted, formats, sentence, tr
from lms_core.errors import Offline


class DeviceList(QWidget):
    """The section; empty for a profile without a server."""

    def __init__(self, model: DevicesModel, *, say: Callable[[str], object]) -> None:
        super().__init__()
        self._model, self._say = model, say
        self._box = column(gap=0)
        self.setLayout(self._box)
        model.changed.connect(self._show)
        model.revoked.connect(self._on_revoked)
        self._show()

    def _on_revoked(self, name: str) -> None:
        self._say(tr("{name} is removed", name=name))

    def _show(self) -> None:
        clear(self._box)
        if not self._model.linked:
            return
        rows = [self._row(d) for d in self._model.devices.all] if self._model.devices else []
        items: list[Item] = [*listed(*rows), self._state()]
        self._box.addWidget(section(tr("Your devices"), Card(column(*items, gap=0, margin=(12, 8, 12, 12)))))

    def _row(self, device: Device) -> QWidget:
        when = formats().toString(QDateTime.fromMSecsSinceEpoch(device.last_seen_at), "d MMM yyyy, HH:mm")
        detail = dotted(device.platform, tr("last seen {when}", when=when))
        end: QWidget
        if device.here:
            end = Chip(tr("This device"), "accent", "laptop")
        elif device.revoked:
            end = Chip(tr("Removed"), "neutral", "circle-x")
        else:
            end = Button(tr("Remove…"), "link", small=True, name=tr("Remove {name}…", name=device.name))
            end.clicked.connect(lambda: self.ask_revoke(device))
        return ListRow(device.name or tr("Without a name"), detail, end, lead=Tile("laptop", "neutral"))

    def _state(self) -> Item:
        """What is wrong, or since when the list is known."""
        error, devices = self._model.error, self._model.devices
        if error is None:
            return None if devices else Label(tr("Asking the server…"), "small", "text2")
        words = sentence(error)
        if isinstance(error, Offline) and devices:
            when = formats().toString(QDateTime.fromMSecsSinceEpoch(devices.as_of), "d MMM yyyy, HH:mm")
            words = tr("As of {when}. To remove a device the server must be reached.", when=when)
        elif isinstance(error, Offline):
            words = tr("The list is at the server; it comes when the server can be reached.")
        return row(IconMark("cloud-off", 16), (Label(words, "small", "text2", wrap=True), 1), margin=(8, 12, 8, 0))

    def ask_revoke(self, device: Device) -> None:
        """Say what happens, and ask."""
        keep, remove = Button(tr("Keep it")), Button(tr("Remove"), "danger")
        facts = (
            ("log-out", tr("It is signed out at once and fetches nothing more.")),
            ("hard-drive", tr("What it has not sent stays on it, locked by its password.")),
            ("key-round", tr("Whoever signs in there with your password makes it one of your devices again.")),
        )
        lines = (row(IconMark(icon, 18), (Label(words, "body", wrap=True), 1), gap=12) for icon, words in facts)
        title = tr("Remove {name} from your account?", name=device.name)
        sheet = Sheet(self.window(), title, *lines, buttons=(remove, keep))
        keep.clicked.connect(sheet.close_sheet)

        def go() -> None:
            sheet.close_sheet()
            self._model.revoke(device)

        remove.clicked.connect(go)
