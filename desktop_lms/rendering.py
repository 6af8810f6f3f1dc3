"""Markdown as readers see it, rendered beside the window's thread; only the latest text counts."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal

from desktop_lms.ahead import load_formulas
from desktop_lms.store import Store
from lms_core.content.dress import RenderTheme
from lms_core.content.embeds import Embed
from lms_core.content.render import render
from lms_core.errors import NotFound
from lms_core.ports import BlobStore

MEDIA = re.compile(r"media:([0-9a-f]{64})")


@dataclass(frozen=True)
class Sheet:
    """Rich text with what stands in it: formulas by name, the names of its pictures and those that were read."""

    html: str = ""
    formulas: dict[str, bytes] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    pictures: dict[str, bytes] = field(default_factory=dict)
    embeds: tuple[Embed, ...] = ()


class Rendering(QObject):
    """Render what it is asked for; `html` and `picture` then have the result.

    With `parts`, folds, cards and questions are `embeds` for whoever shows the text; without, they are in the text.
    """

    rendered = Signal()

    def __init__(self, store: Store, parent: QObject | None = None, *, parts: bool = False) -> None:
        super().__init__(parent)
        self._store, self._parts = store, parts
        self._asked = 0
        self._sheet = Sheet()
        self._pictures: dict[str, bytes] = {}

    @property
    def html(self) -> str:
        """The rich text."""
        return self._sheet.html

    @property
    def embeds(self) -> tuple[Embed, ...]:
        """What stands in the text as a part of its own."""
        return self._sheet.embeds

    def show(self, text: str, theme: RenderTheme, *, ink: str, size: float) -> None:
        """Render a text with colours; `size` of formulas is in px."""
        self._asked += 1
        asked, media, known = self._asked, self._store.workspace.media, frozenset(self._pictures)
        parts = self._parts
        self._store.compute(
            self,
            lambda: _render(text, theme, ink=ink, size=size, media=media, known=known, parts=parts),
            lambda done: self._on_rendered(asked, done),
        )

    def _on_rendered(self, asked: int, sheet: Sheet) -> None:
        if asked == self._asked:
            found = self._pictures | sheet.pictures
            self._sheet, self._pictures = sheet, {n: data for n, data in found.items() if n in sheet.names}
            self.rendered.emit()

    def picture(self, name: str) -> bytes | None:
        """A formula or a picture by the name it has in the text; None when it is not on this machine."""
        return self._sheet.formulas.get(name) or self._pictures.get(name)


def _render(
    text: str, theme: RenderTheme, *, ink: str, size: float, media: BlobStore, known: Collection[str], parts: bool
) -> Sheet:
    """Rich text, its formulas, and the pictures that are not known yet."""
    done, formulas = render(text, theme=theme, files={} if parts else None), {}
    for formula in done.formulas:
        formulas[f"math:{formula.key}"] = load_formulas()(formula.tex, display=formula.display, colour=ink, size=size)
    names = frozenset(f"media:{sha}" for sha in MEDIA.findall(text))
    pictures = {}
    for name in names - frozenset(known):
        try:
            pictures[name] = media.read(name.removeprefix("media:"))
        except NotFound:
            continue
    return Sheet(done.html, formulas, names, pictures, done.embeds)
