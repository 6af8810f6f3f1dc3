"""What the shell knows of features: places in the rail, routes with their pages, and commands."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtWidgets import QWidget

MakePage = Callable[[tuple[str, ...]], QWidget]
"""Makes the page of a route from what follows its name: `course/ID` gives ("ID",)."""


class Place(msgspec.Struct, frozen=True):
    """A kind of page. With an icon it stands in the rail; `section` is the place of the rail it belongs to.

    A page may have: `title` (str), `crumbs` (list of (words, route)), `leave()` called when it is left,
    `compact = True` for the narrow rail, and `can_stay = True` once its maker shows it again and lets go of it.
    """

    name: str
    make: MakePage
    title: str = ""
    icon: str = ""
    section: str = ""
    roles: frozenset[str] = frozenset()
    group: int = 0


class Command(msgspec.Struct, frozen=True):
    """Something to do from anywhere: in the palette, with its key when it has one."""

    title: str
    run: Callable[[], object]
    icon: str = "chevron-right"
    key: str = ""
    words: tuple[str, ...] = msgspec.field(default=())
