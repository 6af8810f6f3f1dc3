"""Find real course files that people wrote: LMS_SAMPLES names their folder, else one may lie beside the project."""

from __future__ import annotations

import os
from pathlib import Path

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
