"""The server's settings on the screen: what a check found, and every setting with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.section.view import Say, SectionPage, rows_card
from desktop_lms.features.admin.server.viewmodel import ServerModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import section
from desktop_lms.widgets.surfaces import Chip
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import tr
from lms_core.rest.server import Check, Finding, Setting

NAMES = 240
"""Room for the names of settings, in px."""


class ServerPage(SectionPage):
    """The page."""

    def __init__(self, model: ServerModel, *, say: Say) -> None:
        self._model = model
        self._check = Button(tr("Check the server"), "primary", "list-checks")
        self._check.clicked.connect(model.check)
        self.search = Field(tr("Find a setting"), icon="search", quiet=True)
        self.search.settled.connect(model.look_for)
        super().__init__(model, tr("Settings of the server"), say, self._check, above=self.search)

    def summary(self) -> Sequence[Item]:
        checked = self._model.checked
        self._check.setEnabled(not (self._model.busy or (checked is not None and checked.job.under_way)))
        return [*_checked(checked), 28] if checked else []

    def key(self) -> object:
        return (self._model.settings, self._model.search) if self._model.settings else None

    def items(self) -> Sequence[Item] | None:
        model = self._model
        if model.settings is None:
            return None
        groups, out = model.grouped, list[Item]()
        if not groups:
            return [empty_state("settings", tr("No setting found"), tr("None has this text in its name."))]
        if any(each.after_restart for each in model.settings):
            title = tr("The file of settings has changed since the server was started")
            out += [Banner(title, tr("Restart it to bring that into force."), tone="warning", icon="refresh-cw"), 20]
        about = tr(
            "They are in hub.toml in the server's data folder or in its environment, which wins. A change counts after "
            "a restart."
        )
        out += [Label(about, "body", "text2", wrap=True), 20]
        for name, settings in groups:
            out += [section(group_words(name), rows_card([_setting(each) for each in settings])), 28]
        return out


def _checked(checked: Check) -> list[Item]:
    """What the last check found."""
    if checked.job.under_way:
        about = tr("It reads the whole database and every file; that may take some minutes.")
        return [Banner(tr("The server is being checked"), about, tone="info", icon="refresh-cw")]
    if checked.at is None:
        about = tr("A check looks at settings, keys, certificate, disk, database, mail and files. It changes nothing.")
        return [Banner(tr("The server was not checked yet"), about, tone="info", icon="info")]
    title = tr("What the check of {when} found", when=moment_words(checked.at))
    return [section(title, rows_card([_finding(each) for each in checked.findings]))]


def _finding(finding: Finding) -> QWidget:
    chip = {
        "ok": Chip(tr("In order"), "success", "circle-check"),
        "warning": Chip(tr("Look at this"), "warning", "triangle-alert"),
        "fault": Chip(tr("Fault"), "danger", "circle-x"),
    }.get(finding.state) or Chip(finding.state)
    return boxed(row((Label(finding.said, "strong", wrap=True, weight=400), 1), chip, gap=16, margin=(8, 12, 8, 12)))


def _setting(setting: Setting) -> QWidget:
    source = {"file": tr("File"), "environment": tr("Environment"), "command line": tr("Command line")}
    chips: list[Item] = []
    if setting.after_restart:
        chips.append(Chip(tr("After a restart"), "warning", "refresh-cw"))
    if setting.source in source:
        chips.append(Chip(source[setting.source], "accent"))
    name = Label(setting.name, "mono")
    name.setFixedWidth(current().px(NAMES))
    top = row(name, (Elided(value_words(setting), "strong"), 1), *chips, gap=16)
    # lines that end in an ellipsis and show the rest when pointed at: wrapped ones of so many rows take a second
    return boxed(column(top, Elided(setting.help, "small", "text2"), gap=4, margin=(8, 10, 8, 10)))


def value_words(setting: Setting) -> str:
    """A value for people; of a secret only whether there is one."""
    value = setting.value
    if setting.secret:
        return tr("is set") if setting.is_set else tr("not set")
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, list):
        return ", ".join(value) or tr("none")
    return tr("none") if value in (None, "") else str(value)


def group_words(name: str) -> str:
    """What a group of settings is called."""
    return {
        "network": tr("Network"),
        "accounts": tr("Accounts and signing in"),
        "mail": tr("Mail"),
        "files": tr("Files and space"),
        "limits": tr("Limits"),
        "upkeep": tr("Backups and upkeep"),
    }.get(name, tr("Process and log"))
