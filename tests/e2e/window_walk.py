"""The main job in real windows with real clicks and keys; run by test_window.py on a display of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QRadioButton, QTextEdit

from desktop_lms.app import App
from desktop_lms.shell.palette import Palette
from desktop_lms.shell.sync_chip import SyncChip
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.outline import OutlineTree
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.rows import Clickable
from lms_core.content.model import LessonDoc
from lms_core.workspace import Workspace
from tests.e2e.hands import LEFT, Hands, said, seen
from tests.e2e.programs import PASSWORD, Machine, Server
from tests.samples import PROJECT

TITLE = "Numbers You Can Trust"
TYPED = "A paragraph typed in a real window."
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Walk:
    """The way of an instructor and a student at one laptop."""

    def __init__(self, qt: QApplication, server: Server, folder: Path, pictures: Path) -> None:
        self.qt, self.server, self.folder = qt, server, folder
        self.app = App(qt, folder / "laptop")
        self.hands = Hands(pictures)

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
        return self.ask(lambda w: [lesson.title for lesson in _lessons(w)])  # type: ignore[no-any-return]

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
        self.until(lambda w: TYPED in _bodies(w), "what was typed is stored")
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
        hands.type("What stays")
        hands.keys(Qt.Key.Key_Return)
        hands.click("One right answer", Button)
        hands.click("Text of question 1", QTextEdit)
        hands.type("What does one spoon of soup tell about the pot?")
        hands.fill("Option 1", "Much, when it was stirred")
        hands.fill("Option 2", "Nothing at all")
        hands.click("Option 1 of question 1 is right", QRadioButton)
        self.until(lambda w: _stored_options(w) == ["Much, when it was stirred", "Nothing at all"], "it is stored")
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
        hands.type("Ask on Tuesday: why stir first?")
        self.until(lambda w: [n for n in w.notes.all() if n.body.endswith("first?")], "the note is stored")
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

    def signs_in_again(self) -> None:
        """Signed out and unlocked offline, the profile asks for the server's password before it sends."""
        hands = self.hands
        self.palette("Sign out")
        hands.click("Sam Student...", Clickable)
        hands.fill("Password of this profile", PASSWORD)
        hands.keys(Qt.Key.Key_Return)
        hands.click("Sign in to sync", SyncChip)
        hands.click("Sign in", Button)
        hands.fill("Password", PASSWORD)
        hands.picture("sign-in-again")
        hands.keys(Qt.Key.Key_Return)
        self.synced()

    def run(self) -> None:
        """Go all the way."""
        for step in (self.teacher_signs_in, self.imports, self.builds, self.asks, self.publishes,
                     self.student_registers, self.installs, self.reads, self.loses_the_network, self.takes_a_quiz,
                     self.finds, self.comes_back, self.signs_in_again):  # fmt: skip
            began = time.monotonic()
            step()
            print(f"{step.__name__}: {time.monotonic() - began:.1f} s", flush=True)
        self.app.close()


def offered() -> list[Any]:
    """The lines of the open palette."""
    return [line for palette in seen(Palette) for line in palette.findChildren(Clickable)]


def shown(tree: Any) -> list[str]:
    """The first two lessons of the outline as they are seen."""
    module = tree.topLevelItem(0)
    return [module.child(n).text(0) for n in range(2)]


def _lessons(workspace: Workspace) -> tuple[LessonDoc, ...]:
    return tuple(workspace.courses.document(workspace.courses.my_courses()[0].id).lessons())


def _bodies(workspace: Workspace) -> str:
    return "".join(lesson.body for lesson in _lessons(workspace))


def _stored_options(workspace: Workspace) -> list[str]:
    quiz = next((x.assessment for x in _lessons(workspace) if x.title == "What stays"), None)
    return [option.text for question in quiz.questions for option in question.options] if quiz else []


def main(folder: Path, pictures: Path) -> None:
    """Walk with a server of its own."""
    server = Server(folder / "hub")
    server.command("create-admin", "--email", "ada@school.example", "--first-name", "Ada", "--last-name", "Keeper")
    server.start()
    try:
        qt = QApplication(["desktop-lms"])
        qt.setQuitOnLastWindowClosed(False)
        Walk(qt, server, folder, pictures).run()
    finally:
        server.stop()
