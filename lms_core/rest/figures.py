"""Figures of the platform and the state of the server, for those who look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport


class Dataset(msgspec.Struct, frozen=True):
    """One row of a chart's values; `label` is a code."""

    data: list[float]
    label: str = ""


class ChartData(msgspec.Struct, frozen=True):
    """Labels and the values for each."""

    labels: list[str]
    datasets: list[Dataset]


class Chart(msgspec.Struct, frozen=True):
    """A chart (ANA-05): a line or bars."""

    type: str
    data: ChartData

    def row(self, label: str) -> list[float]:
        """The values of one row; none when it is not in the chart."""
        return next((each.data for each in self.data.datasets if each.label == label), [])


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """The platform in figures; `learners` and `seconds` are of the last thirty days, the time in ISO 8601."""

    total_accounts: int
    total_students: int
    total_instructors: int
    total_courses: int
    total_enrolments: int
    total_completions: int
    total_lessons_completed: int
    total_certificates_issued: int
    learners: int
    seconds: int
    last_updated: str


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for the operator."""

    set_aside: int
    failed_jobs: list[str]


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's dashboard; what could not be told is None or left out."""

    totals: Totals | None
    charts: dict[str, Chart]
    health: Health | None


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """The last backup."""

    at: str
    said: str


class Database(msgspec.Struct, frozen=True, kw_only=True):
    """The database of the server, its size in bytes."""

    kind: str
    layout: str
    newest_layout: str
    bytes: int
    last_backup: Backup | None


class FiguresApi:
    """Figures (ANA-03) and the server's own state (OPS-02). Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def platform(self, *, days: int) -> Platform:
        """The platform, its charts over so many days; for managers and administrators."""
        return msgspec.convert(self._line.ask("GET", "/analytics/platform", params={"days": str(days)}), Platform)

    def database(self) -> Database:
        """The database; for administrators."""
        told = self._line.ask("GET", "/system/db-status") | self._line.ask("GET", "/system/db-stats")
        return msgspec.convert(told, Database)
