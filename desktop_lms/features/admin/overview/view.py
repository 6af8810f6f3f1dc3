"""The administration's first page: figures and charts of the platform, and the state of the server."""

from __future__ import annotations

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop_lms.features.admin.overview.viewmodel import PERIODS, OverviewModel
from desktop_lms.features.admin.view import banner
from desktop_lms.widgets.chart import Plot
from desktop_lms.widgets.feedback import Banner
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Page, heading, section
from desktop_lms.widgets.rows import listed
from desktop_lms.widgets.sizes import size_of
from desktop_lms.widgets.surfaces import Bar, Card
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.times import moment_words
from desktop_lms.words import counted, dotted, formats, tr
from lms_core.rest.figures import Chart, Database, Platform, Totals

TILE, MANY_CATEGORIES = 150, 8


class OverviewPage(Page):
    """The page."""

    def __init__(self, model: OverviewModel) -> None:
        super().__init__()
        self._model = model
        self.setAccessibleName(tr("Overview"))
        model.changed.connect(self._show)
        look().changed.connect(self._show)
        self._show()
        model.refresh()

    def _show(self) -> None:
        model, platform = self._model, self._model.platform
        told = banner(model, tr("The figures are counted there. Your own work goes on without it."))
        items: list[Item] = [told, 16] if told is not None else []
        as_of = ""
        if platform is None:
            items.append(None if model.trouble else Label(tr("Asking the server…"), "body", "text2"))
        else:
            as_of = tr("as of {when}", when=moment_words(platform.totals.last_updated)) if platform.totals else ""
            failed = platform.health.failed_jobs if platform.health else []
            if failed:
                detail = tr("Administrators see under Background work what happened.")
                items += [Banner(tr("Work of the server failed"), detail, tone="warning", icon="circle-alert"), 16]
            items += self._figures(platform)
        self.show_items(heading(tr("Overview"), as_of, *self._period()), 20, *items, "~")

    def _period(self) -> list[QWidget]:
        if self._model.platform is None:
            return []
        choice = Choice([(str(days), tr("Last {days} days", days=days)) for days in PERIODS], name=tr("Time"))
        choice.choose(str(self._model.days))
        choice.chosen.connect(lambda days: self._model.look_back(int(days)))
        return [choice]

    def _figures(self, platform: Platform) -> list[Item]:
        model = self._model
        items: list[Item] = [Tiles(tiles(platform.totals)), 28] if platform.totals else []
        charts = platform.charts
        if "user_growth" in charts:
            items += [plot(tr("Accounts"), charts["user_growth"], "accounts"), 28]
        if "system_usage" in charts:
            items += [plot(tr("Learners a day"), charts["system_usage"], "learners", bars=True), 28]
            items += [plot(tr("Hours studied a day"), charts["system_usage"], "hours", bars=True), 28]
        if "courses_per_category" in charts:
            items += [shares(tr("Courses by category"), charts["courses_per_category"].data.labels,
                             charts["courses_per_category"].row("courses")), 28]  # fmt: skip
        if "activity" in charts:
            names = [activities().get(each, each) for each in charts["activity"].data.labels]
            items += [shares(tr("What was done"), names, charts["activity"].row("count")), 28]
        items += searches(charts)
        if model.database is not None:
            waiting = platform.health.set_aside if platform.health else 0
            items += [section(tr("Database"), facts(database_facts(model.database, waiting)), gap=0), 28]
        return items


