"""Background work on the screen: what the server does by itself, how it went, and a button for now."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.background.viewmodel import BackgroundModel
from desktop_lms.features.admin.section.view import Say, SectionPage, milliseconds, rows_card, span_words
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.layout import Item, boxed, column
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.surfaces import Chip, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import dotted, tr
from lms_core.rest.jobs import Job

LONG_MS = 1000
"""How long a job takes when one speaks of it."""

NEEDS_MORE = frozenset({"restore on trial"})
"""What needs to be told on what it shall work; it is asked for elsewhere."""


class BackgroundPage(SectionPage):
    """The page."""

    def __init__(self, model: BackgroundModel, *, say: Say) -> None:
        self._model = model
        about = Label(tr("One after the other, by itself, in the one process whose turn it is."), "body", "text2",
                      wrap=True)  # fmt: skip
        super().__init__(model, tr("Work in the background"), say, above=about)

    def done_words(self, code: str, name: str) -> str:
        return tr("It begins in a moment: {job}", job=job_words(name))

    def items(self) -> Sequence[Item] | None:
        if self._model.jobs is None:
            return None
        return [rows_card([self._row(job) for job in self._model.jobs])]

    def _row(self, job: Job) -> QWidget:
        failed = job.last is not None and job.last.outcome == "failed"
        ends: list[QWidget] = [outcome_chip(job)]
        if job.name not in NEEDS_MORE:
            run = Button(tr("Run now"), "link", small=True, name=tr("Run now: {job}", job=job_words(job.name)))
            run.setEnabled(not (job.under_way or self._model.busy))
            run.clicked.connect(lambda: self._model.run(job))
            ends.append(run)
        line = ListRow(job_words(job.name), detail_words(job), *ends, lead=Tile("history", "neutral"))
        if not failed or job.last is None:
            return line
        return boxed(column(line, boxed(column(Label(job.last.said, "small", "danger", wrap=True), gap=0,
                                               margin=(64, 0, 16, 12))), gap=0))  # fmt: skip


def outcome_chip(job: Job) -> Chip:
    """How a job last ended."""
    if job.last is None:
        return Chip(tr("Not yet"), "plain", "clock")
    return {
        "asked": Chip(tr("Waits"), "info", "clock"),
        "running": Chip(tr("Running"), "info", "refresh-cw"),
        "done": Chip(tr("Done"), "plain", "check"),
        "failed": Chip(tr("Failed"), "danger", "circle-alert"),
        "interrupted": Chip(tr("Interrupted"), "warning", "triangle-alert"),
    }.get(job.last.outcome) or Chip(job.last.outcome)


def detail_words(job: Job) -> str:
    """When it ran, how long it took, and when it comes again."""
    ran = ""
    if job.last is not None:
        ran = tr("last {when}", when=moment_words(job.last.started_at))
        if job.last.finished_at and milliseconds(job.last.started_at, job.last.finished_at) >= LONG_MS:
            ran = tr(
                "{ran}, took {span}",
                ran=ran,
                span=span_words(milliseconds(job.last.started_at, job.last.finished_at) / 1000),
            )
    every = tr("only when asked")
    if job.every_seconds is not None:
        every = tr("every {span}", span=span_words(job.every_seconds))
    following = tr("next {when}", when=moment_words(job.next_at)) if job.next_at and not job.under_way else ""
    return dotted(every, ran, following)


def job_words(name: str) -> str:
    """What a job is called; one that a newer server has, as it calls it."""
    return {
        "backup": tr("Make a backup"),
        "restore on trial": tr("Restore a backup on trial"),
        "check": tr("Check the server"),
        "forget what is too old": tr("Empty the trash and forget old history"),
        "forget old sessions": tr("Forget old sign-ins"),
        "old mails": tr("Forget old mails"),
        "old proofs": tr("Forget codes that ran out"),
        "old invitations": tr("Forget invitations that ran out"),
        "old notifications": tr("Forget old notifications"),
        "daily mails": tr("Send mails of what is new"),
        "old reports": tr("Forget old reports"),
        "certificates": tr("Issue certificates that are due"),
        "figures of the platform": tr("Count the figures of the platform"),
        "uploads": tr("Remove unfinished uploads"),
        "unused files": tr("Remove files that nothing names"),
    }.get(name, name)
