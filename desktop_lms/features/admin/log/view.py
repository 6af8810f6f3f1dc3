"""The audit log on the screen: who did what to whom, when and from where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.admin.log.viewmodel import LogModel
from desktop_lms.features.admin.section.view import Say, SectionPage, more_button, rows_card
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import empty_state
from desktop_lms.widgets.inputs import Choice, Field
from desktop_lms.widgets.layout import Item, row
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, tr
from lms_core.rest.audit import Entry

ICONS = {
    "account": "user", "certificate": "award", "course": "book-open", "device": "laptop", "invitation": "send",
    "job": "history", "mail": "send", "notification": "megaphone", "report": "chart-no-axes-column",
    "session": "log-out", "sync": "refresh-cw",
}  # fmt: skip
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What tells a person nothing; `lms-server` and the table have it."""
SHOWN = 4
"""How many changed fields a row names."""


class LogPage(SectionPage):
    """The page."""

    def __init__(self, model: LogModel, *, say: Say) -> None:
        self._model = model
        keep = Button(tr("Save as a table…"), "", "download")
        keep.clicked.connect(self._save)
        self.person = Field(tr("Find by name or e-mail address"), icon="search", quiet=True)
        self.person.settled.connect(lambda text: model.look_for(person=text.strip()))
        self.action = Choice([("", tr("Everything")), *actions().items()], name=tr("What was done"))
        self.action.chosen.connect(lambda value: model.look_for(action=value))
        self.days = Choice(periods(), name=tr("When"))
        self.days.chosen.connect(lambda value: model.look_for(days=value))
        super().__init__(model, tr("What administrators did"), say, keep,
                         above=row((self.person, 1), self.action, self.days, gap=8))  # fmt: skip

    def done_words(self, code: str, name: str) -> str:
        return tr("The table is in {path}", path=name)

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save as a table…"), "audit.csv", "CSV (*.csv)")
        if path:
            self._model.save(Path(path))

    def items(self) -> Sequence[Item] | None:
        model = self._model
        if model.rows is None:
            return None
        if not model.rows:
            about = tr("Nothing was done that fits. What people change of their own is not noted here.")
            return [empty_state("clipboard-list", tr("Nothing found"), about)]
        rows = [_row(entry) for entry in model.rows]
        return [Label(counted("1 entry", "{count} entries", model.count), "small", "text2"), 8, rows_card(rows),
                *more_button(model)]  # fmt: skip


def _row(entry: Entry) -> QWidget:
    done = actions().get(entry.action, entry.action)
    what = change_words(entry.before, entry.after)
    who = entry.actor_name or (tr("a deleted account") if entry.actor else tr("the server's command line"))
    detail = dotted(who, what, entry.ip_address)
    named = entry.subject or ("" if ID.fullmatch(entry.entity_id) else entry.entity_id)
    title = f"{done}: {named}" if named else done
    when = Label(moment_words(entry.at), "small", "text2")
    return ListRow(title, detail, when, lead=Tile(ICONS.get(entry.entity, "clipboard-list"), "neutral"))


def change_words(before: Any, after: Any) -> str:
    """What fields became, the first few of them."""
    old, new = (each if isinstance(each, dict) else {} for each in (before, after))
    said = [
        f"{name}: {_short(old[name])} → {_short(new.get(name))}" if name in old else f"{name}: {_short(new[name])}"
        for name in dict.fromkeys((*old, *new))
    ]
    return ", ".join(said[:SHOWN]) + (" …" if len(said) > SHOWN else "")


def _short(value: Any) -> str:
    text = "–" if value in (None, "") or ID.fullmatch(str(value)) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def periods() -> list[tuple[str, str]]:
    """How far back one looks, in days."""
    return [("", tr("At any time")), ("1", tr("In the last 24 hours")), ("7", tr("In the last 7 days")),
            ("30", tr("In the last 30 days")), ("365", tr("In the last year"))]  # fmt: skip


def actions() -> dict[str, str]:
    """What may have been done."""
    return {
        "account.created": tr("Account made"),
        "account.changed": tr("Account changed"),
        "account.role": tr("Role changed"),
        "account.deactivated": tr("Account closed"),
        "account.reactivated": tr("Account opened again"),
        "account.password": tr("Password set"),
        "account.deleted": tr("Account deleted"),
        "account.exported": tr("Account exported"),
        "invitation.sent": tr("Invitation sent"),
        "invitation.sent_again": tr("Invitation sent again"),
        "invitation.revoked": tr("Invitation called back"),
        "session.ended": tr("Sign-in ended"),
        "device.revoked": tr("Device signed out"),
        "course.featured": tr("Course recommended"),
        "course.handed_over": tr("Course handed over"),
        "instructor.approved": tr("Instructor approved"),
        "instructor.rejected": tr("Application to teach rejected"),
        "instructor.suspended": tr("Instructor suspended"),
        "instructor.reactivated": tr("Instructor teaches again"),
        "certificate.revoked": tr("Certificate revoked"),
        "certificate.reissued": tr("Certificate issued anew"),
        "certificates.issued": tr("Certificates issued"),
        "report.asked": tr("Report asked for"),
        "announced": tr("Announcement sent"),
        "job.asked": tr("Background work asked for"),
        "mail.retried": tr("Mail tried again"),
        "mail.dropped": tr("Mail dropped"),
        "mail.tested": tr("Test mail sent"),
        "sync.retried": tr("Set-aside changes taken up again"),
    }
