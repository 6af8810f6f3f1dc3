"""Load what the next pages are made of while nobody waits, so that no page stands still to load itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from importlib import import_module

from desktop_lms.rubbish import leave_out

PAGES = ("courses", "course", "lesson", "notes", "search", "review", "inbox", "progress", "settings")
REST_S = 0.02
"""Between two pages, for whoever has work meanwhile."""


def load_ahead() -> None:
    """Import the pages one after the other, beside the window; what they loaded is never searched for cycles."""
    for name in PAGES:
        import_module(f"desktop_lms.features.{name}.view")
        time.sleep(REST_S)
    leave_out()


@cache
def load_formulas() -> Callable[..., bytes]:
    """Load what draws formulas, which takes longer than most lessons; its fonts are never searched for cycles."""
    from lms_core.content.formulas import formula_svg

    leave_out()
    return formula_svg
