"""A person's certificates: seen, saved and printed without a network, and whether one of somebody is valid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Signal
from PySide6.QtGui import QImage

from desktop_lms.store import Store
from lms_core.certificates.model import MOST_FILE, Shown, Verdict, verification_url
from lms_core.certificates.shelf import Provisional
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError, NotFound, StorageError, UserError
from lms_core.rest.certificates import CertificatesApi, Verified
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Held:
    """What is here: certificates, courses whose certificate the server still has to issue, and the server's address."""

    certificates: tuple[Shown, ...]
    provisional: tuple[Provisional, ...]
    server: str


@dataclass(frozen=True)
class Answer:
    """What was found out; `at_server` when the server was asked, who alone knows what was revoked since."""

    verdict: Verdict
    at_server: bool


@dataclass(frozen=True)
class Paper:
    """A certificate as a file, and its picture."""

    number: str
    data: bytes
    picture: QImage


def load(workspace: Workspace) -> Held:
    """Read it."""
    shelf = workspace.certificates
    return Held(tuple(shelf.own()), tuple(shelf.provisional()), workspace.profile.info.server_url or "")


class CertificatesModel(QObject):
    """State of the page; `held` is None until it was read once.

    `answer` or `error` is what came of the last question; `opened` hands over a certificate to be shown, `saved` tells
    that a file was written.
    """

    changed = Signal()
    opened = Signal(object)
    saved = Signal(str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.held: Held | None = None
        self.answer: Answer | None = None
        self.error: LmsError | None = None
        self.busy = False
        store.changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read again."""
        self._store.read(self, load, self._on_loaded, self._on_failed)

    def _on_changed(self, changes: Changes) -> None:
        if changes.topics & {Topic.LEARNING, Topic.COURSES}:
            self.refresh()

    def _on_loaded(self, held: Held) -> None:
        if self.held is None:
            self.error = None
        self.held = held
        self.changed.emit()

    def _on_failed(self, error: LmsError) -> None:
        self.error, self.busy = error, False
        self.changed.emit()

    # --- own ones
    def open(self, certificate: str) -> None:
        """Make the file and its picture."""
        self.error = None
        store = self._store

        def work() -> Paper:
            number, data = store.in_turn(lambda: store.workspace.certificates.file(certificate))
            return Paper(number, data, picture_of(data))

        store.pool(self, work, self.opened.emit, self._on_failed)

    def save(self, paper: Paper, path: Path) -> None:
        """Write it to a file."""

        def work() -> str:
            try:
                path.write_bytes(paper.data)
            except OSError as error:
                raise StorageError("file_unwritable", path=path.name) from error
            return path.name

        self._store.pool(self, work, self.saved.emit, self._on_failed)

    def address_of(self, number: str) -> str:
        """Where anybody can verify a certificate; "" without a server."""
        server = self.held.server if self.held else ""
        return verification_url(server, number) if server else ""

    # --- verifying
    def verify_number(self, text: str) -> None:
        """Find out whether a certificate is valid: here, and at the server where it can be reached."""
        number = text.strip()
        if not number:
            self._on_failed(UserError("field_required"))
            return
        self._begin()

        def look(workspace: Workspace) -> Verdict | None:
            try:
                return workspace.certificates.verify_number(number)
            except NotFound:
                return None

        self._store.run(self, look, lambda found: self._ask(number, found), self._on_failed)

    def verify_file(self, path: Path) -> None:
        """Find out whether a PDF is a certificate of this server that counts."""
        self._begin()

        def prove(workspace: Workspace) -> Verdict:
            try:
                with path.open("rb") as file:
                    data = file.read(MOST_FILE)
            except OSError as error:
                raise StorageError("disk_error", path=path.name) from error
            return workspace.certificates.verify_file(data)

        self._store.run(self, prove, self._on_proved, self._on_failed)

    def _on_proved(self, found: Verdict) -> None:
        if found.state == "valid":
            self._ask(found.certificate_number, found)
        else:
            self._on_answer(Answer(found, at_server=False))

    def _begin(self) -> None:
        self.answer, self.error, self.busy = None, None, True
        self.changed.emit()

    def _ask(self, number: str, found: Verdict | None) -> None:
        """Ask the server too; without it what was found here counts."""

        def work() -> Answer:
            try:
                said = CertificatesApi(self._store.workspace.online()).verify(number)
            except LmsError:  # away, signed out, or restored from before it was issued: the signature holds
                if found is None:
                    raise
                return Answer(found, at_server=False)
            return Answer(_verdict(said), at_server=True)

        self._store.pool(self, work, self._on_answer, self._on_failed)

    def _on_answer(self, answer: Answer) -> None:
        self.answer, self.busy = answer, False
        self.changed.emit()


def picture_of(data: bytes, *, width: int = 1400) -> QImage:
    """The first page of a PDF, `width` px wide."""
    from PySide6.QtPdf import QPdfDocument  # costly, and this alone needs it

    buffer, document = QBuffer(), QPdfDocument()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document.load(buffer)
    size = document.pagePointSize(0)
    return document.render(0, QSize(width, round(width * size.height() / size.width())))


def _verdict(said: Verified) -> Verdict:
    def ms(text: str) -> int:
        return round(datetime.fromisoformat(text).timestamp() * 1000)

    return Verdict(
        state="valid" if said.is_valid else "revoked", certificate_number=said.certificate_number,
        student_name=said.student_name, course_title=said.course_title, completed_at=ms(said.completion_date),
        revoked_at=ms(said.revocation_date) if said.revocation_date else None,
    )  # fmt: skip
