"""Find real course files that people wrote: LMS_SAMPLES names their folder, else one may lie beside the project."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms_core.formats.markdown_folder import ImportPlan

PROJECT = Path(__file__).resolve().parents[1]


def find_samples() -> Path | None:
    """The folder of samples, or None on a machine without one. Raises FileNotFoundError when LMS_SAMPLES is wrong."""
    named = os.environ.get("LMS_SAMPLES")
    if named:
        folder = Path(named).expanduser()
        if not folder.is_dir():
            raise FileNotFoundError(f"LMS_SAMPLES names no folder: {folder}")
        return folder
    beside = PROJECT.parent / "shared" / "samples"
    return beside if beside.is_dir() else None


@cache
def course(name: str) -> ImportPlan:
    """The plan of one of the courses in Markdown, read once: to make its pictures smaller takes seconds."""
    from lms_core.formats.markdown_folder import scan  # most who look for samples read none

    folder = find_samples()
    assert folder is not None
    return scan(folder / "markdown" / name)
