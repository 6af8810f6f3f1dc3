"""Progress: how the time went, what was reached, and how far each course is; every chart is also a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QDate, QDateTime, QLocale
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_lms.features.progress.viewmodel import DAYS, Progress, ProgressModel, moment
from desktop_lms.study_words import GOAL_DAYS, GOAL_MINUTES, goal_words, grade_words, spell, streak_words
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.chart import Plot
from desktop_lms.widgets.feedback import Banner, Sheet, cannot_read, empty_state
from desktop_lms.widgets.inputs import Choice, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Grid, Page, heading, section
from desktop_lms.widgets.ring import Ring
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Cover, IconMark, Tile
from desktop_lms.widgets.switches import Segments
from desktop_lms.widgets.table import Cell, Column, DataTable
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.week import DayMark, WeekStrip
from desktop_lms.words import counted, dotted, formats, sentence, tr
from lms_core.learning.model import CourseState

Go = Callable[[str], None]
Say = Callable[[str, Callable[[], None] | None], None]
CERTIFICATES, SCORES, ROWS = 3, 12, 8


class ProgressPage(Page):
    """The page; `go` follows a route, `say` shows a toast."""

    def __init__(
        self, model: ProgressModel, *, go: Go, say: Say, open_example: Callable[[], None] | None = None
    ) -> None:
        super().__init__()
        self._model, self._go, self._say, self._open_example = model, go, say, open_example
        self._shown: object = None
        self._part = 0
        self._tables: set[str] = set()
        self.setAccessibleName(tr("Progress"))
        model.changed.connect(self._render)
        model.exported.connect(self._on_exported)
        look().changed.connect(self._restyle)
        self._render()
        model.refresh()

    def _restyle(self) -> None:
        self._shown = None
        self._render()

    def _on_exported(self) -> None:
        self._say(tr("Your data is in the file"), None)

    def _render(self) -> None:
        content, error = self._model.content, self._model.error
        now = (content, error, self._part, frozenset(self._tables))
        if now == self._shown:
            return
        self._shown = now
        trouble = Banner(tr("This did not work"), sentence(error), tone="warning") if error else None
        if content is None:
            fault = cannot_read(tr("Your progress cannot be read"), error, self._model.refresh) if error else None
            words = Label(tr("Adding up your progress…"), "body", "text2")
            self.show_items(heading(tr("Progress")), 20, fault or words, "~")
        elif content.is_empty:
            buttons = [self._button(tr("Find a course"), lambda: self._go("courses"), "primary", "library-big")]
            if self._open_example:
                buttons.append(self._button(tr("Open an example"), self._open_example))
            text = tr("Your time, streak, grades and certificates will stand here, also without a network.")
            empty = empty_state("chart-no-axes-column", tr("Nothing learned yet"), text, *buttons)
            self.show_items(heading(tr("Progress")), trouble, (empty, 1))
        else:
            parts = (self._overview, self._courses, self._grades)
            self.show_items(self._head(content), 24, trouble, *parts[self._part](content), 32, self._own_data(), "~")

    def _head(self, content: Progress) -> QWidget:
        parts = Segments([tr("Overview"), tr("Courses"), tr("Grades")], self._part, name=tr("Part of the progress"))
        parts.chosen.connect(self._on_part)
        said = ""
        if content.has_server:
            at = content.as_of
            said = tr("Figures as of {time}", time=_time(at)) if at else tr("Figures of this device alone")
        return heading(tr("Progress"), "", *([Label(said, "small", "text2")] if said else []), parts)

    def _on_part(self, at: int) -> None:
        self._part = at
        self._render()

    def _button(self, text: str, then: Callable[[], object], kind: str = "", icon: str = "") -> Button:
        made = Button(text, kind, icon, small=kind != "primary")  # type: ignore[arg-type]
        made.clicked.connect(lambda: then())
        return made

    # --- overview
    def _overview(self, content: Progress) -> list[Item]:
        cards = self._week(content), self._all(content), self._certificates(content)
        return [Grid(self._time(content), self._scores(content), least=360, most=2), 24, Grid(*cards, least=268)]

    def _charted(
        self, key: str, title: str, said: str, plot: Callable[[], QWidget], rows: Sequence[tuple[str, str]]
    ) -> QWidget:
        """A chart, or the same as a table."""
        as_table = key in self._tables
        switch = Button(tr("Show as chart") if as_table else tr("Show as table"), "link", small=True)
        switch.setAccessibleName(f"{title}: {switch.text()}")
        switch.clicked.connect(lambda: self._turn(key))
        head = row((Elided(title, "heading"), 1), switch, gap=8)
        body = _table(title, rows) if as_table else plot()
        return Card(column(head, Label(said, "small", "text2", wrap=True), 8, body, "~", gap=4, margin=20))

    def _turn(self, key: str) -> None:
        self._tables ^= {key}
        self._render()

    def _time(self, content: Progress) -> QWidget:
        locale = formats()
        days = [QDate(each.day.year, each.day.month, each.day.day) for each in content.days]
        short = [locale.dayName(each.dayOfWeek(), QLocale.FormatType.ShortFormat) for each in days]
        minutes = [each.seconds // 60 for each in content.days]
        said = tr("Last {days} days · {time}, this week darker", days=DAYS, time=spell(60 * sum(minutes)))
        week = sum(each.day >= content.week[0].day for each in content.days)
        rows = [
            (locale.toString(day, QLocale.FormatType.ShortFormat), tr("{minutes} min", minutes=value))
            for day, value in zip(days, minutes, strict=True)
        ]
        title = tr("Minutes of study")
        return self._charted(
            "time", title, said, lambda: Plot(short, minutes, name=title, bars=True, lately=week), rows[::-1]
        )

    def _scores(self, content: Progress) -> QWidget:
        title, last = tr("Quiz results"), content.grades[-SCORES:]
        if not last:
            words = Label(tr("Results stand here once you have handed in a quiz."), "small", "text2", wrap=True)
            return Card(column(Label(title, "heading"), words, "~", gap=4, margin=20))
        locale = formats()
        names = [locale.toString(_day(each.submitted_at), "d MMM") for each in last]
        values = [round(each.percent) for each in last]
        rows = [(dotted(name, each.title), f"{each.percent:.0f} %") for name, each in zip(names, last, strict=True)]
        return self._charted(
            "scores", title, tr("Percent, attempt by attempt"),
            lambda: Plot(names, values, name=title, say=lambda value: f"{value:.0f} %"), rows[::-1],
        )  # fmt: skip

    def _week(self, content: Progress) -> QWidget:
        figures, locale = content.figures, formats()
        days = [
            DayMark(
                locale.dayName(each.day.isoweekday(), QLocale.FormatType.ShortFormat), bool(each.seconds),
                each.day == content.today,
            )
            for each in content.week
        ]  # fmt: skip
        said = streak_words(figures.current_streak, figures.longest_streak)
        goals: list[Item] = []
        for goal in content.goals:
            bar = Bar(min(1.0, goal.reached / goal.target))
            mark = IconMark("circle-check", 16, "success") if goal.is_met else None
            goals += [8, row((bar, 1), mark, Label(goal_words(goal), "caption", "text2"), gap=12)]
        change = self._button(tr("Change goals…") if content.goals else tr("Set a goal…"), self.ask_goals, "", "flag")
        return Card(column(
            Label(tr("This week"), "heading"), Label(said, "small", "text2", wrap=True), 12, WeekStrip(days, said),
            *goals, 8, "~", row(change, "~"), gap=4, margin=20,
        ))  # fmt: skip

    def _all(self, content: Progress) -> QWidget:
        figures = content.figures
        said = counted("1 course, {time} of study", "{count} courses, {time} of study", figures.total_courses,
                       time=spell(figures.total_time_spent))  # fmt: skip
        lines = [
            (tr("Completed"), figures.courses_completed), (tr("In progress"), figures.courses_in_progress),
            (tr("Lessons done"), figures.lessons_completed), (tr("Certificates"), figures.certificates_earned),
        ]  # fmt: skip
        told = [row((Elided(name, "small"), 1), Label(str(count), "small", "text2"), gap=8) for name, count in lines]
        name = tr("{percent} % of all courses on average", percent=int(figures.average_progress))
        ring = Ring(figures.average_progress, tr("on average"), name=name)
        return Card(column(
            Label(tr("All courses"), "heading"), Label(said, "small", "text2", wrap=True), 12,
            row(ring, (boxed(column("~", *told, "~", gap=10)), 1), gap=20), "~", gap=4, margin=20,
        ))  # fmt: skip

    def _certificates(self, content: Progress) -> QWidget:
        held = content.certificates
        rows: list[Item] = []
        for each in held[:CERTIFICATES]:
            day = formats().toString(_day(each.credential.issued_at), tr("d MMMM yyyy"))
            detail = day if each.is_valid else tr("Revoked")
            made = ListRow(each.credential.facts.course_title, detail, lead=Tile("award", "accent", size=36))
            made.clicked.connect(self._to_certificates)
            rows.append(made)
        none = Label(tr("Complete a course that gives one."), "small", "text2", wrap=True)
        open_all = self._button(tr("All certificates"), self._to_certificates, "link")
        return Card(column(
            row((Elided(tr("Certificates"), "heading"), 1), open_all, gap=8),
            Label(tr("Valid without a network"), "small", "text2", wrap=True) if rows else none, 8,
            *listed(*rows), "~", gap=4, margin=20,
        ))  # fmt: skip

    def _to_certificates(self) -> None:
        self._go("certificates")

    # --- courses and grades
    def _courses(self, content: Progress) -> list[Item]:
        if not content.courses:
            return [Label(tr("No course yet"), "body", "text2")]
        return [boxed(column(*listed(*(self._course(each) for each in content.courses)), gap=0))]

    def _course(self, state: CourseState) -> ListRow:
        facts = [tr("{done} of {total} lessons", done=state.lessons_done, total=state.lessons_total)]
        if state.seconds:
            facts.append(tr("{time} studied", time=spell(state.seconds)))
        if state.last_active_at:
            day = formats().toString(_day(state.last_active_at), QLocale.FormatType.ShortFormat)
            facts.append(tr("last on {day}", day=day))
        bar = Bar(state.percent / 100)
        bar.setFixedWidth(current().px(140))
        percent = Label(f"{int(state.percent)} %", "small", "text2")
        percent.setMinimumWidth(current().px(44))
        done = Chip(tr("Completed"), "success", "circle-check") if state.status == "completed" else None
        cover = Cover(state.course_id, width=current().px(40), height=current().px(40))
        end = [each for each in (done, bar, percent) if each]
        made = ListRow(state.title, dotted(*facts), *end, lead=cover)
        made.clicked.connect(lambda: self._go(f"course/{state.course_id}"))
        return made

    def _grades(self, content: Progress) -> list[Item]:
        if not content.grades:
            return [Label(tr("Results stand here once you have handed in a quiz."), "body", "text2")]
        columns = [
            Column(tr("Quiz"), stretch=True), Column(tr("Course"), stretch=True), Column(tr("Handed in"), number=True),
            Column(tr("Result"), number=True), Column(tr("State")),
        ]  # fmt: skip
        table = DataTable(columns, name=tr("Grades"))
        locale = formats()
        table.show_rows([
            (f"quiz/{x.course_id}/{x.lesson_id}", (
                Cell(x.title), Cell(x.course_title),
                Cell(locale.toString(_day(x.submitted_at), QLocale.FormatType.ShortFormat), x.submitted_at),
                Cell(f"{x.percent:.0f} %", x.percent),
                Cell(grade_words(passed=x.passed, final=x.is_final)),
            ))
            for x in reversed(content.grades)
        ])  # fmt: skip
        table.opened.connect(self._go)
        table.setMinimumHeight(current().px(44) * (min(ROWS, len(content.grades)) + 1) + 8)
        return [table]

    # --- what belongs to the person
    def _own_data(self) -> QWidget:
        export = self._button(tr("Export my data…"), self._ask_where, "", "file-text")
        about = tr("All that you wrote and did, in a file that other programs can read.")
        return section(tr("Your data"), boxed(row((Label(about, "small", "text2", wrap=True), 1), export, gap=16)))

    def _ask_where(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Export my data…"), "my-data.zip", "*.zip")
        if path:
            self._model.export(Path(path))

    def ask_goals(self) -> None:
        """Ask how much one wants to study."""
        content = self._model.content
        if content is None:
            return
        none = ("0", tr("No goal"))
        minutes = Choice([none, *((str(n), tr("{minutes} min", minutes=n)) for n in GOAL_MINUTES)], name=tr("A day"))
        days = Choice([none, *((str(n), counted("1 day", "{count} days", n)) for n in GOAL_DAYS)], name=tr("A week"))
        minutes.choose(str(content.goal_minutes))
        days.choose(str(content.goal_days))
        leave, save = Button(tr("Cancel")), Button(tr("Save"), "primary")
        text = tr("Goals are yours alone. They go with your account to your other devices.")
        fields = labelled(tr("Time a day"), minutes), labelled(tr("Days a week"), days)
        about = Label(text, "small", "text2", wrap=True)
        sheet = Sheet(self.window(), tr("What do you want to reach?"), about, *fields, buttons=(leave, save))

        def keep() -> None:
            self._model.set_goals(minutes=int(minutes.value), days=int(days.value))
            sheet.close_sheet()

        leave.clicked.connect(sheet.close_sheet)
        save.clicked.connect(keep)


def _table(title: str, rows: Sequence[tuple[str, str]]) -> QWidget:
    made: list[Item] = [
        boxed(row((Elided(name, "small"), 1), Label(value, "small", "text2"), gap=8, margin=(0, 6, 0, 6)))
        for name, value in rows
    ]
    box = boxed(column(*listed(*made), gap=0))
    box.setAccessibleName(f"{title}. " + ". ".join(f"{name}: {value}" for name, value in rows))
    return box


def _day(ms: int) -> QDate:
    day = moment(ms).date()
    return QDate(day.year, day.month, day.day)


def _time(ms: int) -> str:
    at = QDateTime.fromMSecsSinceEpoch(ms)
    today = at.date() == QDate.currentDate()
    return formats().toString(at, "HH:mm" if today else "d MMM, HH:mm")
