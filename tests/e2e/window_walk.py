"""The main job in real windows with real clicks and keys; run by test_window.py on a display of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QRadioButton, QTextEdit

from desktop_lms.app import App
from desktop_lms.shell.sync_chip import SyncChip
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.options import Option
from desktop_lms.widgets.outline import OutlineTree
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.table import DataTable
from lms_core.workspace import Workspace
from tests.e2e.hands import LEFT, Hands, said, seen
from tests.e2e.programs import PASSWORD, Machine, Server
from tests.e2e.window_facts import bodies, cells, lessons, offered, shown, stored_quiz, written
from tests.samples import PROJECT

TITLE = "Numbers You Can Trust"
TYPED = "A paragraph typed in a real window."
QUIZ, RIGHT = "What stays", "Much, when it was stirred"
NOTE = "Ask on Tuesday: why stir first?"
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Walk:
    """The way of an instructor and a student at one laptop, and of the student at another one."""

    def __init__(self, qt: QApplication, server: Server, folder: Path, pictures: Path) -> None:
        self.qt, self.server, self.folder = qt, server, folder
        self.app = App(qt, folder / "laptop")
        self.hands = Hands(pictures)
        self.held: dict[str, Any] = {}
        """What the windows hold at the end of the way."""

    def ask(self, work: Callable[[Workspace], Any]) -> Any:
        """What the workspace says, in its turn."""
        store, answers = self.app.store, []
        assert store is not None
        store.run(self.app, work, lambda x: answers.append((x,)))
        return self.hands.until(lambda: answers, "an answer of the workspace")[0][0]

    def until(self, work: Callable[[Workspace], Any], what: str) -> Any:
        """Ask until the answer is one."""
        return self.hands.until(lambda: self.ask(work), what)

    def synced(self) -> None:
        """Wait until the chip says that all is saved."""
        self.hands.until(lambda: [c for c in seen(SyncChip) if "All saved" in said(c)], "all saved")

    def palette(self, words: str) -> None:
        """Run a command by its name, or go to what search finds."""
        self.hands.keys(Qt.Key.Key_K, CONTROL)
        self.hands.find("Search or type a command", QLineEdit)
        self.hands.type(words)
        self.hands.until(lambda: [c for c in offered() if said(c).startswith(words)], f"the palette offers {words}")
        self.hands.keys(Qt.Key.Key_Return)

    # --- the first minutes
    def begin(self, purpose: str) -> None:
        """Language and look, purpose."""
        hands = self.hands
        hands.reads("Make it yours")
        hands.picture("first-run")
        hands.click("Continue", Button)
        hands.click(f"{purpose}...", Clickable)
        hands.click("Continue", Button)

    def teacher_signs_in(self) -> None:
        """Tess has an account and the role of an instructor; she signs in on this laptop, once with a slip."""
        machine, hands = Machine(self.folder / "elsewhere"), self.hands
        machine.run("register", "--server", self.server.url, "--email", "tess@school.example",
                    "--first-name", "Tess", "--last-name", "Teacher")  # fmt: skip
        self.server.command("set-role", "--email", "tess@school.example", "--role", "instructor")
        self.app.start()
        self.begin("Teach")
        hands.fill("Address of the server", self.server.url)
        hands.fill("E-mail address", "tess@school.example")
        hands.fill("Password", "not-the-password")
        hands.keys(Qt.Key.Key_Return)
        hands.reads("E-mail address or password is not right.")
        hands.picture("wrong-password")
        hands.fill("Password", PASSWORD)
        hands.keys(Qt.Key.Key_Return)
        hands.reads("Your courses will stand here")
        hands.picture("teach-empty")

    # --- the instructor
    def imports(self) -> None:
        """A folder of Markdown comes in with its report."""
        hands = self.hands
        hands.click("Import a folder", Button)
        hands.pick_folder(hands.find("Choose a folder…", Button), PROJECT / "resources" / "sample_course")
        hands.reads("What becomes of each file")
        hands.picture("import-report")
        hands.click("Import", Button)
        hands.click("Open in the builder", Button)

    def order(self) -> list[str]:
        """The outline as it is stored."""
        return self.ask(lambda w: [lesson.title for lesson in lessons(w)])  # type: ignore[no-any-return]

    def builds(self) -> None:
        """Tess types, moves lessons by key and by mouse, takes it back, and adds a quiz."""
        hands = self.hands
        editor = hands.find("Text of the lesson, Markdown", QTextEdit)
        hands.until(editor.toPlainText, "the first lesson is open")
        hands.press(editor.viewport())
        hands.keys(Qt.Key.Key_End, CONTROL)
        hands.keys(Qt.Key.Key_Return)
        hands.keys(Qt.Key.Key_Return)
        hands.type(TYPED)
        hands.until(lambda: TYPED in hands.find("Preview", LessonText).toPlainText(), "the preview follows")
        self.until(lambda w: TYPED in bodies(w), "what was typed is stored")
        tree = hands.find("Outline", OutlineTree)
        before = self.order()
        swapped = [before[1], before[0], *before[2:]]
        self._choose_row(tree, before[0])
        hands.keys(Qt.Key.Key_Down, ALT)
        hands.until(lambda: shown(tree) == swapped[:2], "the key moves the lesson")
        hands.keys(Qt.Key.Key_Z, CONTROL)
        hands.until(lambda: shown(tree) == before[:2], "undo puts it back")
        rows = [tree.visualItemRect(tree.topLevelItem(0).child(n)) for n in range(3)]
        hands.drag(tree.viewport(), rows[0].center(), rows[1].bottomLeft() + QPoint(rows[0].width() // 2, -2))
        hands.until(lambda: self.order() == swapped, "the mouse moves the lesson")
        hands.picture("builder")
        hands.click("Undo (Ctrl+Z)", Button)
        hands.until(lambda: self.order() == before, "undo puts it back again")

    def _choose_row(self, tree: OutlineTree, title: str) -> None:
        found = tree.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]
        QTest.mouseClick(tree.viewport(), LEFT, pos=tree.visualItemRect(found).center())

    def asks(self) -> None:
        """A quiz with a question, typed."""
        hands = self.hands
        hands.choose(hands.find("Add to the outline", Button), "Quiz")
        hands.until(lambda: isinstance(QApplication.focusWidget(), QLineEdit), "the new row takes its name")
        hands.type(QUIZ)
        hands.keys(Qt.Key.Key_Return)
        hands.click("One right answer", Button)
        hands.click("Text of question 1", QTextEdit)
        hands.type("What does one spoon of soup tell about the pot?")
        hands.fill("Option 1", RIGHT)
        hands.fill("Option 2", "Nothing at all")
        hands.click("Option 1 of question 1 is right", QRadioButton)
        self.until(lambda w: stored_quiz(w, QUIZ) == ("graded", [RIGHT, "Nothing at all"]), "it is stored")
        hands.picture("quiz-editor")

    def publishes(self) -> None:
        """The checklist, then the version at the server."""
        hands = self.hands
        hands.click("Publish…", Button)
        hands.reads(f"Publish “{TITLE}”?")
        hands.picture("publish")
        hands.click("Publish", Button)
        hands.reads("Version 1.0")
        self.synced()
        self.palette("Sign out")
        hands.reads("Who is learning?")

    # --- the student
    def student_registers(self) -> None:
        """Sam shares the laptop and makes an account."""
        hands = self.hands
        hands.picture("picker")
        hands.click("Somebody else", Button)
        self.begin("Learn")
        hands.segment("How to begin", 1)
        hands.fill("Address of the server", self.server.url)
        hands.fill("Your name", "Sam Student")
        hands.fill("E-mail address", "sam@school.example")
        hands.fill("Password", PASSWORD)
        hands.keys(Qt.Key.Key_Return)
        hands.reads("Which courses shall come along?")
        self.until(lambda w: w.courses.catalog(), "the catalogue")
        hands.reads(TITLE)
        hands.picture("courses-to-take-along")
        hands.click("Go on", Button)
        hands.reads("First steps")
        hands.picture("today-new")

    def installs(self) -> None:
        """From the catalogue onto this device."""
        hands = self.hands
        hands.keys(Qt.Key.Key_2, ALT)
        hands.segment("Shelf", 1)
        hands.click(f"{TITLE}...", Clickable)
        hands.click("Join", Button)
        hands.click(next(said(b) for b in self._downloads()), Button)
        hands.reads("Everything is on this device")
        hands.picture("course")
        hands.click("Start", Button)

    def _downloads(self) -> list[Any]:
        return self.hands.until(  # type: ignore[no-any-return]
            lambda: [b for b in seen(Button) if said(b).startswith("Download")], "a button to download"
        )

    def reads(self) -> None:
        """Select with the mouse, highlight, write a note, mark as done."""
        hands = self.hands
        text = hands.find("Lesson text", LessonText)
        hands.until(lambda: TYPED in text.toPlainText(), "the lesson with what was typed")
        cursor = QTextCursor(text.document().find("Nobody eats"))
        end = text.cursorRect(cursor).center()
        cursor.setPosition(cursor.selectionStart())
        hands.drag(text.viewport(), text.cursorRect(cursor).center(), end)
        hands.click("Highlight in Mint", Button)
        self.until(lambda w: [n for n in w.notes.all() if "Nobody" in n.quote], "the highlight is stored")
        hands.click("Write a note about this lesson", QTextEdit)
        hands.type(NOTE)
        self.until(lambda w: [n for n in w.notes.all() if n.body == NOTE], "the note is stored")
        hands.click("Mark as done", Button)
        hands.find("Mark as not done", Button)
        hands.picture("lesson")

    def nobody_answers(self) -> None:
        """The chip says so: there is no network, or where the system knows of one, no server."""
        hands = self.hands
        hands.until(
            lambda: hands.sees("Offline") or hands.sees("Cannot reach server"), "the chip says that nobody answers"
        )

    def loses_the_network(self) -> None:
        """The server goes; the student closes the app, opens it again, slips once, and unlocks the profile."""
        hands = self.hands
        self.synced()
        self.server.stop()
        self.palette("Sync now")
        self.nobody_answers()
        self.app.close()
        self.app = App(self.qt, self.folder / "laptop")
        self.app.start()
        hands.click("Sam Student...", Clickable)
        hands.fill("Password of this profile", "wrong-wrong")
        hands.keys(Qt.Key.Key_Return)
        hands.reads("The password is not right.")
        hands.picture("unlock")
        hands.fill("Password of this profile", PASSWORD)
        hands.keys(Qt.Key.Key_Return)
        hands.reads("Pick up where you stopped")
        self.nobody_answers()
        hands.picture("today-offline")

    def takes_a_quiz(self) -> None:
        """By the keyboard, offline, to the result."""
        hands = self.hands
        self.palette("Asking well")
        hands.click("Start the quiz", Button)
        count = 5
        for number in range(1, count + 1):
            hands.reads(f"Question {number} of {count}")
            hands.keys(Qt.Key.Key_B if number % 2 else Qt.Key.Key_A)
            if number == 2:
                hands.picture("quiz")
            if number < count:
                hands.keys(Qt.Key.Key_Right)
        hands.click("Submit quiz…", Button)
        hands.click("Submit now", Button)
        hands.reads("Handed in")
        hands.picture("receipt")
        hands.click("See the result", Button)
        hands.reads("points")
        hands.picture("result")

    def takes_the_graded_quiz(self) -> None:
        """By the mouse, offline, to the receipt; the mark waits for the server."""
        hands = self.hands
        self.palette(QUIZ)
        hands.click("Start the quiz", Button)
        hands.reads("Question 1 of 1")
        hands.click(RIGHT, Option)
        hands.reads("Answer saved here")
        hands.picture("graded-quiz")
        hands.click("Submit quiz…", Button)
        hands.click("Submit now", Button)
        hands.reads("Handed in")
        hands.click("See the result", Button)
        hands.reads("Waiting for the result")
        hands.picture("graded-waiting")

    def finds(self) -> None:
        """Search finds the note; all notes are there."""
        hands = self.hands
        hands.keys(Qt.Key.Key_3, ALT)
        hands.reads("Go to the place")
        hands.picture("notes")
        self.palette("A spoonful")
        text = hands.find("Lesson text", LessonText)
        hands.until(lambda: TYPED in text.toPlainText(), "the lesson is open")

    def comes_back(self) -> None:
        """The server is back: everything is sent."""
        self.server.start()
        self.palette("Sync now")
        self.synced()
        assert self.ask(lambda w: w.sync.status()).waiting == 0
        self.hands.picture("all-saved")
        self.shows_what_was_learned("laptop")

    def shows_what_was_learned(self, device: str) -> None:
        """The course with its progress, the note, and the graded attempt, as a window shows them."""
        hands = self.hands
        hands.keys(Qt.Key.Key_2, ALT)
        hands.click(f"{TITLE}...", Clickable)
        hands.until(lambda: [x for x in map(said, seen(Clickable)) if x == f"Q1 {QUIZ}, Done"], "the quiz is done")
        hands.picture(f"{device}-progress")
        ring = next(said(w) for w in seen() if said(w).endswith(" lessons"))
        done = [said(w) for w in seen(Clickable) if said(w).endswith(", Done")]
        hands.keys(Qt.Key.Key_3, ALT)
        notes = hands.until(lambda: written(seen(QTextEdit)), "a note")
        hands.picture(f"{device}-note")
        self.palette(QUIZ)
        hands.reads("100 %")
        hands.picture(f"{device}-attempts")
        hands.click("Attempt 1...", Clickable)
        hands.reads("1 of 1 points")
        hands.picture(f"{device}-graded")
        mark = sorted({said(w) for w in seen() if "100 %" in said(w)})
        self.held[device] = {"progress": ring, "done": sorted(done), "notes": notes, "mark": mark}

    def teacher_sees_the_roster(self) -> None:
        """Tess unlocks her profile, gives the server's password that it asks for, and sees who learns."""
        hands = self.hands
        self.palette("Sign out")
        hands.click("Tess Teacher...", Clickable)
        hands.fill("Password of this profile", PASSWORD)
        hands.keys(Qt.Key.Key_Return)
        hands.click("Sign in to sync", SyncChip)
        hands.click("Sign in", Button)
        hands.fill("Password", PASSWORD)
        hands.picture("sign-in-again")
        hands.keys(Qt.Key.Key_Return)
        self.synced()
        hands.keys(Qt.Key.Key_7, ALT)
        hands.click(f"People of {TITLE}", Button)
        table = hands.find("People of the course", DataTable)
        hands.until(lambda: "100 %" in cells(table), "the best score")
        hands.picture("people")
        self.held["people"] = cells(table)
        self.app.close()

    def student_at_another_laptop(self) -> None:
        """Sam signs in on a device that knows nothing yet."""
        hands = self.hands
        self.app = App(self.qt, self.folder / "another")
        self.app.start()
        self.begin("Learn")
        hands.fill("Address of the server", self.server.url)
        hands.fill("E-mail address", "sam@school.example")
        hands.fill("Password", PASSWORD)
        hands.keys(Qt.Key.Key_Return)
        hands.reads("Which courses shall come along?")
        hands.reads("Yours")
        hands.picture("another-courses-to-take-along")
        hands.click("Start", Button)
        hands.reads("Pick up where you stopped")
        self.shows_what_was_learned("another")

    def run(self) -> None:
        """Go all the way."""
        for step in (self.teacher_signs_in, self.imports, self.builds, self.asks, self.publishes,
                     self.student_registers, self.installs, self.reads, self.loses_the_network, self.takes_a_quiz,
                     self.takes_the_graded_quiz, self.finds, self.comes_back, self.teacher_sees_the_roster,
                     self.student_at_another_laptop):  # fmt: skip
            began = time.monotonic()
            step()
            print(f"{step.__name__}: {time.monotonic() - began:.1f} s", flush=True)
        self.app.close()


def main(folder: Path, pictures: Path) -> None:
    """Walk with a server of its own."""
    server = Server(folder / "hub")
    server.command("create-admin", "--email", "ada@school.example", "--first-name", "Ada", "--last-name", "Keeper")
    server.start()
    try:
        qt = QApplication(["desktop-lms"])
        qt.setQuitOnLastWindowClosed(False)
        walk = Walk(qt, server, folder, pictures)
        walk.run()
        (folder / "held.json").write_text(json.dumps(walk.held))
    finally:
        server.stop()