class Tiles(QWidget):
    """Figures beside each other, in as many rows as the width asks for."""

    def __init__(self, figures: list[tuple[str, str]]) -> None:
        super().__init__()
        self._cards = [Card(column(Label(value, "metric"), Label(name, "small", "text2", wrap=True), "~", gap=2,
                                   margin=(16, 12, 16, 12))) for name, value in figures]  # fmt: skip
        for card, (name, value) in zip(self._cards, figures, strict=True):
            card.setAccessibleName(f"{name}: {value}")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self._across = 0
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        fit = self.width() // current().px(TILE)
        across = next((each for each in (8, 4) if fit >= each), 2)
        if across == self._across:
            return
        for at in range(self._across):
            self._grid.setColumnStretch(at, 0)
        self._across = across
        for number, card in enumerate(self._cards):
            self._grid.addWidget(card, number // across, number % across)
        for at in range(across):
            self._grid.setColumnStretch(at, 1)


def tiles(totals: Totals) -> list[tuple[str, str]]:
    """The figures in words."""
    return [
        (tr("Accounts"), number(totals.total_accounts)), (tr("Students"), number(totals.total_students)),
        (tr("Instructors"), number(totals.total_instructors)), (tr("Courses"), number(totals.total_courses)),
        (tr("Enrolments"), number(totals.total_enrolments)),
        (tr("Courses completed"), number(totals.total_completions)),
        (tr("Lessons completed"), number(totals.total_lessons_completed)),
        (tr("Hours in thirty days"), number(totals.seconds // 3600)),
    ]  # fmt: skip


def plot(title: str, told: Chart, which: str, *, bars: bool = False) -> QWidget:
    """A chart of days with its title."""
    values = told.row(which)
    days = [day_words(each) for each in told.data.labels]
    drawn = Plot(days, values, name=title, say=number, bars=bars)
    return section(title, Card(column(drawn, gap=0, margin=(16, 16, 16, 8))))


def shares(title: str, names: list[str], values: list[float]) -> QWidget:
    """Values with their names, as bars below each other; the rest together when there are many."""
    pairs = sorted(zip(names, values, strict=True), key=lambda pair: -pair[1])
    shown, rest = pairs[:MANY_CATEGORIES], pairs[MANY_CATEGORIES:]
    if rest:
        shown.append((tr("All others"), sum(value for _, value in rest)))
    if not shown:
        return section(title, Label(tr("Nothing yet"), "body", "text2"))
    most = max(max(value for _, value in shown), 1)
    rows: list[Item] = []
    for name, value in shown:
        words = Elided(name or tr("Without a category"), "small")
        words.setFixedWidth(current().px(160))
        count = Label(number(value), "small", "text2")
        count.setMinimumWidth(current().px(48))
        count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = boxed(row(words, (Bar(value / most), 1), count, gap=12))
        line.setAccessibleName(f"{name}: {number(value)}")
        rows.append(line)
    return section(title, Card(column(*rows, gap=8, margin=(16, 14, 16, 14))))


def facts(pairs: list[tuple[str, str]]) -> QWidget:
    """Names and what they are, below each other."""
    rows = [boxed(row((Label(name, "small", "text2"), 1), (Label(said, "small", wrap=True), 2), gap=12,
                      margin=(4, 10, 4, 10))) for name, said in pairs]  # fmt: skip
    return Card(column(*listed(*rows), gap=0, margin=(12, 2, 12, 2)))


def database_facts(told: Database, waiting: int) -> list[tuple[str, str]]:
    """The database in words."""
    current_layout = told.layout == told.newest_layout
    backup = told.last_backup
    return [
        (tr("Kind"), "PostgreSQL" if told.kind == "postgresql" else "SQLite"),
        (tr("Size"), size_of(told.bytes)),
        (tr("Layout"), told.layout if current_layout else tr("{layout}, the program wants {newest}",
                                                             layout=told.layout, newest=told.newest_layout)),
        (tr("Last backup"), moment_words(backup.at) if backup else tr("none yet")),
        (tr("Set aside for you"), counted("1 change", "{count} changes", waiting) if waiting else tr("nothing")),
    ]  # fmt: skip


def searches(charts: dict[str, Chart]) -> list[Item]:
    """What people search for, as far as many do."""
    items: list[Item] = []
    if "search_figures" in charts:
        told = charts["search_figures"]
        found = dict(zip(told.data.labels, told.row("value"), strict=True))
        times = dotted(f"{number(found['p50_ms'])} ms", f"{number(found['p95_ms'])} ms")
        lines = [
            (tr("Searches"), number(found["searches"])), (tr("A result was opened"), f"{number(found['opened'])} %"),
            (tr("Nothing was found"), f"{number(found['empty'])} %"),
            (tr("Time of half of them, of nearly all"), times),
        ]  # fmt: skip
        items += [section(tr("Search"), facts(lines), gap=0), 28]
    for name, title in (("searches", tr("Popular searches")), ("empty_searches", tr("Searches that found nothing"))):
        if name in charts and charts[name].data.labels:
            items += [shares(title, charts[name].data.labels, charts[name].row("count")), 28]
    return items


def activities() -> dict[str, str]:
    """Kinds of activity in words."""
    return {
        "login": tr("App opened"), "lesson_open": tr("Lesson opened"), "lesson_complete": tr("Lesson completed"),
        "attempt": tr("Quiz handed in"), "download": tr("Course downloaded"), "search": tr("Searched"),
    }  # fmt: skip


def number(value: float) -> str:
    """A number as people write it."""
    return formats().toString(int(value)) if value == int(value) else formats().toString(value, "f", 1)


def day_words(day: str) -> str:
    """A day without its year."""
    return formats().toString(QDate.fromString(day, Qt.DateFormat.ISODate), "d MMM")
