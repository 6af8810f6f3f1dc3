"""Today: one look says where to go on, what waits and how the week went."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QWidget

from desktop_lms.features.today.viewmodel import Due, Today, TodayModel
from desktop_lms.study_words import goal_words
from desktop_lms.told import ICONS, day_words
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.checklist import Checklist, centred
from desktop_lms.widgets.feedback import Banner, cannot_read, empty_state
from desktop_lms.widgets.flow import Flow
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.page import Columns, Page, heading, section
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import Bar, Card, Chip, Cover, IconMark, Tile
from desktop_lms.widgets.text import Elided, Label
from desktop_lms.widgets.theme import current, look
from desktop_lms.widgets.week import DayMark, WeekStrip
from desktop_lms.words import clock_words, counted, dotted, formats, tr
from lms_core.learning.notes_file import plain_words
from lms_core.notifications.model import Notification

Go = Callable[[str], None]
CHIP, LARGE = 160, 1.2
"""Width of a chip in px; above that scale of text the cover gives its room to the words."""
SAID = 200
"""Characters of a note that its row may say."""
KINDS = {"video": "video", "interactive": "hand", "lab_exercise": "wrench", "assignment": "clipboard-list"}


class TodayPage(Page):
    """The page. `go` follows a route."""

    def __init__(self, model: TodayModel, *, go: Go, open_example: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._model, self._go, self._open_example = model, go, open_example
        self._shown: Today | None = None
        self.setAccessibleName(tr("Today"))
        model.changed.connect(self._render)
        look().changed.connect(self._restyle)
        self._render()
        model.refresh()

    def _restyle(self) -> None:
        self._shown = None
        self._render()

    def _render(self) -> None:
        content, error = self._model.content, self._model.error
        if content is None:
            fault = cannot_read(tr("Your day cannot be read"), error, self._model.refresh) if error else None
            self.show_items(fault or Label(tr("Reading your day…"), "body", "text2"), "~")
        elif content != self._shown:
            self._shown = content
            locale = formats()
            day = QDate(content.today.year, content.today.month, content.today.day)
            over = locale.toString(day, tr("dddd d MMMM"))
            head = boxed(column(heading(greeting(content), over), clock_banner(content.clock_off_ms), gap=16))
            if content.is_empty:
                self.show_items(head, (self._empty(), 1), centred(self._steps(content)))
            else:
                main = boxed(column(*self._main(content), "~", gap=32))
                side = boxed(column(*self._side(content), "~", gap=24))
                self.show_items(head, 20, Columns(main, side), "~")

    def _steps(self, content: Today) -> QWidget | None:
        if not content.steps:
            return None
        course = content.resume.course_id if content.resume else ""
        here = f"course/{course}" if course else "courses"
        lesson = f"lesson/{course}/{content.resume.lesson_id}" if content.resume else here
        quiz = f"quiz/{content.due[0].course_id}/{content.due[0].lesson_id}" if content.due else here
        said = {
            "join": (tr("Join a course"), "courses"), "lesson": (tr("Open a lesson"), lesson),
            "note": (tr("Write a note beside it"), lesson), "quiz": (tr("Try a quiz"), quiz),
        }  # fmt: skip
        steps = [(*said[name], done) for name, done in content.steps.items()]
        return Checklist(steps, go=self._go, dismiss=self._model.put_steps_away)

    def _empty(self) -> QWidget:
        buttons = [self._button(tr("Find a course"), "courses", "primary", "library-big")]
        if self._open_example:
            example = Button(tr("Open an example"))
            example.clicked.connect(self._open_example)
            buttons.append(example)
        text = tr("Your next lesson, quizzes that wait and your week will stand here. It all works without a network.")
        return empty_state("book-open", tr("Begin with a course"), text, *buttons)

    # --- the main column
    def _main(self, content: Today) -> list[Item]:
        items: list[Item] = []
        if content.resume:
            items.append(self._continue(content))
        if content.cards.count:
            items.append(section(tr("Review"), self._cards(content)))
        if content.due:
            more = self._button(tr("All courses"), "courses", "link") if content.due_total > len(content.due) else None
            items.append(section(tr("Due next"), *listed(*(self._due(due) for due in content.due)), more=more))
        if content.ahead and content.resume:
            outline = self._button(tr("Open outline"), f"course/{content.resume.course_id}", "link")
            items.append(section(tr("Next in this course"), *listed(*self._ahead(content)), more=outline))
        if content.others:
            more = self._button(tr("All courses"), "courses", "link")
            items.append(section(tr("Your other courses"), *listed(*self._others(content)), more=more))
        return items

    def _continue(self, content: Today) -> QWidget:
        resume = content.resume
        if resume is None:
            return QWidget()
        facts = tr(
            "{percent} % of the course · {minutes} min left in this lesson",
            percent=round(resume.percent),
            minutes=content.minutes_left,
        )
        words = column(
            Label(tr("Pick up where you stopped") if resume.begun else tr("Begin here"), "caption", "accentText"),
            4,
            Label(resume.lesson_title, "title", wrap=True),
            Label(resume.course_title, "small", "text2", wrap=True),
            "~",
            Bar(resume.percent / 100),
            Label(facts, "caption", "text2", wrap=True),
            8,
            boxed(
                Flow(
                    self._button(
                        tr("Continue") if resume.begun else tr("Begin"),
                        f"lesson/{resume.course_id}/{resume.lesson_id}",
                        "primary",
                        "play",
                    ),
                    self._button(tr("Open outline"), f"course/{resume.course_id}"),
                )
            ),
            gap=4,
        )
        if current().scale > LARGE:
            return Card(row((words, 1), margin=16))
        cover = Cover(resume.course_id, width=current().px(208))
        cover.setMinimumHeight(180)
        return Card(row(cover, (words, 1), gap=24, margin=16))

    def _cards(self, content: Today) -> ListRow:
        cards = content.cards
        facts = (counted("1 due", "{count} due", cards.count), tr("about {minutes} min", minutes=cards.minutes))
        return self._row(ListRow(tr("Cards to review"), dotted(*facts), lead=Tile("layers")), "review/session")

    def _due(self, due: Due) -> ListRow:
        facts = [
            due.course_title,
            counted("1 question", "{count} questions", due.questions),
        ]
        if due.minutes:
            facts.append(tr("{minutes} min", minutes=due.minutes))
        chip = (
            Chip(tr("In progress"), "info", "circle-dot")
            if due.running
            else Chip(tr("Not started"), "neutral", "circle")
        )
        slot = boxed(row(chip, "~"))
        slot.setMinimumWidth(CHIP if current().scale > LARGE else current().px(CHIP))
        return self._row(
            ListRow(due.title, dotted(*facts), slot, lead=Tile("list-checks")),
            f"quiz/{due.course_id}/{due.lesson_id}",
        )

    def _ahead(self, content: Today) -> list[ListRow]:
        course = content.resume.course_id if content.resume else ""
        return [
            self._row(
                ListRow(each.title, tr("{minutes} min", minutes=max(1, each.minutes)),
                        lead=Tile(KINDS.get(each.kind, "file-text"), "neutral")),
                f"lesson/{course}/{each.id}",
            )
            for each in content.ahead
        ]  # fmt: skip

    def _others(self, content: Today) -> list[ListRow]:
        rows = []
        for state in content.others:
            words = (
                tr("Done")
                if state.percent >= 100
                else tr("{done} of {total} lessons", done=state.lessons_done, total=state.lessons_total)
            )
            bar = Bar(state.percent / 100)
            bar.setFixedWidth(current().px(120))
            cover = Cover(state.course_id, width=current().px(40), height=current().px(40))
            rows.append(self._row(ListRow(state.title, words, bar, lead=cover), f"course/{state.course_id}"))
        return rows

    def _row(self, made: ListRow, route: str) -> ListRow:
        made.clicked.connect(lambda: self._go(route))
        return made

    def _button(self, text: str, route: str, kind: str = "", icon: str = "") -> Button:
        button = Button(text, kind, icon)  # type: ignore[arg-type]
        button.clicked.connect(lambda: self._go(route))
        return button

    # --- the side column
    def _side(self, content: Today) -> list[Item]:
        items: list[Item] = [self._steps(content), self._week(content)]
        news = [self._told(each) for each in content.told]
        for card in content.updates:
            made = ListRow(card.title, tr("Version {version} is out", version=card.version), lead=IconMark("sparkles"))
            news.append(self._row(made, f"course/{card.id}"))
        for card in content.fresh:
            made = ListRow(card.title, tr("New in the catalogue"), lead=IconMark("book-open"))
            news.append(self._row(made, f"course/{card.id}"))
        if news:
            items.append(section(tr("New"), *listed(*news)))
        if content.notes:
            items.append(section(tr("Latest notes"), *listed(*self._notes(content))))
        return items

    def _told(self, told: Notification) -> ListRow:
        """One thing that happened; what has no page of its own is read in the inbox."""
        made = ListRow(told.title, told.message, Label(day_words(told.created_at, short=True), "caption", "text2"),
                       lead=IconMark(ICONS.get(told.kind, "info")))  # fmt: skip
        if told.action_url:
            made.clicked.connect(lambda: self._model.read(told))
        return self._row(made, told.action_url or "inbox")

    def _notes(self, content: Today) -> list[ListRow]:
        rows = []
        for note in content.notes:
            title = plain_words(note.body[:SAID]) or f"“{note.quote}”"
            where = content.titles.get(note.lesson_id or "", "")
            route = f"lesson/{note.course_id}/{note.lesson_id}" if where else "notes"
            mark = IconMark("highlighter" if note.quote else "notebook-pen")
            rows.append(self._row(ListRow(title, where or tr("Loose note"), lead=mark), route))
        return rows

    def _week(self, content: Today) -> QWidget:
        spent = sum(day.seconds for day in content.week)
        said = tr("{days}-day streak", days=content.streak) if content.streak > 1 else tr("Studied today")
        fire = row(IconMark("flame", 14), Label(said, "caption", "text2"), gap=4) if content.streak else None
        words = tr("{time} this week", time=spell(spent)) if spent else tr("No study time yet this week")
        locale = formats()
        days = [
            DayMark(
                locale.dayName(each.day.isoweekday(), QLocale.FormatType.ShortFormat),
                bool(each.seconds),
                each.day == content.today,
            )
            for each in content.week
        ]
        goals: list[Item] = []
        for goal in content.goals:
            mark = IconMark("circle-check", 16, "success") if goal.is_met else None
            goals.append(row((Bar(min(1.0, goal.reached / goal.target)), 1), mark, gap=8))
            goals.append(Label(goal_words(goal), "caption", "text2"))
        more = self._button(tr("Your progress") if goals else tr("Set a goal…"), "progress", "link")
        return Card(
            column(
                row(Label(tr("This week"), "heading"), "~", fire),
                WeekStrip(days, words),
                Elided(words, "small", "text2"),
                *goals,
                row(more, "~"),
                gap=12,
                margin=20,
            )
        )


def clock_banner(off_ms: int) -> QWidget | None:
    """Say that the clock is off."""
    if not off_ms:
        return None
    text = tr("Nothing is lost by it. Set date and time in the system, so that deadlines are right.")
    return Banner(clock_words(off_ms), text, tone="warning", icon="clock")


def greeting(content: Today) -> str:
    """Good morning, by the hour; the name as one is called."""
    hour, name = content.now.hour, content.name.split()[0] if content.name.strip() else ""
    if hour < 4:
        said = tr("Good night, {name}", name=name)
    elif hour < 12:
        said = tr("Good morning, {name}", name=name)
    elif hour < 18:
        said = tr("Good afternoon, {name}", name=name)
    else:
        said = tr("Good evening, {name}", name=name)
    return said if name else said.rstrip(" ,،")


def spell(seconds: int) -> str:
    """A span of time in hours and minutes."""
    hours, minutes = divmod(max(1, round(seconds / 60)), 60)
    if hours:
        return tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return tr("{minutes} min", minutes=minutes)
