"""A student's day without any network, in a real window; run by test_offline_day.py where there is no route at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit

from desktop_lms.app import App
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.rows import Clickable
from lms_core.demo import open_sample
from lms_core.workspace import Workspace
from tests.e2e.hands import Hands, said, seen

NOTE = "Ask on Tuesday: why stir first?"
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Day:
    """One student, one laptop, no network from morning to evening."""

    def __init__(self, qt: QApplication, folder: Path, pictures: Path) -> None:
        self.folder, self.hands = folder, Hands(pictures)
        self.app = App(qt, folder / "laptop")
        self.disabled: dict[str, list[str]] = {}

    def ask(self, work: Callable[[Workspace], Any]) -> Any:
        """What the workspace says, in its turn."""
        store, answers = self.app.store, []
        assert store is not None
        store.run(self.app, work, lambda x: answers.append((x,)))
        return self.hands.until(lambda: answers, "an answer of the workspace")[0][0]

    def picture(self, name: str) -> None:
        """Keep what is seen, and which buttons cannot be pressed."""
        self.hands.picture(name)
        self.disabled[name] = sorted({said(b) for b in seen(Button) if not b.isEnabled()})

    def palette(self, words: str) -> None:
        """Go to what search finds, by keyboard alone."""
        self.hands.keys(Qt.Key.Key_K, CONTROL)
        self.hands.find("Search or type a command", QLineEdit)
        self.hands.type(words)
        self.hands.until(lambda: [c for c in seen(Clickable) if said(c).startswith(words)], f"{words} is offered")
        self.hands.keys(Qt.Key.Key_Return)

    # --- the day
    def begins(self) -> None:
        """The app starts with a course that was brought along."""
        workspace = self.app.sessions.start_local("Amara Okafor")
        open_sample(workspace)
        workspace.review.add("What is a *sample*?", "The part that one looks at")
        self.app.enter(workspace)
        self.hands.reads("Pick up where you stopped")
        self.picture("today")

    def reads(self) -> None:
        """Continue, read, write a note beside the text."""
        hands = self.hands
        hands.click("Continue", Button)
        text = hands.find("Lesson text", LessonText)
        hands.until(text.toPlainText, "the lesson")
        hands.click("Write a note about this lesson", QTextEdit)
        hands.type(NOTE)
        hands.until(lambda: self.ask(lambda w: [n for n in w.notes.all() if n.body == NOTE]), "the note is stored")
        hands.click("Mark as done", Button)
        hands.find("Mark as not done", Button)
        self.picture("lesson")

    def takes_a_quiz(self) -> None:
        """Every answer the first: what is missed becomes cards."""
        hands = self.hands
        self.palette("Asking well")
        hands.click("Start the quiz", Button)
        for number in range(1, 6):
            hands.reads(f"Question {number} of 5")
            hands.keys(Qt.Key.Key_A)
            if number < 5:
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
        self.picture("review")
        due = self.ask(lambda w: w.review.due_count().count)
        hands.click("Start review", Button)
        for n in range(due):
            hands.find("Show the answer", Button)
            hands.keys(Qt.Key.Key_Space)
            hands.find("3. Good...", Button)
            if not n:
                self.picture("answer")
            hands.keys(Qt.Key.Key_3)
        hands.click("Back to the overview", Button)
        hands.reads("Done for today")
        self.picture("review-done")

    def looks_back(self) -> None:
        """Search, progress, settings."""
        hands = self.hands
        for route, words in (("search/sample", "sample"), ("progress", "Progress"), ("settings", "Settings")):
            window = self.app.window
            assert window is not None
            window.go(route)
            hands.reads(words)
            self.picture(route.partition("/")[0])

    def run(self) -> dict[str, Any]:
        """Live the day; returns what is on the disk after it."""
        for step in (self.begins, self.reads, self.takes_a_quiz, self.reviews, self.looks_back):
            step()
        held = {
            "notes": self.ask(lambda w: [n.body for n in w.notes.all()]),
            "attempts": self.ask(lambda w: len(w.assessment.attempts(_quiz(w)))),
            "reviewed": self.ask(lambda w: sum(w.review.statistics().days)),
            "cards": self.ask(lambda w: w.review.statistics().cards),
        }
        self.app.close()
        return {**held, "disabled": self.disabled}


def _quiz(workspace: Workspace) -> str:
    course = workspace.installed.installed()[0].course_id
    return next(x.id for x in workspace.installed.document(course).lessons() if x.title == "Asking well")


def main(folder: Path, pictures: Path) -> None:
    """Live it, and write down what was seen."""
    qt = QApplication(["desktop-lms"])
    qt.setQuitOnLastWindowClosed(False)
    (folder / "day.json").write_text(json.dumps(Day(qt, folder, pictures).run()))
