"""Where Tab stops in a text, in the order of reading: links, pictures, and the widgets that stand there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QTextBlock, QTextCharFormat
from PySide6.QtWidgets import QWidget

from desktop_lms.widgets.surfaces import rounded

if TYPE_CHECKING:
    from desktop_lms.widgets.reading import LessonText

TAB = Qt.FocusReason.TabFocusReason


class Stop(NamedTuple):
    """A stretch of the text; with a link or a picture, the key of an embedded widget, or a widget over the text."""

    at: int
    end: int
    target: str = ""
    key: str = ""
    widget: QWidget | None = None


class Stops:
    """Moves the keyboard through one text."""

    def __init__(self, text: LessonText) -> None:
        self._text = text
        self.now: Stop | None = None
        """The link or picture that has the keyboard."""

    def leave(self) -> None:
        """Let the text itself have the keyboard."""
        if self.now is not None:
            self.now = None
            self._text.viewport().update()

    def step_back(self) -> None:
        """Go from a link, a picture or a widget back to the text."""
        self.leave()
        if (now := self._text.window().focusWidget()) is not None and self._text.isAncestorOf(now):
            self._text.setFocus(TAB)

    def step(self, *, ahead: bool) -> bool:
        """Go on, or back; False where the text itself had the keyboard and one goes back from there."""
        text, focus = self._text, self._text.window().focusWidget()
        host = self._host(focus)
        if host is not None and focus is not None and (inner := self._within(host, focus, ahead=ahead)) is not None:
            enter(inner, ahead=ahead)
            return True
        if host is None and self.now is None and not ahead:
            return False
        if self._go_from(host, ahead=ahead):
            return True
        if not ahead:
            self.step_back()
            return True
        if not text.filling.is_whole:
            text.once_whole(partial(self.step, ahead=ahead))
            return True
        self.leave()
        return self._go_out()

    def go_to_last(self) -> bool:
        """Go to the last stop, for somebody who comes from behind."""
        return any(self._go(stop, ahead=False) for stop in reversed(self._all()))

    def _go_from(self, host: QWidget | None, *, ahead: bool) -> bool:
        """Go to the stop next to the present one that can be gone to."""
        stops = self._all()
        here = next((n for n, stop in enumerate(stops) if self._is_here(stop, host)), None)
        if here is None:
            top = self._text.place
            here = next((n for n, stop in enumerate(stops) if stop.at >= top), len(stops)) - ahead
        left = stops[here + 1 :] if ahead else stops[:here][::-1]
        return any(self._go(stop, ahead=ahead) for stop in left)

    def _is_here(self, stop: Stop, host: QWidget | None) -> bool:
        return stop.widget is host if host is not None else stop == self.now

    def _go(self, stop: Stop, *, ahead: bool) -> bool:
        text = self._text
        if stop.target:
            self.now = stop
            text.setFocus(TAB)
            text.bring(self._places(stop)[0].toAlignedRect().translated(-text.offset))
            text.viewport().update()
            return True
        text.bring(text.cursorRect(text._cursor(stop.at)))
        widget = stop.widget or text.embedding.reach(stop.key)
        inner = _reachable(widget, self._text) if widget is not None else []
        if not inner:
            return False
        self.leave()
        enter(inner[0 if ahead else -1], ahead=ahead)
        return True

    def _go_out(self) -> bool:
        """Go to what follows the text."""
        above: QWidget | None = self._text.parentWidget()
        while above is not None:
            if hasattr(above, "stops"):
                return bool(above.stops.step(ahead=True))
            above = above.parentWidget()
        self._tie()
        for widget in _chain(self._text):
            if not self._text.isAncestorOf(widget) and _is_open(widget):
                widget.setFocus(TAB)
                return True
        return False

    def _tie(self) -> None:
        """Let all that stands in the text follow it at once, or Tab would come by here again from elsewhere."""
        last: QWidget = self._text
        for widget in self._inside():
            QWidget.setTabOrder(last, widget)
            last = widget

    def _inside(self) -> list[QWidget]:
        within = (each for each in _chain(self._text) if self._text.isAncestorOf(each))
        return [each for each in within if each.focusPolicy() & Qt.FocusPolicy.TabFocus]

    def come(self, old: QWidget | None, now: QWidget) -> None:
        """Go to the last stop where somebody came from what follows the text."""
        if old is not None and not self._text.isAncestorOf(old) and now in self._inside()[-1:]:
            self.go_to_last()

    # --- what there is
    def _host(self, focus: QWidget | None) -> QWidget | None:
        """The widget over the text in which the keyboard is."""
        view = self._text.viewport()
        while focus is not None and focus.parentWidget() is not view:
            focus = focus.parentWidget()
        return focus

    def _within(self, host: QWidget, focus: QWidget, *, ahead: bool) -> QWidget | None:
        """What comes next in the same widget."""
        inner = _reachable(host, self._text)
        here = next((n for n, each in enumerate(inner) if each is focus or each.isAncestorOf(focus)), None)
        deeper = [n for n, each in enumerate(inner) if each is focus]
        here = deeper[0] if deeper else here
        if here is None:
            return None
        at = here + (1 if ahead else -1)
        return inner[at] if 0 <= at < len(inner) else None

    def _all(self) -> list[Stop]:
        text, view = self._text, self._text.viewport()
        found = [Stop(at, at + 1, key=key, widget=widget) for key, at, widget in text.embedding.parts()]
        corners = getattr(text, "corners", None)
        found += [Stop(at, at + 1, widget=button) for at, button in (corners.places() if corners else ())]
        known = {id(stop.widget) for stop in found}
        over = (each for each in view.children() if isinstance(each, QWidget) and each.isVisible())
        found += [
            Stop(at := text.cursorForPosition(each.geometry().topLeft()).position(), at, widget=each)
            for each in over if id(each) not in known and _reachable(each, text)
        ]  # fmt: skip
        block = text.document().begin()
        while block.isValid():
            found += _targets(block)
            block = block.next()
        return sorted(found, key=lambda stop: stop.at)

    # --- what is seen
    def _places(self, stop: Stop) -> list[QRectF]:
        """Where a stretch stands in the document, line by line."""
        document = self._text.document()
        block = document.findBlock(stop.at)
        corner, layout = document.documentLayout().blockBoundingRect(block).topLeft(), block.layout()
        found = []
        for n in range(layout.lineCount()):
            line = layout.lineAt(n)
            start = max(stop.at - block.position(), line.textStart())
            end = min(stop.end - block.position(), line.textStart() + line.textLength())
            if start < end:
                one, other = _across(line.cursorToX(start)), _across(line.cursorToX(end))
                left = min(one, other)
                found.append(QRectF(left, line.y(), abs(other - one), line.height()).translated(corner))
        return found or [QRectF(corner.x(), corner.y(), 1, 1)]

    def paint(self, painter: QPainter) -> None:
        """Paint the ring around what has the keyboard, in the places of the document."""
        if self.now is not None and self._text.hasFocus():
            for place in self._places(self.now):
                rounded(painter, place.adjusted(-4, -1, 4, 1), edge="focus", radius=6, width=2)


def _across(found: object) -> float:
    """A place in a line; the binding hands it over with the position."""
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]


def enter(widget: QWidget, *, ahead: bool) -> None:
    """Give a widget the keyboard; a text that is entered from behind at its last stop."""
    if not ahead and hasattr(widget, "stops") and widget.stops.go_to_last():
        return
    widget.setFocus(TAB)


def _targets(block: QTextBlock) -> Iterator[Stop]:
    """The links and pictures of a paragraph."""
    last: Stop | None = None
    for each in list(block):
        fragment = each.fragment()
        at, end = fragment.position(), fragment.position() + fragment.length()
        target = _target(fragment.charFormat())
        if last is not None and target == last.target and last.end == at:
            last = last._replace(end=end)
            continue
        if last is not None:
            yield last
        last = Stop(at, end, target) if target else None
    if last is not None:
        yield last


def _target(form: QTextCharFormat) -> str:
    """Where a stretch leads: an address, or the name of a picture."""
    if form.isAnchor() and form.anchorHref():
        return form.anchorHref()
    name = form.toImageFormat().name() if form.isImageFormat() else ""
    return name if name.startswith("media:") else ""


def _chain(start: QWidget) -> Iterator[QWidget]:
    """What the keyboard reaches behind a widget, in order."""
    at = start.nextInFocusChain()
    while at is not None and at is not start:
        yield at
        at = at.nextInFocusChain()


def _is_open(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _reachable(host: QWidget, text: QWidget) -> list[QWidget]:
    """What Tab reaches in a widget over a text, itself too; what stands in a text within it is that one's."""
    found = []
    for each in [host, *(each for each in _chain(text) if each is not host and host.isAncestorOf(each))]:
        above = each.parentWidget()
        while above is not None and above is not text and not hasattr(above, "stops"):
            above = above.parentWidget()
        if above is text and _is_open(each):
            found.append(each)
    return found
