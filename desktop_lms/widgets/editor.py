"""Write Markdown: quiet highlighting, a toolbar's commands, and a menu of blocks behind "/"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QMenu, QTextEdit

from desktop_lms.widgets.icons import icon
from desktop_lms.widgets.theme import current, look, see_through
from desktop_lms.words import tr

CODE = 1
_RULES: tuple[tuple[str, str], ...] = (
    (r"^#{1,6}\s.*$", "head"), (r"\*\*[^*]+\*\*|__[^_]+__", "bold"), (r"(?<!\*)\*[^*\n]+\*(?!\*)", "italic"),
    (r"`[^`\n]+`", "code"), (r"!?\[[^\]\n]*\]\([^)\n]*\)", "link"), (r"\$\$?[^$\n]+\$\$?", "math"),
    (r"==[^=\n]+==", "mark"), (r"^\s*(?:[-*+]|\d+[.)])\s", "list"), (r"^>.*$", "quote"), (r"^!!!.*$", "list"),
)  # fmt: skip


@dataclass(frozen=True)
class Snippet:
    """A block to insert; `|` in the text is where the cursor goes."""

    title: str
    icon: str
    text: str


def snippets() -> list[Snippet]:
    """Blocks that the slash menu offers."""
    return [
        Snippet(tr("Heading"), "heading", "## |"),
        Snippet(tr("Callout"), "lightbulb", '!!! tip "|"\n    '),
        Snippet(tr("Table"), "table", "| | |  |\n|---|---|\n|  |  |"),
        Snippet(tr("Formula"), "sigma", "$$|$$"),
        Snippet(tr("Code"), "code", "```python\n|\n```"),
        Snippet(tr("List"), "list", "- |"),
        Snippet(tr("Task list"), "list-checks", "- [ ] |"),
        Snippet(tr("Quote"), "message-square-quote", "> |"),
    ]


class _Marks(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._rules = [(re.compile(pattern, re.MULTILINE), kind) for pattern, kind in _RULES]
        self.restyle()

    def restyle(self) -> None:
        """Take the colours of the look."""
        theme = current()

        def form(color: str, *, bold: bool = False, italic: bool = False, back: str = "") -> QTextCharFormat:
            made = QTextCharFormat()
            made.setForeground(theme.color(color))
            if bold:
                made.setFontWeight(QFont.Weight.DemiBold)
            made.setFontItalic(italic)
            if back:
                made.setBackground(theme.color(back))
            return made

        self._forms = {
            "head": form("text", bold=True), "bold": form("text", bold=True), "italic": form("text", italic=True),
            "code": form("codeString"), "link": form("accentText"), "math": form("codeNumber"),
            "mark": form("text", back="hlAmber"), "list": form("accentText", bold=True), "quote": form("text2"),
            "fence": form("codeString"),
        }  # fmt: skip
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        fence = text.lstrip().startswith(("```", "~~~"))
        inside = self.previousBlockState() == CODE
        self.setCurrentBlockState(CODE if inside != fence else 0)
        if inside or fence:
            self.setFormat(0, len(text), self._forms["fence"])
            return
        for rule, kind in self._rules:
            for found in rule.finditer(text):
                self.setFormat(found.start(), found.end() - found.start(), self._forms[kind])


class MarkdownEditor(QTextEdit):
    """Plain text with Markdown in colour; pictures come as signals."""

    picture_pasted = Signal(object)
    """A QImage that was pasted or dropped."""
    files_dropped = Signal(list)
    """Paths of files that were dropped."""

    def __init__(self, *, name: str = "", hint: str = "") -> None:
        super().__init__()
        see_through(self)
        self._hint = hint
        self.setAccessibleName(name or tr("Lesson text"))
        self.setAccessibleDescription(hint)
        self.setAcceptRichText(False)
        self.setTabChangesFocus(False)
        self._marks = _Marks(self.document())
        self._restyle()
        look().changed.connect(self._restyle)

    def show_text(self, text: str) -> None:
        """Show another text; nothing is told and undo begins anew."""
        self.blockSignals(True)
        self.setPlainText(text)
        self.blockSignals(False)
        self._marks.rehighlight()

    def _restyle(self) -> None:
        theme = current()
        self.setFont(theme.font("mono"))
        self.document().setDocumentMargin(theme.px(20))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self._marks.restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say what to do where nothing is written, in as many lines as that takes: Qt's own hint has one."""
        super().paintEvent(event)
        if self._hint and self.document().isEmpty():
            painter, edge = QPainter(self.viewport()), current().px(20)
            painter.setPen(current().color("text3"))
            room = self.viewport().rect().adjusted(edge, edge, -edge, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextWordWrap, self._hint)

    # --- commands of the toolbar
    def wrap(self, before: str, after: str = "") -> None:
        """Put marks around the selection, or take them away."""
        after = after or before
        cursor = self.textCursor()
        text = cursor.selectedText().replace("\u2029", "\n")
        if text.startswith(before) and text.endswith(after) and len(text) >= len(before) + len(after):
            cursor.insertText(text[len(before) : len(text) - len(after)])
        else:
            cursor.insertText(before + text + after)
            if not text:
                cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.MoveAnchor, len(after))
                self.setTextCursor(cursor)
        self.setFocus()

    def prefix(self, mark: str) -> None:
        """Begin the lines of the selection with a mark, or take it away."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.setPosition(start)
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        lines = cursor.selectedText().split("\u2029")
        there = all(line.startswith(mark) for line in lines)
        cursor.insertText("\n".join(line[len(mark) :] if there else mark + line for line in lines))
        self.setFocus()

    def insert_block(self, text: str) -> None:
        """Insert a block on lines of its own; `|` says where the cursor goes when it stands alone."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        lead = "\n\n" if before.strip() else ""
        at = text.find("|") if text.count("|") == 1 else -1
        shown = text.replace("|", "", 1) if at >= 0 else text
        start = cursor.position() + len(lead)
        cursor.insertText(lead + shown)
        if at >= 0:
            cursor.setPosition(start + at)
            self.setTextCursor(cursor)
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        cursor = self.textCursor()
        if event.text() == "/" and not cursor.block().text()[: cursor.positionInBlock()].strip():
            super().keyPressEvent(event)
            QTimer.singleShot(0, self._open_blocks)
            return
        marks = {Qt.Key.Key_B: "**", Qt.Key.Key_I: "*"}
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in marks:
            self.wrap(marks[Qt.Key(event.key())])
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._continue_list():
            return
        super().keyPressEvent(event)

    def _continue_list(self) -> bool:
        """Go on with a list; an empty point ends it."""
        cursor = self.textCursor()
        found = re.match(r"^(\s*)([-*+]|(\d+)[.)])(\s+(?:\[[ xX]\]\s+)?)(.*)$", cursor.block().text())
        if not found or cursor.hasSelection():
            return False
        if not found[5].strip():
            cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText("")
            return True
        mark = f"{int(found[3]) + 1}{found[2][-1]}" if found[3] else found[2]
        cursor.insertText("\n" + found[1] + mark + found[4].replace("x", " ").replace("X", " "))
        return True

    def _open_blocks(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(tr("Blocks"))
        for snippet in snippets():
            action = menu.addAction(icon(snippet.icon, 16), snippet.title)
            action.triggered.connect(lambda _=False, s=snippet: self._insert(s))
        if menu.actions():
            menu.setActiveAction(menu.actions()[0])
        menu.popup(self.mapToGlobal(self.cursorRect().bottomLeft()))

    def _insert(self, snippet: Snippet) -> None:
        cursor = self.textCursor()
        cursor.deletePreviousChar()
        self.setTextCursor(cursor)
        self.insert_block(snippet.text)

    # --- pictures
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or source.hasUrls() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasImage():
            image = source.imageData()
            if isinstance(image, QImage):
                self.picture_pasted.emit(image)
            return
        paths = [url.toLocalFile() for url in source.urls() if QUrl.isLocalFile(url)]
        if paths:
            self.files_dropped.emit(paths)
            return
        super().insertFromMimeData(source)


def words_in(text: str) -> int:
    """How many words a text has."""
    return len(re.findall(r"\w+", text))
