"""Reports as work behind the requests (OPS-03, ANA-14): asked for, made by one process, kept for a month."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from lms_core.accounts.audit import Action, By, note
from lms_core.accounts.model import Caller, Origin
from lms_core.analytics.report_kinds import KINDS, Kind
from lms_core.analytics.tables import report, report_file
from lms_core.classes.tables import cohort
from lms_core.courses.tables import course
from lms_core.db.bulk import upsert
from lms_core.errors import Conflict, Denied, LmsError, NotFound, UserError
from lms_core.formats.sheets import Sheet, to_csv, to_pdf
from lms_core.permissions import is_admin, is_moderator_or_up
from lms_core.unit import Unit, Work

log = logging.getLogger(__name__)

Look = Callable[[], AbstractContextManager[Connection]]
Status = Literal["queued", "running", "done", "failed", "cancelled"]
Format = Literal["csv", "pdf"]
FORMATS: Mapping[Format, Callable[[Sheet], bytes]] = {"csv": to_csv, "pdf": to_pdf}
OPEN = ("queued", "running")
LEASE_MS, KEEP_MS = 10 * 60_000, 30 * 86_400_000
PIECE, MOST_ROWS, MOST_OPEN = 500, 200_000, 5
READ_SHARE = 80
"""Per cent of the work that reading is; the rest is writing the files."""


class Report(Struct, frozen=True, kw_only=True):
    """A report; times in ms, `progress` in per cent, `reason` the code of what went wrong."""

    id: str
    requested_by: str
    kind: str
    parameters: dict[str, str]
    status: Status
    progress: int
    reason: str
    rows: int
    asked_at: int
    finished_at: int | None


class _Stopped(Exception):
    """The report is not wanted any more, or the process ends."""


class ReportsService:
    """Ask for reports and have them made. A manager sees their own, an administrator all."""

    def __init__(self, *, work: Work, look: Look, now_ms: Callable[[], int]) -> None:
        self._work, self._look, self._now_ms = work, look, now_ms
        self.ended = threading.Event()

    # --- asking
    def ask(self, caller: Caller, kind: str, parameters: Mapping[str, str], *, new: str = "", origin: Origin) -> Report:
        """Ask for a report; the same id again is the same report.

        Raises:
            Denied. NotFound: no such course or class. UserError: `invalid_fields`, `too_many` beyond five that are not
            made yet. Conflict: `id_reused`.
        """
        _check_staff(caller)
        wanted = {name: value for name, value in parameters.items() if value}
        faults = [name for name in wanted if kind not in KINDS or name not in KINDS[kind].takes]
        if kind not in KINDS or faults:
            names = faults if kind in KINDS else ["kind"]
            raise UserError("invalid_fields", fields={each: ["invalid"] for each in names}, names=", ".join(names))
        with self._work() as unit:
            again = _row(unit, new) if new else None
            if again is not None:
                found = _report(again)
                if (found.requested_by, found.kind, found.parameters) != (caller.account, kind, wanted):
                    raise Conflict("id_reused")
                return found
            self._check_named(unit, caller, wanted)
            name = new or unit.new_id()
            row = {
                "id": name, "requested_by": caller.account, "kind": kind,
                "parameters": msgspec.json.encode(wanted).decode(), "status": "queued", "progress": 0, "reason": "",
                "rows": 0, "asked_at": unit.now_ms,
            }  # fmt: skip
            unit.local(insert(report).values(row).execution_options(journal=False))
            after = {"kind": kind, **wanted}
            note(unit, By.of(caller, origin), Action.REPORT_ASKED, entity="report", row=name, after=after)
            return _report(_row(unit, name))

    def _check_named(self, unit: Unit, caller: Caller, wanted: Mapping[str, str]) -> None:
        for name, table in (("course", course), ("cohort", cohort)):
            if name in wanted and not unit.all(select(table.c.id).where(table.c.id == wanted[name])):
                raise NotFound
        mine = report.c.requested_by == caller.account, report.c.status.in_(OPEN)
        if unit.all(select(func.count()).select_from(report).where(*mine))[0][0] >= MOST_OPEN:
            raise UserError("too_many", most=MOST_OPEN)

    def all(self, caller: Caller, *, offset: int, most: int) -> tuple[int, list[Report]]:
        """How many reports the caller may see, and some of them, the newest first. Raises Denied."""
        _check_staff(caller)
        seen = [] if is_admin(caller) else [report.c.requested_by == caller.account]
        with self._look() as conn:
            count = conn.scalar(select(func.count()).select_from(report).where(*seen)) or 0
            newest = select(report).where(*seen).order_by(report.c.asked_at.desc(), report.c.id.desc())
            return count, [_report(row) for row in conn.execute(newest.offset(offset).limit(most))]

    def one(self, caller: Caller, name: str) -> Report:
        """A report. Raises Denied, NotFound also for somebody else's."""
        with self._look() as conn:
            return _seen(caller, conn.execute(select(report).where(report.c.id == name)).first())

    def file(self, caller: Caller, name: str, form: Format) -> tuple[Report, bytes]:
        """A report and its file. Raises Denied, NotFound; Conflict `report_not_ready` before it is done."""
        found = self.one(caller, name)
        if found.status != "done":
            raise Conflict("report_not_ready")
        with self._look() as conn:
            c = report_file.c
            data = conn.scalar(select(c.data).where(c.report == name, c.format == form))
        if data is None:
            raise NotFound
        return found, bytes(data)

    def remove(self, caller: Caller, name: str) -> None:
        """Call a report off, or remove one that is made or failed. Raises Denied, NotFound."""
        with self._work() as unit:
            found = _seen(caller, _row(unit, name))
            if found.status in OPEN:
                _set(unit, name, status="cancelled", finished_at=unit.now_ms, lease=None)
            else:
                _forget(unit, report.c.id == name)

    # --- making
    def run(self) -> int:
        """Make what is asked for, one after the other; returns how many."""
        made = 0
        while not self.ended.is_set() and (taken := self._take()):
            self._make(taken)
            made += 1
        return made

    def sweep(self) -> int:
        """Forget reports of a month ago; returns how many."""
        with self._work() as unit:
            old = report.c.asked_at < unit.now_ms - KEEP_MS
            count = int(unit.all(select(func.count()).select_from(report).where(old))[0][0])
            _forget(unit, old)
        return count

    def _take(self) -> Report | None:
        """The next one, for this process alone; one whose process was killed has failed."""
        c, now = report.c, self._now_ms()
        waits, lost = c.status == "queued", (c.status == "running") & (c.lease < now)
        with self._look() as conn:
            if conn.execute(select(c.id).where(waits | lost).limit(1)).first() is None:
                return None
        with self._work() as unit:
            for row in unit.all(select(c.id).where(lost)):
                _set(unit, row.id, status="failed", reason="interrupted", finished_at=unit.now_ms, lease=None)
            next_ = unit.all(select(report).where(waits).order_by(c.asked_at, c.id).limit(1))
            for row in next_:
                _set(unit, row.id, status="running", lease=unit.now_ms + LEASE_MS)
            return _report(next_[0]) if next_ else None

    def _make(self, taken: Report) -> None:
        try:
            with self._look() as conn:
                rows = self._read(conn, taken, KINDS[taken.kind])
            self._keep(taken, self._sheet(taken, rows))
        except _Stopped:
            if self.ended.is_set():
                self._end(taken, status="queued", progress=0)
        except Exception as error:  # whatever it was, the others are made
            log.exception("the report %s failed", taken.id)
            reason = error.code if isinstance(error, LmsError) else "server_error"
            self._end(taken, status="failed", reason=reason, finished_at=self._now_ms())

    def _read(self, conn: Connection, taken: Report, kind: Kind) -> list[Sequence[Any]]:
        query = kind.query(taken.parameters).order_by(None).subquery()
        count = int(conn.scalar(select(func.count()).select_from(query)) or 0)
        if count > MOST_ROWS:
            raise UserError("report_too_large", most=MOST_ROWS)
        rows: list[Sequence[Any]] = []
        with closing(kind.rows(conn, taken.parameters)) as found:
            for row in found:
                rows.append(row)
                if len(rows) % PIECE == 0:
                    self._tell(taken, READ_SHARE * len(rows) // max(count, 1))
        self._tell(taken, READ_SHARE)
        return rows

    def _sheet(self, taken: Report, rows: list[Sequence[Any]]) -> Sheet:
        at = datetime.fromtimestamp(self._now_ms() / 1000, UTC)
        kind = KINDS[taken.kind]
        return Sheet(kind.title, f"{len(rows)} rows, as of {at:%Y-%m-%d %H:%M} UTC", kind.headings, rows)

    def _keep(self, taken: Report, sheet: Sheet) -> None:
        for form, make in FORMATS.items():
            data = make(sheet)
            with self._work() as unit:
                _check_wanted(unit, taken)
                file = upsert(unit.conn, report_file).values(report=taken.id, format=form, data=data)
                kept = file.on_conflict_do_update(index_elements=["report", "format"], set_={"data": data})
                unit.local(kept.execution_options(journal=False))
        self._end(taken, status="done", progress=100, rows=len(sheet.rows), finished_at=self._now_ms())

    def _tell(self, taken: Report, progress: int) -> None:
        """Say how far it is. Raises _Stopped when nobody wants it any more, or the process ends."""
        if self.ended.is_set():
            raise _Stopped
        with self._work() as unit:
            _check_wanted(unit, taken)
            _set(unit, taken.id, progress=progress, lease=unit.now_ms + LEASE_MS)

    def _end(self, taken: Report, **values: Any) -> None:
        with self._work() as unit:
            row = _row(unit, taken.id)
            if row is not None and row.status == "running":
                _set(unit, taken.id, **values, lease=None)


def _check_staff(caller: Caller) -> None:
    if not is_moderator_or_up(caller):
        raise Denied


def _check_wanted(unit: Unit, taken: Report) -> None:
    row = _row(unit, taken.id)
    if row is None or row.status != "running":
        raise _Stopped


def _seen(caller: Caller, row: Any) -> Report:
    """The report of a row that a caller may see."""
    _check_staff(caller)
    if row is None or not (is_admin(caller) or row.requested_by == caller.account):
        raise NotFound
    return _report(row)


def _row(unit: Unit, name: str) -> Any:
    rows = unit.all(select(report).where(report.c.id == name))
    return rows[0] if rows else None


def _set(unit: Unit, name: str, **values: Any) -> None:
    unit.local(update(report).where(report.c.id == name).values(**values).execution_options(journal=False))


def _forget(unit: Unit, which: Any) -> None:
    names = [row.id for row in unit.all(select(report.c.id).where(which))]
    for table, key in ((report_file, report_file.c.report), (report, report.c.id)):
        unit.local(delete(table).where(key.in_(names)).execution_options(journal=False))


def _report(row: Any) -> Report:
    told = {name: getattr(row, name) for name in Report.__struct_fields__}
    return Report(**(told | {"parameters": msgspec.json.decode(row.parameters, type=dict[str, str])}))
