"""The sheet before publishing: what is missing, a note to learners, and what happens when there is no network."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop_lms.features.builder.phrases import finding_words
from desktop_lms.features.builder.publish.viewmodel import Publication, PublishModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Sheet
from desktop_lms.widgets.inputs import Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Chip, IconMark, Tone
from desktop_lms.widgets.text import Label
from desktop_lms.words import tr
from lms_core.courses.model import Finding

MOST = 6


def state_chip(publication: Publication) -> tuple[str, Tone, str]:
    """The state of publication: words, tone, icon."""
    if publication.state == "waiting":
        return tr("Will be published"), "info", "cloud-upload"
    if publication.state == "refused":
        return tr("Needs you"), "warning", "circle-alert"
    if publication.state == "published":
        return tr("Version {version}", version=publication.course.version), "success", "circle-check"
    return tr("Draft"), "neutral", "pencil"


def state_detail(publication: Publication) -> str:
    """What that means."""
    if publication.state == "waiting":
        return tr("It goes out with the next sync. You can go on writing; later changes wait for the next version.")
    if publication.reason == "draft_moved":
        return tr("Somebody else changed the course since you last saw it. Their changes are here now: look through "
                  "the outline, then publish again.")  # fmt: skip
    if publication.state == "refused":
        return tr("The server did not publish it. Your course is unchanged; you can publish it again.")
    if not publication.linked:
        return tr("This profile has no server yet. The course goes out once you sign in to one.")
    return tr("Offline, it waits here and goes out with the next sync.")


def publish_sheet(window: QWidget, model: PublishModel, *, jump: Callable[[str], None]) -> Sheet | None:
    """Open the sheet; `jump` leads to the row of a finding."""
    publication = model.publication
    if publication is None:
        return None
    leave, send = Button(tr("Cancel")), Button(tr("Publish"), "primary", "send")
    note = Paper(tr("What is new for those who read it"), name=tr("Change note"), lines=3)
    note.show_text(publication.course.change_note)
    note.setMaximumHeight(note.minimumHeight())
    rows = [_finding(each) for each in publication.findings[:MOST]]
    asked = labelled(tr("Change note"), note) if publication.ready else None
    body = (*_state(publication), *_checks(publication, rows), asked)
    sheet = Sheet(window, tr("Publish “{title}”?", title=publication.course.title), *body, buttons=(leave, send))
    send.setEnabled(publication.ready)
    leave.clicked.connect(sheet.close_sheet)

    def go() -> None:
        sheet.close_sheet()
        model.publish(note.toPlainText())

    def follow(row_id: str) -> None:
        sheet.close_sheet()
        jump(row_id)

    for line in rows:
        line.clicked.connect(lambda line=line: follow(str(line.property("row"))))
    send.clicked.connect(go)
    return sheet


def _state(publication: Publication) -> list[Item]:
    words, tone, icon = state_chip(publication)
    detail = Label(state_detail(publication), "small", "text2", wrap=True)
    return [row(Chip(words, tone, icon), "~"), detail]


def _checks(publication: Publication, rows: list[ListRow]) -> list[Item]:
    if not rows:
        return []
    title = tr("Mend this first") if publication.errors else tr("You could still mend this")
    more = len(publication.findings) - MOST
    rest = Label(tr("and {count} more under Checks", count=more), "small", "text3") if more > 0 else None
    return [4, Label(title, "strong"), boxed(column(*rows, gap=0)), rest]


def _finding(finding: Finding) -> ListRow:
    bad = finding.severity == "error"
    mark = IconMark("circle-alert" if bad else "triangle-alert", 16, "danger" if bad else "warning")
    line = ListRow(finding_words(finding), finding.title, lead=mark, compact=True)
    line.setProperty("row", finding.row)
    return line
