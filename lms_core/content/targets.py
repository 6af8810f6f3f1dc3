"""Which anchor of a text a link means; other programs name headings a little differently than we do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

_ODD, _JOINT = re.compile(r"[^\w\s-]"), re.compile(r"[\s_-]+")


def find_target(anchors: Iterable[str], wanted: str) -> str:
    """The anchor with this very name, else the first that differs in case, marks and joints only; else nothing.

    GitHub makes `task---x` of "Task - x" and `-go` of "🚀 Go", where we have `task-x` and `go`.
    """
    names = dict.fromkeys(anchors)
    if wanted in names:
        return wanted
    meant = _squeezed(wanted)
    return next((name for name in names if meant and _squeezed(name) == meant), "")


def _squeezed(name: str) -> str:
    return _JOINT.sub("-", _ODD.sub("", unquote(name))).strip("-").casefold()
