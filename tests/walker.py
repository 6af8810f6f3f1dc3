"""Rules that every screen keeps: names, contrast, targets, room at large text, and a way by the keyboard alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QComboBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

from desktop_lms.features.lesson.large.view import LargeText
from desktop_lms.shell.palette import Palette
from desktop_lms.shell.window import Window
from desktop_lms.widgets.buttons import Button
from desktop_lms.widgets.dates import DateField
from desktop_lms.widgets.feedback import Sheet, Toast
from desktop_lms.widgets.focus import FocusRing
from desktop_lms.widgets.inputs import Choice
from desktop_lms.widgets.reading import LessonText
from desktop_lms.widgets.rows import Clickable
from desktop_lms.widgets.surfaces import Chip
from desktop_lms.widgets.switches import _Strip
from desktop_lms.widgets.text import Elided
from desktop_lms.widgets.theme import current

LEAST_CONTRAST, LEAST_OF_LARGE, LARGE_PX = 4.5, 3.0, 24
LEAST_TARGET = 24
LINKS = 30
SHARP = 2
"""Pixels for each px where one is not enough: a thin stroke then has its full colour somewhere."""

Controls = (QAbstractButton, QLineEdit, QComboBox, QAbstractSlider, QTextEdit, QPlainTextEdit, QAbstractItemView,
            Clickable, _Strip)  # fmt: skip
FLOATING = (Sheet, Toast, FocusRing, Palette)


def top(window: QWidget) -> QWidget:
    """What can be reached: the sheet that lies over all, else the window."""
    sheets = [each for each in window.children() if isinstance(each, Sheet | Palette) and each.isVisible()]
    return sheets[-1] if sheets else window  # type: ignore[return-value]


def shown(root: QWidget) -> Iterator[QWidget]:
    """All visible widgets of a tree, but not the insides of Qt's own."""
    for child in root.children():
        if isinstance(child, QWidget) and child.isVisible() and not isinstance(child, FocusRing):
            yield child
            if not isinstance(child, QComboBox | QScrollBar):
                yield from shown(child)


def call(widget: QWidget) -> str:
    """A widget as a finding names it, with where it stands."""
    above, names = widget, []
    while above is not None and len(names) < 5:
        if not type(above).__name__.startswith("Q") or above is widget:
            names.append(type(above).__name__)
        above = above.parentWidget()
    words = widget.accessibleName() or getattr(widget, "text", lambda: "")()
    return f"{'<'.join(names)} {str(words)[:40]!r}"


def is_control(widget: QWidget) -> bool:
    """Whether people act on it."""
    if isinstance(widget, QScrollBar | QHeaderView) or not widget.isEnabled():
        return False  # a table sorts by key, see tests/desktop/test_table.py
    if isinstance(widget, QToolButton) and not widget.text():
        return False  # the picture that leads a field
    if isinstance(widget, QTextEdit | QPlainTextEdit) and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return False
    return isinstance(widget, Controls) or bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


