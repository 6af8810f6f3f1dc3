"""Accounts from a table: every line is checked by the server first, then those in order are made."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.errors import MESSAGES, LmsError, UserError
from lms_core.rest.people import PeopleApi, Report

MOST_BYTES = 4 << 20
COLUMNS = ("email", "first_name", "last_name", "username", "cohort", "role", "password")
EXAMPLE = "email,first_name,last_name,cohort,role\nnoor@school.example,Noor,Ali,8b,student\n"


class TableModel(QObject):
    """State of the page: `report` is what would come of the table, with `made` what came of it.

    `error` says why the last thing did not work; `saved` tells that a file was written.
    """

    changed = Signal()
    saved = Signal(str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.name = ""
        self.report: Report | None = None
        self.made = False
        self.invite = True
        """Whether those without a password are mailed how to choose one."""
        self.error: LmsError | None = None
        self.busy = False
        self._table = b""

    def _api(self) -> PeopleApi:
        return PeopleApi(self._store.workspace.online())

    def take(self, path: Path) -> None:
        """Let the server check every line of a table."""
        self.name, self.report, self.made = path.name, None, False

        def work() -> Report:
            self._table = _read(path)
            return self._api().import_table(self._table, dry_run=True, invite=True)

        self._ask(work, made=False)

    def set_invite(self, invite: bool) -> None:
        """Mail those without a password, or nobody."""
        self.invite = invite

    def make(self) -> None:
        """Make the accounts of the lines that are in order."""
        table, invite = self._table, self.invite
        self._ask(lambda: self._api().import_table(table, dry_run=False, invite=invite), made=True)

    def begin_anew(self) -> None:
        """Forget the table."""
        self.name, self.report, self.made, self.error, self._table = "", None, False, None, b""
        self.changed.emit()

    def _ask(self, work: Callable[[], Report], *, made: bool) -> None:
        if self.busy:
            return
        self.error, self.busy = None, True
        self.changed.emit()

        def came(report: Report) -> None:
            self.busy, self.report, self.made = False, report, made
            self.changed.emit()

        self._store.pool(self, work, came, self._on_failed)

    def _on_failed(self, error: LmsError) -> None:
        self.busy, self.error = False, error
        self.changed.emit()

    # --- files
    def save_example(self, path: Path) -> None:
        """Write a table with the columns that a server knows."""
        self._write(path, EXAMPLE)

    def save_report(self, path: Path) -> None:
        """Write what became of each line, as a table."""
        if self.report is not None:
            self._write(path, table_of(self.report))

    def _write(self, path: Path, text: str) -> None:
        def work() -> str:
            try:
                path.write_text(text, "utf-8-sig", newline="")  # by which office programs know UTF-8
            except OSError as error:
                raise UserError("system_refused", why=error.strerror or "", path=path.name) from error
            return path.name

        self._store.pool(self, work, self.saved.emit, self._on_failed)


def table_of(report: Report) -> str:
    """What became of each line: its number, a word and why, in the order of the lines."""
    out = io.StringIO()
    rows: list[tuple[int, str, str]] = [(line, "existing", "") for line in report.existing]
    rows += [(line, "invited" if line in set(report.invited) else "created", "") for line in report.created]
    for faults in report.faults:
        said = [
            f"{name}: {MESSAGES.get(code, code)}" for name, codes in sorted(faults.fields.items()) for code in codes
        ]
        rows.append((faults.line, "fault", " ".join(said)))
    writer = csv.writer(out)
    writer.writerow(("line", "result", "reason"))
    writer.writerows(sorted(rows))
    return out.getvalue()


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError("too_large")
        return path.read_bytes()
    except OSError as error:
        raise UserError("system_refused", why=error.strerror or "", path=path.name) from error
