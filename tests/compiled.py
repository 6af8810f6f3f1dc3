"""Statements compiled once for all engines of a process: a test opens several, each lives for a moment.

SQLAlchemy keeps compiled statements for each engine, by its dialect object. Dialects of one kind write the same SQL
here, so in tests they count as one, and the engines share what was compiled.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

MOST = 5000
"""How many are kept; an engine keeps 500."""


def share_compiled() -> None:
    """Let all engines of this process share them."""
    shared: LRUCache[Any, Any] = LRUCache(MOST)
    Engine._compiled_cache = property(lambda _: shared, lambda *_: None)  # type: ignore[assignment]
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))  # type: ignore[method-assign]
    DefaultDialect.__eq__ = lambda dialect, other: type(dialect) is type(other)  # type: ignore[method-assign]