# --- names
ICON = re.compile(r"^[a-z]+(-[a-z0-9]+)+$")


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader cannot name."""
    found = []
    for each in shown(root):
        if not (each.focusPolicy() & Qt.FocusPolicy.TabFocus) or not each.isEnabled() or isinstance(each, QScrollArea):
            continue
        name = each.accessibleName() or (each.text() if isinstance(each, QAbstractButton) else "")
        if not name.strip() or ICON.match(name):
            found.append(f"no name: {call(each)}")
    return found


# --- targets
def small(root: QWidget) -> list[str]:
    """Targets of less than 24 px."""
    found = []
    for each in shown(root):
        if not is_control(each) or isinstance(each, QAbstractScrollArea | QAbstractSlider):
            continue
        if min(each.width(), each.height()) < LEAST_TARGET:
            found.append(f"target {each.width()}x{each.height()}: {call(each)}")
    return found


# --- room
def cut(root: QWidget) -> list[str]:
    """Words without the room they need, and parts that stand out of their parent or over one another."""
    found = []
    for each in shown(root):
        found += [f"{why}: {call(each)}" for why in _narrow(each)]
        found += [f"{why}: {call(each)}" for why in _outside(each)]
    for each in (root, *shown(root)):
        found += _overlaps(each)
    return found


def _narrow(each: QWidget) -> list[str]:
    if isinstance(each, Elided):
        cut_off = each.fontMetrics().horizontalAdvance(each.text()) > each.width() + 1
        return ["no room at all"] if cut_off and each.width() < 24 else []
    if isinstance(each, QLabel) and each.text():
        if each.wordWrap():
            need = each.heightForWidth(each.width())
            return [f"{each.height()} px high, needs {need}"] if each.height() < need - 1 else []
        need = each.sizeHint()
    elif isinstance(each, QAbstractButton):
        need = each.minimumSizeHint() if is_control(each) else QSize()
    elif isinstance(each, Choice):
        need = each.minimumSizeHint()  # longer words end in an ellipsis
    elif isinstance(each, _Strip):
        need = each.minimumSizeHint()
    else:
        return []
    if each.width() < need.width() - 1 or each.height() < need.height() - 1:
        return [f"{each.width()}x{each.height()}, needs {need.width()}x{need.height()}"]
    return []


def _within(each: QWidget | None, kind: type[QWidget]) -> bool:
    while each is not None and not isinstance(each, kind):
        each = each.parentWidget()
    return each is not None


def _outside(each: QWidget) -> list[str]:
    if isinstance(each, QScrollBar) and each.orientation() == Qt.Orientation.Horizontal and each.maximum() > 0:
        if _within(each, LargeText):  # a table or code that is wider than a page is meant to
            return []
        return ["scrolls sideways"]
    parent = each.parentWidget()
    if parent is None or isinstance(each, FLOATING) or isinstance(each.parent(), QAbstractItemView):
        return []
    area, space = each.geometry(), parent.rect()
    scroll = parent.parentWidget()
    if isinstance(scroll, QAbstractScrollArea) and scroll.viewport() is parent:
        if isinstance(scroll, QScrollArea) and area.width() > space.width() + 1:
            return [f"{area.width()} px wide in {space.width()}"]
        return []
    if area.left() < -1 or area.top() < -1 or area.right() > space.right() + 1 or area.bottom() > space.bottom() + 1:
        return [f"{area.getRect()} outside of {space.getRect()} of {type(parent).__name__}"]
    return []


def _overlaps(parent: QWidget) -> list[str]:
    if parent.layout() is None:
        return []
    layouts = (parent.layout(), *parent.layout().findChildren(QLayout))
    laid = [w for w in parent.children() if isinstance(w, QWidget) and w.isVisible() and not isinstance(w, FLOATING)
            and any(layout.indexOf(w) != -1 for layout in layouts)]  # fmt: skip
    found = []
    for n, one in enumerate(laid):
        for other in laid[n + 1 :]:
            shared = one.geometry().intersected(other.geometry())
            if shared.width() > 2 and shared.height() > 2:
                found.append(f"overlap of {shared.width()}x{shared.height()}: {call(one)} and {call(other)}")
    return found


# --- contrast
@cache
def luminance(rgb: int) -> float:
    """Relative luminance of WCAG 2.2, 0 to 1."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    color = QColor.fromRgb(rgb)
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(one: float, other: float) -> float:
    """Contrast of two luminances, 1 to 21."""
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def picture(window: QWidget, sharp: int = SHARP) -> QImage:
    """A window as it is painted, with so many pixels for each px."""
    image = QImage(window.size() * sharp, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(sharp)
    was = window.updatesEnabled()
    window.setUpdatesEnabled(True)
    painter = QPainter(image)
    window.render(painter, QPoint(0, 0))
    painter.end()
    window.setUpdatesEnabled(was)
    return image


def strongest(image: QImage, area: QRect) -> float:
    """The contrast of what is written in an area with what is behind it; 21 where nothing is."""
    sharp = round(image.devicePixelRatio())
    piece = image.copy(QRect(area.topLeft() * sharp, area.size() * sharp))
    counted = Counter(memoryview(piece.constBits()).cast("I"))
    if len(counted) < 2:
        return 21.0
    behind = luminance(counted.most_common(1)[0][0])
    written = [*map(luminance, counted)]
    return max(contrast(each, behind) for each in (min(written), max(written)))


def faint(root: QWidget, window: QWidget, known: set[tuple[object, ...]] | None = None) -> list[str]:
    """Words too near in colour to what is behind them, but for those that are `known` from another screen."""
    found, known = list[tuple[float, str, QRect, QWidget]](), set() if known is None else known
    image = picture(window, 1)
    for each in shown(root):
        for words, area in _written(each) if each.isEnabled() else ():
            seen = area.intersected(each.visibleRegion().boundingRect())
            if seen.height() < area.height() or seen.width() < min(area.width(), 8):
                continue
            area = QRect(each.mapTo(window, area.topLeft()), area.size())
            ground = image.pixel(area.left() + 2, area.center().y())
            ink, before = each.palette().windowText().color().rgb(), len(known)
            known.add((call(each), words, ground, ink, area.width()))
            if len(known) == before:
                continue
            large = each.font().pixelSize() >= LARGE_PX * current().scale  # large at text of 100 %, too
            least = LEAST_OF_LARGE if large else LEAST_CONTRAST
            if strongest(image, area) < least:
                found.append((least, words, area, each))
    sharper = picture(window) if found else image
    return [f"contrast {got:.2f} of {words[:30]!r}: {call(each)}" for least, words, area, each in found
            if (got := strongest(sharper, area)) < least]  # fmt: skip


def _written(each: QWidget) -> list[tuple[str, QRect]]:
    if isinstance(each, _Strip):
        return [(n, s.toRect()) for n, s in zip(each._names, each._spans(), strict=True)]
    if isinstance(each, QLabel) and each.text():
        return [(each.text(), each.rect())]
    if isinstance(each, QAbstractButton) and each.text().strip():
        return [(each.text(), each.rect().adjusted(2, 2, -2, -2))]
    if isinstance(each, QLineEdit) and (each.text() or each.placeholderText()):
        return [(each.displayText() or each.placeholderText(), each.rect().adjusted(2, 2, -2, -2))]
    if isinstance(each, Chip):
        return [(each.words, each.rect().adjusted(4, 4, -4, -4))]
    return []


# --- direction
def unturned(root: QWidget) -> list[str]:
    """Words and fields that begin at the left in a window that is mirrored."""
    return [f"not mirrored: {call(each)}" for each in shown(root)
            if each.layoutDirection() != Qt.LayoutDirection.RightToLeft and not _own_way(each)]  # fmt: skip


def _own_way(each: QWidget) -> bool:
    """A button whose arrow follows its word, a line of time, and what a reader of pages shows."""
    if isinstance(each, QAbstractSlider) or (isinstance(each, Button) and each._after):
        return True
    above = each.parentWidget()
    return isinstance(each, QTextEdit) or (above is not None and _own_way(above))


# --- the keyboard
def stops(root: QWidget) -> list[QWidget]:
    """What the mouse reaches and the keyboard has to."""
    return [each for each in shown(root) if is_control(each) and not isinstance(each, QScrollArea)]


def walk(window: QWidget, root: QWidget, key: Qt.Key = Qt.Key.Key_Tab, most: int = 400) -> list[QWidget]:
    """Where Tab leads, until it comes round; real key presses."""
    seen: list[QWidget] = []
    spots: list[tuple[QWidget, object]] = []
    stays = 0
    for _ in range(most):
        here = window.focusWidget() or root
        QTest.keyClick(here, key)
        now = window.focusWidget()
        if now is None:
            break
        spot = (now, now.stops.now if isinstance(now, LessonText) else None)  # a text has many
        stays = stays + 1 if now is here else 0
        if stays > LINKS or (spot in spots and now is not here):
            break
        spots.append(spot)
        if now not in seen:
            seen.append(now)
    return seen


def unreached(window: QWidget) -> list[str]:
    """Controls that Tab and arrows do not lead to, and where Tab leads that is behind a sheet."""
    root = top(window)
    there = stops(root)
    for text in root.findChildren(LessonText):  # Tab goes through a text from where one reads
        text.verticalScrollBar().setValue(0)
    walked = walk(window, root)
    found = [f"behind the sheet: {call(each)}" for each in walked if root is not window and not root.isAncestorOf(each)
             and each is not root]  # fmt: skip
    reached = {*walked, *(other for each in walked for other in _beside(each))}
    found += [f"not by keyboard: {call(each)}" for each in there
              if not any(each is r or r.focusProxy() is each or each.focusProxy() is r for r in reached)]  # fmt: skip
    return found


def _beside(each: QWidget) -> Sequence[QWidget]:
    """What arrows reach from here: the other choices of a group, lines below a field, the calendar of a date."""
    if isinstance(each, DateField):
        return each.findChildren(QToolButton)
    if isinstance(each.window(), Window) and isinstance(top(each.window()), Palette):
        return top(each.window()).findChildren(Clickable)
    if isinstance(each, QAbstractButton) and each.autoExclusive():
        parent = each.parentWidget()
        return parent.findChildren(type(each)) if parent else []
    if isinstance(each, QAbstractButton) and each.group():
        return each.group().buttons()
    return []
