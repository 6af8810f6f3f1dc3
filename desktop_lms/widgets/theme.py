"""Colours, type and sizes from design tokens: the only place that knows a literal colour (LOOK.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMainWindow, QWidget

from desktop_lms.words import PRODUCT, RESOURCES

MODES = ("light", "dark", "contrast")

_PALETTE = {
    QPalette.ColorRole.Window: "page",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "sunken",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "text",
    QPalette.ColorRole.PlaceholderText: "text3",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "selectionText",
    QPalette.ColorRole.Link: "accentText",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Mid: "hairline",
    QPalette.ColorRole.Accent: "accent",
}


@cache
def tokens() -> dict[str, Any]:
    """The design tokens."""
    return json.loads((RESOURCES / "themes" / "tokens.json").read_text("utf-8"))


@dataclass(frozen=True)
class Theme:
    """One look: a mode (light, dark, contrast), a text scale from 1 to 2, and the reading direction."""

    mode: str = "light"
    scale: float = 1.0
    rtl: bool = False
    still: bool = False

    @cached_property
    def colors(self) -> dict[str, Any]:
        """Colours by name, as in tokens.json."""
        return tokens()["color"][self.mode]

    @cached_property
    def _made(self) -> dict[tuple[Any, ...], Any]:
        """Fonts and colours that were asked for before: each label asks for one of both."""
        return {}

    def hex(self, name: str) -> str:
        """A colour for a style sheet."""
        return str(self.colors[name])[:7]

    def color(self, name: str, alpha: int = 255) -> QColor:
        """A colour by name."""
        key = (name, alpha)
        if key not in self._made:
            self._made[key] = self._color(name, alpha)
        return QColor(self._made[key])

    def _color(self, name: str, alpha: int) -> QColor:
        value = str(self.colors[name])
        color = QColor(value[:7])
        color.setAlpha(int(value[7:9], 16) if len(value) == 9 else alpha)
        return color

    def cover(self, number: int) -> tuple[QColor, QColor]:
        """Ink and tint of a cover."""
        inks, tints = self.colors["coverInk"], self.colors["coverTint"]
        return QColor(inks[number % len(inks)]), QColor(tints[number % len(tints)])

    def px(self, size: float) -> int:
        """A size that grows with the text."""
        return round(size * self.scale)

    def font(self, role: str, *, weight: int | None = None, size: int | None = None) -> QFont:
        """The font of a role (display, title, heading, body, strong, small, caption, metric, read, mono)."""
        key = (role, weight, size)
        if key not in self._made:
            self._made[key] = self._font(role, weight, size)
        return QFont(self._made[key])

    def _font(self, role: str, weight: int | None, size: int | None) -> QFont:
        wanted = tokens()["type"]["role"][role]
        font = QFont()
        font.setFamilies(tokens()["type"]["family"][wanted["family"]])
        font.setPixelSize(self.px(size or wanted["size"]))
        font.setWeight(QFont.Weight(weight or wanted["weight"]))
        if not self.rtl:
            font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, wanted.get("track", 0))
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if wanted.get("tnum"):
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def line(self, role: str) -> int:
        """Line height of a role in px."""
        return self.px(tokens()["type"]["role"][role]["line"])

    def with_(self, **values: Any) -> Theme:
        """The same look with some values changed."""
        return replace(self, **values)


class _Look(QObject):
    """Holds the look in use and tells when it changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.theme = Theme()


_look: _Look | None = None


def look() -> _Look:
    """The holder of the look in use; connect to its `changed`."""
    global _look
    if _look is None:
        _look = _Look()
    return _look


def current() -> Theme:
    """The look in use."""
    return look().theme


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the bundled fonts known; returns their families.

    In code signs stay as they are typed: what joins those of `!=` and `<>` is on in JetBrains Mono (`calt`), and is
    named here as what nobody asks for (`dlig`).
    """
    families: list[str] = []
    for file in sorted((RESOURCES / "fonts").glob("*.ttf")):
        if file.name.startswith("JetBrainsMono"):
            number = QFontDatabase.addApplicationFontFromData(file.read_bytes().replace(b"calt", b"dlig"))
        else:
            number = QFontDatabase.addApplicationFont(str(file))
        families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))


def use(app: QApplication, theme: Theme) -> None:
    """Bring a look into force everywhere, also while windows are open."""
    load_fonts()
    look().theme = theme
    palette = QPalette()
    for role, name in _PALETTE.items():
        palette.setColor(role, theme.color(name))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, theme.color("disabled"))
    app.setPalette(palette)
    app.setFont(theme.font("body"))
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if theme.rtl else Qt.LayoutDirection.LeftToRight)
    look().changed.emit()


class _Calm(QObject):
    """Keeps from areas that scroll that they wear no style sheet for a moment: they would lay their texts out to it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.StyleChange


