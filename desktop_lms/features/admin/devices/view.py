"""Devices and sync on the screen: which laptops there are, when each was seen, and what was set aside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.devices.viewmodel import AllDevicesModel
from desktop_lms.features.admin.section.view import Say, SectionPage, more_button, rows_card
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, Sheet, empty_state
from desktop_lms.widgets.inputs import Choice, Field, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import section
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Card, Chip, IconMark, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, sentence, tr
from lms_core.rest.devices import Device, Fault, SyncHealth


class AllDevicesPage(SectionPage):
    """The page."""

    def __init__(self, model: AllDevicesModel, *, say: Say) -> None:
        self._model = model
        self.search = Field(tr("Find by device, name or e-mail address"), icon="search", quiet=True)
        self.search.settled.connect(lambda text: model.look_for(search=text.strip()))
        self.state = Choice([("", tr("All devices")), *states().items()], name=tr("State"))
        self.state.chosen.connect(lambda value: model.look_for(state=value))
        super().__init__(model, tr("Devices and how they sync"), say, above=row((self.search, 1), self.state, gap=8))

    def done_words(self, code: str, name: str) -> str:
        if code == "revoked":
            return tr("{name} is signed out", name=name or tr("Without a name"))
        return counted("1 still fails", "{count} still fail", self._model.left) if self._model.left else tr(
            "Nothing is set aside any more"
        )  # fmt: skip

    def summary(self) -> Sequence[Item]:
        health = self._model.health
        return [*self._set_aside(health), _figures(health), 20] if health else []

    def items(self) -> Sequence[Item] | None:
        model = self._model
        if model.rows is None:
            return None
        if not model.rows:
            about = tr("A laptop is listed once somebody signed in on it with an account of this server.")
            return [empty_state("laptop", tr("No device found"), about)]
        count = Label(counted("1 device", "{count} devices", model.count), "small", "text2")
        return [count, 8, rows_card([self._row(device) for device in model.rows]), *more_button(model)]

    def _set_aside(self, health: SyncHealth) -> list[Item]:
        if not health.rows + health.ops:
            return []
        again = Button(tr("Take up again"), small=True)
        again.setEnabled(not self._model.busy)
        again.clicked.connect(self._model.retry)
        title = counted("1 change is set aside", "{count} changes are set aside", health.rows + health.ops)
        about = tr("A rule of the program failed for them. After an update of the server take them up again.")
        rows = [_fault(each) for each in health.faults]
        return [Banner(title, about, again, tone="warning", icon="triangle-alert"), 16,
                section(tr("What failed"), rows_card(rows)), 20]  # fmt: skip

    def _row(self, device: Device) -> QWidget:
        seen = tr("last seen {when}", when=moment_words(device.last_seen_at)) if device.last_seen_at else ""
        sent = tr("nothing sent yet")
        if device.last_sent_at:
            sent = tr("last change {when}", when=moment_words(device.last_sent_at))
        detail = dotted(device.person, device.platform, device.app_version, seen, sent)
        ends: list[QWidget] = []
        if device.held:
            ends.append(Chip(counted("1 change waits", "{count} changes wait", device.held), "info", "clock"))
        if device.revoked_at:
            ends.append(Chip(tr("Signed out"), "neutral", "circle-x"))
        else:
            out = Button(tr("Sign out…"), "link", small=True, name=tr("Sign out {name}…", name=device.name))
            out.clicked.connect(lambda: self.ask_revoke(device))
            ends.append(out)
        return ListRow(device.name or tr("Without a name"), detail, *ends, lead=Tile("laptop", "neutral"))

    def ask_revoke(self, device: Device) -> None:
        """Say what happens, and ask why; what is wrong is told in the sheet, which stays."""
        model, told, reason = self._model, Label("", "small", "danger", wrap=True), Field(tr("Lost on the bus"))
        model.forget_error()
        keep, out = Button(tr("Cancel")), Button(tr("Sign it out"), "danger")
        facts = (
            ("log-out", tr("It is signed out at once and fetches nothing more.")),
            ("hard-drive", tr("What it has not sent stays on it, locked by its password.")),
            ("key-round", tr("Whoever signs in there with the owner's password makes it a device of theirs again.")),
        )
        lines = (row(IconMark(icon, 18), (Label(words, "body", wrap=True), 1), gap=12) for icon, words in facts)
        title = tr("Sign out {name} of {person}?", name=device.name or tr("Without a name"), person=device.person)
        self.sheet = Sheet(self.window(), title, *lines,
                           labelled(tr("Why"), reason, hint=tr("The audit log keeps it.")), told,
                           buttons=(out, keep))  # fmt: skip

        def show() -> None:
            out.setEnabled(not model.busy)
            told.say(sentence(model.error) if model.error else "")

        def closed() -> None:
            model.changed.disconnect(show)
            self.sheet = None

        model.changed.connect(show)
        self.sheet.closed.connect(closed)
        keep.clicked.connect(self.sheet.close_sheet)
        for asked in (out.clicked, reason.returnPressed):
            asked.connect(lambda: model.revoke(device, reason.text()))
        reason.setFocus()


def states() -> dict[str, str]:
    """What may be with a device."""
    return {"active": tr("In use"), "quiet": tr("Not seen for 30 days"), "revoked": tr("Signed out")}


def _figures(health: SyncHealth) -> Card:
    """The state of sync in numbers."""
    numbers = (
        (tr("Devices in use"), health.devices), (tr("Seen in the last 24 hours"), health.seen_lately),
        (tr("Rows to follow up"), health.following), (tr("Changes that wait for others"), health.held),
    )  # fmt: skip
    cells: list[Item] = [
        (boxed(column(Label(str(number), "metric"), Label(words, "caption", "text2", wrap=True), gap=2)), 1)
        for words, number in numbers
    ]
    return Card(row(*cells, gap=24, margin=(20, 16, 20, 16)))


def _fault(fault: Fault) -> QWidget:
    title = tr("A change that no rule could judge") if fault.of else f"{fault.entity} {fault.row}"
    return ListRow(title, fault.error, Label(moment_words(fault.at), "small", "text2"), compact=True)
