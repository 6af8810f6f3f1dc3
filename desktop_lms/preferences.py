"""Choices of this device, in one small file that is there before anybody is signed in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from desktop_lms.words import LANGUAGES

FILE = "look.json"
SCALES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
DEFAULTS: dict[str, Any] = {
    "theme": "system",
    "text_scale": 1.0,
    "language": "system",
    "motion": "system",
    "messages": False,
    "caption_size": "medium",
    "caption_ground": "soft",
    "caption_ink": "white",
    "volume": 80,
    "muted": False,
    "window": None,
}
LOOKS = frozenset({"theme", "text_scale", "language", "motion"})
"""Those that all of the window follows."""


class Preferences(QObject):
    """Looks, messages, captions, loudness and the place of the window; `changed` tells that one was chosen."""

    changed = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = folder / FILE
        self._values = dict(DEFAULTS)
        try:
            found = json.loads(self._path.read_text("utf-8"))
            self._values |= {k: v for k, v in found.items() if k in DEFAULTS} if isinstance(found, dict) else {}
        except (OSError, ValueError):
            pass  # a missing or broken file means the defaults

    def get(self, name: str) -> Any:
        """The present value."""
        return self._values[name]

    def set(self, name: str, value: Any) -> None:
        """Choose another one; it is kept at once."""
        if self._values.get(name) == value:
            return
        self._values[name] = value
        fresh = self._path.with_suffix(".new")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps(self._values), "utf-8")
        fresh.replace(self._path)
        self.changed.emit(name)

    @property
    def mode(self) -> str:
        """The look in use: light, dark or contrast."""
        theme = str(self._values["theme"])
        if theme != "system":
            return theme
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return "dark" if dark else "light"

    @property
    def language(self) -> str:
        """The language in use."""
        wanted = str(self._values["language"])
        if wanted == "system":
            wanted = QLocale.system().name().split("_")[0]
        return wanted if wanted in LANGUAGES else "en"

    def resize(self, step: int) -> None:
        """Make the text one size larger or smaller."""
        now = min(range(len(SCALES)), key=lambda n: abs(SCALES[n] - self.scale))
        self.set("text_scale", SCALES[min(len(SCALES) - 1, max(0, now + step))])

    @property
    def scale(self) -> float:
        """The text size, 1 to 2."""
        try:
            return min(2.0, max(1.0, float(self._values["text_scale"])))
        except (TypeError, ValueError):
            return 1.0
