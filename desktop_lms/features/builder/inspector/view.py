"""What is beside the text: the lesson's settings, the course's, the checks, and the trash."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QStackedWidget

from desktop_lms.covers import Covers
from desktop_lms.features.builder.contents.view import ContentsPart
from desktop_lms.features.builder.contents.viewmodel import ContentsModel
from desktop_lms.features.builder.draft import DraftModel
from desktop_lms.features.builder.phrases import finding_words, kind_words
from desktop_lms.features.builder.settings.view import before, picture, progress
from desktop_lms.features.builder.viewmodel import BuilderModel
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Choice, Field, Hands, Paper, labelled
from desktop_lms.widgets.layout import Item, boxed, column, row
from desktop_lms.widgets.numbers import NumberField
from desktop_lms.widgets.page import Page
from desktop_lms.widgets.rows import ListRow, listed
from desktop_lms.widgets.surfaces import IconMark, Line, Panel
from desktop_lms.widgets.switches import Tabs
from desktop_lms.widgets.text import Label
from desktop_lms.widgets.theme import look
from desktop_lms.words import LANGUAGES, tr
from lms_core.content.model import ACCESS, LESSON_KINDS
from lms_core.courses.model import CourseDraft, LessonDraft


def _id_of(state: Any) -> object:
    return state and state[0]


def tier_words(tier: str) -> str:
    """Who that is."""
    return {"guest": tr("Everybody"), "registered": tr("People with an account"), "enrolled": tr("Enrolled learners"),
            "premium": tr("Premium")}[tier]  # fmt: skip


class Inspector(Panel):
    """The panel at the end."""

    def __init__(self, model: BuilderModel, draft: DraftModel, contents: ContentsModel, covers: Covers) -> None:
        self._tabs = Tabs([tr("Lesson"), tr("Course"), tr("Checks"), tr("Trash")], name=tr("Settings"))
        self._stack = QStackedWidget()
        super().__init__(
            column(boxed(row(self._tabs, "~", margin=(16, 8, 16, 0))), (self._stack, 1), gap=0), edge="start"
        )
        self._model, self._draft, self._contents = model, draft, contents
        self._pages = [Page(pad=16, top=16) for _ in range(4)]
        for page in self._pages:
            self._stack.addWidget(page)
        self._shown: list[object] = [None] * 4
        self._covers = covers
        self._hands = Hands(self)
        self._tabs.chosen.connect(self._stack.setCurrentIndex)
        model.changed.connect(self._show)
        draft.opened.connect(self._show)
        draft.settings_changed.connect(self._show)
        look().changed.connect(self._show_again)
        self._hands.left.connect(self._show)
        self._show()

    @property
    def least_width(self) -> int:
        """Room that the tabs need, in px."""
        return self._tabs.sizeHint().width() + 32

    def open_checks(self) -> None:
        """Show the checks."""
        self._tabs.choose(2)

    def _show_again(self) -> None:
        self._shown = [None] * 4
        self._show()

    def _show(self) -> None:
        building, lesson = self._model.building, self._draft.lesson
        if building is None:
            return
        findings = tuple(f for f in building.findings)
        course = (building.course, building.prerequisites, building.candidates)
        states = [lesson and (lesson.id, lesson.title, lesson.kind, lesson.minutes, lesson.preview, lesson.access_level,
                              lesson.has_lab, [f for f in findings if f.row == lesson.id]),
                  course, findings, building.trashed]  # fmt: skip
        fill = (self._lesson, self._course, self._checks, self._trash)
        for n, state in enumerate(states):
            same = n != 0 or _id_of(state) == _id_of(self._shown[0])
            if self._shown[n] is not None and same and self._hands.on:
                continue  # shown when the field is left
            if state != self._shown[n] or (n == 0 and state is None):
                self._shown[n] = state
                self._pages[n].show_items(*fill[n](), "~")
        self._tabs.show_names([tr("Lesson"), tr("Course"), count(tr("Checks"), len(findings)),
                               count(tr("Trash"), len(building.trashed))])  # fmt: skip

    # --- lesson
    def _lesson(self) -> list[Item]:
        lesson, draft = self._draft.lesson, self._draft
        if lesson is None:
            return [Label(tr("Choose a lesson on the left."), "small", "text2", wrap=True)]
        title = Field(name=tr("Title of the lesson"))
        title.show_text(lesson.title)
        title.settled.connect(lambda text: self._model.rename(lesson.id, text))
        kind = Choice([(k, kind_words(k)) for k in LESSON_KINDS])
        kind.choose(lesson.kind)
        kind.chosen.connect(lambda value: draft.change(kind=value))
        minutes = NumberField(
            lesson.minutes, 10_080, lambda n: draft.change(minutes=n or None), none=tr("from the words")
        )
        free = QCheckBox(tr("Free preview before enrolling"))
        free.setChecked(lesson.preview)
        free.toggled.connect(lambda on: draft.change(preview=on))
        lab = QCheckBox(tr("Something to try out (a lab)"))
        lab.setChecked(lesson.has_lab)
        lab.toggled.connect(lambda on: draft.change(has_lab=on))
        access = Choice([(level, tier_words(level)) for level in ACCESS])
        access.choose(lesson.access_level)
        access.chosen.connect(lambda value: draft.change(access_level=value))
        return [
            labelled(tr("Title"), title), 12, labelled(tr("Type"), kind), 12,
            labelled(tr("Duration in minutes"), minutes), 8, lab, 16, Line(), 16,
            ContentsPart(self._contents, self._covers), 16, Line(), 16, labelled(tr("Who can open it"), access), 6,
            free, 12, *self._tiers(lesson), 16, Line(), 16,
            Label(tr("Accessibility and completeness"), "strong"), 8, *self._of_lesson(lesson.id),
        ]  # fmt: skip

    def _tiers(self, lesson: LessonDraft) -> list[Item]:
        """What those read who may not read all of it, and what is said to those who read nothing (LES-09)."""
        made: list[Item] = []
        for field, words in (
            ("guest_content", tr("Text for guests")),
            ("registered_content", tr("Text for people with an account")),
            ("access_denied_message", tr("What others are told")),
        ):
            paper = Paper(name=words, lines=2)
            paper.show_text(getattr(lesson, field))
            paper.settled.connect(lambda text, field=field: self._draft.change(**{field: text.strip()}))
            made += [labelled(words, paper), 8]
        return made

    def _of_lesson(self, lesson: str) -> list[Item]:
        building = self._model.building
        found = [f for f in building.findings if f.row == lesson] if building else []
        if not found:
            return [note("circle-check", "success", tr("Nothing to mend"))]
        return [note("triangle-alert", "warning", finding_words(f)) for f in found]

    # --- course
    def _course(self) -> list[Item]:
        building, model = self._model.building, self._model
        if building is None:
            return []
        course = building.course
        title = Field(name=tr("Title of the course"))
        title.show_text(course.title)
        title.settled.connect(model.rename_course)
        subtitle = Field(name=tr("Subtitle"))
        subtitle.show_text(course.subtitle)
        subtitle.settled.connect(lambda text: model.change_course(subtitle=text))
        about = Paper(name=tr("Description"), lines=5)
        about.show_text(course.description)
        about.settled.connect(lambda text: model.change_course(description=text))
        goals = Paper(tr("One goal a line"), name=tr("Learning goals"), lines=4)
        goals.show_text("\n".join(course.objectives))
        goals.settled.connect(lambda text: model.change_course(learning_objectives=filled(text)))
        language = Choice(list(LANGUAGES.items()))
        language.choose(course.language)
        language.chosen.connect(lambda value: model.change_course(language=value))
        level = Choice([("all_levels", tr("All levels")), ("beginner", tr("Beginner")),
                        ("intermediate", tr("Intermediate")), ("advanced", tr("Advanced"))])  # fmt: skip
        level.choose(course.level)
        level.chosen.connect(lambda value: model.change_course(level=value))
        category = Choice(building.category_choices, name=tr("Category"))
        category.choose(building.category)
        category.chosen.connect(lambda value: model.change_course(category=value))
        fields = ((tr("Title"), title), (tr("Subtitle"), subtitle), (tr("Description"), about),
                  (tr("Learning goals"), goals), (tr("Language"), language), (tr("Level"), level),
                  (tr("Category"), category))  # fmt: skip
        shown = picture(model, building, self._covers)
        return [column(*shown, *(labelled(words, field) for words, field in fields), *self._certificate(course),
                       *progress(model, building), *before(model, building), gap=12)]  # fmt: skip

    def _certificate(self, course: CourseDraft) -> list[Item]:
        """Whether who completes the course gets a certificate, and how that looks."""
        given = QCheckBox(tr("Certificate on completion"))
        given.setChecked(course.has_certificate)
        given.toggled.connect(lambda on: self._model.change_course(has_certificate=on))
        dress = Choice([("v1", tr("Classic")), ("v2", tr("Modern"))], name=tr("Look of the certificate"))
        dress.choose(course.certificate_template)
        dress.chosen.connect(lambda value: self._model.change_course(certificate_template=value))
        return [given, labelled(tr("Look of the certificate"), dress) if course.has_certificate else None]

    # --- checks and trash
    def _checks(self) -> list[Item]:
        building = self._model.building
        if building is None or not building.findings:
            return [note("circle-check", "success", tr("Everything is ready for your readers"))]
        rows: list[Item] = []
        for finding in building.findings:
            bad = finding.severity == "error"
            mark = IconMark("circle-alert" if bad else "triangle-alert", 16, "danger" if bad else "warning")
            made = ListRow(finding_words(finding), finding.title, lead=mark, compact=True)
            made.clicked.connect(lambda r=finding.row: self._go_to(r))
            rows.append(made)
        return listed(*rows)

    def _go_to(self, row_id: str) -> None:
        building = self._model.building
        if building and row_id == building.course.id:
            self._tabs.choose(1)
        elif building and any(x.id == row_id for x in building.lessons):
            self._model.open(row_id)
            self._tabs.choose(0)

    def _trash(self) -> list[Item]:
        building = self._model.building
        if building is None or not building.trashed:
            return [Label(tr("The trash is empty. What you put here can be brought back for 30 days."), "small",
                          "text2", wrap=True)]  # fmt: skip
        rows: list[Item] = []
        for item in building.trashed:
            back = Button(tr("Restore"), "link", small=True)
            back.setAccessibleName(tr("Restore {title}", title=item.title))
            back.clicked.connect(lambda _=False, r=item.id: self._model.restore([r]))
            kind = {"module": tr("Module"), "lesson": tr("Lesson"), "question": tr("Question")}.get(item.kind)
            kind = kind or tr("Content of a lesson")
            rows.append(ListRow(item.title or tr("Without words"), kind, back, compact=True))
        return listed(*rows)


def count(words: str, number: int) -> str:
    """Words with a number behind, when there is one."""
    return f"{words} {number}" if number else words


def filled(text: str) -> list[str]:
    """Lines that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()][:15]


def note(icon: str, color: str, words: str) -> Item:
    """A small finding."""
    return boxed(row(boxed(column(2, IconMark(icon, 16, color), "~", gap=0)),
                     (Label(words, "small", "text2", wrap=True), 1), gap=8, margin=(0, 4, 0, 4)))  # fmt: skip
