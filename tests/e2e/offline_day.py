"""A student's day without any network, in real windows; run by test_offline_day.py where there is no route at all."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QTextEdit, QWidget

from desktop_lms.app import App
from desktop_lms.features.lesson.film.view import FilmPart
from desktop_lms.features.lesson.panel.cards.view import NoteCard
from desktop_lms.features.lesson.papers.view import PdfPaper
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.inputs import Field
from desktop_lms.widgets.options import Option
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.rows import Clickable
from lms_core.demo import open_sample
from lms_core.workspace import Workspace
from tests.e2e.attempts import attempts
from tests.e2e.day_course import FIRST, QUESTIONS, QUIZ, SECOND, SENTENCE, TITLE, day_course
from tests.e2e.hands import Hands, said, seen

NOTE, THOUGHT = "Ask on Tuesday: why stir first?", "Weigh the windward side too."
CONTROL, ALT, SHIFT = (getattr(Qt.KeyboardModifier, f"{name}Modifier") for name in ("Control", "Alt", "Shift"))
PART = "import sys; from pathlib import Path; from tests.e2e import offline_day as d; getattr(d, sys.argv[1])()"


class Day:
    """One student, one laptop, no network from morning to evening."""

    def __init__(self, folder: Path, pictures: Path, first: int = 0) -> None:
        qt = QApplication(["desktop-lms"])
        qt.setQuitOnLastWindowClosed(False)
        self.folder, self.hands = folder, Hands(pictures)
        self.hands.count = first
        self.app = App(qt, folder / "laptop")
        self.disabled: dict[str, list[str]] = {}

    def ask(self, work: Callable[[Workspace], Any]) -> Any:
        """What the workspace says, in its turn."""
        store, answers = self.app.store, []
        assert store is not None
        store.run(self.app, work, lambda x: answers.append((x,)))
        return self.hands.until(lambda: answers, "an answer of the workspace")[0][0]

    def until(self, work: Callable[[Workspace], Any], what: str) -> Any:
        """Ask until the answer is one."""
        return self.hands.until(lambda: self.ask(work), what)

    def picture(self, name: str) -> None:
        """Keep what is seen, and which controls cannot be used."""
        self.hands.picture(name)
        off = [w for w in seen() if isinstance(w, QAbstractButton | QLineEdit | QTextEdit) or _takes_keys(w)]
        self.disabled[name] = sorted({said(w) for w in off if not w.isEnabled()})

    def go(self, route: str, words: str) -> None:
        """Follow a route, until some words are there."""
        window = self.app.window
        assert window is not None
        window.go(route)
        self.hands.reads(words)

    def text(self) -> LessonText:
        """The text of the lesson, once it is there."""
        text: LessonText = self.hands.find("Lesson text", LessonText)
        self.hands.until(text.toPlainText, "the lesson")
        return text

    # --- the morning
    def begins(self) -> None:
        """Two courses were brought along; Today, and what the shelves hold."""
        workspace = self.app.sessions.start_local("Amara Okafor")
        open_sample(workspace)
        day_course(workspace)
        self.app.enter(workspace)
        self.hands.reads("Begin here")
        self.picture("today")
        self.hands.keys(Qt.Key.Key_2, ALT)
        self.hands.reads(TITLE)
        self.picture("courses")
        self.hands.segment("Shelf", 1)
        self.hands.reads("Jonas Weber")
        self.picture("catalogue")
        self.go("storage", "Courses take")
        self.picture("storage")
        self.hands.keys(Qt.Key.Key_2, ALT)
        self.hands.click(f"{TITLE}...", Clickable)
        self.hands.reads("Locked: needs")
        self.picture("course")

    def watches(self) -> None:
        """The film of the lesson, with a second of it kept."""
        hands = self.hands
        hands.click("1.1 How sure can we be?...", Clickable)
        self.text()
        film = hands.find("Weighing limpets", FilmPart)
        hands.click("Play", Button)
        hands.until(lambda: film.player.position >= 1.0, "the film plays")
        hands.click("Pause", Button)
        hands.click("Bookmark here", Button)
        self.until(lambda w: w.notes.bookmarks(), "the second is kept")
        self.picture("film")

    def _span(self, words: str) -> tuple[QPoint, QPoint]:
        """Where words of the lesson begin and end on the screen."""
        text = self.text()
        at = text.toPlainText().index(words)
        text.go_to(at)
        QApplication.processEvents()
        cursor = QTextCursor(text.document())
        ends = []
        for place in (at, at + len(words)):
            cursor.setPosition(place)
            ends.append(text.cursorRect(cursor).center())
        return ends[0], ends[1]

    def marks(self) -> None:
        """A sentence by mouse with a note on it, one by keyboard alone, and a card of the note."""
        hands = self.hands
        start, end = self._span(SENTENCE)
        hands.drag(self.text().viewport(), start, end)
        hands.click("Highlight in Mint", Button)
        self.until(lambda w: [n.quote for n in w.notes.all(lesson=FIRST)] == [SENTENCE], "the mouse highlights")
        hands.click("Edit: Four times...", NoteCard)
        hands.click("Text of the note", QTextEdit)
        hands.type(NOTE)
        self.until(lambda w: [n.body for n in w.notes.all(lesson=FIRST)] == [NOTE], "the note is stored")
        self.picture("note")
        hands.click("Make a card to review", Button)
        self.picture("card")
        hands.click("Save card", Button)
        hands.reads("Card made")
        start, _ = self._span(SECOND)
        hands.press(self.text().viewport(), start)
        for _ in range(len(SECOND)):
            hands.keys(Qt.Key.Key_Right, SHIFT)
        hands.reads(f"“{SECOND}”")
        hands.keys(Qt.Key.Key_H, CONTROL | ALT)
        self.until(lambda w: SECOND in {n.quote for n in w.notes.all(lesson=FIRST)}, "the keys highlight")

    def works(self) -> None:
        """The fold, the cards, the check, the PDF and the file below the text; then it is done."""
        hands = self.hands
        bring = self._bring
        bring("Why four times?")
        hands.click("Why four times?, folded", Clickable)
        hands.until(lambda: "square root" in hands.find("Why four times?", QTextEdit).toPlainText(), "the fold opens")
        bring("Flashcards")
        hands.click("Turn over", Button)
        hands.find("Back to the front", Button)
        bring("Check yourself")
        hands.click("Four times the shells", Option)
        hands.click("Check", Button)
        hands.reads("That is right")
        self.picture("exercises")
        bring("The sheet")
        hands.click("The sheet, folded", Clickable)
        bring("The sheet", least=300)
        paper = hands.find("The sheet", PdfPaper)
        hands.until(lambda: paper.view.isVisible(), "the PDF opens")
        self.picture("pdf")
        bring("192 weights")
        hands.click("192 weights, folded", Clickable)
        bring("Save as…", least=20)
        self.picture("files")
        hands.click("Mark as done", Button)
        hands.find("Mark as not done", Button)

    def _bring(self, name: str, *, least: int = 40) -> None:
        """Scroll the lesson until a part is seen."""
        text = self.text()
        bar = text.verticalScrollBar()

        def there() -> bool:
            if any(said(w).startswith(name) and w.visibleRegion().boundingRect().height() > least for w in seen()):
                return True
            bar.setValue(bar.value() + 60)
            return False

        self.hands.until(there, f"{name} comes into view")

    # --- the afternoon
    def takes_a_quiz(self) -> None:
        """Every answer the first: what is missed becomes cards."""
        hands = self.hands
        hands.click("Q1 What stays...", Button)
        hands.click("Start the quiz", Button)
        for number in range(1, len(QUESTIONS) + 1):
            hands.reads(f"Question {number} of {len(QUESTIONS)}")
            hands.keys(Qt.Key.Key_A)
            if number < len(QUESTIONS):
                hands.keys(Qt.Key.Key_Right)
        self.picture("quiz")
        hands.click("Submit quiz…", Button)
        hands.click("Submit now", Button)
        hands.reads("Handed in")
        self.picture("receipt")

    def reviews(self) -> None:
        """All that is due, by keyboard."""
        hands = self.hands
        hands.keys(Qt.Key.Key_4, ALT)
        hands.find("Start review", Button)
        self.picture("review")
        due = self.ask(lambda w: w.review.due_count().count)
        hands.click("Start review", Button)
        for n in range(due):
            hands.find("Show the answer", Button)
            hands.keys(Qt.Key.Key_Space)
            hands.find("3. Good...", Button)
            if not n:
                hands.until(hands.find("Back of the card", LessonText).toPlainText, "the answer is there")
                self.picture("answer")
            hands.keys(Qt.Key.Key_3)
        hands.click("Back to the overview", Button)
        hands.reads("Done for today")
        self.picture("review-done")

    def searches(self) -> None:
        """What was written is found, as a note and as a card, and leads to its place."""
        hands = self.hands
        hands.keys(Qt.Key.Key_K, CONTROL)
        hands.find("Search or type a command", QLineEdit)
        hands.type("tuesday")
        hands.until(lambda: [c for c in seen(Clickable) if "Tuesday" in said(c)], "the palette finds the note")
        self.picture("palette")
        hands.keys(Qt.Key.Key_Escape)
        self.go("search/tuesday", "2 found")
        self.picture("search")
        hands.click("Note: ...", Clickable)
        hands.until(lambda: SENTENCE in self.text().toPlainText(), "its lesson opens")
        self.picture("found")

    def looks_back(self) -> None:
        """All notes, progress, and a setting that is changed."""
        hands = self.hands
        hands.keys(Qt.Key.Key_3, ALT)
        hands.find("Text of the note", QTextEdit)
        self.picture("notes")
        self.go("progress", "Streak of 1 day")
        self.picture("progress")
        self.go("settings", "Looks")
        hands.segment("Theme", 1)
        hands.until(lambda: self.app.preferences.get("theme") == "light", "the look changes")
        self.picture("settings")

    def held(self) -> dict[str, Any]:
        """What is on the disk."""
        return {
            "notes": self.ask(lambda w: sorted(n.body for n in w.notes.all() if n.body)),
            "quotes": self.ask(lambda w: sorted(n.quote for n in w.notes.all() if n.quote)),
            "bookmarks": self.ask(lambda w: [b.title for b in w.notes.bookmarks()]),
            "attempts": self.ask(lambda w: len(w.assessment.attempts(QUIZ))),
            "reviewed": self.ask(lambda w: sum(w.review.statistics().days)),
            "cards": self.ask(lambda w: w.review.statistics().cards),
            "theme": self.app.preferences.get("theme"),
        }

    def writes(self) -> None:
        """Type until somebody pulls the plug; says what is on the disk."""
        self.app.start()
        self.hands.reads(TITLE)
        self.go(f"lesson/{FIRST}", "How sure can we be?")
        self.text()
        self.hands.click("Write a note about this lesson", QTextEdit)
        self.hands.type(THOUGHT)
        self.until(lambda w: THOUGHT in {n.body for n in w.notes.all()}, "the thought is stored")
        print("stored", flush=True)
        while True:
            self.hands.type(" More")

    def reopens(self) -> None:
        """All is there, and nothing waits for a network."""
        self.app.start()
        self.hands.reads(TITLE)
        self.picture("again-today")
        self.go(f"lesson/{FIRST}", "Mark as not done")
        self.hands.find(f"Edit: {THOUGHT}...", NoteCard)
        self.picture("again-lesson")
        self.go("notes", "Only you read it")
        self.picture("again-notes")
        self.go("progress", "Streak of 1 day")
        self.picture("again-progress")


def _takes_keys(widget: QWidget) -> bool:
    return isinstance(widget, Clickable | Field) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus


def day() -> None:
    """Live it, close the app, and write down what was seen."""
    folder, pictures = map(Path, sys.argv[2:])
    lived = Day(folder, pictures)
    for step in (
        lived.begins, lived.watches, lived.marks, lived.works, lived.takes_a_quiz, lived.reviews, lived.searches,
        lived.looks_back,
    ):  # fmt: skip
        step()
    held = lived.held()
    lived.app.close()
    (folder / "day.json").write_text(json.dumps({**held, "disabled": lived.disabled}))


def typing() -> None:
    """Open it again and type for ever."""
    folder, pictures = map(Path, sys.argv[2:])
    Day(folder, pictures, first=80).writes()


def evening() -> None:
    """Open it after the plug was pulled."""
    folder, pictures = map(Path, sys.argv[2:])
    lived = Day(folder, pictures, first=90)
    lived.reopens()
    held = lived.held()
    lived.app.close()
    (folder / "evening.json").write_text(json.dumps({**held, "disabled": lived.disabled}))


def main(folder: Path, pictures: Path) -> None:
    """All parts one after the other, each a process of its own; then how often somebody tried to reach a network."""

    def command(part: str) -> list[str]:
        return [sys.executable, "-c", PART, part, str(folder), str(pictures)]

    subprocess.run(command("day"), check=True)
    with subprocess.Popen(command("typing"), stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        line = writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        assert line == "stored\n"
    subprocess.run(command("evening"), check=True)
    (folder / "attempts.json").write_text(json.dumps(attempts()))


def morning(folder: Path, pictures: Path) -> None:
    """Begin it, and no more; then how often somebody tried to reach a network."""
    lived = Day(folder, pictures)
    lived.begins()
    lived.app.close()
    (folder / "attempts.json").write_text(json.dumps(attempts()))
