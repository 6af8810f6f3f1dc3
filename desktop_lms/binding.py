"""Import Qt's binding without what it does for every import and for messages that nobody has asked for yet.

It carries some of its modules as text and compiles them at each start, 30 ms of work. Those that only describe the
calls of Qt, for an error or a tool, are compiled when something of them is asked for. It also takes over the import
statement to read the source of each module that comes after it; the statement is given back.
"""

from __future__ import annotations

import builtins
from threading import RLock
from types import CodeType
from typing import Any

CARRIED = "shibokensupport/"
LATER = ("/errorhandler.py", "/layout.py", "/parser.py", "/enum_sig.py", "/pyi_generator.py", "/tool.py")
STUB = """
def __getattr__(name):
    from desktop_lms.binding import complete
    return complete(globals(), name)
"""

_lock = RLock()
_sources: dict[str, Any] = {}


def import_binding() -> None:
    """Import it; a release of it that carries its modules otherwise is imported as it is."""
    importing, compiling = builtins.__import__, builtins.compile

    def compile_later(source: Any, filename: Any, *rest: Any, **named: Any) -> CodeType:
        if isinstance(filename, str) and filename.startswith(CARRIED) and filename.endswith(LATER):
            _sources[filename] = source
            source = STUB
        code: CodeType = compiling(source, filename, *rest, **named)
        return code

    builtins.compile = compile_later  # type: ignore[assignment]
    try:
        import PySide6.QtCore

        del PySide6
    finally:
        builtins.__import__, builtins.compile = importing, compiling


def complete(module: dict[str, Any], name: str) -> Any:
    """Make a module of the binding whole and return what it has under a name."""
    with _lock:  # who comes second waits until it is whole
        source = _sources.pop(module["__file__"], None)
        if source is not None:
            exec(compile(source, module["__file__"], "exec"), module)  # noqa: S102 its own text
            module.pop("__getattr__", None)
    try:
        return module[name]
    except KeyError:
        raise AttributeError(name) from None