class Dressed(QMainWindow):
    """A window that wears the look in use, each widget dressed once.

    A style sheet of the application would be matched against all that is inside each time that a part is put into
    another; a page is put together outside of the window, and dressed as it comes in.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(PRODUCT)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        """Wear another sheet.

        Qt puts one in the place of another by going from each widget through all that is in it, eight times as far in
        a page of ours; to take one off, or to put one on where there is none, it goes through the widgets once.
        """
        sheet = _style(current())
        if self.styleSheet() == sheet:
            return
        calm = _Calm()
        for area in self.findChildren(QAbstractScrollArea):
            area.installEventFilter(calm)
        self.setStyleSheet("")
        del calm  # that was all it keeps away
        self.setStyleSheet(sheet)


def see_through(area: QAbstractScrollArea) -> None:
    """Let the part of an area that scrolls have no ground but the area's own: Qt would keep 300 bytes of each."""
    area.viewport().setAutoFillBackground(False)
    area.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def polish_again(widget: QWidget) -> None:
    """Bring the style sheet into force once more after a property changed; before the first time there is no need."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def _style(theme: Theme) -> str:
    names = {name: value[:7] for name, value in theme.colors.items() if isinstance(value, str)}
    box = theme.px(16)
    sizes = {"hc": theme.px(36) - 2, "hs": theme.px(28) - 2, "box": box, "round": box // 2 + 1, "drop": box + 8}
    sizes |= {"pill": theme.px(32) - 2, "round2": theme.px(32) // 2}
    ink = "white" if theme.color("textOnAccent").lightness() > 127 else "black"
    marks = {"marks": (RESOURCES / "icons" / "marks").as_posix(), "ink": ink}
    edge = "hairlineStrong" if theme.mode != "contrast" else "control"
    return _QSS % {**names, **sizes, **marks, "edge": names[edge]}


_QSS = """
QPushButton {min-height:%(hc)spx; padding:0 14px; border:1px solid %(edge)s; border-radius:8px; outline:none;
  background:%(surface)s; color:%(text)s}
QPushButton:hover {background:%(hover)s} QPushButton:pressed {background:%(pressed)s}
QPushButton:disabled {color:%(disabled)s}
QPushButton[density="s"] {min-height:%(hs)spx; padding:0 10px; border-radius:7px}
QPushButton[only="true"] {padding:0 5px}
QPushButton[kind="primary"] {background:%(accent)s; color:%(textOnAccent)s; border-color:%(accent)s}
QPushButton[kind="primary"]:hover {background:%(accentHover)s}
QPushButton[kind="primary"]:pressed {background:%(accentPressed)s}
QPushButton[kind="primary"]:disabled {background:%(hover)s; color:%(disabled)s; border-color:%(hover)s}
QPushButton[kind="ghost"] {background:transparent; border-color:transparent; color:%(text2)s}
QPushButton[kind="ghost"]:hover {background:%(hover)s}
QPushButton[kind="ghost"]:checked {background:%(accentSoft)s; color:%(accentText)s}
QPushButton[kind="link"] {background:transparent; border:none; color:%(accentText)s; padding:0}
QPushButton[kind="link"]:hover {text-decoration:underline}
QPushButton[kind="danger"] {color:%(danger)s}
QPushButton[kind="ghost"]:disabled, QPushButton[kind="link"]:disabled, QPushButton[kind="danger"]:disabled {
  color:%(disabled)s}
QPushButton[kind="pill"] {min-height:%(pill)spx; padding:0 10px; border-radius:%(round2)spx}
QLineEdit, QComboBox, QSpinBox {min-height:%(hc)spx; padding:0 10px; border:1px solid %(control)s; border-radius:8px;
  background:%(surface)s; color:%(text)s; selection-background-color:%(selection)s; selection-color:%(selectionText)s}
