"""Start the app soon: nothing is collected while modules load, and what nobody uses yet is left for later.

What the modules made lives as long as the process; the collector need not look at it ever again. On Linux a second
processor links Qt's libraries while the core is imported. SQLAlchemy imports what only its asynchronous half uses;
that waits, and so does what Qt's binding compiles for its error messages.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from types import ModuleType

SWITCH_S = 0.00002
"""How long the window's thread waits for one that computes whenever it comes back from Qt: hundreds of times a page."""
M_ARENA_MAX, HEAPS = -8, 2
"""How many heaps the C library may have. By itself it makes up to eight a processor, one a thread, and what a film's
threads once took stays with each (`malloc.h` of glibc; no other has it)."""
LIBRARIES = ("QtCore", "QtGui", "QtWidgets", "QtSvg")


def load() -> ModuleType:
    """Import the app; its `main` lets the collector go on once the first page stands."""
    gc.disable()
    sys.setswitchinterval(SWITCH_S)
    with suppress(OSError):  # Linux would make that up to 0.05 ms longer, to wake for several timers at once
        Path("/proc/self/timerslack_ns").write_text("1", "ascii")
    os.environ["QT_STYLE_OVERRIDE"] = "Fusion"  # set later, Qt's whole style would be made known to Python
    if sys.platform == "linux":
        Thread(target=_prepare, daemon=True).start()
    from lms_core.lean import import_sqlalchemy

    import_sqlalchemy()
    import lms_core.session
    from desktop_lms.binding import import_binding

    import_binding()
    from desktop_lms import app
    from lms_core.memory import keep_loaded

    del lms_core
    keep_loaded()
    return app


def _prepare() -> None:
    """Let threads share heaps; link Qt's libraries without holding the interpreter, so that importing finds it done."""
    import ctypes

    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)
    with suppress(AttributeError, OSError, TypeError):
        found = find_spec("PySide6")
        folder = Path(found.origin).parent if found and found.origin else Path()
        dlopen = ctypes.CDLL(None).dlopen
        dlopen.restype = ctypes.c_void_p
        for name in LIBRARIES:
            dlopen(bytes(folder / f"{name}.abi3.so"), os.RTLD_NOW)


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the app; returns the exit status."""
    status: int = load().main(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
