"""Start the app soon: the core comes before Qt, and nothing is collected while modules load.

Qt's binding reads the source of every module that is imported after it, so the larger part is imported before. What
the modules made lives as long as the process; the collector need not look at it ever again.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from types import ModuleType


def load() -> ModuleType:
    """Import the app."""
    gc.disable()
    import lms_core.session
    from desktop_lms import app

    del lms_core
    gc.freeze()
    gc.enable()
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the app; returns the exit status."""
    status: int = load().main(arguments)
    return status


if __name__ == "__main__":
    sys.exit(main())