QLineEdit {placeholder-text-color:%(text3)s}
QLineEdit[quiet="true"] {border-color:%(edge)s}
QLineEdit[bad="true"] {border-color:%(danger)s}
QComboBox::drop-down {border:none; width:%(drop)spx}
QComboBox QAbstractItemView {background:%(raised)s; border:1px solid %(edge)s; padding:4px; outline:none;
  selection-background-color:%(accentSoft)s; selection-color:%(text)s}
QTextEdit, QTextBrowser, QPlainTextEdit {border:none; background:transparent; color:%(text)s;
  selection-background-color:%(selection)s; selection-color:%(selectionText)s}
QTextBrowser[found="true"] {selection-background-color:%(accent)s; selection-color:%(textOnAccent)s}
QTextEdit[boxed="true"] {border:1px solid %(control)s; border-radius:8px; background:%(surface)s; padding:6px 8px}
QCheckBox, QRadioButton {min-height:24px; spacing:8px; color:%(text)s; outline:none}
QCheckBox::indicator, QRadioButton::indicator {width:%(box)spx; height:%(box)spx; border:1px solid %(control)s;
  background:%(surface)s}
QCheckBox::indicator {border-radius:4px} QRadioButton::indicator {border-radius:%(round)spx}
QCheckBox::indicator:checked, QRadioButton::indicator:checked {background:%(accent)s; border-color:%(accent)s}
QCheckBox::indicator:checked {image:url("%(marks)s/check-%(ink)s.svg")}
QRadioButton::indicator:checked {image:url("%(marks)s/dot-%(ink)s.svg")}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {border-color:%(hairline)s}
QMenu {background:%(raised)s; border:1px solid %(edge)s; border-radius:8px; padding:6px}
QMenu::item {padding:8px 24px 8px 12px; border-radius:6px; color:%(text)s}
QMenu::item:selected {background:%(accentSoft)s}
QListWidget#transcript::item {padding:6px 8px; border-radius:6px; color:%(text)s}
QListWidget#transcript::item:hover {background:%(hover)s}
QListWidget#transcript::item:selected {background:%(accentSoft)s}
QMenu::separator {height:1px; background:%(hairline)s; margin:6px 4px}
QToolTip {background:%(raised)s; color:%(text)s; border:1px solid %(edge)s; padding:4px 8px}
QScrollArea {border:none; background:transparent}
QScrollBar:vertical {width:10px; background:transparent; margin:2px}
QScrollBar:horizontal {height:10px; background:transparent; margin:2px}
QScrollBar::handle {background:%(hairlineStrong)s; border-radius:3px; min-height:32px; min-width:32px}
QScrollBar::handle:hover {background:%(control)s}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page
  {height:0; width:0; background:transparent}
QTableView, QTreeView, QListView {border:none; background:transparent; gridline-color:transparent; outline:none;
  selection-background-color:%(accentSoft)s; selection-color:%(text)s}
QHeaderView, QHeaderView::section {background:transparent; border:none; color:%(text3)s; padding:0 8px}
QCalendarWidget {background:%(raised)s}
QCalendarWidget QWidget#qt_calendar_navigationbar {background:%(raised)s; min-height:%(hc)spx}
QCalendarWidget QToolButton {background:transparent; border:none; border-radius:6px; padding:4px 8px; color:%(text)s;
  min-height:%(hs)spx; min-width:%(hs)spx}
QCalendarWidget QToolButton:hover {background:%(hover)s}
QCalendarWidget QToolButton::menu-indicator {image:none}
QCalendarWidget QAbstractItemView {background:%(raised)s; color:%(text)s; alternate-background-color:%(raised)s;
  selection-background-color:%(accent)s; selection-color:%(textOnAccent)s}
QCalendarWidget QAbstractItemView:disabled {color:%(disabled)s}
QSplitter::handle {background:%(hairline)s}
QSlider::groove:horizontal {height:4px; background:%(track)s; border-radius:2px}
QSlider::handle:horizontal {width:18px; height:18px; margin:-7px 0; border-radius:9px; background:%(accent)s}
"""
