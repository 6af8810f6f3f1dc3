"""An entry of a list of places: in the rail, and beside pages that have sections."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from desktop_lms.widgets.icons import pixmap
from desktop_lms.widgets.surfaces import rounded
from desktop_lms.widgets.theme import current

ICON = 20


class NavItem(QAbstractButton):
    """One place: icon and name, or the icon alone."""

    def __init__(self, icon: str, text: str) -> None:
        super().__init__()
        self._icon, self._compact, self.count = icon, False, 0
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        return QSize(current().px(40), current().px(40))

    def minimumSizeHint(self) -> QSize:
        """Where the window is low, only the room around the icon goes."""
        return QSize(0, current().px(ICON) + 4)

    def fold(self, compact: bool) -> None:
        """Show the icon alone, or with the name."""
        self._compact = compact
        self.setToolTip(self.text() if compact else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, size, on = QRectF(self.rect()), theme.px(ICON), self.isChecked()
        if on:
            rounded(
                painter, area, fill="surface", edge="hairline" if theme.mode == "light" else "hairlineStrong", radius=8
            )
        elif self.underMouse():
            rounded(painter, area, fill="hover", radius=8)
        x = (area.width() - size) / 2 if self._compact else 12.0
        at = area.width() - x - size if theme.rtl and not self._compact else x
        painter.drawPixmap(
            QPointF(at, (area.height() - size) / 2), pixmap(self._icon, ICON, "accentText" if on else "text2")
        )
        if self._compact:
            if self.count:
                painter.setBrush(theme.color("accent"))
                painter.setPen(QPen(theme.color("canvas"), 2))
                radius = theme.px(4) + 1
                across = min(x + size, area.width() - radius - 1)
                down = max((area.height() - size) / 2 + 2, radius + 1)
                painter.drawEllipse(QPointF(across, down), radius, radius)
            return
        painter.setFont(theme.font("body", weight=600 if on else 500))
        painter.setPen(theme.color("text" if on else "text2"))
        lead = size + 24
        words = area.adjusted(8, 0, -lead, 0) if theme.rtl else area.adjusted(lead, 0, -8, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.count:
            painter.setFont(theme.font("caption", weight=600))
            painter.setPen(theme.color("text3"))
            end = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            painter.drawText(area.adjusted(12, 0, -12, 0), end, str(self.count))
