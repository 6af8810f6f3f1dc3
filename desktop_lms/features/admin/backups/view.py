"""Backups on the screen: what there is, whether it could be restored, and what to do when one is needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_lms.features.admin.backups.viewmodel import BackupsModel
from desktop_lms.features.admin.section.view import (
    Say,
    SectionPage,
    command,
    facts_card,
    rows_card,
    span_words,
)
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.feedback import Banner, empty_state
from desktop_lms.widgets.layout import Item
from desktop_lms.widgets.page import section
from desktop_lms.widgets.rows import ListRow
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Chip, Tile
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, tr
from lms_core.rest.jobs import Backup, Backups


class BackupsPage(SectionPage):
    """The page."""

    def __init__(self, model: BackupsModel, *, say: Say) -> None:
        self._model = model
        self._make = Button(tr("Make a backup now"), "primary", "save")
        self._make.clicked.connect(model.make)
        super().__init__(model, tr("Backups of the server"), say, self._make)

    def items(self) -> Sequence[Item] | None:
        model, known = self._model, self._model.known
        self._make.setVisible(not model.unset)
        if model.unset:
            about = tr("Name a folder on another disk in the server's settings, as backup_folder, and start it again.")
            return [empty_state("hard-drive", tr("No backups are made"), about)]
        if known is None:
            return None
        self._make.setEnabled(not (model.busy or known.making.under_way))
        return [*self._under_way(known), facts_card(facts(known)), 28, self._list(known), 28, _when_needed(known)]

    def _under_way(self, known: Backups) -> list[Item]:
        out: list[Item] = []
        for job, words in (
            (known.making, tr("A backup is being made")),
            (known.trying, tr("A backup is being restored on trial")),
        ):
            if job.under_way:
                about = tr("It goes on when you leave this page. Large ones take some minutes.")
                out += [Banner(words, about, tone="info", icon="refresh-cw"), 16]
            elif job.last is not None and job.last.outcome == "failed":
                failed = tr("The last try failed on {when}", when=moment_words(job.last.started_at))
                out += [Banner(failed, job.last.said, tone="danger", icon="circle-alert"), 16]
        return out

    def _list(self, known: Backups) -> QWidget:
        if not known.backups:
            about = Label(tr("There is none yet. The first one comes with the next round, or now."), "body", "text2",
                          wrap=True)  # fmt: skip
            return section(tr("Backups that there are"), about)
        return section(tr("Backups that there are"), rows_card([self._row(each, known) for each in known.backups]))

    def _row(self, backup: Backup, known: Backups) -> QWidget:
        title, proof = moment_words(backup.at), backup.proof
        tried = tr("tried out {when}", when=moment_words(proof.at)) if proof else ""
        attempt = Button(tr("Try restoring"), "link", small=True, name=tr("Try restoring {name}", name=backup.name))
        attempt.setEnabled(not (self._model.busy or known.trying.under_way))
        attempt.clicked.connect(lambda: self._model.try_out(backup))
        detail = dotted(size_of(backup.bytes), proof_words(backup), tried)
        return ListRow(title, detail, proof_chip(backup), attempt, lead=Tile("hard-drive", "neutral"))


def facts(known: Backups) -> list[tuple[str, str]]:
    """Where they are, and when they come."""
    job = known.making
    often = tr("only when asked")
    if job.every_seconds is not None:
        often = tr("every {span}", span=span_words(job.every_seconds))
        if job.next_at and not job.under_way:
            often = tr("{often}, next {when}", often=often, when=moment_words(job.next_at))
    held = tr("Database, keys, published courses and uploaded media")
    if not known.media:
        held = tr("Database, keys and published courses, without uploaded media")
    kept = counted("The latest one; older ones go once a new one could be restored",
                   "The latest {count}; older ones go once a new one could be restored", known.kept)  # fmt: skip
    return [(tr("Folder at the server"), known.folder), (tr("How often"), often), (tr("What is in them"), held),
            (tr("What is kept"), kept)]  # fmt: skip


def proof_chip(backup: Backup) -> Chip:
    """Whether it could be restored."""
    proof = backup.proof
    if proof is None:
        return Chip(tr("Not tried out"), "neutral", "circle-help")
    if proof.fault:
        return Chip(tr("Damaged"), "danger", "circle-x")
    if proof.said.startswith("restored"):
        return Chip(tr("Restored on trial"), "success", "circle-check")
    return Chip(tr("Read through"), "info", "circle-check")


def proof_words(backup: Backup) -> str:
    """How far the trial went."""
    proof = backup.proof
    if proof is None or proof.fault:
        return ""
    number = "".join(c for c in proof.said if c.isdigit())
    return counted("1 account found in it", "{count} accounts found in it", int(number)) if number else ""


def _when_needed(known: Backups) -> QWidget:
    name = known.backups[0].name if known.backups else "hub-….tar"
    first = Label(tr("Stop the server. Then, at its machine:"), "body", wrap=True)
    then = Label(
        tr("What was there is kept in before-restore. Start the server again: laptops notice it by themselves and send "
           "again what they had sent since the backup, for 90 days back."),
        "body", wrap=True,
    )  # fmt: skip
    away = Label(tr("Copy the backups to another machine, and let nobody read them: they hold the server's keys."),
                 "body", "text2", wrap=True)  # fmt: skip
    line = command(f"lms-server restore --data FOLDER {known.folder.rstrip('/')}/{name}")
    return section(tr("When you need one"), first, line, then, away, gap=8)
