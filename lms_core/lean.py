"""Import SQLAlchemy without what only its asynchronous half uses: a tenth of the app's start."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

LATER = ("asyncio", "importlib.metadata")


class Later(ModuleType):
    """Stands for a module where it was imported, and imports it when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        self.step_aside()
        return getattr(import_module(self.__name__), name)

    def step_aside(self) -> None:
        """Let whoever imports the module from now on have the real one."""
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


def import_sqlalchemy() -> None:
    """Import it with stand-ins and without greenlet; whoever imports those later gets the real thing."""
    stands = [Later(name) for name in LATER if name not in sys.modules]
    sys.modules.update({stand.__name__: stand for stand in stands})
    absent = sys.modules.setdefault("greenlet", None) is None  # type: ignore[arg-type]
    try:
        import sqlalchemy.dialects.sqlite

        del sqlalchemy
    finally:
        for stand in stands:
            stand.step_aside()
        if absent:
            del sys.modules["greenlet"]
