"""The text of a draft as readers see it, rendered beside the window's thread; only the latest text counts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.content.dress import RenderTheme
from lms_core.content.render import render


class PreviewModel(QObject):
    """Renders what it is asked for; `html` and `formula` then have the result."""

    rendered = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._asked = 0
        self._formulas: dict[str, bytes] = {}
        self.html = ""

    def show(self, text: str, theme: RenderTheme, *, ink: str, size: float) -> None:
        """Render a text with colours; `size` of formulas is in px."""
        self._asked += 1
        asked = self._asked
        self._store.pool(
            self, lambda: _render(text, theme, ink=ink, size=size), lambda done: self._on_rendered(asked, *done)
        )

    def _on_rendered(self, asked: int, text: str, formulas: dict[str, bytes]) -> None:
        if asked == self._asked:
            self.html, self._formulas = text, formulas
            self.rendered.emit()

    def formula(self, name: str) -> bytes | None:
        """The picture of a formula by the name it has in the text."""
        return self._formulas.get(name)


def _render(text: str, theme: RenderTheme, *, ink: str, size: float) -> tuple[str, dict[str, bytes]]:
    """Rich text and its formulas by name."""
    from lms_core.content.formulas import formula_svg  # its fonts take half a second, so only here

    done = render(text, theme=theme)
    formulas = {
        f"math:{formula.key}": formula_svg(formula.tex, display=formula.display, colour=ink, size=size)
        for formula in done.formulas
    }
    return done.html, formulas
